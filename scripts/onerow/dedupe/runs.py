"""The ledger's record of repairs: one run a table at a time, which goes on where it stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from time import monotonic, sleep

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier, Literal
from psycopg.types.json import Jsonb

from onerow.dedupe.rule import Rule
from onerow.dedupe.target import Target
from onerow.errors import DedupeFailed, LockTimedOut, UnknownRun
from onerow.ledger.locks import lock_holders
from onerow.project.project import Project

_POLL_SECONDS = 0.1
_HELD = (
    "RowShareLock",
    "RowExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)


@dataclass(frozen=True)
class Run:
    """A run as the ledger has it; the fields are columns of `dedupe_runs`, `schema` is that of the ledger."""

    run_no: int
    relation: str
    relation_oid: int
    key_columns: list[str]
    version_column: str | None
    rule: str
    rule_sql: str | None
    batch_rows: int
    columns: list[list[str]]
    status: str
    pass_no: int
    step_count: int
    removed_count: int
    changed_count: int
    index_name: str | None
    survivors_undone_to: int | None
    rows_undone_to: int | None
    started_at: datetime
    schema: str

    @property
    def ledger(self) -> str:
        """The table of runs, in SQL."""
        return Identifier(self.schema, "dedupe_runs").as_string(None)

    @property
    def backup(self) -> str:
        """The table that keeps every removed and changed row, in SQL."""
        return Identifier(self.schema, f"dedupe_{self.run_no}_backup").as_string(None)

    @property
    def work_list(self) -> str:
        """The table of what is left to do in this pass, in SQL."""
        return Identifier(self.schema, f"dedupe_{self.run_no}_list").as_string(None)

    @property
    def step(self) -> int:
        """Number of the step that comes next."""
        return self.step_count + 1


_COLUMNS = SQL(", ").join(Identifier(field.name) for field in fields(Run) if field.name != "schema")


def read_run(connection: psycopg.Connection, schema: str, run_no: int, *, lock: bool = False) -> Run:
    """Return a run.

    Raises:
        UnknownRun: there is none of that number; carries those that there are.
    """
    query = SQL("select {}, {} as schema from {} where run_no = %s {}").format(
        _COLUMNS, Literal(schema), Identifier(schema, "dedupe_runs"), SQL("for update" if lock else "")
    )
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        run = cursor.execute(query, (run_no,)).fetchone()
    if run is None:
        query = SQL("select format('%%s (%%s, %%s)', run_no, relation, status) from {} order by run_no desc limit 10")
        known = connection.execute(query.format(Identifier(schema, "dedupe_runs")), ()).fetchall()
        raise UnknownRun(run_no, [each for (each,) in known])
    return run


def unfinished_run(connection: psycopg.Connection, schema: str, target: Target) -> Run | None:
    """Return the run that has begun on this table and not ended.

    One on a table that has been built anew since is given up: its rows have gone with that table.
    """
    ledger = Identifier(schema, "dedupe_runs")
    connection.execute(
        SQL(
            """
            update {} set status = 'abandoned', ended_at = clock_timestamp()
            where relation = %s and relation_oid <> %s and status in ('applying', 'undoing')
            """
        ).format(ledger),
        (target.name, target.oid),
    )
    query = SQL("select run_no from {} where relation = %s and status in ('applying', 'undoing')").format(ledger)
    found = connection.execute(query, (target.name,)).fetchone()
    return read_run(connection, schema, found[0]) if found else None


def start_run(connection: psycopg.Connection, schema: str, target: Target, rule: Rule, batch_rows: int) -> Run:
    """Record a new run."""
    query = SQL(
        """
        insert into {} (
            relation, relation_oid, key_columns, version_column, rule, rule_sql, batch_rows, columns, status
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, 'applying')
        returning run_no
        """
    ).format(Identifier(schema, "dedupe_runs"))
    values = (target.name, target.oid, list(target.key), target.version, rule.name, rule.sql, batch_rows)
    [run_no] = connection.execute(query, (*values, Jsonb(target.signature))).fetchone()
    return read_run(connection, schema, run_no)


def update_run(connection: psycopg.Connection, run: Run, **values: object) -> Run:
    """Change columns of the run and return it as it is then."""
    changes = SQL(", ").join(SQL("{} = {}").format(Identifier(name), Literal(value)) for name, value in values.items())
    query = SQL("update {} set {} where run_no = {}")
    connection.execute(query.format(Identifier(run.schema, "dedupe_runs"), changes, Literal(run.run_no)))
    return read_run(connection, run.schema, run.run_no)


def end_run(connection: psycopg.Connection, run: Run, status: str) -> Run:
    """Record that the run has ended."""
    query = SQL("update {} set ended_at = clock_timestamp() where run_no = {}")
    connection.execute(query.format(Identifier(run.schema, "dedupe_runs"), Literal(run.run_no)))
    return update_run(connection, run, status=status)


def later_run(connection: psycopg.Connection, run: Run) -> int | None:
    """Return the number of a run on the same table that came after this one and has not been undone."""
    query = SQL(
        """
        select min(run_no) from {}
        where relation_oid = %s and run_no > %s and status in ('applying', 'applied', 'undoing')
        """
    ).format(Identifier(run.schema, "dedupe_runs"))
    [later] = connection.execute(query, (run.relation_oid, run.run_no)).fetchone()
    return later


@contextmanager
def only_run(project: Project, connection: psycopg.Connection, target: Target) -> Iterator[None]:
    """Keep other repairs of the table out, also the session of a killed one that has not noticed yet.

    Asked for again and again: who waits in a statement has a snapshot, and an index that is made concurrently would
    wait for that in turn.

    Raises:
        LockTimedOut: another repair of the table goes on for longer than the lock timeout.
    """
    key = project.render("lock_key", project.render("literal", f"dedupe:{target.name}"))
    [seconds] = connection.execute(
        "select extract(epoch from current_setting('lock_timeout')::interval)::float"
    ).fetchone()
    deadline = monotonic() + seconds
    while not connection.execute(f"select pg_try_advisory_lock({key})").fetchone()[0]:
        if monotonic() > deadline:
            raise LockTimedOut(target.name, "another run of onerow dedupe on it", f"{seconds:g} s")
        sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute(f"select pg_advisory_unlock({key})")


@contextmanager
def batch(project: Project, connection: psycopg.Connection, target: Target, run_no: int) -> Iterator[Run]:
    """One transaction on the table and on the ledger's record of the run, which it yields.

    It holds the lock that loads of the table take, so that neither meets the other half way: a load waits for one
    batch at most, and rows are never locked in two orders.

    Raises:
        LockTimedOut: names who holds the table or its rows.
        DedupeFailed: PostgreSQL refused; or the table is another one than that which the run began with.
    """
    what = f"run {run_no} on {target.name}"
    key = project.render("lock_key", project.render("literal", target.name))
    try:
        with connection.transaction():
            connection.execute(f"select pg_advisory_xact_lock({key})")
            connection.execute(f"lock table {target.relation} in row exclusive mode")
            [oid] = connection.execute("select %s::regclass::oid::bigint", (target.relation,)).fetchone()
            if oid != target.oid:
                raise DedupeFailed(
                    what,
                    "the table has been built anew meanwhile, and its old rows went with the old one",
                    f"Look at the new one: onerow dedupe audit {target.words}",
                )
            yield read_run(connection, project.ledger_schema, run_no, lock=True)
    except psycopg.errors.LockNotAvailable:
        holders = lock_holders(connection, [(Identifier(target.schema, target.table), mode) for mode in _HELD])
        raise LockTimedOut(what, *holders) from None
    except psycopg.Error as error:
        raise DedupeFailed(
            what, str(error).strip(), "Nothing of this batch was written; the same command goes on where it stopped"
        ) from error
