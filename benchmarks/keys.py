"""What a key costs: an ordered natural key beside a surrogate key in both forms, in PostgreSQL.

Each kind of key goes into a table of its own that has only a unique index on it: rows that are there already, then,
timed, a batch of new ones by one insert in order of the key, as a load writes. The rounds alternate between the kinds,
so that a busy machine is unfair to all alike; the median round is shown. Computing is the keys alone, of the new rows.

    eval "$(onerow server env)" && python benchmarks/keys.py        # or any PG* variables of libpq
"""

import argparse
import statistics
import time
from dataclasses import astuple, dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

# What onerow.surrogate_key(['device_id']) does for a text, without the choice of type. `i` numbers the rows.
_JSON = """'{"device_id": ' || to_json('device-' || lpad(i::text, 10, '0'))::text || '}'"""
_DIGEST = f"sha256(convert_to({_JSON}, 'UTF8'))"
KINDS: dict[str, tuple[LiteralString, LiteralString]] = {
    "natural key, bigint": ("bigint", "i"),
    "natural key, text": ("text", "'device-' || lpad(i::text, 10, '0')"),
    "surrogate key, uuid": ("uuid", f"encode(substring({_DIGEST} from 1 for 16), 'hex')::uuid"),
    "surrogate key, hex": ("text", f"encode({_DIGEST}, 'hex')"),
}


@dataclass(frozen=True)
class Round:
    """One timed insert: seconds, WAL in bytes, size of the index afterwards in bytes, seconds of computing the keys."""

    seconds: float
    wal: int
    index_size: int
    computing: float


def main() -> None:
    """Measure every kind of key and print a Markdown table for each size of batch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--present", type=int, default=1_000_000, help="rows in the table before the batch")
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 5_000], help="new rows in the batch")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()

    with psycopg.connect(autocommit=True) as connection:
        for rows in given.rows:
            rounds: dict[str, list[Round]] = {kind: [] for kind in KINDS}
            for _ in range(given.rounds):
                for kind, (type_name, expression) in KINDS.items():
                    rounds[kind].append(measure(connection, type_name, expression, given.present, rows))
            print(f"\n{rows:,} new rows into {given.present:,}, median of {given.rounds} rounds\n")
            print_table(rounds)


def measure(
    connection: psycopg.Connection, type_name: LiteralString, expression: LiteralString, present: int, rows: int
) -> Round:
    """Fill a table with `present` rows, then time one insert of `rows` more; the table is dropped again."""
    numbers = sql.SQL("from generate_series(%s::bigint, %s::bigint) as i")
    key = sql.SQL(expression)
    fill = sql.SQL("insert into onerow_benchmark_keys select {} as key, i {} order by 1").format(key, numbers)
    compute = sql.SQL("select max(({})::text) {}").format(key, numbers)
    figures = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s), pg_indexes_size('onerow_benchmark_keys')"
    batch = [present + 1, present + rows]

    connection.execute("drop table if exists onerow_benchmark_keys")
    table = sql.SQL("create table onerow_benchmark_keys (key {} not null, value bigint)").format(sql.SQL(type_name))
    connection.execute(table)
    connection.execute(fill, [1, present])
    connection.execute("create unique index on onerow_benchmark_keys (key)")
    connection.execute("vacuum analyze onerow_benchmark_keys")
    connection.execute("checkpoint")
    computing = _seconds(connection, compute, batch)
    [(before,)] = connection.execute("select pg_current_wal_insert_lsn()").fetchall()
    seconds = _seconds(connection, fill, batch)
    [(wal, index_size)] = connection.execute(figures, [before]).fetchall()
    connection.execute("drop table onerow_benchmark_keys")
    return Round(seconds, int(wal), index_size, computing)


def print_table(rounds: dict[str, list[Round]]) -> None:
    """Print the median of each figure as a Markdown table."""
    print("| key | seconds | WAL MB | index MB | computing, seconds |")
    print("|---|---|---|---|---|")
    for kind, measured in rounds.items():
        median = Round(*(statistics.median(figures) for figures in zip(*map(astuple, measured), strict=True)))
        sizes = f"{median.wal / 2**20:.1f} | {median.index_size / 2**20:.0f}"
        print(f"| {kind} | {median.seconds:.2f} | {sizes} | {median.computing:.2f} |")


def _seconds(connection: psycopg.Connection, query: sql.Composed, batch: list[int]) -> float:
    started = time.perf_counter()
    connection.execute(query, batch)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
