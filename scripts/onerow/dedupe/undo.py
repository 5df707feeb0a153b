"""Take a repair back: every removed row, and every merged survivor that has not been changed since, as it was."""

from dataclasses import dataclass
from time import sleep
from typing import Any

import psycopg

from onerow.dedupe.apply import Report
from onerow.dedupe.index import drop_index, keeps_one_row, own_index
from onerow.dedupe.runs import Run, batch, end_run, later_run, only_run, read_run, update_run
from onerow.dedupe.target import TableName, Target, find_target
from onerow.errors import DedupeFailed, UndoRefused
from onerow.project.project import Project

_SHOWN_KEYS = 10


@dataclass(frozen=True)
class Undone:
    """What an undo has done. `changed_since` are keys whose survivor was left alone, the first of `changed_count`."""

    run: Run
    was_undone: bool
    changed_count: int
    changed_since: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dedupe.md describes it."""
        return {
            "relation": self.run.relation,
            "run": self.run.run_no,
            "was_undone": self.was_undone,
            "restored_rows": self.run.removed_count,
            "restored_survivors": self.run.changed_count - self.changed_count,
            "changed_since": {"row_count": self.changed_count, "keys": self.changed_since},
        }


def undo(project: Project, connection: psycopg.Connection, run_no: int, *, pause: float, report: Report) -> Undone:
    """Undo a run, the last of its table, in as many transactions as it had batches, from the last to the first.

    Raises:
        UnknownRun: there is none of that number.
        UndoRefused: it cannot be undone exactly. What was put back before stays; nothing is put back twice.
        LockTimedOut, DedupeFailed: as their names say. The same command goes on where it stopped.
    """
    run = read_run(connection, project.ledger_schema, run_no)
    target = _target_of(project, connection, run)
    with only_run(project, connection, target):
        run = read_run(connection, project.ledger_schema, run_no)
        if run.status == "undone":
            return _undone(project, connection, target, run, was_undone=True)
        _require_exact(project, connection, target, run)
        if run.status != "undoing":
            first = run.step_count + 1
            connection.execute(f"drop table if exists {run.work_list}")
            run = update_run(connection, run, status="undoing", survivors_undone_to=first, rows_undone_to=first)
        try:
            # Survivors first: the index finds them.
            _restore_survivors(project, connection, target, run, pause, report)
            drop_index(connection, target, run, only_invalid=False)
            _put_back(project, connection, target, run, pause, report)
            run = end_run(connection, run, "undone")
        except psycopg.Error as error:
            raise DedupeFailed(
                f"run {run_no} on {target.name}", str(error).strip(), "The same command goes on where it stopped"
            ) from error
        return _undone(project, connection, target, run, was_undone=False)


def _target_of(project: Project, connection: psycopg.Connection, run: Run) -> Target:
    """Return the very table of the run."""
    query = """
        select current_database(), n.nspname, c.relname
        from pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.oid = %s
    """
    found = connection.execute(query, (run.relation_oid,)).fetchone()
    if found is None or ".".join(found) != run.relation:
        raise UndoRefused(run.run_no, f"{run.relation} is not the table any more that its rows were removed from")
    _, schema, table = found
    name = TableName(schema, table, tuple(run.key_columns), run.version_column, run.relation)
    return find_target(project, connection, name)


def _require_exact(project: Project, connection: psycopg.Connection, target: Target, run: Run) -> None:
    """Refuse what could put back other rows than were removed, before anything is written."""
    if target.missing_rights:
        raise UndoRefused(run.run_no, f"{target.name}: {'; '.join(target.missing_rights)}")
    if target.signature != run.columns:
        was, now = ([f"{name} {kind}" for name, kind in columns] for columns in (run.columns, target.signature))
        raise UndoRefused(run.run_no, f"the columns of {target.name} were {', '.join(was)}; now {', '.join(now)}")
    [backup] = connection.execute("select to_regclass(%s)", (run.backup,)).fetchone()
    if backup is None:
        raise UndoRefused(run.run_no, f"its backup {run.backup} is gone")
    later = later_run(connection, run)
    if later is not None:
        raise UndoRefused(run.run_no, f"run {later} came after it; undo that first: onerow dedupe undo {later}")
    own = own_index(connection, target, run)
    others = [oid for oid in keeps_one_row(project, connection, target) if own is None or oid != own[0]]
    if others and run.removed_count:
        [name] = connection.execute("select %s::oid::regclass::text", (others[0],)).fetchone()
        raise UndoRefused(
            run.run_no, f"{name} keeps one row a key in {target.name}, and it is not of this run; drop it first"
        )


def _restore_survivors(
    project: Project, connection: psycopg.Connection, target: Target, run: Run, pause: float, report: Report
) -> None:
    if not run.changed_count:
        return
    patterns = connection.execute(project.render("dedupe_null_patterns", target, run)).fetchall()
    missing = [[name for name, is_null in zip(target.key, nulls, strict=True) if is_null] for (nulls,) in patterns]
    while True:
        with batch(project, connection, target, run.run_no) as current:
            step = _step_before(current, current.survivors_undone_to)
            if step is None:
                return
            for names in missing:
                query = project.render("dedupe_restore_survivors", target, current, step, names)
                _, is_exact = connection.execute(query).fetchone()
                if not is_exact:
                    raise UndoRefused(run.run_no, f"{target.name} holds a changed survivor more than once")
            update_run(connection, current, survivors_undone_to=step)
        report(f"{target.name}: survivors of step {step} restored")
        sleep(pause)


def _put_back(
    project: Project, connection: psycopg.Connection, target: Target, run: Run, pause: float, report: Report
) -> None:
    while True:
        with batch(project, connection, target, run.run_no) as current:
            step = _step_before(current, current.rows_undone_to)
            if step is None:
                return
            _, is_exact = connection.execute(project.render("dedupe_put_back", target, current, step)).fetchone()
            if not is_exact:
                raise UndoRefused(
                    run.run_no,
                    f"a trigger of {target.name} changes rows as they are put back; disable it and run again",
                )
            update_run(connection, current, rows_undone_to=step)
        report(f"{target.name}: rows of step {step} put back")
        sleep(pause)


def _step_before(run: Run, undone_to: int | None) -> int | None:
    """Return the step to be undone next."""
    step = (undone_to or run.step_count + 1) - 1
    return step or None


def _undone(project: Project, connection: psycopg.Connection, target: Target, run: Run, *, was_undone: bool) -> Undone:
    count, keys = connection.execute(project.render("dedupe_left_alone", target, run, _SHOWN_KEYS)).fetchone()
    return Undone(run, was_undone, count, keys)
