import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.surrogate_keys import DUCKDB_TYPES, Vector, sql_name, vectors
from onerow.errors import WrongUse
from onerow.keys import duckdb_surrogate_key, surrogate_key

# PostgreSQL holds no NUL and UTF-8 no surrogates; everything else may be delivered.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(params=["UTC", "Asia/Kathmandu"])
def engine(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """DuckDB, in a session of that time zone."""
    connection = duckdb.connect()
    connection.execute(f"set TimeZone = '{request.param}'")
    return connection


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.name)
def test_duckdb_gives_the_golden_keys(engine: duckdb.DuckDBPyConnection, vector: Vector):
    """Guard: lower-cased escapes, `at time zone 'UTC'`, trimmed decimals, quoted names."""
    columns = [
        f"{value.in_sql(DUCKDB_TYPES[value.type])} as {sql_name(field)}" for field, value in vector.record.items()
    ]
    keys = [duckdb_surrogate_key(list(vector.record)), f"{duckdb_surrogate_key(list(vector.record), 'uuid')}::varchar"]
    [row] = engine.execute(f"select {', '.join(keys)} from (select {', '.join(columns)})").fetchall()
    assert row == (vector.hex, vector.uuid)


@given(st.dictionaries(TEXT.filter(bool), TEXT | st.none(), min_size=1, max_size=3))
def test_duckdb_and_python_agree_on_names_and_texts(record: dict[str, str | None]):
    """Random names and texts give one key. Guard: the escapes of names and values."""
    columns = {field: f"c{number}" for number, field in enumerate(record)}
    table = ", ".join(f"cast(? as varchar) as {column}" for column in columns.values())
    query = f"select {duckdb_surrogate_key(columns)} from (select {table})"
    [(key,)] = duckdb.execute(query, list(record.values())).fetchall()
    assert key == surrogate_key(record, list(record))


PIECES = st.lists(st.sampled_from(["\\", "\\u001F", "u000B", "\x1f", "\x0b", '"', "a"]), max_size=6).map("".join)


@given(st.lists(PIECES, min_size=1, max_size=50))
def test_escapes_and_texts_that_look_like_them_are_told_apart(texts: list[str]):
    """Guard: escaped backslashes step aside before escapes are lower-cased."""
    key = duckdb_surrogate_key({"a": "t"})
    rows = duckdb.execute(f"select {key} from (select unnest(?::varchar[]) as t)", [texts]).fetchall()
    assert [key for (key,) in rows] == [surrogate_key({"a": text}, ["a"]) for text in texts]


@pytest.mark.parametrize(
    "value",
    [
        "1.0::double",
        "1.0::float",
        "'a'::blob",
        "'{}'::json",
        "[1]",
        "{'a': 1}",
        "time '12:00'",
        "interval 1 day",
        "timestamp_ns '2026-05-01 12:00:00.123456789'",
        "'a'::enum('a', 'b')",
    ],
)
def test_a_type_without_a_canonical_text_is_refused(value: str):
    """Guard: the last branch of the case. The error names the field and the type."""
    with pytest.raises(duckdb.Error, match="surrogate_key: field reading needs a cast"):
        duckdb.execute(
            f"select {duckdb_surrogate_key(['reading'])} from (select {value} as reading from range(2))"
        ).fetchall()


@pytest.mark.parametrize(
    "type_name", ["utinyint", "usmallint", "uinteger", "ubigint", "tinyint", "hugeint", "uhugeint", "decimal(9, 0)"]
)
def test_whole_numbers_of_every_width_are_equal(type_name: str):
    """A key does not depend on how wide a file says its numbers are. Guard: the list of plain types."""
    [(key,)] = duckdb.execute(f"select {duckdb_surrogate_key(['a'])} from (select 100::{type_name} as a)").fetchall()
    assert key == surrogate_key({"a": 100}, ["a"])


def test_wrong_arguments_are_named_all_at_once():
    """Guard: _check."""
    with pytest.raises(WrongUse, match=r"'a' needs an SQL expression, not ''; format: 'hex' or 'uuid', not 'md5'"):
        duckdb_surrogate_key({"a": ""}, "md5")
