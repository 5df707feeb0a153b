"""Send rows and dead letters to the server by COPY."""

import json
from collections.abc import Iterator
from typing import Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from onerow.landing.copy_text import copy_line
from onerow.landing.records import Malformed, Row
from onerow.project.contract import Source

# Characters that are sent to the server at once.
_SEND: Final = 256 * 1024
# Characters of dead letters that are held back while rows are sent: a connection runs one COPY at a time.
_HOLD: Final = 4 * 1024 * 1024


def copy_records(
    connection: psycopg.Connection,
    ledger_schema: str,
    source: Source,
    batch_no: int,
    records: Iterator[Row | Malformed],
) -> tuple[int, int]:
    """Copy rows to landing and malformed lines to the dead letters; return how many of each there were."""
    copy_rows = _copy_into(
        Identifier(source.schema, source.table), ["_batch_no", "_line_number", *source.column_names, "_unexpected"]
    )
    copy_dead_letters = _copy_into(
        Identifier(ledger_schema, "dead_letters"), ["source", "batch_no", "line_number", "reasons", "raw"]
    )
    row_count = rejected_count = 0
    reading = True
    with connection.cursor() as cursor:
        while reading:
            dead_letters: list[str] = []
            with cursor.copy(copy_rows) as copy:
                reading, rows = _send_rows(copy, batch_no, source.name, records, dead_letters)
            row_count += rows
            rejected_count += len(dead_letters)
            if dead_letters:
                with cursor.copy(copy_dead_letters) as copy:
                    for dead_letter in dead_letters:
                        copy.write(dead_letter)
    return row_count, rejected_count


def _send_rows(
    copy: psycopg.Copy, batch_no: int, source: str, records: Iterator[Row | Malformed], dead_letters: list[str]
) -> tuple[bool, int]:
    """Send rows and collect dead letters until these are many. Return whether more may follow, and the rows sent."""
    row_count = 0
    lines: list[str] = []
    waiting = held = 0
    for record in records:
        if isinstance(record, Malformed):
            dead_letters.append(_dead_letter(source, batch_no, record))
            held += len(dead_letters[-1])
            if held > _HOLD:
                copy.write("".join(lines))
                return True, row_count
            continue
        line_number, values, unexpected = record
        line = copy_line(
            [str(batch_no), str(line_number), *values, unexpected and json.dumps(unexpected, ensure_ascii=False)]
        )
        lines.append(line)
        row_count += 1
        waiting += len(line)
        if waiting > _SEND:
            copy.write("".join(lines))
            lines.clear()
            waiting = 0
    copy.write("".join(lines))
    return False, row_count


def _dead_letter(source: str, batch_no: int, malformed: Malformed) -> str:
    reason = f"malformed:{malformed.detail}".replace("\\", "\\\\").replace('"', '\\"')
    # No text of PostgreSQL holds NUL: it is shown as the escape that JSON has for it.
    raw = malformed.raw.replace("\0", "\\u0000")
    return copy_line([source, str(batch_no), str(malformed.line_number), f'{{"{reason}"}}', raw])


def _copy_into(table: Identifier, columns: list[str]) -> Composed:
    names = SQL(", ").join(map(Identifier, columns))
    return SQL("copy {} ({}) from stdin").format(table, names)
