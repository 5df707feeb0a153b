"""Measure the repair of a large table beside a reader and a writer: onerow dedupe, and one statement written by hand.

Prints seconds, rows a second, the longest time that the reader and the writer waited (for anything, and for a lock),
and the peak memory of the process. Needs an empty database that the profile's target names.

    .ci/with-server python benchmarks/dedupe.py --rows 5000000 --surplus 0.02
"""

import argparse
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql
from psycopg.errors import UniqueViolation
from rich.console import Console
from rich.table import Table

from onerow.project.project import Project

REPOSITORY = Path(__file__).resolve().parent.parent

# Every second surplus row is an exact twin, the other one an older state of its device, somewhere else in the table.
BUILD = """
create schema if not exists bench;
drop table if exists bench.devices;
create table bench.devices as
select
    'device-' || lpad(d.n::text, 9, '0') as device_id,
    'model ' || d.n % 50 as model,
    case when d.is_older then null else '1.' || d.n % 20 end as firmware,
    'site ' || d.n % 1000 as site,
    (d.n % 997)::numeric / 10 as temperature,
    timestamptz '2026-01-01' + d.n * interval '1 second' - d.is_older::integer * interval '1 day' as reported_at
from (
    select n, false as is_older from generate_series(1, {rows} - {surplus}) as n
    union all
    select n * (({rows} - {surplus}) / {surplus}), n % 2 = 0 from generate_series(1, {surplus}) as n
) as d;
create index on bench.devices (device_id);
"""

BY_HAND = (
    """
    delete from bench.devices as d
    using (
        select ctid, row_number() over (partition by device_id order by reported_at desc) as place from bench.devices
    ) as r
    where d.ctid = r.ctid and r.place > 1
    """,
    "create unique index devices_key on bench.devices (device_id) nulls not distinct",
)


@dataclass
class Beside:
    """A session on a key that has two rows, beside the repair: how long a statement of it took and waited at most."""

    statement: str
    longest: float = 0.0
    longest_lock: float = 0.0
    count: int = 0
    pid: int = 0
    thread: threading.Thread | None = field(default=None, repr=False)


def main() -> None:
    """Build the table for each contender, measure it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--surplus", type=float, default=0.02, help="share of rows that are too many")
    parser.add_argument("--rule", action="append", help="a rule of onerow dedupe; may be repeated; newest and merge")
    arguments = parser.parse_args()
    surplus = int(arguments.rows * arguments.surplus)
    project = Project(REPOSITORY, Path(os.environ["DBT_PROFILES_DIR"]))

    table = Table(title=f"{arguments.rows:,} rows, {surplus:,} too many", title_justify="left")
    for heading in ("contender", "seconds", "rows/s", "reader s", "writer s", "reader lock s", "writer lock s", "MB"):
        table.add_column(heading, justify="left" if heading == "contender" else "right")
    contenders: dict[str, Callable[[], int]] = {"nothing beside, 10 s": idle}
    for rule in arguments.rule or ["newest", "merge"]:
        contenders[f"onerow dedupe, {rule}"] = lambda rule=rule: dedupe("apply", *OPTIONS, "--rule", rule)
        contenders[f"its undo, {rule}"] = lambda: dedupe("undo", str(newest_run(project)))
    contenders["one delete, one index"] = lambda: by_hand(project)
    for name, run in contenders.items():
        if not name.startswith("its undo"):
            build(project, arguments.rows, surplus)
        seconds, memory, sessions = measure(project, run)
        reader, writer = sessions
        waits = [f"{value:.3f}" for value in (reader.longest, writer.longest, reader.longest_lock, writer.longest_lock)]
        table.add_row(name, f"{seconds:.1f}", f"{arguments.rows / seconds:,.0f}", *waits, str(memory or ""))
        Console(stderr=True, width=120).print(name, seconds, memory, sessions)
    Console(width=120).print(table)


OPTIONS = ("--table", "bench.devices", "--key", "device_id", "--version", "reported_at")


def build(project: Project, rows: int, surplus: int) -> None:
    """Make the table anew."""
    with project.connect() as connection:
        connection.execute(sql.SQL(BUILD).format(rows=sql.Literal(rows), surplus=sql.Literal(surplus)))
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum (analyze) bench.devices")
        connection.execute("checkpoint")


def measure(project: Project, run: Callable[[], int]) -> tuple[float, int, list[Beside]]:
    """Run a contender beside a reader and a writer; return its seconds, its peak memory in MB, and the two."""
    sessions = [
        Beside("select * from bench.devices where device_id = 'device-000000098'"),
        Beside("update bench.devices set temperature = temperature + 1 where device_id = 'device-000000098'"),
    ]
    ended = threading.Event()
    watcher = threading.Thread(target=watch, args=(project, sessions, ended))
    for session in sessions:
        session.thread = threading.Thread(target=go_on, args=(project, session, ended))
        session.thread.start()
    watcher.start()
    started = time.perf_counter()
    memory = run()
    seconds = time.perf_counter() - started
    ended.set()
    for thread in (*(session.thread for session in sessions), watcher):
        if thread:
            thread.join()
    return seconds, memory, sessions


def go_on(project: Project, session: Beside, ended: threading.Event) -> None:
    """Send one statement after the other, and remember the longest."""
    with project.connect(f"beside {session.statement[:6]}") as connection:
        connection.autocommit = True
        connection.execute("set lock_timeout = 0")
        session.pid = connection.info.backend_pid
        while not ended.wait(0.005):
            started = time.perf_counter()
            connection.execute(session.statement.encode())
            session.longest = max(session.longest, time.perf_counter() - started)
            session.count += 1


def watch(project: Project, sessions: list[Beside], ended: threading.Event) -> None:
    """Look every 10 ms how long the sessions have been waiting for a lock."""
    query = """
        select extract(epoch from clock_timestamp() - waitstart)::float from pg_locks where not granted and pid = %s
    """
    with project.connect("watcher") as connection:
        connection.autocommit = True
        while not ended.wait(0.01):
            for session in sessions:
                for (seconds,) in connection.execute(query, (session.pid,)).fetchall():
                    session.longest_lock = max(session.longest_lock, seconds or 0.0)


def idle() -> int:
    """Do nothing for a while: what the reader and the writer take by themselves."""
    time.sleep(10)
    return 0


def dedupe(*arguments: str) -> int:
    """Run the command in a process of its own and return its peak memory in MB."""
    command = ["onerow", "dedupe", arguments[0], "--project-dir", str(REPOSITORY), *arguments[1:]]
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_maxrss // 1024


def newest_run(project: Project) -> int:
    """Return the number of the run that was made last."""
    with project.connect() as connection:
        return connection.execute("select max(run_no) from onerow.dedupe_runs").fetchone()[0]


def by_hand(project: Project) -> int:
    """Do it as one writes it by hand."""
    with project.connect() as connection:
        connection.execute("set lock_timeout = 0")
        for statement in BY_HAND:
            try:
                connection.execute(statement.encode())
            except UniqueViolation as error:
                # The writer has changed a row that the delete had chosen; nothing chooses again.
                Console(stderr=True, width=120).print("one delete, one index:", str(error))
                return 0
        connection.commit()
    return 0


if __name__ == "__main__":
    main()
