"""Measure how long a load takes and how much WAL it writes: onerow, dbt's own strategies and a bare statement.

Every contender loads the same rows into the same table, with the same unique index, in one run and in turn; the
figures are the medians of the rounds. Read the ratios: seconds depend on the machine. Needs an empty database.

    python benchmarks/load.py --dsn 'host=127.0.0.1 user=postgres dbname=bench' --rounds 3
    python benchmarks/load.py --growth          # the same batch into a table ten times as large
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from dbt.cli.main import dbtRunner
from load_cases import BARE, BASE, CASES, CONTENDERS, INCOMING, LANDED, SOURCE, STATEMENTS, Case
from psycopg import sql
from rich.console import Console
from rich.table import Table

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass
class Figures:
    """Seconds and megabytes of WAL, one of each a round."""

    seconds: list[float] = field(default_factory=list)
    wal: list[float] = field(default_factory=list)


def main() -> None:
    """Run the cases that were asked for and print a table of medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--dsn", default="", help="libpq connection string of a database to work in; PG* variables count too"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--target-rows", type=int, default=2_000_000)
    parser.add_argument("--case", action="append", choices=list(CASES), help="only this case; may be repeated")
    parser.add_argument(
        "--growth", action="store_true", help="10,000 rows into a tenth of the target rows, and into all"
    )
    arguments = parser.parse_args()

    with psycopg.connect(arguments.dsn, autocommit=True) as connection, tempfile.TemporaryDirectory() as folder:
        project = write_project(Path(folder), connection)
        [(version, memory)] = connection.execute(
            "select current_setting('server_version'), current_setting('shared_buffers')"
        ).fetchall()
        print(f"PostgreSQL {version}, shared_buffers {memory}")
        if arguments.growth:
            growth(connection, project, arguments.target_rows, arguments.rounds)
            return
        make_base(connection, arguments.target_rows)
        for name in arguments.case or CASES:
            case = CASES[name]
            make_incoming(connection, arguments.target_rows, case)
            show(name, run(connection, project, case, arguments.rounds))


def run(connection: psycopg.Connection, project: Path, case: Case, rounds: int) -> dict[str, Figures]:
    """Let all contenders load a case, round by round."""
    contenders = [*CONTENDERS[case.strategy], BARE]
    figures = {contender: Figures() for contender in contenders}
    for number in range(rounds):
        # Turn the order, so that nobody always runs on the warmest cache.
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            seconds, wal = measure(connection, project, case.strategy, contender)
            figures[contender].seconds.append(seconds)
            figures[contender].wal.append(wal)
    return figures


def growth(connection: psycopg.Connection, project: Path, target_rows: int, rounds: int) -> None:
    """Load a batch into a table and into one ten times as large: the cost should follow the batch.

    The same batch, whose keys the larger table has in a tenth of its pages; and one whose keys lie all over the larger
    table, and so on more of its pages.
    """
    sizes = (target_rows // 10, target_rows)
    for title, batch_from in {
        "The same 10,000 rows": sizes[:1] * 2,
        "10,000 rows from all over the table": sizes,
    }.items():
        table = Table(title=f"{title}, into a table and into one ten times as large", title_justify="left")
        for heading in ("contender", *(f"into {rows:,}: seconds" for rows in sizes), "ratio"):
            table.add_column(heading, justify="left" if heading == "contender" else "right")
        for strategy, contenders in CONTENDERS.items():
            case = Case(10_000, 0.2, 0.2 if strategy == "upsert" else 0.0, strategy)
            compared = [next(iter(contenders)), BARE]
            medians: dict[str, list[float]] = {contender: [] for contender in compared}
            for rows, source_rows in zip(sizes, batch_from, strict=True):
                make_base(connection, source_rows)
                make_incoming(connection, source_rows, case, beyond=target_rows)
                make_base(connection, rows)
                taken = [[measure(connection, project, strategy, each)[0] for each in compared] for _ in range(rounds)]
                for contender, seconds in zip(compared, zip(*taken, strict=True), strict=True):
                    medians[contender].append(statistics.median(seconds))
            for contender, (small, large) in medians.items():
                name = contender if contender != BARE else f"{BARE} of {strategy}"
                table.add_row(name, f"{small:.2f}", f"{large:.2f}", f"{large / small:.2f}")
        Console(width=110).print(table)


def write_project(folder: Path, connection: psycopg.Connection) -> Path:
    """Make a dbt project of one model a contender, on the macros of this repository."""
    info = connection.info
    (folder / "models").mkdir()
    (folder / "macros").symlink_to(REPOSITORY / "macros")
    (folder / "dbt_project.yml").write_text(
        "name: onerow\nprofile: bench\nmodel-paths: [models]\nmacro-paths: [macros]\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(
        "bench:\n  target: bench\n  outputs:\n    bench:\n      type: postgres\n      schema: bench\n      threads: 1\n"
        f"      host: {info.host}\n      port: {info.port}\n      user: {info.user}\n"
        f"      password: \"{{{{ env_var('BENCH_PASSWORD') }}}}\"\n      dbname: {info.dbname}\n"
    )
    os.environ["BENCH_PASSWORD"] = info.password
    (folder / "models" / "sources.yml").write_text(SOURCE)
    for strategy, contenders in CONTENDERS.items():
        for contender, (config, query) in contenders.items():
            (folder / "models" / f"{model_name(strategy, contender)}.sql").write_text(
                f"{{{{ config(materialized='incremental', unique_key='device_id', {config}) }}}}\n{query}\n"
            )
    run_dbt(folder, "run-operation", "setup_ledger")
    return folder


def model_name(strategy: str, contender: str) -> str:
    """Return the dbt model of a contender."""
    return f"{strategy}_by_{contender.replace(' ', '_').replace('+', '_')}"


def make_base(connection: psycopg.Connection, rows: int) -> None:
    """Fill the table that every measurement starts from."""
    connection.execute("create schema if not exists bench")
    connection.execute("drop table if exists bench.base")
    connection.execute(sql.SQL(BASE).format(rows=sql.Literal(rows)))


def make_incoming(connection: psycopg.Connection, target_rows: int, case: Case, beyond: int | None = None) -> None:
    """Fill the rows of a case: spread over the whole target and in no order, or one stretch of time for a window.

    Keys of new rows come after those of a target of `beyond` rows, by default of this one.
    """
    connection.execute("drop table if exists bench.incoming")
    is_window = case.strategy == "replace_window"
    connection.execute(
        sql.SQL(INCOMING).format(
            new=sql.Literal(case.new),
            changed=sql.Literal(case.new + case.newer),
            newer_by=sql.Literal("1 day" if case.strategy == "upsert" else "0"),
            beyond=sql.Literal(beyond or target_rows),
            step=sql.Literal(1 if is_window else max(1, target_rows // case.rows)),
            last=sql.Literal(case.rows if is_window else target_rows),
            rows=sql.Literal(case.rows),
        )
    )
    connection.execute("analyze bench.incoming")


def measure(connection: psycopg.Connection, project: Path, strategy: str, contender: str) -> tuple[float, float]:
    """Load once into a fresh copy of the base; return the seconds of the load and its WAL in MB."""
    name = model_name(strategy, contender)
    target = sql.Identifier("bench", name)
    connection.execute(sql.SQL("drop table if exists {} cascade").format(target))
    connection.execute(sql.SQL("create table {} as table bench.base").format(target))
    connection.execute(sql.SQL("create unique index on {} (device_id) nulls not distinct").format(target))
    if strategy == "replace_window":
        connection.execute(sql.SQL("create index on {} (reported_at)").format(target))
        land_incoming(connection)
        if contender.startswith("onerow"):
            connection.execute(sql.SQL("alter table {} add column _batch_no bigint").format(target))
    connection.execute(sql.SQL("vacuum (analyze) {}").format(target))
    connection.execute("checkpoint")
    start = connection.execute("select pg_current_wal_insert_lsn()").fetchone()[0]
    if contender == BARE:
        started = time.perf_counter()
        with connection.transaction():
            for statement in STATEMENTS[strategy]:
                connection.execute(sql.SQL(statement).format(target=target))
        seconds = time.perf_counter() - started
    else:
        seconds = run_dbt(project, "run", "--select", name).results[0].execution_time
    wal = connection.execute("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", (start,)).fetchone()[0]
    return seconds, float(wal) / 1e6


def land_incoming(connection: psycopg.Connection) -> None:
    """Make the incoming rows the one landed batch, with the window that they fill."""
    connection.execute("truncate onerow.batches cascade")
    connection.execute("truncate landing.incoming")
    [(batch_no,)] = connection.execute(
        "insert into onerow.batches (source, batch_id, extracted_at, row_count, window_start, window_end)"
        " select 'incoming', 'bench', now(), count(*), min(reported_at), max(reported_at) + interval '1 microsecond'"
        " from bench.incoming returning batch_no"
    ).fetchall()
    connection.execute(LANDED, (batch_no,))
    connection.execute("analyze landing.incoming")


def run_dbt(project: Path, *command: str) -> Any:
    """Run dbt in this process and return its result. A node's seconds in it leave out the start of dbt."""
    folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
    paths = ["--target-path", str(project / "target"), "--log-path", str(project / "logs")]
    outcome = dbtRunner().invoke(["--quiet", *command, *folders, *paths])
    if not outcome.success:
        raise SystemExit(f"dbt {' '.join(command)} failed: {outcome.exception or outcome.result.results[0].message}")
    return outcome.result


def show(case: str, figures: dict[str, Figures]) -> None:
    """Print the medians of one case, and each contender's ratio to dbt's merge where that was run."""
    table = Table(title=case, title_justify="left")
    for heading in ("contender", "seconds", "WAL MB", "seconds / dbt merge", "rounds"):
        table.add_column(heading, justify="left" if heading == "contender" else "right")
    merge = statistics.median(figures["dbt merge"].seconds) if "dbt merge" in figures else None
    for contender, measured in figures.items():
        seconds = statistics.median(measured.seconds)
        table.add_row(
            contender,
            f"{seconds:.2f}",
            f"{statistics.median(measured.wal):.1f}",
            f"{seconds / merge:.2f}" if merge else "",
            " ".join(f"{value:.2f}" for value in measured.seconds),
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
