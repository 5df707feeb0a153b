"""Each role does its work, and is refused what is not its work."""

from dataclasses import replace

import psycopg
import pytest

from harness.database import connect, fresh_database
from harness.dbt_project import REPOSITORY, DbtProject, succeeded

HEADER = "device_id,model,firmware,site,status,reported_at\n"
ROLES = ("loader", "transformer", "reader", "auditor")
_ALLOWED = {
    "loader": ["select from landing.devices", "select from onerow.claims"],
    "transformer": ["select from landing.devices", "select from onerow.batches", "create table marts.own ()"],
    "reader": ["select from marts.devices", "select from marts.orders"],
    "auditor": ["select from marts.devices", "select from landing.devices", "select from onerow.dead_letters"],
}
_REFUSED = {
    "loader": [
        "select from marts.devices",
        "delete from landing.devices",
        "update landing.devices set site = null",
        "update onerow.batches set content_sha256 = null",
        "delete from onerow.dead_letters",
        "insert into onerow.claims default values",
        "create table landing.own ()",
        "create table public.own ()",
    ],
    "transformer": [
        "insert into landing.devices default values",
        "delete from onerow.batches",
        "update onerow.dead_letters set status = 'discarded'",
        "delete from onerow.load_outcomes",
        "drop table landing.devices",
    ],
    "reader": [
        "delete from marts.devices",
        "select from landing.devices",
        "select from onerow.batches",
        "create table marts.own ()",
    ],
    "auditor": [
        "delete from marts.devices",
        "insert into landing.devices default values",
        "delete from onerow.reconciliations",
        "update onerow.batches set row_count = 0",
        "create table marts.own ()",
    ],
}


@pytest.fixture(scope="module")
def granted(server, database_name, parsed, tmp_path_factory):
    """The database in which all roles have done their work, and the project as each of them has it."""
    folder = tmp_path_factory.mktemp("granted")
    names = {role: f"{database_name}_{role}" for role in ROLES}
    with fresh_database(server.login, database_name) as database:
        for name in names.values():
            database.execute(f"drop role if exists {name}")
            database.execute(f"create role {name} login password 'pw'")
        owner = DbtProject(REPOSITORY, database.login, folder / "owner", parsed)
        options = [text for role, name in names.items() for text in (f"--{role}", name)]
        printed = owner.onerow("grants", *options, "--apply").succeeded()
        assert "grant select on all tables in schema" in printed.stdout
        logins = {role: replace(database.login, user=name, password="pw") for role, name in names.items()}
        projects = {role: DbtProject(REPOSITORY, logins[role], folder / role, parsed) for role in ROLES}
        yield logins, projects, folder
        for each in (owner, *projects.values()):
            each.close()
        for name in names.values():
            database.execute(f"drop owned by {name} cascade; drop role {name}")


@pytest.fixture(scope="module")
def worked(granted):
    """The logins, after a batch has been landed, loaded and reconciled, each by its role."""
    logins, projects, folder = granted
    (folder / "batch.csv").write_text(HEADER + "a,m,1,x,active,2026-05-01\n,m,1,x,active,2026-05-01\n")
    projects["loader"].onerow("land", "devices", folder / "batch.csv").succeeded()
    projects["loader"].onerow("batches quarantine", "1").succeeded()
    projects["loader"].onerow("batches release", "1").succeeded()
    succeeded(projects["transformer"].dbt_in_process("build", "--quiet", "--exclude", "test_type:unit"))
    projects["loader"].onerow("dead-letters discard", "devices", "1", "3", "--reason", "no key").succeeded()
    projects["auditor"].onerow("reconcile").succeeded()
    return logins


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_its_work_and_nothing_else(worked, role):
    """Guard: each statement of grants_ddl. The work itself is done by the fixture."""
    with connect(worked[role]) as connection:
        for statement in _ALLOWED[role]:
            connection.execute(statement)
            connection.rollback()
        for statement in _REFUSED[role]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def test_a_role_that_is_not_there_is_named(granted):
    _, _, folder = granted
    project = DbtProject(REPOSITORY, granted[0]["reader"], folder / "wrong")
    refused = project.onerow("grants", "--reader", "nobody", "--apply")
    assert refused.returncode == 1
    assert "permission denied" in refused.stderr or "nobody" in refused.stderr
    assert "pw" not in refused.stdout + refused.stderr
    assert project.onerow("grants").returncode == 2
