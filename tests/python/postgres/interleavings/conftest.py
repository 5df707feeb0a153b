"""What the interleavings start from: the project with the marts that are played, parsed, and runs of dbt that wait."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject, succeeded
from onerow.project.project import Project
from onerow.server.lifecycle import Server
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


@dataclass(frozen=True)
class Ready:
    """A database to copy, and the project that made it."""

    template: str
    dbt: DbtProject
    project: Project


@pytest.fixture(scope="session")
def ready(
    server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ready]:
    """The project with the source `things` and a mart a strategy, its staging view built once."""
    files = {**source_files("things"), **{f"models/marts/{name}.sql": text for name, text in MARTS.items()}}
    with fresh_database(server.login, database_name) as database:
        repository = DbtProject(REPOSITORY, database.login, tmp_path_factory.mktemp("played") / "project", parsed)
        dbt = repository.with_files(files)
        # Loads of nothing: what dbt compiles for them, the processes forked later need not compile again.
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "stg_things", *MARTS))
        for mart in MARTS:
            database.execute(f"drop table marts.{mart}")
        with kept_as_template(server.login, database, "played") as template:
            yield Ready(template, dbt, parse(dbt))
    repository.close()


def parse(dbt: DbtProject) -> Project:
    """Return the project as the jobs read it, parsed."""
    with pytest.MonkeyPatch.context() as patch:
        project = dbt.job(patch)
        assert project.sources, "the project has sources with a contract"
    return project


@pytest.fixture
def database(server: Server, database_name: str, ready: Ready) -> Iterator[Database]:
    """A database with ledger, landing and staging view."""
    with fresh_database(server.login, database_name, ready.template) as database:
        yield database


@pytest.fixture
def stage(database: Database, ready: Ready, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Set the stage for a load of a strategy and kind; changed files of the project stand for a guard taken out."""
    with ExitStack() as loaders:

        def stage(strategy: str, kind: str, changed: Mapping[str, str] = {}) -> Stage:
            dbt = ready.dbt.with_files(changed) if changed else ready.dbt
            manifest = (parse(dbt) if changed else ready.project).manifest
            pair = [loaders.enter_context(closing(Loader(dbt, manifest, number))) for number in (1, 2)]
            return Stage(World(database, ready.project, tmp_path, strategy), pair, kind)

        yield stage
