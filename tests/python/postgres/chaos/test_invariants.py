"""The invariants of the chaos suite: silent where all is well, and each says so where it is violated."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chaos import foreign
from chaos.deliveries import Deliveries
from chaos.invariants import INVARIANTS, reported_is_there
from chaos.project import chaos_project
from harness.database import Database, fresh_database, kept_as_template
from onerow.server.lifecycle import Server

_NO_INDEX = """
do $$ declare name text; begin
    select indexrelid::regclass::text into strict name from pg_index where indrelid = 'marts.devices'::regclass;
    execute 'drop index ' || name;
end $$;
"""
_ONE = "(select ctid from {} order by 1 limit 1)"
# What is done, and the invariant that must notice it.
DAMAGES = {
    "a row twice": ("one row a key", _NO_INDEX + "insert into marts.devices select * from marts.devices limit 1"),
    "a row gone": ("no row lost", f"delete from marts.devices where ctid = {_ONE.format('marts.devices')}"),
    "another writer's row gone": ("no row lost", "delete from marts.devices_shared where model = 'shop'"),
    "an older state": ("no row lost", "update marts.devices_shared set reported_at = reported_at - interval '1 day'"),
    "a row that nobody delivered": ("no row lost", "insert into marts.devices (device_id) values ('ghost')"),
    "a reading gone": (
        "no row lost",
        f"delete from marts.device_readings where ctid = {_ONE.format('marts.device_readings')}",
    ),
    "a reading that a window has withdrawn": (
        "no row lost",
        "insert into marts.device_readings (reading_id, device_id, metric, value, read_at)"
        " select distinct on (read_at) 'back', device_id, metric, value::numeric, read_at::timestamptz"
        " from landing.device_readings where (device_id, metric, value::numeric, read_at::timestamptz)"
        " not in (select device_id, metric, value, read_at from marts.device_readings) limit 1",
    ),
    "half a batch": ("landed once", f"delete from landing.devices where ctid = {_ONE.format('landing.devices')}"),
    "a value that is another's": ("landed once", "update landing.devices set site = 'rome'"),
    "a file landed twice": (
        "landed once",
        "insert into onerow.batches (source, batch_id, content_sha256, extracted_at, row_count)"
        " select source, 'again', content_sha256, now(), 0 from onerow.batches where batch_no = 1",
    ),
    "a batch that nobody delivered": (
        "landed once",
        "insert into onerow.batches (source, batch_id, content_sha256, extracted_at, row_count)"
        " values ('devices', 'x', 'x', now(), 0)",
    ),
    "a batch consumed twice": (
        "consumed once",
        "insert into onerow.claims (model, batch_no, attempt, source, row_count, invocation_id, xid)"
        " select model, batch_no, 2, source, row_count, 'x', xid from onerow.claims where batch_no = 1",
    ),
    "a batch not consumed": ("consumed once", "delete from onerow.claims where batch_no = 1"),
    "a reading not consumed": ("consumed once", "delete from onerow.claims where source = 'device_readings'"),
    "an outcome too many": (
        "outcomes accounted",
        "update onerow.load_outcomes set row_count = row_count + 1 where batch_no = 1",
    ),
    "outcomes that are others": (
        "outcomes accounted",
        "update onerow.load_outcomes set outcome = 'filtered' where outcome = 'new' and batch_no = 1",
    ),
    "a letter gone": ("letters once", "delete from onerow.dead_letters where natural_key is null"),
    "a replay that did not land": ("letters once", "update onerow.dead_letters set status = 'replayed'"),
    "a table under a run's own name": ("nothing left", "create table marts.devices__new_0123456789ab ()"),
}


@pytest.fixture(scope="session")
def worked_on(
    server: Server, database_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A database in which all actors have done something, to be copied, and the folder of the delivered files."""
    scratch = tmp_path_factory.mktemp("chaos")
    deliveries = Deliveries(1, scratch / "delivered")
    with fresh_database(server.login, database_name) as database:
        database.execute(foreign.JOURNAL)
        project = chaos_project(database.login, database.login.port, scratch, 30, None, None)
        files = [str(deliveries.delivery("devices", number).file) for number in range(3)]
        project.start_onerow("land", "devices", *files).wait().succeeded()
        for number in range(3):
            readings = deliveries.delivery("device_readings", number)
            project.start_onerow("land", "device_readings", str(readings.file), *readings.options).wait().succeeded()
        build = ("run", "--select", "+devices", "+devices_shared", "+device_readings")
        project.start_dbt(*build).wait().succeeded()
        [(batch_no, line)] = database.rows(
            "select batch_no, line_number from onerow.dead_letters where natural_key is not null order by 1, 2 limit 1"
        )
        corrections = deliveries.folder / "corrections.jsonl"
        row = {"device_id": "D-0001", "firmware": "9", "reported_at": "2026-07-01", "model": None, "site": None}
        corrections.write_text(
            json.dumps({"_batch_no": batch_no, "_line_number": line, **row, "status": None}), encoding="utf-8"
        )
        replay = ("dead-letters replay", "devices", "--file", str(corrections))
        project.start_onerow(*replay).wait().succeeded()
        project.start_dbt(*build).wait().succeeded()
        foreign.write(database.login, "1", 1)
        with kept_as_template(server.login, database, "chaos") as template:
            yield template, deliveries.folder


@pytest.fixture
def database(server: Server, database_name: str, worked_on: tuple[str, Path]) -> Iterator[Database]:
    """A copy of it."""
    with fresh_database(server.login, database_name, worked_on[0]) as database:
        yield database


@pytest.fixture
def connection(database: Database) -> psycopg.Connection:
    """A connection such as the suite looks through."""
    return database.connect(autocommit=True)


@pytest.fixture
def folder(worked_on: tuple[str, Path]) -> Path:
    """The delivered files."""
    return worked_on[1]


def test_where_all_is_well_nothing_is_violated(connection, folder):
    """Guard: none; without it every invariant below could be one that always complains."""
    assert [each for violated in INVARIANTS.values() for each in violated(connection, folder)] == []
    assert connection.execute("select count(*) from shop.written").fetchone() > (0,)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_a_missing_guard_would_let_through_is_noticed(connection, folder, damage):
    """Guard: each of the functions in chaos/invariants.py."""
    invariant, statement = DAMAGES[damage]
    connection.execute(statement)
    assert INVARIANTS[invariant](connection, folder)


def test_a_lock_that_somebody_still_holds_is_noticed(database, connection, folder):
    """Guard: the look into pg_locks."""
    database.connect(autocommit=True, application_name="left").execute("select pg_advisory_lock(1)")
    [left] = INVARIANTS["nothing left"](connection, folder)
    assert left.startswith("advisory lock of pid ")
    assert left.endswith("(left) is left")


def test_a_file_that_was_reported_and_is_not_there_is_noticed(connection):
    """Guard: reported_is_there."""
    assert reported_is_there(connection, [(Path("lost.csv"), "0" * 64)]) == [
        "lost.csv was reported as landed and is not there"
    ]
