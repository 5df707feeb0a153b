"""Prove models: each is built over and over in scratch schemas, and what comes out is compared."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from onerow.errors import CannotProve, ProofRefused
from onerow.project.contract import has_contract
from onerow.project.marts import source_name
from onerow.project.project import Project
from onerow.prove.appended import AppendedDeliveries
from onerow.prove.batch import Deliveries
from onerow.prove.guarantees import GUARANTEES, LOADS, Trial
from onerow.prove.judge import Judge, Progress
from onerow.prove.landed import LandedDeliveries
from onerow.prove.manifest import Moved, find_model, move, sources_of
from onerow.prove.report import ModelProof, Proof
from onerow.prove.runs import Runs, TimeUp
from onerow.prove.scratch import Scratch, scratch
from onerow.prove.stage import Stage


@dataclass(frozen=True)
class Asked:
    """What a proof was asked to try, and with what. docs/reference/prove.md says what each means."""

    files: tuple[Path, ...] = ()
    # What each of the files declares to deliver completely, in their order; empty: nothing.
    windows: tuple[tuple[datetime, datetime], ...] = ()
    source: str | None = None
    batch_column: str | None = None
    holds_all: bool = True
    key: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    window_column: str | None = None
    only: tuple[str, ...] = ()
    runs: int = 3
    seed: int = 1
    max_batches: int = 4
    max_rows: int = 10_000
    # Seconds, of the whole proof.
    time_limit: float = 600
    searches: bool = True
    with_hooks: bool = False


def prove(
    project: Project, names: Sequence[str], asked: Asked, reproduce: Callable[[str, str], str], progress: Progress
) -> Proof:
    """Try the guarantees of each model. Nothing but schemas of the proof's own is written; they are gone at the end.

    `reproduce` makes the command that tries one guarantee of one model again, `progress` is told what is being done.

    Raises:
        UnknownModel, UnknownSource, CannotProve: there is nothing to try.
        ProofFailed: a model cannot be built at all.
        RelationMissing, FileUnreadable and others: what is to be delivered cannot be read.
        ProofRefused: the server does not let schemas be made, or was lost.
        ConnectionFailed, DbtFailed: the server or the project is out of order.
    """
    proved_at = datetime.now(UTC)
    deadline = time.monotonic() + asked.time_limit
    nodes = [find_model(project, name) for name in names]
    try:
        with TemporaryDirectory(prefix="onerow_prove_") as folder, scratch(project) as schemas:
            proofs = _prove_all(project, nodes, asked, schemas, Path(folder), deadline, reproduce, progress)
    except psycopg.Error as error:
        raise ProofRefused(str(error).strip()) from error
    return Proof(proved_at, asked.seed, proofs)


def _prove_all(
    project: Project,
    nodes: Sequence[Any],
    asked: Asked,
    schemas: Scratch,
    folder: Path,
    deadline: float,
    reproduce: Callable[[str, str], str],
    progress: Progress,
) -> list[ModelProof]:
    runs = Runs(project, folder)
    proofs = []
    try:
        for node in nodes:
            proving = _Proving(project, node, asked, schemas, runs, deadline)
            proofs.append(proving.prove(partial(reproduce, node.name), _prefixed(node.name, progress)))
            schemas.clear()
    finally:
        runs.close()
    return proofs


class _Proving:
    """The proof of one model."""

    def __init__(self, project: Project, node: Any, asked: Asked, schemas: Scratch, runs: Runs, deadline: float):
        self._project = project
        self._node = node
        self._asked = asked
        self._schemas = schemas
        self._runs = runs
        self._deadline = deadline
        self._options = node.config.meta.get("onerow") or {}
        unique_key = node.config.unique_key or []
        self._key = asked.key or tuple([unique_key] if isinstance(unique_key, str) else unique_key)

    def prove(self, reproduce: Callable[[str], str], progress: Progress) -> ModelProof:
        """Return the verdicts."""
        asked, node = self._asked, self._node
        progress("taking batches")
        [started_at] = self._schemas.connection.execute("select clock_timestamp()::text").fetchone() or ("",)
        source, deliveries = self._deliveries()
        window_column = asked.window_column or self._options.get("window_column")
        times = deliveries.times(window_column) if window_column else None
        moved = move(self._project, node, source, self._schemas, with_hooks=asked.with_hooks)
        stage = Stage(
            self._project,
            self._schemas,
            moved,
            deliveries,
            self._runs,
            key=self._key,
            ignored=asked.ignored,
            started_at=started_at,
            deadline=self._deadline,
        )
        judge = Judge(node.name, stage, reproduce, searches=asked.searches, progress=progress)
        try:
            verdicts = [judge.load_plainly()]
        except TimeUp:
            verdicts = judge.not_tried()
        else:
            trial = Trial(
                batches=judge.batches,
                holds_all=deliveries.holds_all,
                is_incremental=node.config.materialized == "incremental",
                never_refreshed=node.config.full_refresh is False,
                runs=asked.runs,
                seed=asked.seed,
                statements=stage.statements,
                times=times,
            )
            verdicts += [
                judge.judge(each, trial) for each in GUARANTEES if each is not LOADS and self._is_asked(each.name)
            ]
        wanted = [each for each in verdicts if self._is_asked(each.name)]
        return self._report(source, moved, deliveries, stage, judge, wanted)

    def _is_asked(self, name: str) -> bool:
        return not self._asked.only or name in self._asked.only

    def _deliveries(self) -> tuple[Any, Deliveries]:
        """Return the node of the source table, and what is delivered to it."""
        asked, node = self._asked, self._node
        limits = {"max_batches": asked.max_batches, "max_rows": asked.max_rows}
        landed = source_name(node)
        if landed:
            if asked.source or asked.batch_column or not asked.holds_all:
                raise CannotProve(
                    node.name,
                    f"it loads the source {landed}, whose batches are known: --source, --batch-column and "
                    "--source-holds are for models that do not load one",
                )
            contract = self._project.source(landed)
            [source] = [
                each
                for each in self._project.manifest.sources.values()
                if each.name == landed and has_contract(each.to_dict(omit_none=False))
            ]
            return source, LandedDeliveries(
                self._project, self._schemas, contract, asked.files, asked.windows, **limits
            )
        source = self._source_table()
        if asked.windows:
            raise CannotProve(node.name, "--window is for models with meta.onerow.source; other tables know no windows")
        if bool(asked.files) == bool(asked.batch_column):
            raise CannotProve(
                node.name,
                "say what its batches are: --file for each batch, or --batch-column for a column of "
                f"{source.source_name}.{source.name} that tells its batches apart",
            )
        return source, AppendedDeliveries(
            self._schemas,
            source,
            asked.files,
            asked.batch_column,
            key=self._key,
            holds_all=asked.holds_all,
            **limits,
        )

    def _source_table(self) -> Any:
        """Return the node of the source table whose batches are tried: the only one, or the one that is named."""
        found = {f"{each.source_name}.{each.name}": each for each in sources_of(self._project, self._node)}
        named = self._asked.source
        matching = [name for name in found if named in (None, name, name.partition(".")[2])]
        if len(matching) == 1:
            return found[matching[0]]
        known = ", ".join(found) or "none"
        reason = f"it reads no source {named}" if named else "name the source that delivers its batches with --source"
        if not found:
            reason = "it reads no source, so nothing can be delivered to it"
        raise CannotProve(self._node.name, f"{reason}. Sources that it reads: {known}")

    def _report(
        self, source: Any, moved: Moved, deliveries: Deliveries, stage: Stage, judge: Judge, verdicts: list
    ) -> ModelProof:
        left_out = [batch.label for batch in deliveries.batches if batch not in judge.batches]
        without = [f"everything but `loads` was tried without {', '.join(left_out)}"] if left_out else []
        strategy = self._node.config.incremental_strategy
        materialized = self._node.config.materialized
        return ModelProof(
            model=self._node.name,
            source=f"{source.source_name}.{source.name}",
            materialized=f"{materialized}, {strategy}" if strategy else materialized,
            key=list(self._key),
            batches=[(batch.label, len(batch.rows)) for batch in deliveries.batches],
            ignored_columns=stage.ignored,
            id_columns=stage.ids,
            notes=[*moved.notes, *deliveries.notes, *without],
            row_count=judge.expected.row_count if judge.expected else None,
            key_count=len(judge.expected.keys) if judge.expected and judge.expected.key else None,
            verdicts=verdicts,
        )


def _prefixed(model: str, progress: Progress) -> Progress:
    return lambda text: progress(f"{model}: {text}")
