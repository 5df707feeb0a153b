"""Compare two tables in two databases: onerow and reladiff's hashdiff, whole processes, in turn, on the same rows.

Seconds are medians of the rounds; peak memory is that of the process, without the servers. `onerow reconcile` is shown
twice: as a command, and as the comparison alone. Makes two databases of its own, and drops them.

    python benchmarks/reconcile.py --dsn 'host=127.0.0.1 user=postgres dbname=postgres' --reladiff /path/to/venv
    python benchmarks/reconcile.py --rows 20000000 --memory 512MB --every-row      # without reladiff
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from onerow.project.project import Project
from onerow.reconcile.compare import compare
from onerow.reconcile.request import Comparison, Means
from onerow.reconcile.sides import parse_side

DATABASES = ("onerow_bench_source", "onerow_bench_destination")
COLUMNS = ("device_id", "value", "status", "read_at")
BASE = """
create table readings as
select
    i::bigint as reading_id,
    'D-' || (i % 5000) as device_id,
    ((i % 1000) / 7.0)::numeric(12, 4) as value,
    'status ' || (i % 7) as status,
    timestamptz '2026-01-01Z' + i * interval '1 second' as read_at
from generate_series(1, {rows}) as i
"""
# A third of the differences each: rows that are gone, that have another value, that have another key.
DIFFERING = (
    "create table differing as table readings",
    "alter table differing add primary key (reading_id)",
    "delete from differing where reading_id % {step} = 1 and reading_id <= {third}",
    "update differing set value = value + 1"
    " where reading_id % {step} = 1 and reading_id > {third} and reading_id <= 2 * {third}",
    "update differing set reading_id = -reading_id where reading_id % {step} = 1 and reading_id > 2 * {third}",
    "update differing set status = 'other' where {every_row}",
    "vacuum (analyze) differing",
)


def main() -> None:
    """Make the tables, let both compare them, and print a table of seconds, ratios and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--dsn", default="", help="of a database from which others can be made; PG* variables count too"
    )
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--differences", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="400MB", help="as for onerow reconcile")
    parser.add_argument("--every-row", action="store_true", help="let every row differ, so that all are fetched")
    parser.add_argument("--reladiff", type=Path, help="virtual environment in which reladiff is installed")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        compare_alone(arguments.dsn, *arguments.child, arguments.memory)
        return
    with psycopg.connect(arguments.dsn, autocommit=True) as admin, tempfile.TemporaryDirectory() as folder:
        try:
            make_databases(admin, arguments)
            write_profile(Path(folder), admin.info)
            for destination in ("readings", "differing"):
                contenders = commands(arguments, admin.info, Path(folder), destination)
                show(destination, arguments, measure(contenders, arguments.rounds))
        finally:
            for database in reversed(DATABASES):
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def make_databases(admin: psycopg.Connection, arguments: argparse.Namespace) -> None:
    """Fill one database with readings, and another with the same and a table that differs."""
    for database, template in zip(DATABASES, ("template1", DATABASES[0]), strict=True):
        names = {"name": sql.Identifier(database), "template": sql.Identifier(template)}
        admin.execute(sql.SQL("create database {name} template {template}").format(**names))
        with psycopg.connect(arguments.dsn, dbname=database, autocommit=True) as connection:
            if template == "template1":
                connection.execute(sql.SQL(BASE).format(rows=sql.Literal(arguments.rows)))
                connection.execute("alter table readings add primary key (reading_id)")
                connection.execute("vacuum (analyze) readings")
                continue
            numbers = {
                "step": sql.Literal(max(1, arguments.rows // arguments.differences)),
                "third": sql.Literal(arguments.rows // 3),
                "every_row": sql.Literal(arguments.every_row),
            }
            for statement in DIFFERING:
                connection.execute(sql.SQL(statement).format(**numbers))


def write_profile(folder: Path, info: psycopg.ConnectionInfo) -> None:
    """Write a dbt project with a target a database. The password comes from the environment."""
    os.environ["BENCH_PASSWORD"] = info.password
    login = {
        "type": "postgres",
        "host": info.host,
        "port": info.port,
        "user": info.user,
        "schema": "public",
        "threads": 1,
    }
    login["password"] = "{{ env_var('BENCH_PASSWORD') }}"  # noqa: S105 - where to find it
    outputs = {name: {**login, "dbname": name} for name in DATABASES}
    (folder / "profiles.yml").write_text(json.dumps({"bench": {"target": DATABASES[0], "outputs": outputs}}))
    (folder / "dbt_project.yml").write_text("name: bench\nprofile: bench\n")


def commands(
    arguments: argparse.Namespace, info: psycopg.ConnectionInfo, folder: Path, destination: str
) -> dict[str, list[str]]:
    """Return the command of each contender."""
    sides = [f"{DATABASES[0]}:public.readings", f"{DATABASES[1]}:public.{destination}"]
    onerow = [str(Path(sys.executable).parent / "onerow"), "reconcile", "--source", sides[0], "--destination", sides[1]]
    project = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    memory = ["--memory", arguments.memory]
    contenders = {
        "onerow reconcile": [*onerow, "--key", "reading_id", *memory, *project],
        "  the comparison alone": [sys.executable, __file__, "--dsn", arguments.dsn, *memory, "--child", *sides],
    }
    if arguments.reladiff:
        urls = [f"postgresql://{info.user}:{info.password}@{info.host}:{info.port}/{name}" for name in DATABASES]
        columns = [option for column in COLUMNS for option in ("-c", column)]
        contenders["reladiff"] = [
            *(str(arguments.reladiff / "bin" / "reladiff"), urls[0], "readings", urls[1], destination),
            *("-k", "reading_id", *columns, "--algorithm", "hashdiff", "--stats"),
        ]
    return contenders


def compare_alone(dsn: str, source: str, destination: str, memory: str) -> None:
    """Compare without dbt, which this process has not loaded."""

    class Bench(Project):
        lock_timeout = "30s"  # type: ignore[assignment]

        @property
        def credentials(self) -> SimpleNamespace:
            info = psycopg.connect(dsn).info
            names = ("sslmode", "sslcert", "sslkey", "sslrootcert", "search_path", "role", "keepalives_idle")
            return SimpleNamespace(
                **{"type": "postgres", "host": info.host, "port": info.port, "user": info.user},
                **{"password": info.password, "database": self.target, "connect_timeout": 10},
                **dict.fromkeys(names),
            )

    comparison = Comparison(parse_side(source), parse_side(destination), ("reading_id",))
    print(compare(Bench(Path()), comparison, ("rows",), Means(memory)).status)


def measure(contenders: dict[str, list[str]], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Run each contender once a round, in turn; return seconds and peak MB of each run."""
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            started = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
            assert process.stderr is not None  # noqa: S101
            said = process.stderr.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 3):
                raise SystemExit(f"{name} failed: {said}")
            figures[name].append((time.perf_counter() - started, usage.ru_maxrss / 1024))
    return figures


def show(destination: str, arguments: argparse.Namespace, figures: dict[str, list[tuple[float, float]]]) -> None:
    """Print the medians of one pair of tables."""
    what = "identical" if destination == "readings" else f"about {arguments.differences} differences"
    if destination != "readings" and arguments.every_row:
        what = "every row differs"
    table = Table(title=f"{arguments.rows:,} rows in each of two databases, {what}", title_justify="left")
    for heading in ("contender", "seconds", "times as fast as reladiff", "peak MB", "rounds"):
        table.add_column(heading, justify="left" if heading == "contender" else "right")
    reladiff = statistics.median(each[0] for each in figures["reladiff"]) if "reladiff" in figures else None
    for name, runs in figures.items():
        seconds = statistics.median(each[0] for each in runs)
        table.add_row(
            name,
            f"{seconds:.2f}",
            f"{reladiff / seconds:.1f}" if reladiff else "",
            f"{max(each[1] for each in runs):.0f}",
            " ".join(f"{each[0]:.2f}" for each in runs),
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
