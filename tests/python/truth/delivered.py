"""The rows of a delivered file, read with the standard library alone. For small files: it holds them in memory."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from truth.devices import Row

Record = dict[str, str | None]


@dataclass
class Delivered:
    """What a file holds: the rows that land, and the numbers of the lines that are malformed."""

    rows: list[Row] = field(default_factory=list)
    malformed: list[int] = field(default_factory=list)


def read(file: Path, batch_no: int, columns: tuple[str, ...]) -> Delivered:
    """Read a .csv or .jsonl file, plain or .gz. Columns that are not asked for are left out."""
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    lines = content.decode().removesuffix("\n").split("\n")
    records = _csv_records(lines) if ".csv" in file.suffixes else _json_records(lines)
    delivered = Delivered()
    for line_number, record in records:
        # PostgreSQL's text has no NUL.
        if record is None or any("\0" in value for value in record.values() if value is not None):
            delivered.malformed.append(line_number)
        else:
            delivered.rows.append(Row(batch_no, line_number, tuple(record.get(column) for column in columns)))
    return delivered


def _csv_records(lines: list[str]) -> Iterator[tuple[int, Record | None]]:
    """Yield each record with the line on which it begins, counted from 1; None in place of one that is malformed.

    A line on which no record begins, because its quotes do not work out, is malformed alone: the next is read anew.
    """
    header = next(csv.reader(lines[:1], strict=True))
    consumed = 1
    while consumed < len(lines):
        reader = csv.reader([line + "\n" for line in lines[consumed:]], strict=True)
        line_number, start = consumed + 1, consumed
        try:
            for values in reader:
                if values:  # a blank line is no record
                    record = zip(header, (value or None for value in values), strict=False)
                    yield line_number, dict(record) if len(values) == len(header) else None
                consumed = start + reader.line_num
                line_number = consumed + 1
        except csv.Error:
            yield line_number, None
            consumed = line_number


def _json_records(lines: list[str]) -> Iterator[tuple[int, Record | None]]:
    """Yield each line's object; None in place of a line that is none. Numbers keep the characters of the file.

    Values are text, numbers or null: anything else fails.
    """
    for line_number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_int=str, parse_float=str)
        except json.JSONDecodeError:
            record = None
        yield line_number, record if isinstance(record, dict) else None
