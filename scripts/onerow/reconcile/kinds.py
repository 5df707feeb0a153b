"""The type in which values of two columns are compared: numbers and JSON by value, times in UTC."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["integer", "decimal", "float", "time", "boolean", "json", "uuid", "bytes", "text"]

# DuckDB's widest decimal.
DIGITS: Final = 38
_INTEGER_DIGITS: Final = 20

_POSTGRES: Final[dict[str, Kind]] = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "decimal",
    "real": "float",
    "double precision": "float",
    "timestamp with time zone": "time",
    "timestamp without time zone": "time",
    "date": "time",
    "boolean": "boolean",
    "json": "json",
    "jsonb": "json",
    "uuid": "uuid",
    "bytea": "bytes",
}
_DUCKDB: Final[dict[str, Kind]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger"), "integer"),
    **dict.fromkeys(("ubigint",), "integer"),
    "decimal": "decimal",
    # Wider than any decimal: by their digits.
    **dict.fromkeys(("hugeint", "uhugeint"), "decimal"),
    **dict.fromkeys(("float", "double"), "float"),
    **dict.fromkeys(("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "date"), "time"),
    "timestamp with time zone": "time",
    "boolean": "boolean",
    **dict.fromkeys(("json", "list", "array", "struct", "map"), "json"),
    "uuid": "uuid",
    "blob": "bytes",
}


@dataclass(frozen=True)
class Type:
    """The kind of a column's values; of whole and decimal numbers also how many digits fit, None if any number does.

    `is_text` says that a side delivers texts only: one that cannot be read as the kind is compared as it is.
    """

    kind: Kind
    digits: tuple[int, int] | None = None  # before and after the point
    is_text: bool = False


TEXT: Final = Type("text", is_text=True)
_INTEGER: Final = Type("integer", (_INTEGER_DIGITS, 0))


def postgres_type(name: str, category: str) -> Type:
    """Return the type of a column from PostgreSQL's name for it, with modifiers, and its category (pg_type)."""
    if category in "AC":  # arrays and composites
        return Type("json")
    if numeric := re.fullmatch(r"numeric\((\d+),(\d+)\)", name):
        return _decimal(int(numeric[1]), int(numeric[2]))
    kind = _POSTGRES.get(re.sub(r"\(\d+\)", "", name), "text")
    return _INTEGER if kind == "integer" else Type(kind, is_text=kind == "text")


def duckdb_type(data_type: Any) -> Type:
    """Return the type of a column from DuckDB's."""
    # An alias such as JSON has the id of what it stands for.
    kind = "json" if str(data_type) == "JSON" else _DUCKDB.get(data_type.id, "text")
    if data_type.id == "decimal":
        (_, precision), (_, scale) = data_type.children
        return _decimal(precision, scale)
    return _INTEGER if kind == "integer" else Type(kind, is_text=kind == "text")  # type: ignore[arg-type]


def in_common(one: Type, other: Type) -> Type:
    """Return the type in which values of both are compared."""
    if one.kind == other.kind == "text":
        return TEXT
    if "text" in (one.kind, other.kind):
        kind = other.kind if one.kind == "text" else one.kind
        return Type("decimal" if kind == "integer" else kind, is_text=True)
    kinds = {one.kind, other.kind}
    if kinds == {"integer"}:
        return one
    if kinds <= {"integer", "decimal"}:
        return _wider(one, other)
    if kinds <= {"integer", "decimal", "float"}:
        return Type("float")
    return one if len(kinds) == 1 else TEXT


def _decimal(precision: int, scale: int) -> Type:
    return Type("decimal", (precision - scale, scale) if precision <= DIGITS else None)


def _wider(one: Type, other: Type) -> Type:
    if one.digits is None or other.digits is None:
        return Type("decimal")
    before, after = max(one.digits[0], other.digits[0]), max(one.digits[1], other.digits[1])
    return Type("decimal", (before, after) if before + after <= DIGITS else None)
