"""Read CSV into rows. The quoting is RFC 4180's; what breaks it costs one line, never the rest of the file."""

import csv
from collections import deque
from collections.abc import Iterator
from operator import itemgetter

from onerow.landing.header import HeaderRefused, refuse_header
from onerow.landing.records import (
    NUL_CHARACTER,
    RECORD_LIMIT,
    RECORD_LINES_LIMIT,
    Malformed,
    Row,
    without_line_end,
)
from onerow.project.contract import Source

# Python's own limit of 128 KiB a field is no limit of onerow's; records are bounded as a whole.
csv.field_size_limit(2 * RECORD_LIMIT)

_QUOTE_NEVER_CLOSED = "quote never closed"


class CsvRecords:
    """The rows and malformed lines of a CSV file. An empty field is NULL: CSV cannot tell it from a missing value.

    Raises:
        HeaderRefused: when made, if there is no header, a name occurs twice or is empty, or a key column is missing.
    """

    def __init__(self, lines: Iterator[str], source: Source):
        self._parsed = _parse(lines)
        header = _read_header(self._parsed, source)
        self.unexpected_columns = [name for name in header if name not in source.column_names]
        self.missing_columns = [name for name in source.column_names if name not in header]
        # Where each column of the contract stands in a record. Missing ones stand in an empty field after the last.
        self._positions = [header.index(name) if name in header else len(header) for name in source.column_names]
        self._unexpected_positions = [(name, header.index(name)) for name in self.unexpected_columns]
        self._as_delivered = header == list(source.column_names)

    def __iter__(self) -> Iterator[Row | Malformed]:
        """Yield each record after the header."""
        reorder = itemgetter(*self._positions, 0)
        for parsed in self._parsed:
            if isinstance(parsed, Malformed):
                yield parsed
                continue
            line_number, fields = parsed
            if self._as_delivered:
                yield Row(line_number, [field or None for field in fields], None)
                continue
            fields.append("")
            values = [field or None for field in reorder(fields)]
            values.pop()  # itemgetter returns a tuple only for two positions or more, so one was added
            unexpected = {name: fields[position] or None for name, position in self._unexpected_positions}
            yield Row(line_number, values, unexpected or None)


def _read_header(parsed: Iterator[tuple[int, list[str]] | Malformed], source: Source) -> list[str]:
    first = next(parsed, None)
    if first is None:
        raise HeaderRefused("it is empty; a CSV file begins with a header")
    if isinstance(first, Malformed):
        raise HeaderRefused(f"line {first.line_number}: the header is malformed: {first.detail}")
    line_number, header = first
    refuse_header(header, source, f"line {line_number}: the header")
    return header


class _RecordTooLong(Exception):
    """Stops the reader: the record that it reads is beyond the limits."""


def _parse(lines: Iterator[str]) -> Iterator[tuple[int, list[str]] | Malformed]:
    """Yield each record's first line number and fields; every record must have as many fields as the first.

    When a quote is never closed, only the line that opened it is malformed: the lines after it are read again.
    """
    width = None
    line_number = 1
    record: list[str] = []  # the lines of the record that is being read
    again: deque[str] = deque()  # lines to be read again, before further ones

    def feed() -> Iterator[str]:
        length = 0
        while True:
            line = again.popleft() if again else next(lines, None)
            if line is None:
                return
            length = length + len(line) if record else len(line)
            record.append(line)
            if length > RECORD_LIMIT or len(record) > RECORD_LINES_LIMIT:
                raise _RecordTooLong
            yield line

    while True:
        try:
            for fields in csv.reader(feed(), strict=True):
                first_line = line_number
                line_number += len(record)
                if fields:  # a blank line has none
                    width = width or len(fields)
                    detail = None
                    if len(fields) != width:
                        detail = f"expected {width} fields, found {len(fields)}"
                    elif any("\0" in line for line in record) if len(record) > 1 else "\0" in record[0]:
                        detail = NUL_CHARACTER
                    if detail:
                        yield Malformed(first_line, detail, without_line_end("".join(record)))
                    else:
                        yield first_line, fields
                record.clear()
        except (csv.Error, _RecordTooLong) as error:
            # The reader fails in the record's last line. If that is not its first, the first opened a quote that none
            # has closed properly.
            if len(record) > 1 or "end of data" in str(error):
                detail = _QUOTE_NEVER_CLOSED
            elif "new-line" in str(error):
                detail = "carriage return outside quotes"
            else:
                detail = "text after a closing quote"
            yield Malformed(line_number, detail, without_line_end(record[0]))
            again.extendleft(reversed(record[1:]))
            record.clear()
            line_number += 1
        else:
            return
