"""What others may put into a schema of the search_path is called by nobody, and what is trusted is still found."""

from pathlib import Path

import psycopg
import pytest

from harness.database import fresh_database
from harness.dbt_project import succeeded
from onerow.errors import SearchPathRefused
from onerow.project.project import Project
from postgres.security.commands import call

HOSTILE = (Path(__file__).parents[2] / "harness" / "hostile_schema.sql").read_text(encoding="utf-8")
HEADER = "device_id,model,firmware,site,status,reported_at\n"
FIRST = "a,m,1,x,active,2026-05-01\n,m,1,x,active,2026-05-01\nb,m,1,x,active,2026-05-01\n"
SECOND = "a,m,2,x,active,2026-05-02\nc,m,1,x,active,2026-05-01\nc,m,1,x,active,2026-05-01\n"
# Every way into the database, in an order in which each finds something to do; with its exit code.
COMMANDS = (
    ("plan devices", 0),
    ("reconcile devices", 0),
    ("reconcile history", 0),
    ("reconcile --source landing.devices --destination marts.devices --key device_id --version reported_at", 3),
    ("dead-letters list devices", 0),
    ("batches list", 0),
    ("batches quarantine 2", 0),
    ("batches release 2", 0),
    ("plan devices --file FIRST", 0),
    ("dedupe audit --table public_copies.devices --key device_id --version reported_at", 3),
    ("dedupe preview --table public_copies.devices --key device_id --version reported_at", 0),
    ("dedupe apply --table public_copies.devices --key device_id --version reported_at", 0),
    ("dedupe undo 1", 0),
    ("grants --reader pg_read_all_data", 0),
    ("report devices --output REPORT", 0),
)


@pytest.fixture(scope="module")
def mallory(server, database_name):
    """A role that may do nothing but what all may."""
    name = f"{database_name}_mallory"
    with fresh_database(server.login, f"{database_name}_roles") as admin:
        admin.execute(f"drop role if exists {name}")
        admin.execute(f"create role {name} login password 'pw'")
        yield name
        admin.execute(f"drop role {name}")


@pytest.fixture
def hostile(database, mallory):
    """The test's database, in whose schema public, where all may create objects, mallory has put namesakes."""
    database.execute("grant create on schema public to public")
    database.connect(autocommit=True, user=mallory, password="pw").execute(HOSTILE)
    return database


def test_namesakes_of_postgresqls_own_are_called_by_no_command(hostile, project, tmp_path, monkeypatch):
    """Guards: trusted_search_path, in session_settings, setup_ledger, create_schema, test, Project.connect."""
    project.job(monkeypatch)
    files = {"FIRST": tmp_path / "first.csv", "SECOND": tmp_path / "second.csv", "REPORT": tmp_path / "report.html"}
    files["FIRST"].write_text(HEADER + FIRST)
    files["SECOND"].write_text(HEADER + SECOND)
    with pytest.raises(psycopg.errors.RaiseException, match="hijacked"):
        hostile.execute("select count(a) from (values ('x'::text)) as v (a)")

    for file, more in (("FIRST", "--full-refresh"), ("SECOND", "--store-failures")):
        assert call(project, f"land devices {file}", files).exit_code == 0
        succeeded(project.dbt_in_process("build", "--select", "+devices", "device_models", more))
    hostile.execute("create schema public_copies")
    hostile.execute("create table public_copies.devices as table marts.devices")
    hostile.execute("insert into public_copies.devices table marts.devices")
    done = {command: call(project, command, files) for command, _ in COMMANDS}
    said = {command: f"{result.output}{result.exception or ''}" for command, result in done.items()}
    assert {command: result.exit_code for command, result in done.items()} == dict(COMMANDS), said
    assert "hijacked" not in str(said)
    assert hostile.rows('select device_id, firmware from marts.devices order by device_id collate "C"') == [
        *[("a", "2"), ("b", "1"), ("c", "1")]
    ]


def search_path(job: Project) -> str:
    """Return what a session of the project searches."""
    with job.connect() as connection:
        return connection.execute("show search_path").fetchone()[0]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], "public, pg_temp"),
        (["grant create on schema public to {mallory}"], "pg_catalog, pg_temp"),
        (["grant create on schema public to public"], "pg_catalog, pg_temp"),
        (["alter schema public owner to {mallory}"], "pg_catalog, pg_temp"),
        # Who may become somebody that may.
        (["grant create on schema public to {group}", "grant {group} to {mallory}"], "pg_catalog, pg_temp"),
        # Whose rights we have been given may do no less than we.
        (["grant create on schema public to {group}", "grant {owner} to {group}"], "public, pg_temp"),
        (
            ["create schema {owner}", 'create schema "Odd ""name"', 'set search_path to "$user", "Odd ""name", public'],
            '{owner}, "Odd ""name", public, pg_temp',
        ),
        (["create schema {owner} authorization {mallory}"], "public, pg_temp"),
        # PostgreSQL's own names come first, also where somebody has put them last.
        (["set search_path to public, pg_catalog"], "public, pg_temp"),
    ],
)
def test_only_schemas_of_which_no_stranger_has_a_hold_are_searched(job, database, mallory, statements, expected):
    """Guard: `strangers` in trusted_search_path."""
    names = {"mallory": mallory, "group": f"{mallory}_group", "owner": database.login.user}
    database.execute("drop role if exists {group}".format(**names))
    database.execute("create role {group}".format(**names))
    for statement in statements:
        text = statement.format(**names)
        database.execute(text.replace("set search_path", f"alter database {database.name} set search_path"))
    assert search_path(job) == expected.format(**names)
    database.execute("drop owned by {group}; drop role {group}".format(**names))


@pytest.mark.parametrize(("granted", "trusted"), [("{mallory}", "{mallory}"), ("public", "PUBLIC")])
def test_a_role_that_is_said_to_be_trusted_is(project, database, mallory, monkeypatch, granted, trusted):
    database.execute(f"grant create on schema public to {granted.format(mallory=mallory)}")
    settings = (project.folder / "dbt_project.yml").read_text()
    trusting = project.with_files(
        {
            "dbt_project.yml": settings.replace(
                "onerow_trusted_roles: []", f"onerow_trusted_roles: [{trusted.format(mallory=mallory)}]"
            )
        }
    )
    assert search_path(trusting.job(monkeypatch)) == "public, pg_temp"


def test_a_schema_with_operators_of_an_extension_is_refused(job, database, project):
    """Left out, a citext would be compared as text. Guard: `has_operators`."""
    database.execute("create extension citext schema public")
    assert search_path(job) == "public, pg_temp"
    database.execute("grant create on schema public to public")
    with pytest.raises(SearchPathRefused, match=r"schema public \(PUBLIC may create .* onerow_trusted_roles"):
        job.connect()
    failed = project.dbt_in_process("run", "--select", "stg_devices")
    assert not failed.success
    assert "operators of an extension" in str(failed.exception or failed.result.results[0].message)


def test_tables_of_this_session_hide_none_of_postgresqls(job, database):
    """Guard: pg_temp comes last."""
    with job.connect() as connection:
        connection.execute("create temporary table pg_class (n integer)")
        assert connection.execute("select count(*) > 100 from pg_class").fetchone()[0]


def test_dbt_says_what_is_left_out(project, database):
    database.execute("grant create on schema public to public")
    said = project.dbt("run", "--select", "stg_devices").succeeded()
    assert "onerow leaves out of the search_path: public (PUBLIC may create objects in it)" in said.stdout
