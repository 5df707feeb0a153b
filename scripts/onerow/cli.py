"""The console script: parses and prints. The jobs know nothing of Click."""

import importlib
import sys

import click
from rich.console import Console

from onerow.errors import OnerowError

# Command by command, so that `onerow server` does not wait for what `onerow land` imports.
COMMANDS = {
    "batches": "onerow.commands.batches",
    "dead-letters": "onerow.commands.dead_letters",
    "dedupe": "onerow.commands.dedupe",
    "grants": "onerow.commands.grants",
    "land": "onerow.commands.land",
    "plan": "onerow.commands.plan",
    "prove": "onerow.commands.prove",
    "reconcile": "onerow.commands.reconcile",
    "reconcile history": "onerow.commands.reconcile_history",
    "report": "onerow.commands.report",
    "server": "onerow.commands.server",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command of two words too: `onerow reconcile` takes models, so it cannot be a group of its own."""
        two_words = " ".join(args[:2])
        if two_words in COMMANDS:
            return two_words, self.get_command(ctx, two_words), args[2:]
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command: the attribute of its module that has the command's name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_").replace(" ", "_")
        return getattr(importlib.import_module(COMMANDS[cmd_name]), name)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onerow")
def onerow() -> None:
    """Each natural key lands as exactly one row in PostgreSQL, and a report proves it.

    Exit codes: 0 all is well, 1 something broke, 2 wrong use, 3 differences or violations were found.
    """


def main() -> None:
    """Run the command line; turn an error of onerow into one message on stderr and its exit code."""
    try:
        onerow()
    except OnerowError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"onerow: {error}", markup=False)
        sys.exit(error.exit_code)
