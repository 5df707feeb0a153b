"""Deliver dead letters again: a batch of their own for each batch that they are of, exactly once."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from onerow.dead_letters.corrections import delivered_row, read_corrections
from onerow.dead_letters.letters import (
    DISCARDED,
    OPEN,
    REPLAYED,
    Chosen,
    Letter,
    LetterId,
    count_settled,
    lock_chosen,
    lock_letters,
    name_of,
)
from onerow.dead_letters.transaction import settling
from onerow.errors import CorrectionsRefused, LettersRefused
from onerow.landing.copy_records import copy_records
from onerow.landing.records import Row
from onerow.ledger.batches import BATCH_COLUMNS, Batch, count_batch, register_batch
from onerow.project.contract import Source
from onerow.project.project import Project

_CORRECT_THERE = "correct its rows there and let it deliver them again, then discard the letters"


@dataclass(frozen=True)
class ReplayBatch:
    """A batch that delivers letters of another one again."""

    batch_no: int
    replay_of: int
    row_count: int


@dataclass(frozen=True)
class Replayed:
    """What a replay has landed, and which letters it left as they were."""

    source: str
    batches: tuple[ReplayBatch, ...] = ()
    # Letters that had been replayed before; of a file, with these very values.
    already_replayed: int = 0
    # Open letters that stay open: lines that are no rows can only be replayed corrected.
    left_open: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dead-letters-json.md describes it."""
        return {**vars(self), "batches": [vars(batch) for batch in self.batches]}


def replay_letters(project: Project, connection: psycopg.Connection, chosen: Chosen) -> Replayed:
    """Deliver the chosen open letters again as they are: the rules or a reference table have changed.

    Lines that are no rows stay open. One transaction: the batches land and the letters are marked, or nothing is done.

    Raises:
        UnknownSource, LandedByAnother: the project has no source of that name, or another tool lands it.
        LettersRefused: there is no such letter, or a line that was named is no row.
        LockTimedOut, LandingFailed: another session holds what is needed; the server refused.
    """
    source, schema = project.source(chosen.source), project.ledger_schema
    source.require_landing(_CORRECT_THERE)
    with settling(project, connection, source, chosen):
        letters = lock_chosen(connection, schema, chosen)
        malformed = [letter for letter in letters if letter.is_malformed]
        if chosen.lines and malformed:
            problems = [f"line {each.line_number} is no row: correct it in a file" for each in malformed]
            raise LettersRefused(str(chosen), problems)
        already_replayed = count_settled(connection, schema, chosen, REPLAYED)
        rows = {letter.id: letter for letter in letters if not letter.is_malformed}
        batches = _land(connection, schema, source, rows, lambda letter: delivered_row(source, rows[letter]), None)
        return Replayed(source.name, batches, already_replayed, len(malformed))


def replay_file(project: Project, connection: psycopg.Connection, source_name: str, file: Path) -> Replayed:
    """Deliver the letters that a file corrects again, with the file's values.

    One transaction. A letter that has been replayed with these very values is left as it is.

    Raises:
        UnknownSource, LandedByAnother: the project has no source of that name, or another tool lands it.
        FileUnreadable, CorrectionsRefused: the file is broken, or corrects what cannot be replayed; nothing is done.
        LockTimedOut, LandingFailed: another session holds what is needed; the server refused.
    """
    source, schema = project.source(source_name), project.ledger_schema
    source.require_landing(_CORRECT_THERE)
    corrections = read_corrections(source, file)
    with settling(project, connection, source, Chosen(source.name)):
        letters = lock_letters(connection, schema, source.name, corrections)
        landed = _landed(connection, source, letters.values())
        problems = [
            problem
            for letter, row in corrections.items()
            if (problem := _problem(source, letter, letters.get(letter), row, landed.get(letter)))
        ]
        if problems:
            raise CorrectionsRefused(source.name, str(file), problems)
        rows = [letter for letter in corrections if letters[letter].status == OPEN]
        batches = _land(connection, schema, source, rows, corrections.__getitem__, str(file))
        return Replayed(source.name, batches, len(corrections) - len(rows))


def _problem(source: Source, named: LetterId, letter: Letter | None, row: Row, landed: Row | None) -> str | None:
    """Return why a letter cannot be replayed with this row, or None if it can."""
    if letter is None:
        return f"{name_of(named)} is no dead letter of {source.name}"
    if letter.status == DISCARDED:
        return f"{name_of(named)} has been discarded; deliver its row again with: onerow land {source.name} FILE"
    if letter.status == REPLAYED:
        if landed and _content(source, landed) == _content(source, row):
            return None
        return (
            f"{name_of(named)} has been replayed with other values, as batch {letter.replayed_as}. "
            "If it failed again, correct the letter that it is there"
        )
    known = set() if letter.is_malformed else set(json.loads(letter.raw))
    unknown = sorted(set(row.unexpected or ()) - known)
    return f"{name_of(named)}: neither the contract nor the delivery has {', '.join(unknown)}" if unknown else None


def _land(
    connection: psycopg.Connection,
    schema: str,
    source: Source,
    letters: Iterable[LetterId],
    row_of: Callable[[LetterId], Row],
    location: str | None,
) -> tuple[ReplayBatch, ...]:
    """Land the rows of letters under their line numbers, a batch a batch, and mark the letters.

    A row is made when it is needed, and twice: all of them at once take several times the room of their letters.
    """
    landed = []
    for first_no, of_batch in groupby(sorted(letters), key=lambda letter: letter[0]):
        letters_of_batch = list(of_batch)
        first = _batch(connection, schema, first_no)
        registered = register_batch(
            connection,
            schema,
            source=source.name,
            batch_id=_replay_id(source, first, map(row_of, letters_of_batch)),
            # No bytes were delivered. Without a sha256 the id stands for the content, which begins with the first
            # batch's: of one time of extraction, a replay is the next one after the batch that it corrects.
            content_sha256=None,
            window=None,
            extracted_at=first.extracted_at,
            location=location,
            replay_of=first.batch_no,
        )
        if isinstance(registered, Batch):
            batch_no = registered.batch_no
        else:
            batch_no = registered
            row_count, _ = copy_records(connection, schema, source, batch_no, map(row_of, letters_of_batch))
            count_batch(connection, schema, batch_no, row_count=row_count, rejected_count=0)
            landed.append(ReplayBatch(batch_no, first.batch_no, row_count))
        _mark(
            connection, schema, source, first.batch_no, [line_number for _, line_number in letters_of_batch], batch_no
        )
    return tuple(landed)


def _replay_id(source: Source, first: Batch, rows: Iterable[Row]) -> str:
    """Return an id that the same rows of the same letters always have."""
    digest = hashlib.sha256()
    for row in rows:
        content = [row.line_number, _content(source, row)]
        digest.update(json.dumps(content, sort_keys=True, ensure_ascii=False).encode())
    return f"{first.content_sha256 or first.batch_id}:replay:{digest.hexdigest()[:32]}"


def _content(source: Source, row: Row) -> dict[str, str | None]:
    """Return a row by names, whatever order its columns have."""
    return {**dict(zip(source.column_names, row.values, strict=True)), **(row.unexpected or {})}


def _batch(connection: psycopg.Connection, schema: str, batch_no: int) -> Batch:
    query = SQL("select {} from {} where batch_no = %s").format(BATCH_COLUMNS, Identifier(schema, "batches"))
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(query, (batch_no,)).fetchone()


def _landed(connection: psycopg.Connection, source: Source, letters: Iterable[Letter]) -> dict[LetterId, Row]:
    """Return the rows that letters have been replayed with, by the letters' ids."""
    replayed = {(letter.replayed_as, letter.line_number): letter.id for letter in letters if letter.replayed_as}
    columns = [SQL("l.") + Identifier(name) for name in ("_batch_no", "_line_number", "_unexpected")]
    columns += [SQL("l.") + Identifier(name) for name in source.column_names]
    query = SQL(
        """
        select {}
        from {} as l
        where (l._batch_no, l._line_number) in (select * from unnest(%s::bigint[], %s::bigint[]))
        """
    ).format(SQL(", ").join(columns), Identifier(source.schema, source.table))
    numbers = [[each[0] for each in replayed], [each[1] for each in replayed]]
    return {
        replayed[batch_no, line_number]: Row(line_number, values, unexpected)
        for batch_no, line_number, unexpected, *values in connection.execute(query, numbers)
    }


def _mark(
    connection: psycopg.Connection, schema: str, source: Source, batch_no: int, lines: list[int], replayed_as: int
) -> None:
    query = SQL(
        """
        update {}
        set status = 'replayed', replayed_as = %s, settled_at = clock_timestamp(), settled_by = session_user
        where source = %s and batch_no = %s and line_number = any(%s)
        """
    ).format(Identifier(schema, "dead_letters"))
    connection.execute(query, (replayed_as, source.name, batch_no, lines))
