"""Dead letters as a file to be corrected, and the corrected file read again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from onerow.dead_letters.letters import CHOSEN, Chosen, Letter, LetterId, name_of
from onerow.errors import CorrectionsRefused
from onerow.landing.csv_records import CsvRecords, HeaderRefused
from onerow.landing.delivered_file import DeliveredFile
from onerow.landing.json_records import JsonRecords
from onerow.landing.records import Malformed, Row
from onerow.project.contract import Source
from onerow.project.project import Project

_RECORDS = {"csv": CsvRecords, "jsonl": JsonRecords}
# Names beside the fields of a letter: which one it is, and what helps to correct it.
_BATCH, _LINE, _REASONS, _RAW = "_batch_no", "_line_number", "_reasons", "_raw"


def export_letters(project: Project, connection: psycopg.Connection, chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Yield the chosen open letters as objects to be corrected; written a line each they are a file for a replay.

    Raises:
        UnknownSource: the project has no source of that name.
    """
    source = project.source(chosen.source)
    query = SQL(
        """
        select d.batch_no, d.line_number, d.reasons, d.natural_key is null, d.raw
        from {} as d
        where {} and d.status = 'open'
        order by d.batch_no, d.line_number
        """
    ).format(Identifier(project.ledger_schema, "dead_letters"), CHOSEN)
    with connection.transaction(), connection.cursor("dead_letters") as cursor:
        for batch_no, line_number, reasons, is_malformed, raw in cursor.execute(query, chosen.values):
            letter = {_BATCH: batch_no, _LINE: line_number, _REASONS: reasons}
            if is_malformed:
                yield {**letter, _RAW: raw, **dict.fromkeys(source.column_names)}
            else:
                yield {**letter, **json.loads(raw)}


def delivered_row(source: Source, letter: Letter) -> Row:
    """Return the row of a letter as it was delivered."""
    return as_row(source, letter.line_number, json.loads(letter.raw))


def as_row(source: Source, line_number: int, fields: dict[str, str | None]) -> Row:
    """Return a row of these fields; what the contract does not know is unexpected."""
    values = [fields.get(name) for name in source.column_names]
    unexpected = {name: value for name, value in fields.items() if name not in source.column_names}
    return Row(line_number, values, unexpected or None)


def read_corrections(source: Source, file: Path) -> dict[LetterId, Row]:
    """Read a file of corrected rows, each with the batch and the line of its letter.

    Raises:
        FileUnreadable: it is missing, broken, or of unknown format.
        CorrectionsRefused: lines of it are no corrections; carries everything that is wrong with it.
    """
    corrections: dict[LetterId, Row] = {}
    problems: list[str] = []
    with DeliveredFile(file) as delivered:
        lines = delivered.lines(delivered.sha256(_silent), _silent)
        try:
            for record in _RECORDS[delivered.format](lines, source):
                read = _read(record)
                if isinstance(read, str):
                    problems.append(f"line {record.line_number} of the file: {read}")
                    continue
                letter, row = read
                if letter in corrections:
                    problems.append(f"line {record.line_number} of the file: {name_of(letter)} is there twice")
                corrections[letter] = row
        except HeaderRefused as error:
            problems.append(str(error))
    if problems:
        raise CorrectionsRefused(source.name, delivered.location, problems)
    return corrections


def _read(record: Row | Malformed) -> tuple[LetterId, Row] | str:
    """Return the letter that a line of the file corrects, with its row; or what is wrong with the line."""
    if isinstance(record, Malformed):
        return record.detail
    beside = dict(record.unexpected or {})
    named = (beside.pop(_BATCH, None), beside.pop(_LINE, None))
    for name in (_REASONS, _RAW):
        beside.pop(name, None)
    if not all(number and number.isascii() and number.isdigit() for number in named):
        return f"it needs {_BATCH} and {_LINE}, the numbers of the letter that it corrects"
    letter = (int(named[0]), int(named[1]))  # type: ignore[arg-type]
    if not any(record.values):
        return f"{name_of(letter)} has no values yet; fill them in, or leave the line out of the file"
    return letter, Row(letter[1], record.values, beside or None)


def _silent(done_bytes: int, size_bytes: int) -> None:
    pass
