"""Values in the one form in which they are compared, as expressions of DuckDB and of PostgreSQL."""

from typing import Final

from psycopg import sql

from onerow.duckdb_sql import literal
from onerow.reconcile.kinds import DIGITS, Type
from onerow.reconcile.request import Normalisations

# The shortest digits of a number that is written as a text: no sign, zeros or point that say nothing.
MACROS: Final = r"""
create or replace macro digits_of(t) as regexp_replace(rtrim(regexp_replace(ltrim(regexp_replace(
    t, '^\s*([+-]?)0*(\d*)\.?(\d*?)0*\s*$', '\1\2.\3'), '+'), '^(-?)\.', '\10.'), '.'), '^-0$', '0');
create or replace macro number_of(t) as case
    when regexp_full_match(t, '\s*[+-]?(\d+\.?\d*|\.\d+)\s*') then digits_of(t)
    else coalesce(
        digits_of(try_cast(try_cast(t as double) as decimal(38, 15))::varchar), try_cast(t as double)::varchar, t
    )
end;
"""
_DUCKDB_TYPES: Final = {"float": "double", "time": "timestamp", "boolean": "boolean"}


def in_duckdb(  # noqa: PLR0911 - a way out a kind
    value: str, own: Type, common: Type, column: str, normalisations: Normalisations
) -> str:
    """Return an expression for a value of a side in its compared form: equal values are equal, and no others.

    A text that cannot be read as the common kind stays as it is, so that it differs from NULL and from all others.
    """
    kind = common.kind
    if kind == "integer":
        return value
    if kind == "decimal":
        if common.digits and not common.is_text:
            return f"try_cast({value} as decimal({DIGITS}, {common.digits[1]}))"
        return f"number_of({value}::varchar)"
    if kind in _DUCKDB_TYPES:
        # Through a timestamptz, so that an offset in a text counts; the session is in UTC.
        through = "timestamptz" if kind == "time" and own.kind == "text" else _DUCKDB_TYPES[kind]
        typed = f"try_cast(try_cast({value} as {through}) as {_DUCKDB_TYPES[kind]})"
        if column in normalisations.precision:
            typed = f"date_trunc({literal(normalisations.precision[column])}, {typed})"
        return f"coalesce({typed}::varchar, {value}::varchar)" if common.is_text else typed
    if kind == "bytes" and own.kind == "bytes":
        return rf"'\x' || lower(hex({value}))"
    if kind == "json" and own.kind == "json":
        return f"to_json({value})::varchar"
    text = f"{value}::varchar"
    if column in normalisations.trim:
        text = rf"trim({text}, e' \t\r\n')"
    return f"lower({text})" if kind == "uuid" or column in normalisations.ignore_case else text


def differs(one: str, other: str, common: Type, tolerance: float | None) -> str:
    """Return a condition on two values in compared form."""
    condition = f"{one} is distinct from {other}"
    if tolerance is None or common.kind not in ("integer", "decimal", "float"):
        return condition
    # Of whole numbers and decimals the difference is exact, so that a tolerance of 0.01 lets 0.01 through.
    number = f"decimal({DIGITS}, 10)" if common.kind != "float" else "double"
    distance = [f"abs(try_cast({one} as {number}) - try_cast({other} as {number}))", f"{tolerance!r}::{number}"]
    return f"({condition} and not coalesce({distance[0]} <= {distance[1]}, false))"


def from_postgres(  # noqa: PLR0911 - a way out a kind
    column: str, own: Type, common: Type
) -> tuple[sql.Composable, Type]:
    """Return PostgreSQL's expression for a value as DuckDB is sent it, and the type that it then has."""
    name = sql.Identifier(column)
    if own.kind == "text":
        return sql.SQL("{}::text").format(name), own
    if common.kind == "float":
        return sql.SQL("{}::float8").format(name), Type("float")
    if own.kind in ("integer", "time", "boolean") and common.kind == own.kind:
        return name, own
    if common.kind == "decimal":
        is_native = own.kind == "integer" or own.digits is not None
        return (name, own) if is_native else (sql.SQL("{}::text").format(name), own)
    if own.kind == common.kind == "json":
        return sql.SQL("to_jsonb({})::text").format(name), Type("text", is_text=True)
    if own.kind == common.kind == "bytes":
        return sql.SQL("'\\x' || encode({}, 'hex')").format(name), Type("text", is_text=True)
    return sql.SQL("{}::text").format(name), Type("text", is_text=True)
