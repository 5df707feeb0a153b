"""The fixtures that tests share. What they give is described in the modules of `harness`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest

from harness import quick_dbt
from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject
from harness.garbage import look_at_what_comes
from harness.gate import Gate
from harness.in_memory import folder_in_memory
from harness.parsed_before import ParsedBefore
from harness.prepared import BuiltOnce, Prepared
from harness.shared_server import shared_server
from onerow.project.project import Project
from onerow.server.lifecycle import Server

# For --hypothesis-profile=fuzz: the fuzzers go on for longer.
hypothesis.settings.register_profile("fuzz", max_examples=5_000)
quick_dbt.make_quick()
ParsedBefore()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have the folders of the tests in memory, unless --basetemp names another place. Workers are given theirs."""
    if not hasattr(config, "workerinput") and config.option.basetemp is None:
        kept = ExitStack()
        config.option.basetemp = kept.enter_context(folder_in_memory())
        config.add_cleanup(kept.close)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    """The test run's own PostgreSQL, one for all workers."""
    base = tmp_path_factory.getbasetemp()
    with shared_server(base if worker_id == "master" else base.parent) as running:
        yield running


@pytest.fixture(scope="session")
def database_name(worker_id: str) -> str:
    """The same name for all tests of a worker: dbt forgets what it has parsed when the name changes."""
    return f"onerow_{worker_id}"


@pytest.fixture(scope="session")
def prepared() -> Prepared | None:
    """What the tests of a folder start from. A folder that has something says so in its conftest, by `built_once`."""
    return None


@pytest.fixture
def database(server: Server, database_name: str, prepared: Prepared | None) -> Iterator[Database]:
    """An empty database, or a copy of what is prepared."""
    template = prepared.template if prepared else "template1"
    with fresh_database(server.login, database_name, template) as database:
        yield database


@pytest.fixture(scope="session")
def parsed(server: Server, database_name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The target folder of the project, parsed once: every other parse only looks for what differs."""
    with fresh_database(server.login, database_name) as database:
        project = DbtProject(REPOSITORY, database.login, tmp_path_factory.mktemp("parsed"))
        outcome = project.dbt_in_process("parse", "--quiet")
        assert outcome.success, f"the project does not parse: {outcome.exception}"
        look_at_what_comes()
        return project.target_path


@pytest.fixture(scope="session")
def built_once(
    server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BuiltOnce]:
    """Fill a database by the repository's project, with other files if given, and keep it as a template."""
    with ExitStack() as kept:

        def build(
            name: str, fill: Callable[[DbtProject, Database], object], files: Mapping[str, str | None] = {}
        ) -> Prepared:
            with fresh_database(server.login, database_name) as database:
                dbt = DbtProject(REPOSITORY, database.login, tmp_path_factory.mktemp(name) / "project", parsed)
                kept.callback(dbt.close)
                if files:
                    dbt = dbt.with_files(files)
                fill(dbt, database)
                return Prepared(kept.enter_context(kept_as_template(server.login, database, name)), dbt)

        yield build


@pytest.fixture
def project(database: Database, parsed: Path, tmp_path: Path) -> Iterator[DbtProject]:
    """The repository's dbt project on the test's database."""
    project = DbtProject(REPOSITORY, database.login, tmp_path / "project", parsed)
    yield project
    project.close()


@pytest.fixture
def job(project: DbtProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project as onerow's jobs read it in this process."""
    return project.job(monkeypatch)


@pytest.fixture
def gate(database: Database) -> Gate:
    """Holds whoever comes first, in the test's database."""
    return Gate(database)


@pytest.fixture
def everything(database: Database) -> Callable[[], dict[str, object]]:
    """See what is in the database and how often it was written: relations, row versions, sequences."""

    def look() -> dict[str, object]:
        tables = [
            name
            for (name,) in database.rows(
                "select format('%I.%I', n.nspname, c.relname) from pg_class as c"
                " inner join pg_namespace as n on n.oid = c.relnamespace"
                " where c.relkind = 'r' and n.nspname !~ '^pg_|^information_schema' order by 1"
            )
        ]
        return {
            "schemas": database.rows("select nspname from pg_namespace where nspname !~ '^pg_' order by 1"),
            "relations": database.rows(
                "select c.relname, c.relkind, pg_relation_size(c.oid) from pg_class as c"
                " inner join pg_namespace as n on n.oid = c.relnamespace"
                " where n.nspname !~ '^pg_|^information_schema' order by 1, 2"
            ),
            "sequences": database.rows("select sequencename, last_value from pg_sequences order by 1"),
            **{name: database.rows(f"select ctid, xmin, xmax from {name} order by ctid") for name in tables},
        }

    return look
