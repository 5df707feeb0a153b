"""The two sides of a comparison: files, or a relation of a database."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from onerow.errors import WrongUse

Format = Literal["csv", "jsonl", "parquet"]

_FORMATS: Final[dict[str, Format]] = {"csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet"}
_FILE: Final = re.compile(rf"\.({'|'.join(_FORMATS)})(\.gz|\.zst)?$", re.IGNORECASE)
# A URL, or a connection string of libpq.
_ADDRESS: Final = re.compile(r"\w://|\bpassword\s*=", re.IGNORECASE)
_NAME: Final = r'"(?:[^"]|"")+"|[^".:/*]+'
_RELATION: Final = re.compile(rf"(?:(?P<target>[\w-]+):)?(?P<schema>{_NAME})\.(?P<table>{_NAME})")


@dataclass(frozen=True)
class Files:
    """A file, or all that a glob matches."""

    pattern: str
    format: Format

    def __str__(self) -> str:
        """Return the pattern."""
        return self.pattern


@dataclass(frozen=True)
class Relation:
    """A table or view. `target` is a target of the dbt profile, None for the one that the command was called with."""

    target: str | None
    schema: str
    table: str

    def __str__(self) -> str:
        """Return it as it was asked for."""
        return f"{self.target + ':' if self.target else ''}{self.schema}.{self.table}"


Side = Files | Relation


def parse_side(text: str) -> Side:
    """Read a side: FILE or a glob, SCHEMA.TABLE, or TARGET:SCHEMA.TABLE. Names may be in double quotes.

    Raises:
        WrongUse: it is none of these.
    """
    if _ADDRESS.search(text):
        raise WrongUse(
            "an address of a server is no side to compare, and not repeated here, as it may hold a password: a file or "
            "glob, SCHEMA.TABLE, or TARGET:SCHEMA.TABLE with a target of the dbt profile, where passwords stand"
        )
    if file := _FILE.search(text):
        return Files(text, _FORMATS[file[1].lower()])
    if relation := _RELATION.fullmatch(text):
        return Relation(relation["target"], _unquoted(relation["schema"]), _unquoted(relation["table"]))
    raise WrongUse(
        f"{text!r} is no side to compare: a file or glob (.csv, .jsonl, .ndjson, .parquet; .gz and .zst too), "
        "SCHEMA.TABLE, or TARGET:SCHEMA.TABLE with a target of the dbt profile"
    )


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
