"""onerow dedupe: repair a table that holds more than one row of a key."""

import functools
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import psycopg
from rich.console import Console

from onerow.commands.options import pass_format, pass_project
from onerow.commands.output import DIFFERENCES_FOUND, print_result
from onerow.dedupe import apply as applying
from onerow.dedupe import audit as auditing
from onerow.dedupe import preview as previewing
from onerow.dedupe import undo as undoing
from onerow.dedupe.rule import NAMED_RULES, Rule
from onerow.dedupe.table import render_applied, render_audit, render_preview, render_undone
from onerow.dedupe.target import TableName, Target, find_target, table_of_model
from onerow.errors import DedupeFailed
from onerow.ledger.setup import connect, ensure_tables
from onerow.project.project import Project

_pause = click.option(
    "--pause", type=click.FloatRange(min=0), default=0, show_default=True, help="Seconds between two transactions."
)


@click.group()
def dedupe() -> None:
    """Repair a table that holds more than one row of a key.

    Takes a MODEL of the project, with its unique_key and meta.onerow.version_column, or any --table. Readers and
    writers go on meanwhile.
    """


def _pass_table(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command MODEL, --table, --key and --version, as a function from project and connection to the Target."""

    @click.argument("model", required=False)
    @click.option("--table", metavar="SCHEMA.NAME", help="Instead of a model: a table, as SQL names it.")
    @click.option("--key", "keys", multiple=True, metavar="COLUMN", help="With --table: a column of its key.")
    @click.option("--version", metavar="COLUMN", help="With --table: the column that orders two rows of a key.")
    @functools.wraps(command)
    def with_table(
        model: str | None, table: str | None, keys: tuple[str, ...], version: str | None, **arguments: Any
    ) -> Any:
        if (model is None) == (table is None):
            raise click.UsageError("name a MODEL, or a --table with its --key")
        if table is None and (keys or version):
            raise click.UsageError("--key and --version say something of a --table; a model has its own")
        if table is not None and not keys:
            raise click.UsageError("which columns are the key of the table? Say --key COLUMN, once for each")

        def find(project: Project, connection: psycopg.Connection) -> Target:
            if model is not None:
                return find_target(project, connection, table_of_model(project, model))
            schema, name = _parsed(connection, table or "")
            options = [("--table", table), *(("--key", key) for key in keys), ("--version", version)]
            words = " ".join(f"{option} {shlex.quote(value)}" for option, value in options if value)
            return find_target(project, connection, TableName(schema, name, keys, version, words))

        return command(find=find, **arguments)

    return with_table


def _pass_rule(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --rule and --rule-sql, as the argument `rule`."""

    @click.option("--rule", "name", type=click.Choice(NAMED_RULES), help="Which row survives. [default: newest]")
    @click.option(
        "--rule-sql",
        "expression",
        metavar="EXPRESSION",
        help="Which row survives, as an SQL ORDER BY expression that puts it first.",
    )
    @functools.wraps(command)
    def with_rule(name: Any, expression: str | None, **arguments: Any) -> Any:
        if name and expression:
            raise click.UsageError("either --rule or --rule-sql")
        return command(rule=Rule("sql", expression) if expression else Rule(name or "newest"), **arguments)

    return with_rule


@dedupe.command(epilog="Example: onerow dedupe audit devices")
@_pass_table
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="How many of the biggest keys.")
@pass_format
@pass_project
@click.pass_context
def audit(ctx: click.Context, project: Project, find: Callable[..., Target], limit: int, output_format: str) -> None:
    """Count keys with more than one row, and tell of what kind they are. Writes nothing.

    Exit codes: 0 each key is one row, 1 something broke, 2 wrong use, 3 duplicates were found.
    """
    with _connected(project, has_ledger=False) as connection:
        target = find(project, connection)
        with _status(f"Looking for duplicates in {target.name}"):
            found = auditing.audit(project, connection, target, limit)
    print_result(output_format, found.to_json(), render_audit(found))
    if found.duplicate_keys:
        ctx.exit(DIFFERENCES_FOUND)


@dedupe.command(epilog="Example: onerow dedupe preview devices --rule newest")
@_pass_table
@_pass_rule
@click.option("--limit", type=click.IntRange(min=0), default=2, show_default=True, help="Samples of each class of key.")
@pass_format
@pass_project
def preview(project: Project, find: Callable[..., Target], rule: Rule, limit: int, output_format: str) -> None:
    """Show what `apply` would do, and write nothing.

    How many rows would go, samples before and after, and which other tables refer to the rows.
    """
    with _connected(project, has_ledger=False) as connection:
        target = find(project, connection)
        with _status(f"Working out what {rule} would do to {target.name}"):
            found = previewing.preview(project, connection, target, rule, limit)
    print_result(output_format, found.to_json(), render_preview(found))


@dedupe.command(epilog="Example: onerow dedupe apply devices --rule newest --pause 0.1")
@_pass_table
@_pass_rule
@click.option(
    "--batch-rows",
    type=click.IntRange(min=2),
    default=5_000,
    show_default=True,
    help="How many rows of duplicate keys one transaction looks at.",
)
@_pause
@pass_format
@pass_project
def apply(
    project: Project,
    find: Callable[..., Target],
    *,
    rule: Rule,
    batch_rows: int,
    pause: float,
    output_format: str,
) -> None:
    """Remove surplus rows in short transactions, then make the unique index.

    Every row that goes is kept in a backup table: `onerow dedupe undo` puts it back. Killed at any moment, the same
    command goes on where it stopped.
    """
    with _connected(project, has_ledger=True) as connection:
        target = find(project, connection)
        with _status(target.name) as status:
            done = applying.apply(
                project, connection, target, rule, batch_rows=batch_rows, pause=pause, report=status.update
            )
    print_result(output_format, done.to_json(), render_applied(done))


@dedupe.command(epilog="Example: onerow dedupe undo 1")
@click.argument("run", type=click.IntRange(min=1))
@_pause
@pass_format
@pass_project
def undo(project: Project, run: int, pause: float, output_format: str) -> None:
    """Put back what a RUN of `apply` has removed, and drop the index that it made.

    Survivors that a merge has changed become what they were, unless somebody has changed them since: those are named.

    Exit codes: 0 all is as it was, 1 something broke or cannot be undone exactly, 2 wrong use, 3 survivors that were
    changed since are left as they are.
    """
    with _connected(project, has_ledger=True) as connection, _status(f"Undoing run {run}") as status:
        done = undoing.undo(project, connection, run, pause=pause, report=status.update)
    print_result(output_format, done.to_json(), render_undone(done))
    if done.changed_count:
        click.get_current_context().exit(DIFFERENCES_FOUND)


@contextmanager
def _connected(project: Project, *, has_ledger: bool) -> Iterator[psycopg.Connection]:
    with connect(project, "onerow dedupe") as connection:
        # A policy that hides rows is an error instead of a wrong count.
        connection.execute("set row_security = off")
        connection.execute("set work_mem = '64MB'")
        if has_ledger:
            ensure_tables(project, connection)
        try:
            yield connection
        except psycopg.Error as error:
            raise DedupeFailed("dedupe", str(error).strip(), "Nothing was written") from error


def _status(text: str) -> Any:
    return Console(stderr=True, highlight=False, markup=False).status(text)


def _parsed(connection: psycopg.Connection, table: str) -> tuple[str, str]:
    """Return schema and name of a table, read as SQL reads names."""
    try:
        [parts] = connection.execute("select parse_ident(%s)", (table,)).fetchone()
    except psycopg.Error:
        parts = []
    if len(parts) != 2:  # noqa: PLR2004 - schema and name
        raise click.BadParameter(f"{table!r} is not SCHEMA.NAME, as SQL names a table", param_hint="--table")
    return parts[0], parts[1]
