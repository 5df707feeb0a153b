"""What the interleavings start from: the project with the marts that are played, parsed, and runs of dbt that wait."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.prepared import BuiltOnce, Prepared
from onerow.project.project import Project
from postgres.interleavings.sessions import Loader
from postgres.interleavings.stage import Stage
from postgres.interleavings.world import MARTS, World
from postgres.strategies.things import source_files


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where these tests are asked for by their folder, all of them can be had."""
    parser.addoption("--every-interleaving", action="store_true", help="play all pairs of sessions, not the short cut")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many interleavings were played."""
    properties = [dict(report.user_properties) for report in terminalreporter.getreports("passed")]
    counts = [each["interleavings"] for each in properties if "interleavings" in each]
    if counts:
        pairs = f"{len(counts)} pairs of sessions"
        terminalreporter.write_line(f"{sum(counts):,} interleavings of {pairs}: each ends as a serial order")


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """Ledger, landing and staging view of the source `things`; the project with it and a mart a strategy."""

    def fill(dbt: DbtProject, database: Database) -> None:
        # Loads of nothing: what dbt compiles for them, the processes forked later need not compile again.
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "stg_things", *MARTS))
        for mart in MARTS:
            database.execute(f"drop table marts.{mart}")
        parse(dbt)

    marts = {f"models/marts/{name}.sql": text for name, text in MARTS.items()}
    return built_once("played", fill, {**source_files("things"), **marts})


def parse(dbt: DbtProject) -> Project:
    """Return the project as the jobs read it, parsed."""
    with pytest.MonkeyPatch.context() as patch:
        project = dbt.job(patch)
        assert project.sources, "the project has sources with a contract"
    return project


@pytest.fixture
def stage(database: Database, prepared: Prepared, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Set the stage for a load of a strategy and kind; changed files of the project stand for a guard taken out."""
    with ExitStack() as loaders:

        def stage(strategy: str, kind: str, changed: Mapping[str, str] = {}) -> Stage:
            dbt = prepared.dbt.with_files(changed) if changed else prepared.dbt
            manifest = parse(dbt).manifest
            pair = [loaders.enter_context(closing(Loader(dbt, manifest, number))) for number in (1, 2)]
            return Stage(World(database, parse(prepared.dbt), tmp_path, strategy), pair, kind)

        yield stage
