import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golden.surrogate_keys import Value, sql_name, vectors
from harness.database import Database
from harness.dbt_project import DbtProject
from onerow.keys import duckdb_surrogate_key, surrogate_key

# What an analyst's session may have set; a key must not depend on any of it.
SESSIONS = {
    "UTC": {"TimeZone": "UTC"},
    "Kathmandu": {"TimeZone": "Asia/Kathmandu", "DateStyle": "German", "extra_float_digits": "0"},
    "Kolkata": {
        "TimeZone": "Asia/Kolkata",
        "DateStyle": "SQL, DMY",
        "IntervalStyle": "iso_8601",
        "bytea_output": "escape",
    },
    "New York": {"TimeZone": "America/New_York", "DateStyle": "Postgres, MDY"},
}

# One column of each type, with names that need quoting and sort unlike the alphabet.
COLUMNS = {
    "order": "text",
    "Größe": "varchar",
    'a "quoted" one': "smallint",
    "user": "integer",
    "Zähler": "bigint",
    "_amount": "numeric",
    "is it?": "boolean",
    "😀": "uuid",
    "\uff44ay": "date",
    "read_at": "timestamp",
    "Reported": "timestamptz",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
VALUES = {
    "text": TEXT,
    "varchar": st.text(st.sampled_from("\\u0\x01\x0b\x1f\"1Ff'é\n")),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.decimals(-(10**25), 10**25, places=10) | st.integers(-1000, 1000).map(Decimal),
    "boolean": st.booleans(),
    "uuid": st.uuids(),
    "date": st.dates(),
    "timestamp": st.datetimes(),
    "timestamptz": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC) | OFFSETS),
}
RECORDS = st.lists(
    st.fixed_dictionaries({column: st.none() | VALUES[type_name] for column, type_name in COLUMNS.items()}),
    min_size=20,
    max_size=40,
)


@pytest.fixture
def compiled(project: DbtProject) -> Callable[..., str]:
    """A function that gives the SQL which dbt compiles a model to."""

    def compile_model(text: str) -> str:
        changed = project.with_files({"models/staging/keyed.sql": text})
        outcome = changed.dbt_in_process("compile", "--quiet", "--select", "keyed")
        if not outcome.success:
            raise AssertionError(outcome.exception or outcome.result.results[0].message)
        return (changed.target_path / "compiled/onerow/models/staging/keyed.sql").read_text(encoding="utf-8")

    return compile_model


def under(connection: psycopg.Connection, session: dict[str, str]) -> psycopg.Connection:
    """Give the connection's session these settings."""
    for name, value in session.items():
        connection.execute("select set_config(%s, %s, false)", [name, value])
    return connection


def in_postgres(value: Value) -> str:
    """Return the value as an SQL expression of plain letters: reading a file turns a carriage return into a newline."""
    text = "null" if value.text is None else f"convert_from(decode('{value.text.encode().hex()}', 'hex'), 'UTF8')"
    return f"cast({text} as {value.type})"


def keys_of(fields: list[str] | dict[str, str]) -> str:
    """Both forms of the key, as a model writes them."""
    argument = json.dumps(fields, ensure_ascii=False)
    hex_key, uuid_key = (f"{{{{ onerow.surrogate_key({argument}{form}) }}}}" for form in ("", ", format='uuid'"))
    return f"{hex_key} as hex, {uuid_key} as uuid"


def test_the_macro_gives_the_golden_keys_under_any_setting(database: Database, compiled: Callable[..., str]):
    """As dbt compiles it. Guard: every branch of canonical_text, json_string, onerow.quoted, the sort of the names."""
    selects = []
    for number, vector in enumerate(vectors()):
        columns = (f"{in_postgres(value)} as {sql_name(field)}" for field, value in vector.record.items())
        row = f"{{% raw %}}select {', '.join(columns)}{{% endraw %}}"
        selects.append(f"select {number} as vector_no, {keys_of(list(vector.record))} from ({row}) as t")
    query = compiled("\nunion all\n".join(selects) + "\norder by vector_no")

    for session in SESSIONS.values():
        keys = under(database.connect(), session).execute(query).fetchall()
        wrong = {
            vector.name: (hex_key, str(uuid_key))
            for vector, (_, hex_key, uuid_key) in zip(vectors(), keys, strict=True)
            if (hex_key, str(uuid_key)) != (vector.hex, vector.uuid)
        }
        assert wrong == {}, session


def test_three_languages_agree_on_random_records(database: Database, compiled: Callable[..., str]):
    """PostgreSQL (in a session far from UTC), DuckDB and Python. Guard: whatever one of them does to a value."""
    query = compiled(f"select {keys_of(list(COLUMNS))} from pg_temp.records order by record_no")
    table = ", ".join(f"{sql_name(column)} {type_name}" for column, type_name in COLUMNS.items())
    places = ", ".join(["%s"] * (len(COLUMNS) + 1))
    connection = under(database.connect(autocommit=True), SESSIONS["Kathmandu"])
    connection.execute(f"create temporary table records (record_no integer, {table})")
    engine = duckdb.connect()
    engine.execute("set TimeZone = 'America/New_York'")
    engine.execute(f"create table records (record_no integer, {table.replace('numeric', 'decimal(38, 10)')})")
    keys_in_duckdb = (
        f"select {duckdb_surrogate_key(list(COLUMNS))}, {duckdb_surrogate_key(list(COLUMNS), 'uuid')} "
        "from records order by record_no"
    )
    compared = 0

    @settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(RECORDS)
    def agree(records: list[dict[str, Any]]) -> None:
        nonlocal compared
        compared += len(records)
        rows = [[number, *(record[column] for column in COLUMNS)] for number, record in enumerate(records)]
        connection.execute("truncate records")
        connection.cursor().executemany(f"insert into records values ({places})", rows)
        engine.execute("delete from records")
        engine.executemany(f"insert into records values ({places.replace('%s', '?')})", rows)
        in_python = [
            (surrogate_key(record, list(COLUMNS)), surrogate_key(record, list(reversed(COLUMNS)), "uuid"))
            for record in records
        ]
        in_postgres = [(hex_key, str(uuid)) for hex_key, uuid in connection.execute(query).fetchall()]
        in_duckdb = [(hex_key, str(uuid)) for hex_key, uuid in engine.execute(keys_in_duckdb).fetchall()]
        assert in_postgres == in_python
        assert in_duckdb == in_python

    agree()
    print(f"{compared} records compared")


def test_a_view_gives_one_key_in_every_session(database: Database, compiled: Callable[..., str]):
    """An analyst in another zone reads the same key. Guard: the instant is brought to UTC, not merely printed."""
    database.execute("create table reports (read_at timestamptz, taken timestamp, day date)")
    database.execute("insert into reports values ('2026-05-01 12:00:00.5+00', '2026-05-01 12:00', '2026-05-01')")
    query = compiled(f"select {keys_of(['read_at', 'taken', 'day'])} from reports")
    database.execute(f"create view keyed as {query}")
    record = {
        "read_at": datetime(2026, 5, 1, 12, 0, 0, 500000, UTC),
        "taken": datetime(2026, 5, 1, 12),
        "day": date(2026, 5, 1),
    }
    seen = {
        under(database.connect(), session).execute("select hex, uuid::text from keyed").fetchone()
        for session in SESSIONS.values()
    }
    assert seen == {(surrogate_key(record, list(record)), surrogate_key(record, list(record), "uuid"))}


def test_numbers_that_only_postgresql_holds_agree_with_python(database: Database, compiled: Callable[..., str]):
    """NaN, infinities and numbers wider than DuckDB's. Guard: trim_scale, which never writes an exponent."""
    query = compiled(
        "select {{ onerow.surrogate_key({'n': 'n::numeric'}) }} from unnest($1::text[]) with ordinality as t (n, i)"
    )
    numbers = [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e100",
        "-1e-100",
        "12345678901234567890123456789012345678901234567890.5",
    ]
    cursor = psycopg.RawCursor(database.connect())
    keys = [key for (key,) in cursor.execute(query + " order by i", [numbers]).fetchall()]
    assert keys == [surrogate_key({"n": Decimal(number)}, ["n"]) for number in numbers]


def test_fields_may_be_expressions(database: Database, compiled: Callable[..., str]):
    """A mapping keys a field by its name, whatever its column is called. Guard: fields[name] in the macro."""
    query = compiled(
        """select {{ onerow.surrogate_key({'position': "o.\\"Pos\\"::integer", 'order_id': 'o.id || \\'x\\''}) }}
        from (select 'a' as id, '07' as "Pos") as o"""
    )
    assert database.value(query) == surrogate_key({"order_id": "ax", "position": 7}, ["order_id", "position"])


def test_a_type_without_a_canonical_text_is_refused(database: Database, compiled: Callable[..., str]):
    """Guard: the last branch of the case; a domain over timestamptz must not slip through either."""
    query = compiled("select {{ onerow.surrogate_key(['reading']) }} from readings")
    database.execute("create domain stamp as timestamptz")
    for value in (
        "1.0::double precision",
        "1.0::real",
        "'a'::bytea",
        "'{}'::jsonb",
        "'{}'::json",
        "array[1]",
        "time '12:00'",
        "interval '1 day'",
        "'a'::char(3)",
        "now()::stamp",
    ):
        database.execute(f"drop table if exists readings; create table readings as select {value} as reading")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="surrogate_key: field reading needs a cast"):
            database.value(query)


def test_wrong_arguments_are_named_all_at_once(compiled: Callable[..., str]):
    """One message names the macro and every problem. Guard: raise_if_any in surrogate_key."""
    with pytest.raises(AssertionError) as refused:
        compiled("select {{ onerow.surrogate_key(['a', 'b', 'a', '', 3], format='base64') }} as key")
    for problem in (
        "surrogate_key:",
        "'a' is named twice",
        "not ''",
        "not '3'",
        "format: 'hex' or 'uuid', not 'base64'",
    ):
        assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("'device_id'", "a non-empty list of columns, or a mapping of field to SQL expression, not 'device_id'"),
        ("[]", "a non-empty list of columns"),
        ("none", "a non-empty list of columns"),
        ("{'a': none}", "'a' needs an SQL expression, not 'None'"),
    ],
)
def test_fields_of_another_kind_are_refused(compiled: Callable[..., str], fields: str, problem: str):
    """A text is no list: its letters are not fields. Guard: the checks at the top of surrogate_key."""
    with pytest.raises(AssertionError, match="surrogate_key:") as refused:
        compiled(f"select {{{{ onerow.surrogate_key({fields}) }}}} as key")
    assert problem in str(refused.value)
