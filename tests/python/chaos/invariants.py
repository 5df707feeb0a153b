"""What must hold at the end. Each function returns what contradicts it, a sentence a contradiction."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import psycopg

from chaos.deliveries import COLUMNS
from chaos.expected import counted, loaded, read_batches, reading_rows, shared_rows

_EXACT, _SHARED, _READINGS = "devices", "devices_shared", "device_readings"
_SOURCES = {_EXACT: "devices", _SHARED: "devices", _READINGS: "device_readings"}
_KEYS = {_EXACT: "device_id", _SHARED: "device_id", _READINGS: "reading_id"}
_SAMPLES = 3
_OTHERS = "datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
# Tables and views that a project has made under names of a run's own, or for a session.
_LEFT_OVER = """
select n.nspname || '.' || c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where c.relpersistence = 't' or c.relname ~ '__new_|__dbt_tmp|__dbt_backup|onerow_'
order by 1
"""
_LOCKS = """
select l.locktype || ' lock of pid ' || l.pid || ' (' || a.application_name || ')'
from pg_locks as l
inner join pg_stat_activity as a on a.pid = l.pid
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
    and l.granted and l.locktype <> 'virtualxid'
order by 1
"""


def one_row_a_key(connection: psycopg.Connection, _: Path) -> list[str]:
    """No duplicate: each key has one row."""
    return [
        f"{mart} has {count} rows of {key}"
        for mart, key_column in _KEYS.items()
        for key, count in connection.execute(
            f"select {key_column}, count(*) from marts.{mart} group by 1 having count(*) > 1 order by 1"
        )
    ]


def no_row_lost(connection: psycopg.Connection, folder: Path) -> list[str]:
    """Each mart holds what was delivered, and what others have written: of each key the greatest state, no more.

    And of readings those that no newer window has withdrawn.
    """
    expected = read_batches(connection, folder)
    exact = connection.execute(f"select * from marts.{_EXACT}").fetchall()
    shared = connection.execute(
        f"select device_id, model, firmware, site, status, reported_at from marts.{_SHARED}"
    ).fetchall()
    readings = connection.execute(f"select device_id, metric, value, read_at from marts.{_READINGS}").fetchall()
    return [
        *_unlike(_EXACT, counted(loaded(connection, _EXACT, expected).rows), counted(exact)),
        *_unlike(_SHARED, counted(list(shared_rows(connection, expected).values())), counted(shared)),
        *_unlike(_READINGS, counted(reading_rows(connection, expected)), counted(readings)),
    ]


def landed_once(connection: psycopg.Connection, folder: Path) -> list[str]:
    """Landing holds the rows of each delivered file once, and of each replay."""
    expected = read_batches(connection, folder)
    landed = [
        row
        for source, columns in COLUMNS.items()
        for row in connection.execute(f"select _batch_no, _line_number, {', '.join(columns)} from landing.{source}")
    ]
    rows = [(row.batch_no, row.line_number, *row.values) for rows in expected.rows.values() for row in rows]
    twice = connection.execute(
        "select content_sha256, count(*) from onerow.batches where replay_of is null group by 1 having count(*) > 1"
    )
    return [
        *(f"batch {batch_no} is none that was delivered" for batch_no in expected.unknown),
        *(f"the file of sha256 {sha256[:8]} has landed {count} times" for sha256, count in twice),
        *_unlike("landing", counted(rows), counted(landed)),
    ]


def consumed_once(connection: psycopg.Connection, _: Path) -> list[str]:
    """Each mart has consumed each batch, once."""
    found = []
    for mart, source in _SOURCES.items():
        of_source = connection.execute("select batch_no from onerow.batches where source = %s", (source,))
        batches = {batch_no for (batch_no,) in of_source}
        claims = Counter(
            batch_no
            for (batch_no,) in connection.execute(
                "select batch_no from onerow.claims where model like %s", (f"%.marts.{mart}",)
            )
        )
        found += [f"{mart} has not consumed batch {batch_no}" for batch_no in sorted(batches - claims.keys())]
        found += [f"{mart} has consumed batch {batch_no} {n} times" for batch_no, n in sorted(claims.items()) if n > 1]
    return found


def outcomes_accounted(connection: psycopg.Connection, folder: Path) -> list[str]:
    """Every landed row has one outcome; where nobody else writes, just the one that it must have."""
    expected = read_batches(connection, folder)
    found = []
    for mart, source in _SOURCES.items():
        outcomes = connection.execute(
            "select batch_no, outcome, sum(row_count)::bigint from onerow.load_outcomes"
            " where model like %s group by 1, 2",
            (f"%.marts.{mart}",),
        ).fetchall()
        sums = Counter()
        for batch_no, _, count in outcomes:
            sums[batch_no] += count
        for batch_no, rows in sorted(expected.of(source).items()):
            if sums[batch_no] != len(rows):
                found.append(f"{mart}, batch {batch_no}: {len(rows)} rows, {sums[batch_no]} outcomes")
        if mart == _EXACT:
            wanted = Counter(
                {(*of, count): 1 for of, count in loaded(connection, mart, expected).outcomes.items() if count}
            )
            found += _unlike(f"outcomes of {mart}", wanted, counted(outcomes))
    return found


def letters_once(connection: psycopg.Connection, folder: Path) -> list[str]:
    """Every refused row and line is one dead letter; one that was replayed is in landing, once, as it says."""
    expected = read_batches(connection, folder)
    letters = connection.execute("select batch_no, line_number from onerow.dead_letters").fetchall()
    replayed = connection.execute(
        "select replayed_as, line_number from onerow.dead_letters where status = 'replayed'"
    ).fetchall()
    landed = connection.execute(
        "select l._batch_no, l._line_number from landing.devices as l"
        " inner join onerow.batches as b on b.batch_no = l._batch_no where b.replay_of is not null"
    ).fetchall()
    return [
        *_unlike("dead letters", counted(list(expected.letters)), counted(letters)),
        *_unlike("replayed letters", counted(replayed), counted(landed)),
    ]


def nothing_left(connection: psycopg.Connection, _: Path) -> list[str]:
    """No lock, no session that holds one, no temporary table and no table under a run's own name."""
    left = [f"{name} is left" for (name,) in connection.execute(_LEFT_OVER)]
    return left + [f"{lock} is left" for (lock,) in connection.execute(_LOCKS)]


INVARIANTS: dict[str, Callable[[psycopg.Connection, Path], list[str]]] = {
    "one row a key": one_row_a_key,
    "no row lost": no_row_lost,
    "landed once": landed_once,
    "consumed once": consumed_once,
    "outcomes accounted": outcomes_accounted,
    "letters once": letters_once,
    "nothing left": nothing_left,
}


def reported_is_there(connection: psycopg.Connection, landed: Iterable[tuple[Path, str]]) -> list[str]:
    """A landing that said that it landed has landed: `landed` are files and their sha256."""
    known = {sha256 for (sha256,) in connection.execute("select content_sha256 from onerow.batches")}
    return [f"{file.name} was reported as landed and is not there" for file, sha256 in landed if sha256 not in known]


def sessions(connection: psycopg.Connection) -> int:
    """Return how many sessions of others there are."""
    [count] = connection.execute(f"select count(*) from pg_stat_activity where {_OTHERS}").fetchone()
    return count


def _unlike(what: str, wanted: Counter[tuple], found: Counter[tuple]) -> list[str]:
    missing, surplus = wanted - found, found - wanted
    return [
        f"{what}: {sum(rows.values())} {word}, such as {', '.join(map(str, list(rows)[:_SAMPLES]))}"
        for word, rows in (("missing", missing), ("too many", surplus))
        if rows
    ]
