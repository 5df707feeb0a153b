"""Remove the duplicates of a table in short transactions, then let a unique index keep new ones out.

State is in the ledger and in two tables beside it: the list of what this pass has to do, and the backup. So a run that
was killed goes on where it stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import sleep
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from onerow.dedupe.index import drop_index, keeps_one_row, make_index, own_index
from onerow.dedupe.references import Reference, find_references
from onerow.dedupe.rule import Rule, check_rule
from onerow.dedupe.runs import Run, batch, end_run, only_run, read_run, start_run, unfinished_run, update_run
from onerow.dedupe.target import Target
from onerow.errors import CannotDedupe, DedupeFailed, DuplicatesComeBack, RowsReferenced
from onerow.project.project import Project

_INDEX_ATTEMPTS: Final = 5
# Passes before an attempt: other sessions may add a duplicate during each.
_PASSES: Final = 20

Report = Callable[[str], None]


@dataclass(frozen=True)
class Applied:
    """What a run has done. `run` is None where the table had its index, and with it no duplicates."""

    relation: str
    run: Run | None
    has_gone_on: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dedupe.md describes it."""
        run = self.run
        return {
            "relation": self.relation,
            "run": run.run_no if run else None,
            "has_gone_on": self.has_gone_on,
            "removed_rows": run.removed_count if run else 0,
            "changed_rows": run.changed_count if run else 0,
            "passes": run.pass_no if run else 0,
            "backup": run.backup if run else None,
            "index": run.index_name if run else None,
        }


def apply(
    project: Project,
    connection: psycopg.Connection,
    target: Target,
    rule: Rule,
    *,
    batch_rows: int,
    pause: float,
    report: Report,
) -> Applied:
    """Remove the duplicates, `batch_rows` rows at a time with `pause` seconds between, and make the unique index.

    Raises:
        CannotDedupe: rights are missing, or another run on the table is not at its end.
        RuleRefused: the rule cannot be used on the table.
        RowsReferenced: another table refers to rows that would be removed.
        DuplicatesComeBack: the index could not be made, because other sessions add duplicates meanwhile.
        LockTimedOut, DedupeFailed: as their names say. The same command goes on where it stopped.
    """
    if target.missing_rights:
        raise CannotDedupe(target.name, list(target.missing_rights))
    check_rule(connection, target, rule)
    with only_run(project, connection, target):
        run = unfinished_run(connection, project.ledger_schema, target)
        has_gone_on = run is not None
        if run is not None:
            _require_same(run, target, rule)
        elif keeps_one_row(project, connection, target):
            return Applied(target.name, None)
        repair = _Repair(
            project, connection, target, rule, find_references(project, connection, target), pause=pause, report=report
        )
        run = repair.until_unique(run or repair.start(batch_rows))
    return Applied(target.name, run, has_gone_on)


def _require_same(run: Run, target: Target, rule: Rule) -> None:
    """A run goes on only with what it was begun with."""
    begun = (run.status, run.key_columns, run.version_column, run.rule, run.rule_sql, run.columns)
    if begun != ("applying", list(target.key), target.version, rule.name, rule.sql, target.signature):
        what = f"key {', '.join(run.key_columns)}, version {run.version_column}, rule {run.rule_sql or run.rule}"
        raise CannotDedupe(
            target.name,
            [
                f"run {run.run_no} on it has not ended ({run.status}; {what}). "
                f"Go on with just that, or take it back first: onerow dedupe undo {run.run_no}"
            ],
        )


@dataclass(frozen=True)
class _Statements:
    """What is the same in every batch of a run, rendered once."""

    is_left: str
    lock: str
    lock_and_wait: str
    rank: str
    merge: str | None
    referenced: str | None


@dataclass(frozen=True)
class _Repair:
    """A table under repair: what every step of it needs."""

    project: Project
    connection: psycopg.Connection
    target: Target
    rule: Rule
    references: list[Reference]
    pause: float
    report: Report

    def start(self, batch_rows: int) -> Run:
        """Record the run, make its backup and list its first pass; or leave nothing, if rows are referred to."""
        self.report(f"Looking for duplicates in {self.target.name}")
        try:
            with self.connection.transaction():
                run = start_run(self.connection, self.project.ledger_schema, self.target, self.rule, batch_rows)
                self.connection.execute(self.project.render("dedupe_begin", self.target, run))
                run, _ = self._new_pass(run)
                if self.references:
                    query = self.project.render("dedupe_preview", self.target, self.rule, self.references, 0)
                    with self.connection.cursor(row_factory=dict_row) as cursor:
                        self._refuse_referenced(cursor.execute(query).fetchone()["referenced"])
        except psycopg.Error as error:
            raise DedupeFailed(self.target.name, str(error).strip(), "Nothing was written") from error
        return run

    def until_unique(self, run: Run) -> Run:
        """Remove what there is and make the index, again and again if duplicates come between."""
        try:
            for _ in range(_INDEX_ATTEMPTS):
                # While one that has failed is there, writers already meet it.
                drop_index(self.connection, self.target, run, only_invalid=True)
                run = self._remove_all(run, self._render(run))
                self.report(f"Making the unique index on {self.target.name}")
                is_made = make_index(self.project, self.connection, self.target, run)
                run = read_run(self.connection, run.schema, run.run_no)
                if is_made:
                    return self._end(run)
            drop_index(self.connection, self.target, run, only_invalid=True)
        except psycopg.Error as error:
            what = f"run {run.run_no} on {self.target.name}"
            raise DedupeFailed(what, str(error).strip(), "The same command goes on where it stopped") from error
        raise DuplicatesComeBack(self.target.name, _INDEX_ATTEMPTS, run.run_no)

    def _end(self, run: Run) -> Run:
        with self.connection.transaction():
            if own_index(self.connection, self.target, run) is None:
                run = update_run(self.connection, run, index_name=None)  # another session has made one
            self.connection.execute(f"drop table {run.work_list}")
            return end_run(self.connection, run, "applied")

    def _remove_all(self, run: Run, statements: _Statements) -> Run:
        """Go through the list, then look again, until a pass finds none; what others add meanwhile is for the next."""
        waits = False
        for _ in range(_PASSES):
            before = run.removed_count
            while done := self._remove_batch(run, statements, waits=waits):
                run = done
                self.report(f"{self.target.name}: pass {run.pass_no}, {run.removed_count:,} rows removed")
                sleep(self.pause)
            # Rows that somebody holds or changes are passed over once. If there were no others, they are waited for.
            waits = run.removed_count == before
            with self.connection.transaction():
                run, surplus_rows = self._new_pass(run)
            if not surplus_rows:
                break
            self.report(f"{self.target.name}: pass {run.pass_no} for {surplus_rows:,} rows")
        return run

    def _new_pass(self, run: Run) -> tuple[Run, int]:
        """List what is left to do, within the caller's transaction; return how many rows too many there are."""
        cursor = self.connection.execute(self.project.render("dedupe_list", self.target, self.rule, run))
        while cursor.nextset():
            pass
        [surplus_rows] = cursor.fetchone()
        return update_run(self.connection, run, pass_no=run.pass_no + 1, done_batch=0), surplus_rows

    def _render(self, run: Run) -> _Statements:
        render, copies = self.project.render, "pg_temp.onerow_dedupe_copies"
        return _Statements(
            is_left=render("dedupe_is_left", run),
            lock=render("dedupe_lock_rows", self.target, run, waits=False),
            lock_and_wait=render("dedupe_lock_rows", self.target, run, waits=True),
            rank=render("dedupe_rank_rows", self.target, self.rule),
            merge=render("dedupe_merge_rows", self.target) if self.rule.name == "merge" else None,
            referenced=render("dedupe_referenced", self.target, copies, self.references) if self.references else None,
        )

    def _remove_batch(self, run: Run, statements: _Statements, *, waits: bool) -> Run | None:
        """Do the next batch of the list in one transaction; return the run as it is then, or None if there is none."""
        execute = self.connection.execute
        with batch(self.project, self.connection, self.target, run.run_no) as current:
            if not execute(statements.is_left).fetchone()[0]:
                return None
            # Locked by one statement, looked at by the next: it sees what those have committed who held the rows.
            execute(statements.lock_and_wait if waits else statements.lock)
            execute(statements.rank)
            if statements.referenced:
                with self.connection.cursor(row_factory=dict_row) as cursor:
                    self._refuse_referenced(cursor.execute(statements.referenced).fetchall())
            if statements.merge:
                execute(statements.merge)
            remove = self.project.render("dedupe_remove_rows", self.target, current)
            removed = self._all_done(current, "removed", *execute(remove).fetchone())
            changed = 0
            if statements.merge:
                change = self.project.render("dedupe_change_survivors", self.target, current)
                changed = self._all_done(current, "changed", *execute(change).fetchone())
            execute(self.project.render("dedupe_end_batch", current, removed, changed))
            return read_run(self.connection, current.schema, current.run_no)

    def _refuse_referenced(self, found: list[dict[str, Any]]) -> None:
        referring = [reference.with_rows(found) for reference in self.references]
        if any(reference.row_count for reference in referring):
            raise RowsReferenced(self.target.name, [str(each) for each in referring if each.row_count])

    def _all_done(self, run: Run, what: str, expected: int, done: int) -> int:
        if done != expected:
            raise DedupeFailed(
                f"run {run.run_no} on {self.target.name}",
                f"of {expected:,} rows {done:,} were {what}: a trigger, a rule or a policy of the table prevents it",
                "Nothing of this batch was written; take it away, and the same command goes on where it stopped",
            )
        return done
