"""Which row of a key survives."""

from dataclasses import dataclass
from typing import Final, Literal

import psycopg
from psycopg.pq import ExecStatus

from onerow.dedupe.target import Target
from onerow.errors import CannotDedupe, RuleRefused

RuleName = Literal["newest", "most-complete", "merge", "sql"]
NAMED_RULES: Final = ("newest", "most-complete", "merge")


@dataclass(frozen=True)
class Rule:
    """The rule: one of NAMED_RULES, or `sql` with an ORDER BY expression that puts the survivor first."""

    name: RuleName
    sql: str | None = None

    def __str__(self) -> str:
        """Show it as options name it."""
        return self.sql if self.sql is not None else self.name


def check_rule(connection: psycopg.Connection, target: Target, rule: Rule) -> None:
    """See to it that the rule can be used on the table. Writes nothing, and executes nothing of the expression.

    Raises:
        RuleRefused: the table lacks what the rule goes by, or the expression is none to order its rows by.
        CannotDedupe: the key has a column that PostgreSQL cannot compare.
    """
    key = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, target.key)).as_string(None)
    statement = f"select row_number() over (order by {key}) from {target.relation} group by {key}"  # noqa: S608 - quoted
    reason = _prepared(connection, statement)
    if reason:
        raise CannotDedupe(target.name, [f"its key cannot be unique: {reason}"])
    if rule.name in ("newest", "merge") and target.version is None:
        raise RuleRefused(
            rule.name,
            target.name,
            "nothing says which row is newer: name the column by --version, or take another rule",
        )
    if rule.name == "merge" and any(column.name == "_field_versions" for column in target.columns):
        raise RuleRefused(
            rule.name,
            target.name,
            "its rows remember a version a field (_field_versions), which a merge of whole rows would break; "
            "build the mart anew from landing instead: dbt run --full-refresh",
        )
    if rule.sql is not None:
        _check_expression(connection, target, rule.sql)


def _check_expression(connection: psycopg.Connection, target: Target, expression: str) -> None:
    """Let the server parse the expression where nothing can follow it, and where nothing else may stand."""
    alone = f"select from {target.relation} as t order by {expression}\n"
    enclosed = f"select row_number() over (order by {expression}\n) from {target.relation} as t"  # noqa: S608 - as above
    for statement in (alone, enclosed):
        reason = _prepared(connection, statement)
        if reason:
            raise RuleRefused(repr(expression), target.name, f"it is no ORDER BY expression over its columns: {reason}")


def _prepared(connection: psycopg.Connection, statement: str) -> str | None:
    """Have a statement prepared, which never executes it and takes one statement only; return why it cannot be."""
    result = connection.pgconn.prepare(b"", statement.encode())
    if result.status == ExecStatus.COMMAND_OK:
        return None
    return result.error_message.decode(errors="replace").strip().splitlines()[0].removeprefix("ERROR:").strip()
