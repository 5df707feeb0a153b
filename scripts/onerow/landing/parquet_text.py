"""The one text of each Parquet type, as an expression of DuckDB. docs/reference/landing.md lists them."""

from typing import Any

from onerow.duckdb_sql import literal

_UNQUOTED_IN_JSON = frozenset(
    ["boolean", "decimal", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint"]
)
_AS_DUCKDB_WRITES = frozenset([*_UNQUOTED_IN_JSON, "varchar", "uuid", "date", "time", "time with time zone"])


class NoText(ValueError):
    """A type has no text form. The message names it."""


def text_of(value: str, data_type: Any) -> str:
    """Return an expression for the text of a value of this type of DuckDB, NULL for NULL.

    Raises:
        NoText: the type has none.
    """
    name = data_type.id
    if name in _AS_DUCKDB_WRITES:
        return f"{value}::varchar"
    if name in ("timestamp", "timestamp_ns"):
        return f"replace({value}::varchar, ' ', 'T')"
    if name == "timestamp with time zone":
        # The session's TimeZone has no say here: UTC is named.
        return f"replace(({value} at time zone 'UTC')::varchar, ' ', 'T') || '+00:00'"
    if name in ("float", "double"):
        # PostgreSQL's names for what is no number; DuckDB writes nan and inf.
        return (
            f"case when isnan({value}) then 'NaN' when isinf({value})"
            f" then case when {value} > 0 then 'Infinity' else '-Infinity' end else {value}::varchar end"
        )
    if name == "blob":
        return rf"'\x' || lower(hex({value}))"
    if name in ("list", "struct", "map"):
        return f"case when {value} is not null then {_json_of(value, data_type)} end"
    raise NoText(str(data_type))


def _json_of(value: str, data_type: Any, depth: int = 0) -> str:
    """Return an expression for a value as compact JSON, null for NULL. Numbers are their texts, digit by digit."""
    name = data_type.id
    item = f"item_{depth}"
    if name == "list":
        [(_, of)] = data_type.children
        members = _joined(f"list_transform({value}, lambda {item}: {_json_of(item, of, depth + 1)})")
        json = f"'[' || {members} || ']'"
    elif name == "struct":
        fields = [
            f"{_string(literal(field))} || ':' || {_json_of(f'struct_extract({value}, {literal(field)})', of, depth)}"
            for field, of in data_type.children
        ]
        json = "'{' || " + " || ',' || ".join(fields) + " || '}'"
    elif name == "map":
        (_, of_key), (_, of_value) = data_type.children
        pair = f"{_string(text_of(f'{item}.key', of_key))} || ':' || {_json_of(f'{item}.value', of_value, depth + 1)}"
        json = f"'{{' || {_joined(f'list_transform(map_entries({value}), lambda {item}: {pair})')} || '}}'"
    elif name in _UNQUOTED_IN_JSON:
        json = text_of(value, data_type)
    elif name in ("float", "double"):
        text = text_of(value, data_type)  # JSON has no number for NaN and the infinities: they are texts
        json = f"case when isfinite({value}) then {text} else {_string(text)} end"
    else:
        json = _string(text_of(value, data_type))
    return f"coalesce({json}, 'null')"


def _joined(texts: str) -> str:
    return f"array_to_string({texts}, ',')"


def _string(text: str) -> str:
    return f"to_json({text})::varchar"
