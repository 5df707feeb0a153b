"""A table that holds more than one row of a key, and what the jobs make of it."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg

from harness.database import Database
from onerow.dedupe.apply import Applied, Report, apply
from onerow.dedupe.audit import Audit, audit
from onerow.dedupe.preview import Preview, preview
from onerow.dedupe.rule import Rule
from onerow.dedupe.target import TableName, Target, find_target
from onerow.dedupe.undo import Undone, undo
from onerow.ledger.setup import connect
from onerow.project.project import Project

THINGS = TableName("shop", "things", ("id",), "updated_at", "--table shop.things --key id --version updated_at")

# Eight keys of two rows, in batches of two keys; and what is left of them.
PAIRS = [(id_, "x", id_, version) for id_ in range(1, 9) for version in (1, 2)]
CLEAN = [row for row in PAIRS if row[3] == 2]

_HOLD = """
create function shop.hold() returns trigger language plpgsql as $$
begin
    if coalesce(old.id, new.id) = 5 then perform pg_advisory_xact_lock_shared(42); end if;
    return coalesce(new, old);
end $$;
create trigger hold before insert or delete on shop.things for each row execute function shop.hold();
"""


def hold(database: Database) -> psycopg.Connection:
    """Stop whoever removes or puts back the row of id 5, in the middle, while the connection is in its transaction."""
    database.execute(_HOLD)
    holder = database.connect()
    holder.execute("select pg_advisory_xact_lock(42)")
    return holder


class Things:
    """The table shop.things, or another, and what the jobs make of it."""

    def __init__(self, database: Database, job: Project):
        self.database = database
        self.job = job
        self.name = THINGS
        self._open: list[psycopg.Connection] = []
        self._pool = ThreadPoolExecutor()

    @property
    def relation(self) -> str:
        """The table, in SQL."""
        return psycopg.sql.Identifier(self.name.schema, self.name.table).as_string(None)

    def add(self, *rows: tuple) -> None:
        """Insert rows, each of as many values as it has, in the order of columns."""
        for row in rows:
            places = ", ".join(["%s"] * len(row))
            self.database.execute(f"insert into {self.relation.replace('%', '%%')} values ({places})", *row)

    @property
    def rows(self) -> list[tuple]:
        """All rows, in the order of `in_order`."""
        return in_order(self.database.rows(f"select * from {self.relation}"))

    def connect(self, role: str | None = None, **settings: str) -> psycopg.Connection:
        """Open a connection such as the command has, with other settings, as another role."""
        connection = connect(self.job, "onerow dedupe")
        self._open.append(connection)
        if role:
            connection.execute(psycopg.sql.SQL("set role {}").format(psycopg.sql.Identifier(role)))
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, false)", (name, value))
        return connection

    def target(self, connection: psycopg.Connection | None = None) -> Target:
        """Look the table up."""
        return find_target(self.job, connection or self.connect(), self.name)

    def audit(self) -> Audit:
        """Audit the table."""
        connection = self.connect()
        return audit(self.job, connection, self.target(connection), 5)

    def preview(self, rule: Rule | str = "newest") -> Preview:
        """Preview a rule."""
        connection = self.connect()
        return preview(self.job, connection, self.target(connection), _rule(rule), 5)

    def apply(
        self, rule: Rule | str = "newest", batch_rows: int = 4, report: Report = lambda _: None, **settings: str
    ) -> Applied:
        """Apply a rule; `report` is called after each batch and before each attempt to make the index."""
        connection = self.connect(**settings)
        target = self.target(connection)
        return apply(self.job, connection, target, _rule(rule), batch_rows=batch_rows, pause=0, report=report)

    def start(self, rule: Rule | str = "newest") -> Future[Applied]:
        """Apply a rule in a thread of its own, and with it in a session of its own."""
        return self._pool.submit(self.apply, rule)

    def undo(self, run_no: int = 1, report: Report = lambda _: None, **settings: str) -> Undone:
        """Undo a run."""
        return undo(self.job, self.connect(**settings), run_no, pause=0, report=report)

    def run(self, run_no: int = 1) -> dict[str, Any]:
        """Return what the ledger has of a run."""
        return self.database.value("select to_jsonb(r) from onerow.dedupe_runs as r where run_no = %s", run_no)

    @property
    def indexes(self) -> list[str]:
        """Definitions of the table's valid unique indexes."""
        found = self.database.rows(
            "select pg_get_indexdef(indexrelid) from pg_index"
            " where indrelid = %s::regclass and indisunique and indisvalid",
            self.relation,
        )
        return [definition for (definition,) in found]

    def close(self) -> None:
        """Close all connections."""
        for connection in self._open:
            connection.close()
        self._pool.shutdown()


def in_order(rows: Iterable[tuple]) -> list[tuple]:
    """Return rows in an order that NULLs do not disturb."""
    return sorted(rows, key=str)


def interrupt_after(reports: int) -> Report:
    """Return what stops a job between two transactions, at that one of its reports."""
    left = [reports]

    def report(_: str) -> None:
        left[0] -= 1
        if not left[0]:
            raise InterruptedError

    return report


def _rule(rule: Rule | str) -> Rule:
    return Rule(rule) if isinstance(rule, str) else rule
