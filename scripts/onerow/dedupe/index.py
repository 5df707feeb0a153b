"""The unique index that ends a repair, made and dropped beside readers and writers."""

import psycopg
from psycopg.sql import SQL, Identifier

from onerow.dedupe.runs import Run, update_run
from onerow.dedupe.target import Target
from onerow.project.project import Project


def keeps_one_row(project: Project, connection: psycopg.Connection, target: Target) -> list[int]:
    """Return the oids of the indexes by which the table holds one row a key."""
    query = project.render("unique_indexes", target.relation, list(target.key))
    return [oid for oid, _, keeps in connection.execute(query).fetchall() if keeps]


def make_index(project: Project, connection: psycopg.Connection, target: Target, run: Run) -> bool:
    """Make the index, unless the table has one; return False if a duplicate that came meanwhile prevented it.

    Waits without a limit for transactions that have begun before, since nothing but DDL waits for it. What a failed
    attempt leaves is for `drop_index`.
    """
    if keeps_one_row(project, connection, target):
        return True
    named = update_run(connection, run, index_name=f"onerow_dedupe_{run.run_no}_key")
    connection.execute("set lock_timeout = 0")
    try:
        connection.execute(project.render("dedupe_index", target, named))
    # A load of the same table that wants the index, too, and waits for this one, is a deadlock: one of them gives way.
    except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected):
        return False
    finally:
        connection.execute("reset lock_timeout")
    return True


def own_index(connection: psycopg.Connection, target: Target, run: Run) -> tuple[int, bool] | None:
    """Return oid of the index that the run has made on the table, and whether it is valid."""
    query = """
        select x.indexrelid::bigint, x.indisvalid
        from pg_catalog.pg_index as x
        inner join pg_catalog.pg_class as c on c.oid = x.indexrelid
        where x.indrelid = %s and c.relname = %s
    """
    return connection.execute(query, (target.oid, run.index_name)).fetchone()


def drop_index(connection: psycopg.Connection, target: Target, run: Run, *, only_invalid: bool) -> None:
    """Drop the index that the run has made, if there is one."""
    found = own_index(connection, target, run)
    if found is None or (only_invalid and found[1]):
        return
    connection.execute("set lock_timeout = 0")
    try:
        connection.execute(SQL("drop index concurrently {}").format(Identifier(target.schema, run.index_name or "")))
    finally:
        connection.execute("reset lock_timeout")
