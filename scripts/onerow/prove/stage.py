"""Plays arrangements: deliveries and loads of one model, in its scratch schemas."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from onerow.ledger.setup import connect
from onerow.project.project import Project
from onerow.prove.batch import Deliveries
from onerow.prove.gate import Gate
from onerow.prove.manifest import Moved, Node
from onerow.prove.runs import Ended, Run, Runs, TimeUp
from onerow.prove.scratch import Scratch
from onerow.prove.state import State, generated_ids, read_state, times_of_loading
from onerow.prove.steps import Deliver, KillInside, Load, LoadAtOnce, Step

_STANDS = """
select n.nspname, c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%s) and c.relkind in ('r', 'v', 'm', 'p')
"""


@dataclass(frozen=True)
class LoadFailed:
    """A load of an arrangement has ended with an error."""

    # Which step it was, from 0.
    step: int
    message: str


class NeverMet(Exception):
    """Runs that were to be at work at once could not be made to meet."""


class Stage:
    """One model with its deliveries, ready to be loaded over and over."""

    def __init__(
        self,
        project: Project,
        scratch: Scratch,
        moved: Moved,
        deliveries: Deliveries,
        runs: Runs,
        *,
        key: Sequence[str],
        ignored: Sequence[str],
        started_at: str,
        deadline: float,
    ):
        """`started_at` is the server's time at which the proof began, `deadline` one of time.monotonic()."""
        self.deliveries = deliveries
        self.deadline = deadline
        self.ignored = list(ignored)
        self.ids: list[str] = []
        self.key = tuple(key)
        # Statements that the model sends in a load; known once it has been loaded.
        self.statements = 1
        self._scratch = scratch
        self._connection = scratch.connection
        self._moved = moved
        self._runs = runs
        self._variables = {"onerow_schema": scratch.ledger}
        self._started_at = started_at
        self._target = Identifier(moved.model.schema, moved.model.table)
        for schema in scratch.built_schemas:
            scratch.make(schema)
        self._gate = Gate(partial(_connect_to_hold, project), scratch.connection, moved.model.schema)

    def warm_up(self) -> str | None:
        """Build the model without a row, twice, in this process; return what dbt says if that fails.

        So all that dbt compiles for a first load and a later one is there for the runs that follow.
        """
        manifest = self._moved.manifest.deepcopy()
        self._clear()
        selectors = [node.selector for node in [*self._upstream(), self._moved.model]]
        for _ in range(2):
            error = self._runs.run_here(manifest, selectors, self._variables)
            if error:
                return error
        return None

    def play(self, steps: Sequence[Step]) -> State | LoadFailed:
        """Begin with nothing, take the steps, and return what the model holds then.

        Raises:
            TimeUp: the deadline has come.
            NeverMet: runs could not be made to meet.
        """
        self._clear()
        for number, step in enumerate(steps):
            try:
                message = self._take(step)
            except TimeUp:
                self._runs.close()  # of several at once, the others: nothing of them may reach into what comes next
                raise
            if message:
                return LoadFailed(number, message)
        return self.read()

    def read(self) -> State:
        """Return what the model holds."""
        return read_state(self._connection, self._target, key=self.key, ignored=self.ignored, ids=self.ids)

    def learn(self) -> None:
        """Find out, by what the model holds now, which columns are times of loading and which generated ids."""
        found = times_of_loading(self._connection, self._target, self._started_at)
        self.ignored += [name for name in found if name not in self.ignored]
        self.ids = [name for name in generated_ids(self.read(), self.deliveries.columns) if name not in self.key]

    def _take(self, step: Step) -> str | None:
        """Take one step; return what went wrong."""
        match step:
            case Deliver(batch):
                self.deliveries.deliver(batch)
                return None
            case Load(full_refresh, kill_at):
                return self._load(full_refresh, kill_at)
            case LoadAtOnce(count):
                return self._load_at_once(count)
            case KillInside():
                return self._kill_inside()

    def _load(self, full_refresh: bool, kill_at: int | None) -> str | None:
        ended = self._start([*self._upstream(), self._moved.model], full_refresh, kill_at).wait(self.deadline)
        if ended.was_killed and kill_at is not None:
            return None
        self.statements = max(self.statements, ended.statements)
        return ended.error

    def _load_at_once(self, count: int) -> str | None:
        """Load by several runs, of which each has written, or waits for one that has, before any may go on."""
        if error := self._build_upstream():
            return error
        with self._hold() as open_gate:
            runs = [self._start([self._moved.model]) for _ in range(count)]
            met = self._gate.wait_until_held(runs, self.deadline)
            open_gate()
            ended = [run.wait(self.deadline) for run in runs]
        if met < count:
            # Who does not wait has ended, and who ended well has done nothing that others could come in between.
            failed = _first_error(ended)
            if failed is None:
                raise NeverMet(f"{met} of {count} runs could be held at once")
        return _first_error(ended)

    def _kill_inside(self) -> str | None:
        """Kill a run that is held inside its transaction; its server session goes on beside the retry."""
        if error := self._build_upstream():
            return error
        with self._hold() as open_gate:
            run = self._start([self._moved.model])
            met = self._gate.wait_until_held([run], self.deadline)
            run.kill()
            if not met:
                raise NeverMet("the run could not be held")
            left = self._gate.held()
            retry = self._start([self._moved.model])
            self._gate.wait_until_held([retry], self.deadline, beside=left)
            open_gate()
            return retry.wait(self.deadline).error

    def _hold(self) -> Any:
        """Hold runs behind what they write; on a first build, which writes no table that is there, before they read."""
        if self._stands(self._moved.model) and self._moved.has_loads_in_place:
            return self._gate.after_writing(self._target)
        rebuilt = [Identifier(node.schema, node.table) for node in self._moved.upstream if node.is_rebuilt]
        return self._gate.before_reading([self.deliveries.table, *rebuilt])

    def _build_upstream(self) -> str | None:
        upstream = self._upstream()
        return self._start(upstream).wait(self.deadline).error if upstream else None

    def _upstream(self) -> list[Node]:
        """Return what has to be built before the model: what is missing, and what has to follow a delivery."""
        standing = self._standing()
        return [node for node in self._moved.upstream if node.is_rebuilt or (node.schema, node.table) not in standing]

    def _stands(self, node: Node) -> bool:
        return (node.schema, node.table) in self._standing()

    def _standing(self) -> set[tuple[str, str]]:
        return set(self._connection.execute(_STANDS, [self._scratch.built_schemas]).fetchall())

    def _start(self, nodes: Sequence[Node], full_refresh: bool = False, kill_at: int | None = None) -> Run:
        return self._runs.start(
            self._moved.manifest,
            [node.selector for node in nodes],
            self._moved.model.unique_id,
            variables=self._variables,
            full_refresh=full_refresh,
            kill_at=kill_at,
        )

    def _clear(self) -> None:
        """Remove what loads have made. Views and lookups stay: they follow what they read."""
        self._scratch.end_sessions()
        for node in [self._moved.model, *(node for node in self._moved.upstream if node.is_rebuilt)]:
            table = Identifier(node.schema, node.table)
            self._connection.execute(SQL("drop table if exists {} cascade").format(table))
        self.deliveries.clear()


def _first_error(ended: Sequence[Ended]) -> str | None:
    return next((each.error for each in ended if each.error), None)


def _connect_to_hold(project: Project) -> psycopg.Connection:
    connection = connect(project, "onerow prove", catalog_only=True)
    connection.autocommit = False
    return connection
