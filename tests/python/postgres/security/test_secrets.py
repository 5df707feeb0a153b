"""No password and no token is found anywhere but in profiles.yml: not in what is printed, logged, written or listed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from harness.database import Database
from harness.dbt_project import LOGGED, DbtProject, succeeded
from harness.receiver import receiving
from onerow.cli import onerow
from postgres.security.commands import call

CANARY = "c4n4ry"
# Each way to write a text stands differently for it: SQL, libpq, YAML, a shell.
PASSWORD = f"it's \\{CANARY} \"$x%y@z:/{{{{"
HEADER = "device_id,model,firmware,site,status,reported_at\n"
TABLE = "--table marts.devices --key device_id --version reported_at"
SIDES = "--source landing.devices --destination marts.devices --key device_id"
ADDRESS = f"postgresql://etl:{CANARY}@host/shop"
COPY = "--table marts.copied --key device_id --version reported_at"
# Every command, in an order in which each finds something to do, and a word of what it says then.
COMMANDS = {
    "plan devices --file NEW --rows": "1 new",
    "land devices NEW": "landed",
    "batches list": "consumed by",
    "batches show 1": "batch 1 of devices",
    "batches quarantine 1 --reason wrong": "is quarantined",
    "batches release 1": "is released",
    "dead-letters list devices": "missing:device_id",
    "dead-letters show devices 1": "missing:device_id",
    "dead-letters export devices": "missing:device_id",
    "dead-letters replay devices 1": "Batch 3 of devices",
    "dead-letters discard devices 2 --reason wrong": "1 dead letter",
    f"reconcile {SIDES}": "DIFFERENCES",
    "reconcile --source test:landing.nothing --destination marts.devices --key device_id": "RelationMissing",
    "reconcile devices": "all equal",
    "reconcile history": "equal in 1 of 1 run",
    "report devices --output REPORT": "Written",
    f"dedupe audit {COPY}": "DUPLICATES",
    f"dedupe preview {COPY}": "would be removed",
    f"dedupe apply {COPY}": "1 row removed",
    "dedupe undo 1": "is undone",
    "grants --reader pg_read_all_data": "grant usage",
    "grants --reader nobody --apply": "GrantsFailed",
}
# It forks, so in a process of its own.
PROVE = "prove devices --only full_refresh --no-search --html PROOF"
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
            for process in Path("/proc").iterdir():
                try:
                    arguments = (process / "cmdline").read_text(errors="replace")
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


@pytest.mark.timeout(600)
def test_a_password_is_nowhere_but_in_the_profile(project, database, run, tmp_path):
    """By every command, with all that dbt can log and write. Guards: what no message and no artifact holds."""
    owner = f"{database.name}_canary"
    database.execute(f"drop role if exists {owner}")
    database.execute(f"create role {owner} superuser login password '{PASSWORD.replace(chr(39), chr(39) * 2)}'")
    secret = project.with_profile(user=owner, password=PASSWORD.replace("{{", "{{ '{{' }}"))
    new, proof = tmp_path / "files" / "new.csv", tmp_path / "files" / "proof.html"
    new.write_text(HEADER + "b,m,1,x,active,2026-05-01\na,short\n")
    with watched(database) as seen:
        said = [run(secret, "land devices FILE")]
        debug = ("--debug", *LOGGED, "--write-json")
        built = secret.dbt("build", "--select", "+devices", *debug).succeeded()
        database.execute("create table marts.copied as table marts.devices")
        database.execute("insert into marts.copied table marts.devices")
        done = {command: run(secret, command.replace("NEW", str(new))) for command in COMMANDS}
        proved = secret.onerow(
            *PROVE.replace("PROOF", str(proof)).split(), env={"DBT_LOG_LEVEL_FILE": "debug"}
        ).succeeded()
        said += [built.stdout, built.stderr, *done.values(), proved.stdout, proved.stderr]
    assert {command: text for command, text in done.items() if COMMANDS[command] not in text} == {}
    assert proof.exists()
    assert not seen
    assert (secret.log_path / "dbt.log").stat().st_size > 100_000
    assert (secret.target_path / "manifest.json").exists()
    assert (secret.target_path / "run_results.json").exists()
    assert (tmp_path / "files" / "r.html").exists()
    assert [text for text in said if CANARY in text] == []
    assert left_behind(tmp_path) == []
    database.execute(f"drop owned by {owner} cascade; drop role {owner}")


def names(group: click.Group, path: str = "") -> Iterator[str]:
    """Yield the names of all commands that Click knows."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from names(command, f"{path}{name} ")
        else:
            yield path + name


def test_every_command_is_tried():
    """Those of `server` have a password of their own: commands/test_server.py. Guard: COMMANDS."""
    known = {name for name in names(onerow) if not name.startswith("server ")}
    tried = [[name for name in known if f"{words} ".startswith(f"{name} ")] for words in ("land x", *COMMANDS, PROVE)]
    assert {max(matching, key=len) for matching in tried} == known


@pytest.mark.parametrize("wrong", [{"host": "127.0.0.1"}, {"port": 1}], ids=["a wrong password", "no server"])
def test_no_error_of_a_connection_names_the_password(project, run, tmp_path, wrong):
    """Guards: ConnectionFailed, Engine.scrubbed."""
    secret = project.with_profile(password=PASSWORD.replace("{{", "{{ '{{' }}"), **wrong)
    commands = (f"reconcile {SIDES}", "prove devices")
    said = [run(secret, command) for command in commands]
    assert ["cannot connect" in text for text in said] == [True] * len(commands), said
    ran = secret.dbt_in_process("run", "--select", "devices", "--write-json", *LOGGED)
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
