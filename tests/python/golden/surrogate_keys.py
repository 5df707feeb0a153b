"""The golden vectors of key recipe 1 (surrogate_keys.jsonl), and typed values in Python, PostgreSQL and DuckDB."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

_FILE = Path(__file__).with_suffix(".jsonl")

# PostgreSQL's name of a type: how Python reads its text, and how DuckDB calls it.
READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "smallint": int,
    "integer": int,
    "bigint": int,
    "numeric": Decimal,
    "boolean": {"true": True, "false": False}.__getitem__,
    "uuid": UUID,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamptz": datetime.fromisoformat,
}
DUCKDB_TYPES = {name: name for name in READ} | {"text": "varchar", "numeric": "decimal(38, 10)"}


@dataclass(frozen=True)
class Value:
    """A value as text, and the PostgreSQL type to read it as."""

    type: str
    text: str | None

    def in_python(self) -> Any:
        """Return the value as Python holds it."""
        return None if self.text is None else READ[self.type](self.text)

    def in_sql(self, type_name: str) -> str:
        """Return the value as an SQL expression of that type."""
        return f"cast({sql_literal(self.text)} as {type_name})"


@dataclass(frozen=True)
class Vector:
    """A record, the canonical JSON of all its fields, and the keys that come of it."""

    name: str
    record: dict[str, Value]
    canonical: str
    hex: str
    uuid: str


def vectors() -> list[Vector]:
    """Read all vectors. Lines end at newlines only: the text holds other characters that some call line ends."""
    return [_vector(json.loads(line)) for line in _FILE.read_text(encoding="utf-8").rstrip("\n").split("\n")]


def sql_literal(text: str | None) -> str:
    """Return text as a standard SQL literal."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """Return a name as a standard SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _vector(entry: dict[str, Any]) -> Vector:
    record = {field: Value(value["type"], value["value"]) for field, value in entry["record"].items()}
    return Vector(entry["name"], record, entry["canonical"], entry["hex"], entry["uuid"])
