"""No password and no token is found anywhere but in profiles.yml: not in what is printed, logged, written or listed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.receiver import receiving
from postgres.security.commands import call

CANARY = "c4n4ry"
# Each way to write a text stands differently for it: SQL, libpq, YAML, a shell.
PASSWORD = f"it's \\{CANARY} \"$x%y@z:/{{{{"
HEADER = "device_id,model,firmware,site,status,reported_at\n"
TABLE = "--table marts.devices --key device_id --version reported_at"
SIDES = "--source landing.devices --destination marts.devices --key device_id"
ADDRESS = f"postgresql://etl:{CANARY}@host/shop"
COMMANDS = (
    f"reconcile {SIDES}",
    "reconcile --source test:landing.nothing --destination marts.devices --key device_id",
    "report devices --output REPORT",
    f"dedupe audit {TABLE}",
    "grants --reader nobody --apply",
)
# Secrets that are typed where a name or an address is expected.
TYPED = (
    f"reconcile --source {ADDRESS}.table --destination marts.devices --key device_id",
    f"reconcile --source {ADDRESS}/x.csv --destination marts.devices --key device_id",
    f"reconcile --source marts.devices --destination password={CANARY} --key device_id",
    f"reconcile --source https://host/{CANARY}.parquet --destination marts.devices --key device_id",
    f"reconcile devices --notify https:{CANARY}",
    f"reconcile devices --notify http://user:{CANARY}@[{CANARY}",
)


_SHOWN = """
select query || application_name from pg_stat_activity
where pid <> pg_backend_pid() and position(%s in query || application_name) > 0
"""


@pytest.fixture
def run(project, tmp_path, monkeypatch) -> Callable[[DbtProject, str], str]:
    """Run a command in this process, and return all that it has printed, and its error."""
    project.job(monkeypatch)
    folder = tmp_path / "files"
    folder.mkdir()
    files = {"FILE": folder / "a.csv", "REPORT": folder / "r.html"}
    files["FILE"].write_text(HEADER + "a,m,1,x,active,2026-05-01\n,m,1,x,active,2026-05-01\n")

    def run(project: DbtProject, command: str) -> str:
        result = call(project, command, files)
        error = result.exception
        return f"{result.output}{error!r}{error.__cause__!r}" if error else result.output

    return run


@contextmanager
def watched(database: Database) -> Iterator[set[str]]:
    """Collect what process lists and other sessions show of the canary, for the time of the block."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    arguments = file.read_text(errors="replace")
                except OSError:
                    continue
                if CANARY in arguments:
                    seen.add(arguments)
            seen.update(text for (text,) in database.rows(_SHOWN, CANARY))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def left_behind(folder: Path) -> list[str]:
    """Return the files under a folder that hold the canary, but for profiles."""
    return [
        str(file)
        for file in folder.rglob("*")
        if file.is_file() and file.name != "profiles.yml" and CANARY.encode() in file.read_bytes()
    ]


def test_a_password_is_nowhere_but_in_the_profile(project, database, run, tmp_path):
    """With all that dbt can log and write. Guards: what no message and no artifact holds."""
    owner = f"{database.name}_canary"
    database.execute(f"drop role if exists {owner}")
    database.execute(f"create role {owner} superuser login password '{PASSWORD.replace(chr(39), chr(39) * 2)}'")
    secret = project.with_profile(user=owner, password=PASSWORD.replace("{{", "{{ '{{' }}"))
    with watched(database) as seen:
        said = [run(secret, "land devices FILE")]
        debug = ("--debug", "--log-level-file", "debug", "--write-json")
        built = secret.dbt("build", "--select", "+devices", *debug).succeeded()
        said += [built.stdout, built.stderr, *(run(secret, command) for command in COMMANDS)]
    assert not seen
    assert (secret.log_path / "dbt.log").stat().st_size > 100_000
    assert (secret.target_path / "manifest.json").exists()
    assert (secret.target_path / "run_results.json").exists()
    assert (tmp_path / "files" / "r.html").exists()
    assert [text for text in said if CANARY in text] == []
    assert left_behind(tmp_path) == []
    database.execute(f"drop owned by {owner} cascade; drop role {owner}")


@pytest.mark.parametrize("wrong", [{"host": "127.0.0.1"}, {"port": 1}], ids=["a wrong password", "no server"])
def test_no_error_of_a_connection_names_the_password(project, run, tmp_path, wrong):
    """Guards: ConnectionFailed, Engine.scrubbed."""
    secret = project.with_profile(password=PASSWORD.replace("{{", "{{ '{{' }}"), **wrong)
    commands = (f"reconcile {SIDES}", "prove devices")
    said = [run(secret, command) for command in commands]
    assert ["cannot connect" in text for text in said] == [True] * len(commands), said
    ran = secret.dbt_in_process("run", "--select", "devices", "--write-json", "--log-level-file", "debug")
    assert not ran.success
    assert [text for text in (*said, str(ran.exception)) if CANARY in text] == []
    assert left_behind(tmp_path) == []


def test_what_is_typed_by_mistake_is_not_repeated(project, run):
    """Guards: _ADDRESS of parse_side, WebAddress."""
    said = {command: run(project, command) for command in TYPED}
    assert [text for text in said.values() if CANARY in text] == []
    assert all("SystemExit(2)" in text or "WrongUse" in text for text in said.values()), said


def test_a_token_in_the_address_of_a_receiver_is_not_told(project, database, run, tmp_path, monkeypatch):
    """Guard: _receiver."""
    monkeypatch.setattr("onerow.report.notify.PAUSES", ())
    run(project, "land devices FILE")
    succeeded(project.dbt_in_process("run", "--select", "+devices"))
    database.execute("truncate marts.devices")
    with receiving(500) as receiver, watched(database) as seen:
        address = f"{receiver.url}/{CANARY}?token={CANARY}".replace("://", f"://user:{CANARY}@")
        monkeypatch.setenv("ONEROW_NOTIFY_URL", address)
        said = run(project, "reconcile devices")
        monkeypatch.setenv("ONEROW_NOTIFY_URL", f"http://127.0.0.1:1/{CANARY}")
        said += run(project, "reconcile devices")
    assert "http://127.0.0.1" in said
    assert CANARY not in said
    assert not seen
    assert left_behind(tmp_path) == []
    tables = database.rows("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'onerow'")
    assert [name for (name,) in tables if CANARY in str(database.rows(f"select * from {name}"))] == []
