"""Read Parquet into rows, by DuckDB. Each type has one text form, so that a value lands as it would from a CSV file."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import duckdb

from onerow.duckdb_sql import quoted
from onerow.errors import FileUnreadable
from onerow.landing.delivered_file import DeliveredFile, OnRead
from onerow.landing.header import HeaderRefused, refuse_header
from onerow.landing.parquet_text import NoText, text_of
from onerow.landing.records import NUL_CHARACTER, Malformed, Row
from onerow.project.contract import Source

# Rows that are held at once; the size of DuckDB's own vectors.
_ROWS: Final = 2048
# Memory is bounded, whatever a file says of itself, and nothing spills to the disk. One thread feeds one COPY.
_SETTINGS: Final = {
    "threads": 1,
    "memory_limit": "512MB",
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_file_cache": False,
}
_ALL_COLUMNS: Final = "select * from read_parquet($1, hive_partitioning = false)"
_SCHEMA: Final = "select name, num_children, precision, type, logical_type from parquet_schema($1)"
_ROW_COUNT: Final = "select num_rows from parquet_file_metadata($1)"
# DuckDB reads decimals of more digits as floats.
_DECIMAL_DIGITS: Final = 38


class ParquetRecords:
    """The rows of a Parquet file. The line of a row is its number in the file, from 1.

    Raises:
        FileUnreadable: when made or read, if it is no Parquet file, or a broken one.
        HeaderRefused: when made, if a name occurs twice or is empty, a key column is missing, or a type has no text.
    """

    def __init__(self, delivered: DeliveredFile, sha256: str, source: Source, on_read: OnRead):
        """`sha256` is that of the file; at its end it is compared with what the file has become."""
        self._delivered = delivered
        self._sha256 = sha256
        self._on_read = on_read
        self._duckdb = duckdb.connect(config=dict(_SETTINGS))
        names = _read_schema(self._ask(lambda: self._run(_SCHEMA).fetchall()))
        refuse_header(names, source, "the schema")
        self.unexpected_columns = [name for name in names if name not in source.column_names]
        self.missing_columns = [name for name in source.column_names if name not in names]
        self._names = [*source.column_names, *self.unexpected_columns]
        self._width = len(source.columns)
        self._query = self._texts(names)

    def __iter__(self) -> Iterator[Row | Malformed]:
        """Yield each row.

        Raises:
            FileChanged: at the end, if the file is no longer the one that was hashed.
        """
        [(row_count,)] = self._ask(lambda: self._run(_ROW_COUNT).fetchall())
        rows = self._ask(lambda: self._run(self._query))
        row_number = 0
        while fetched := self._ask(lambda: rows.fetchmany(_ROWS)):
            for *texts, holds_nul in fetched:
                row_number += 1
                if holds_nul:
                    row = json.dumps(dict(zip(self._names, texts, strict=True)), ensure_ascii=False)
                    yield Malformed(row_number, NUL_CHARACTER, row)
                elif self.unexpected_columns:
                    unexpected = dict(zip(self.unexpected_columns, texts[self._width :], strict=True))
                    yield Row(row_number, texts[: self._width], unexpected)
                else:
                    yield Row(row_number, texts, None)
            self._on_read(self._delivered.size * row_number // row_count, self._delivered.size)
        self._duckdb.close()
        self._delivered.refuse_change(self._sha256)

    def _texts(self, names: list[str]) -> str:
        """Return the query of the texts of all columns, and of whether one of them holds NUL.

        PostgreSQL's text holds no NUL, and one in the middle of a COPY would end the landing.
        """
        # Columns go by their position: where names differ in case only, DuckDB has others than the file.
        # With parameters, DuckDB holds the whole result of sql(): the limit keeps it empty.
        path = self._delivered.open_path
        relation = self._ask(lambda: self._duckdb.sql(f"{_ALL_COLUMNS} limit 0", params=[path]))
        texts = {}
        for name, column, data_type in zip(names, relation.columns, relation.types, strict=True):
            try:
                texts[name] = text_of(quoted(column), data_type)
            except NoText as error:
                raise HeaderRefused(f"column {name} is of type {error}, which has no text form") from None
        holds_nul = " or ".join(f"coalesce(contains({text}, chr(0)), false)" for text in texts.values())
        selected = ", ".join([*(texts.get(name, "null") for name in self._names), holds_nul])
        return _ALL_COLUMNS.replace("*", selected, 1)

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        return self._duckdb.execute(query, [self._delivered.open_path])

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Return DuckDB's answer; what it cannot answer is the file's fault."""
        try:
            return question()
        except duckdb.Error as error:
            reason = str(error).replace(self._delivered.open_path, self._delivered.location)
            raise FileUnreadable(self._delivered.location, f"not readable as Parquet: {reason}") from None


def _read_schema(elements: list[tuple[str, int | None, int | None, str | None, str | None]]) -> list[str]:
    """Return the names of the columns, as the file has them.

    Raises:
        HeaderRefused: DuckDB would cut off what values of a type hold. All such columns are named.
    """
    problems = []
    for name, _, precision, physical_type, logical_type in elements:
        logical = logical_type or ""
        if (precision or 0) > _DECIMAL_DIGITS:
            problems.append(f"{name} is a decimal of {precision} digits, and at most {_DECIMAL_DIGITS} can be read")
        elif physical_type == "INT96" or (
            "NANOS=NanoSeconds" in logical and not logical.startswith("TimestampType(isAdjustedToUTC=0")
        ):
            problems.append(
                f"{name} is a time in nanoseconds, of which only microseconds can be read; let the sender write those"
            )
    if problems:
        raise HeaderRefused("; ".join(problems))
    return _top_level([(name, children or 0) for name, children, *_ in elements])


def _top_level(elements: list[tuple[str, int]]) -> list[str]:
    """Return the names of the root's children. The elements of a schema come depth first, each with its children."""
    names = []
    open_elements = 0  # what has still to come before the next element of the top level
    for name, children in elements[1:]:
        if open_elements:
            open_elements -= 1
        else:
            names.append(name)
        open_elements += children
    return names
