"""Land delivered files: each one is a batch, and lands exactly once."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import Identifier

from onerow.errors import (
    BatchIdReused,
    FileUnreadable,
    LandingFailed,
    LockTimedOut,
    MissingColumnsRefused,
    NewColumnsRefused,
    OnerowError,
    RetypedColumnsRefused,
    WindowDiffers,
)
from onerow.landing.copy_records import copy_records
from onerow.landing.csv_records import CsvRecords
from onerow.landing.delivered_file import DeliveredFile, OnRead, location_of
from onerow.landing.delivery import Delivery, Landed, Refused
from onerow.landing.header import HeaderRefused
from onerow.landing.json_records import JsonRecords
from onerow.landing.parquet_records import ParquetRecords
from onerow.ledger.batches import Batch, count_batch, record_schema_changes, register_batch
from onerow.ledger.locks import lock_holders
from onerow.ledger.setup import connect, ensure_tables
from onerow.project.contract import Source
from onerow.project.project import Project

Records = CsvRecords | JsonRecords | ParquetRecords
_KEEPS_WRITERS_OUT = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")


class Progress(Protocol):
    """Told how far a file has been read, in bytes on disk. `step` is `reading` (for its hash), then `landing`."""

    def __call__(self, file: str, step: str, done_bytes: int, size_bytes: int) -> None:
        """Take the news."""


def _silent(file: str, step: str, done_bytes: int, size_bytes: int) -> None:
    pass


def land_files(
    project: Project,
    source_name: str,
    files: Iterable[Path],
    delivery: Delivery = Delivery(),  # noqa: B008 - frozen
    progress: Progress = _silent,
) -> Iterator[Landed | Refused]:
    """Land each file as a batch of its own. A file that is refused does not keep the others from landing.

    Raises:
        UnknownSource, LandedByAnother: no such source has a contract, or it has a loader of its own.
        ConnectionFailed, LedgerSetupFailed: the server cannot be reached, or does not let the tables be made.
    """
    source = project.source(source_name)
    source.require_landing("deliver to it with that tool")
    typed = [{"name": name, "data_type": data_type} for name, data_type in source.typed_columns.items()]
    retyped_columns = project.render("retyped_columns", schema=source.schema, table=source.table, columns=typed)
    connection = connect(project, f"onerow land {source.name}")
    try:
        ensure_tables(project, connection)
        for file in files:
            try:
                if connection.closed:  # lost while the file before was landed
                    connection = connect(project, f"onerow land {source.name}")
                yield land_file(
                    connection,
                    project.ledger_schema,
                    source,
                    file,
                    delivery=delivery,
                    progress=progress,
                    retyped_columns=retyped_columns,
                )
            except OnerowError as error:
                yield Refused(location_of(file), error)
    finally:
        connection.close()


def land_file(
    connection: psycopg.Connection,
    ledger_schema: str,
    source: Source,
    file: Path,
    *,
    delivery: Delivery = Delivery(),  # noqa: B008 - frozen
    progress: Progress = _silent,
    retyped_columns: str = "",
) -> Landed:
    """Land one file as one batch, in one transaction: ledger, rows and dead letters commit together.

    `retyped_columns` is the query that the macro of that name makes; without it the types of values are not looked at.

    Landing a batch again returns its first landing with `already_landed=True` and writes nothing. A landing of the same
    batch by another process is waited for, as long as the session's lock_timeout lets it.

    Raises:
        FileUnreadable, FileChanged: the file as a whole is broken.
        BatchIdReused: the batch id has landed with other content; carries both hashes.
        WindowDiffers: the batch has landed with another window than the one declared now.
        NewColumnsRefused: it has columns that the contract does not know, and they were to be refused.
        MissingColumnsRefused, RetypedColumnsRefused: it lacks columns, or a column has no value of its type, and the
            contract refuses that.
        LockTimedOut: another session holds what the landing needs; names it.
        LandingFailed: the server refused or lost the transaction; carries its message.
    """
    location = location_of(file)
    with DeliveredFile(file, delivery.input_format) as delivered:
        sha256 = delivered.sha256(partial(progress, location, "reading"))
        try:
            with connection.transaction():
                registered = register_batch(
                    connection,
                    ledger_schema,
                    source=source.name,
                    batch_id=delivery.batch_id or sha256,
                    content_sha256=sha256,
                    window=delivery.window,
                    extracted_at=delivery.extracted_at,
                    location=location,
                )
                if isinstance(registered, Batch):
                    return already_landed(source, location, delivery, sha256, registered)
                records = read_records(delivered, sha256, source, partial(progress, location, "landing"))
                return _land(
                    connection,
                    ledger_schema,
                    source,
                    location=location,
                    delivery=delivery,
                    sha256=sha256,
                    batch_no=registered,
                    records=records,
                    retyped_columns=retyped_columns,
                )
        except HeaderRefused as error:
            raise FileUnreadable(location, str(error)) from None
        except psycopg.errors.LockNotAvailable:
            raise LockTimedOut(location, *_holder(connection, ledger_schema, source)) from None
        except psycopg.Error as error:
            raise LandingFailed(location, str(error).strip()) from error


def read_records(delivered: DeliveredFile, sha256: str, source: Source, on_read: OnRead) -> Records:
    """Return the records of a file, by its format."""
    match delivered.format:
        case "csv":
            return CsvRecords(delivered.lines(sha256, on_read), source)
        case "jsonl":
            return JsonRecords(delivered.lines(sha256, on_read), source)
    return ParquetRecords(delivered, sha256, source, on_read)


def _land(
    connection: psycopg.Connection,
    ledger_schema: str,
    source: Source,
    *,
    location: str,
    delivery: Delivery,
    sha256: str,
    batch_no: int,
    records: Records,
    retyped_columns: str,
) -> Landed:
    """Copy the records of a batch that has just been registered, and complete its entry in the ledger."""
    _refuse_columns(source, location, delivery, records)  # a header tells before the rows
    row_count, rejected_count = copy_records(connection, ledger_schema, source, batch_no, iter(records))
    _refuse_columns(source, location, delivery, records)
    retyped = []
    if row_count and retyped_columns:
        retyped = [name for (name,) in psycopg.RawCursor(connection).execute(retyped_columns, [batch_no])]
    if retyped and source.on_type_change == "refuse":
        raise RetypedColumnsRefused(source.name, location, {name: source.typed_columns[name] for name in retyped})
    count_batch(connection, ledger_schema, batch_no, row_count=row_count, rejected_count=rejected_count)
    for change, columns, action in (
        ("added", records.unexpected_columns, "kept in _unexpected"),
        ("missing", records.missing_columns, "landed as NULL"),
        ("retyped", retyped, "landed as delivered"),
    ):
        record_schema_changes(
            connection,
            ledger_schema,
            source=source.name,
            columns=columns,
            change=change,
            action=action,
            batch_no=batch_no,
        )
    return Landed(
        file=location,
        batch_no=batch_no,
        batch_id=delivery.batch_id or sha256,
        content_sha256=sha256,
        row_count=row_count,
        rejected_count=rejected_count,
        unexpected_columns=tuple(records.unexpected_columns),
        missing_columns=tuple(records.missing_columns),
        retyped_columns=tuple(retyped),
    )


def _refuse_columns(source: Source, location: str, delivery: Delivery, records: Records) -> None:
    if records.unexpected_columns and delivery.on_new_column == "refuse":
        raise NewColumnsRefused(source.name, location, records.unexpected_columns)
    if records.missing_columns and source.on_missing_column == "refuse":
        raise MissingColumnsRefused(source.name, location, records.missing_columns)


def already_landed(source: Source, location: str, delivery: Delivery, sha256: str, known: Batch) -> Landed:
    """Return the first landing of a batch that is delivered again.

    Raises:
        BatchIdReused, WindowDiffers: it is not the same delivery.
    """
    if known.content_sha256 != sha256:
        raise BatchIdReused(
            source.name,
            location,
            known.batch_id,
            batch_no=known.batch_no,
            landed_sha256=known.content_sha256,
            offered_sha256=sha256,
        )
    landed_window = (known.window_start, known.window_end)
    if delivery.window and delivery.window != landed_window:
        raise WindowDiffers(source.name, location, known.batch_no, landed_window, delivery.window)
    return Landed(
        file=location,
        batch_no=known.batch_no,
        batch_id=known.batch_id,
        content_sha256=sha256,
        row_count=known.row_count,
        rejected_count=known.rejected_count,
        already_landed=True,
        quarantined=known.quarantined_at is not None,
    )


def _holder(connection: psycopg.Connection, ledger_schema: str, source: Source) -> tuple[str | None, str]:
    """Return who may have held what a landing waited for, and how long it waited."""
    batches, landing = Identifier(ledger_schema, "batches"), Identifier(source.schema, source.table)
    held = [(table, mode) for table in (batches, landing) for mode in _KEEPS_WRITERS_OUT]
    return lock_holders(connection, [*held, (batches, "RowExclusiveLock")])  # the last: it registers a batch
