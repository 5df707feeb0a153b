"""A file that has not landed, read as `onerow land` reads it, for a session that only pretends that it has."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Self

import psycopg
from psycopg.sql import Composed

from onerow.errors import FileUnreadable
from onerow.landing.copy_records import copy_records
from onerow.landing.delivered_file import DeliveredFile, location_of
from onerow.landing.delivery import Delivery, Landed
from onerow.landing.header import HeaderRefused
from onerow.landing.land import already_landed, read_records
from onerow.ledger.batches import find_batch
from onerow.project.contract import Source

# Of this session alone: its ledger, and landing with the file's rows.
SCHEMA = "pg_temp"
LANDING = "onerow_landing"
_ROWS = "onerow_file"
# A number that no batch has. The file comes after all others.
_BATCH_NO = 2**63 - 1
# The macro shadow_landing logs this when the tables are there, and goes on when they are filled.
_MESSAGE = "onerow: the rows of the file, please"
# Bytes of COPY text that are kept in memory; more go to a temporary file.
_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class UnlandedFile:
    """What the file holds, as COPY text, and what the macros have to know of it."""

    facts: dict[str, Any]
    _copies: list[tuple[str, IO[bytes]]]

    @property
    def message(self) -> str:
        """What the macro logs when the rows can be sent."""
        return _MESSAGE

    def send(self, connection: Any) -> None:
        """Send the rows on dbt's own connection (psycopg2); may be done once a mart."""
        with connection.cursor() as cursor:
            cursor.execute("set local client_encoding = 'UTF8'")
            for statement, text in self._copies:
                text.seek(0)
                cursor.copy_expert(statement, text)


@contextmanager
def unlanded_file(
    connection: psycopg.Connection, ledger_schema: str, source: Source, file: Path, delivery: Delivery
) -> Iterator[UnlandedFile | Landed]:
    """Read a file and keep what it holds until the block is left. Gives the batch if it has landed before.

    Raises:
        FileUnreadable, FileChanged, BatchIdReused, WindowDiffers: as land_file().
    """
    location = location_of(file)
    with DeliveredFile(file) as delivered, ExitStack() as kept:
        sha256 = delivered.sha256(_silent)
        batch_id = delivery.batch_id or sha256
        known = find_batch(connection, ledger_schema, source.name, batch_id)
        if known:
            yield already_landed(source, location, delivery, sha256, known)
            return
        copies = _Copies(kept)
        target = replace(source, schema=SCHEMA, table=_ROWS)
        try:
            records = read_records(delivered, sha256, source, _silent)
            row_count, rejected_count = copy_records(copies, SCHEMA, target, _BATCH_NO, iter(records))
        except HeaderRefused as error:
            raise FileUnreadable(location, str(error)) from None
        start, end = delivery.window or (None, None)
        facts = {
            "batch_no": _BATCH_NO,
            "batch_id": batch_id,
            "content_sha256": sha256,
            "window_start": start and start.isoformat(),
            "window_end": end and end.isoformat(),
            "extracted_at": delivery.extracted_at and delivery.extracted_at.isoformat(),
            "location": location,
            "row_count": row_count,
            "rejected_count": rejected_count,
            "landing_schema": source.schema,
            "landing_table": source.table,
            "rows_table": _ROWS,
            "message": _MESSAGE,
        }
        yield UnlandedFile(facts, copies.made)


class _Copies:
    """Takes what copy_records sends, in the place of a connection, and keeps it."""

    def __init__(self, kept: ExitStack):
        self._kept = kept
        self.made: list[tuple[str, IO[bytes]]] = []

    def cursor(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @contextmanager
    def copy(self, statement: Composed) -> Iterator[Self]:
        text = self._kept.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by the stack
        self.made.append((statement.as_string(), text))
        yield self

    def write(self, text: str) -> None:
        self.made[-1][1].write(text.encode())


def _silent(done_bytes: int, size_bytes: int) -> None:
    pass
