"""docs/reference/commands.md has every command as it is, and every command says how it is used."""

import runpy
from pathlib import Path

import click

from onerow.cli import onerow

REPOSITORY = Path(__file__).parents[4]
REFERENCE = runpy.run_path(str(REPOSITORY / ".ci/command_reference.py"))


def test_reference_of_commands_is_not_stale():
    """Guard: .ci/command_reference.py, which `make fix` runs."""
    assert REFERENCE["PAGE"].read_text(encoding="utf-8") == REFERENCE["page"](), "stale: run `make fix`"


def test_help_of_every_command_ends_with_an_example():
    """Guard: the epilog of each command."""
    commands: dict[str, click.Command] = dict(REFERENCE["_commands"](onerow))
    assert [path for path, each in commands.items() if not (each.epilog or "").startswith("Example: ")] == []


def test_every_command_and_option_is_described():
    """Guard: docstrings, and help of options."""
    missing = []
    for path, command in REFERENCE["_commands"](onerow):
        missing += [path] if not command.help else []
        missing += [
            f"{path} {each.name}" for each in command.params if isinstance(each, click.Option) and not each.help
        ]
    assert missing == []
