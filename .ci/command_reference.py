"""The page docs/reference/commands.md: every command with its options, from what Click knows. Written by `make fix`."""

from collections.abc import Iterator
from pathlib import Path

import click

from onerow.cli import onerow

PAGE = Path(__file__).parents[1] / "docs/reference/commands.md"

_INTRODUCTION = """\
# Commands

Every command of `onerow`. `onerow COMMAND --help` says more about one. Exit codes: 0 all is well, 1 something broke,
2 wrong use, 3 differences or violations were found, or a server does not run.

This page is generated: `make fix` writes it anew.
"""
# Of nearly every command: said once, here.
_SHARED = ("project_dir", "profiles_dir", "target", "output_format")


def page() -> str:
    """Return the page as it has to be."""
    commands = dict(_commands(onerow))
    shared = {option.name: option for command in commands.values() for option in _options(command)}
    return "\n".join(
        [
            _INTRODUCTION,
            *(_section(path, command) for path, command in commands.items()),
            "## Options that most commands take\n",
            *_table([shared[name] for name in _SHARED]),
        ]
    )


def _commands(group: click.Group, path: str = "onerow") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command


def _section(path: str, command: click.Command) -> str:
    usage = " ".join([path, *command.collect_usage_pieces(click.Context(command))[1:]])
    lines = [f"## {path}", "", command.get_short_help_str(limit=200), "", "```text", usage, "```", ""]
    lines += _table([option for option in _options(command) if option.name not in _SHARED])
    if command.epilog:
        lines += [f"Example: `{command.epilog.removeprefix('Example: ')}`", ""]
    return "\n".join(lines)


def _options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option)]


def _table(options: list[click.Option]) -> list[str]:
    if not options:
        return []
    records = [option.get_help_record(click.Context(click.Command(None))) or ("", "") for option in options]
    rows = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in records]
    return ["| option | does |", "|---|---|", *rows, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
