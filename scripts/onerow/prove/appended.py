"""Deliveries of a project that knows nothing of onerow: rows that are appended to a copy of the source table."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from onerow.errors import CannotProve, FileUnreadable, RelationMissing
from onerow.landing.copy_text import copy_line
from onerow.landing.delivered_file import DeliveredFile, location_of
from onerow.landing.header import HeaderRefused
from onerow.landing.land import read_records
from onerow.landing.records import Malformed
from onerow.project.contract import Column, Source
from onerow.prove.batch import Batch, as_text, keep_sample
from onerow.prove.scratch import Scratch

_BATCH, _ROW = "_prove_batch", "_prove_row"
_TAKEN = "rows"
_COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attidentity <> ''
from pg_attribute as a
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""


class AppendedDeliveries:
    """Batches of rows of a source table, or of files for it. Implements onerow.prove.batch.Deliveries."""

    def __init__(
        self,
        scratch: Scratch,
        source: Any,
        files: Sequence[Path],
        batch_column: str | None,
        *,
        key: tuple[str, ...],
        holds_all: bool,
        max_batches: int,
        max_rows: int,
    ):
        """Take the batches: of `files`, or of the rows of the source table, one for each value of `batch_column`.

        `source` is the node of the source table in the manifest.

        Raises:
            RelationMissing: the source table is not there, so nothing says what its columns are.
            CannotProve: it holds no rows, or has no such column.
            FileUnreadable: a file is broken, or has columns that the table does not have.
        """
        self._connection = scratch.connection
        self._standing = Identifier(source.schema, source.identifier)
        self._taken = Identifier(scratch.taken, _TAKEN)
        self._name = source.name
        self.table = Identifier(scratch.delivered, source.identifier)
        self.holds_all = holds_all
        self.notes: list[str] = []
        named = self._standing.as_string(self._connection)
        found = self._connection.execute(_COLUMNS, [named]).fetchall()
        if not found:
            raise RelationMissing(source.schema, source.identifier, "Create it; it may be empty if there are files")
        self._types = {name: data_type for name, data_type, _, _ in found}
        self.columns = list(self._types)
        self.key = tuple(name for name in key if name in self._types)
        self._make_tables(scratch, found)
        if files:
            self._labels = self._read_files(files)
        else:
            self._labels = self._split(batch_column or "", max_batches)
        sampled = keep_sample(self._connection, self._taken, self.key or (_BATCH, _ROW), max_rows)
        self.notes += [sampled] if sampled else []
        self.batches = self._read_batches()
        if not self.batches:
            raise CannotProve(source.name, f"{named} holds no rows; name files with --file")

    def deliver(self, batch: Batch) -> None:
        """Append a batch to the source table, or let it take the place of the one before."""
        names = SQL(", ").join(map(Identifier, self._delivered_columns[batch.number]))
        with self._connection.transaction():
            if not self.holds_all:
                self.clear()
            self._connection.execute(
                SQL(
                    "insert into {} ({}) overriding system value select {} from {} where {} = %s and {} = any(%s) "
                    "order by {}"
                ).format(self.table, names, names, self._taken, Identifier(_BATCH), Identifier(_ROW), Identifier(_ROW)),
                [batch.number, list(batch.rows)],
            )

    def clear(self) -> None:
        """Empty the source table."""
        self._connection.execute(SQL("truncate {} restart identity").format(self.table))

    def read(self, batch: Batch) -> list[tuple[str | None, ...]]:
        """Return the rows of a batch."""
        names = SQL(", ").join(SQL("{}::text").format(Identifier(name)) for name in self.columns)
        query = SQL("select {} from {} where {} = %s and {} = any(%s) order by {}")
        rows = self._connection.execute(
            query.format(names, self._taken, Identifier(_BATCH), Identifier(_ROW), Identifier(_ROW)),
            [batch.number, list(batch.rows)],
        )
        return [as_text(row) for row in rows]

    def times(self, column: str) -> dict[tuple[int, int], datetime]:
        """Return the times of rows."""
        if column not in self._types:
            raise CannotProve(self._name, f"the source table has no column {column}")
        query = SQL("select {}, {}, {}::text::timestamptz from {} where pg_input_is_valid({}::text, 'timestamptz')")
        names = [Identifier(name) for name in (_BATCH, _ROW, column)]
        found = self._connection.execute(query.format(*names, self._taken, names[-1]))
        return {(batch, row): time for batch, row, time in found}

    def _make_tables(self, scratch: Scratch, found: list[tuple]) -> None:
        """Make the copy of the source table, and the table that keeps what was taken."""
        for schema in (scratch.taken, scratch.delivered):
            scratch.make(schema)
        self._connection.execute(
            SQL("create table {} (like {} including generated including identity)").format(self.table, self._standing)
        )
        for name, _, default, is_identity in found:
            change = None
            if default and "nextval(" in default:
                # The sequence of the user's table is not ours to move.
                change = SQL("alter {} set not null, alter {} add generated by default as identity").format(
                    Identifier(name), Identifier(name)
                )
            elif default and not is_identity:
                change = SQL("alter {} set default {}").format(Identifier(name), SQL(default))  # the server's own text
            if change:
                self._connection.execute(SQL("alter table {} {}").format(self.table, change))
        self._connection.execute(
            SQL("create table {} as select 0::integer as {}, 0::bigint as {}, {} from {} limit 0").format(
                self._taken, Identifier(_BATCH), Identifier(_ROW), self._names(), self._standing
            )
        )

    def _split(self, batch_column: str, max_batches: int) -> dict[int, str]:
        """Take the rows of the source table; each value of a column is a batch, in the order of the values."""
        if batch_column not in self._types:
            raise CannotProve(self._name, f"the source table has no column {batch_column}: {', '.join(self._types)}")
        column = Identifier(batch_column)
        query = SQL("select {} as value, count(*) over () from {} group by {} order by {} desc nulls last limit %s")
        values = self._connection.execute(
            query.format(column, self._standing, column, column), [max_batches]
        ).fetchall()
        split = SQL("insert into {} select {}, row_number() over (), {} from {} where {} is not distinct from %s")
        for number, (value, _) in enumerate(reversed(values), 1):
            taken = split.format(self._taken, Literal(number), self._names(), self._standing, column)
            self._connection.execute(taken, [value])
        if values and values[0][1] > max_batches:
            self.notes.append(f"the last {max_batches:,} of {values[0][1]:,} batches were taken; more: --max-batches")
        self._delivered_columns = dict.fromkeys(range(1, len(values) + 1), self.columns)
        return {number: f"{batch_column} = {value}" for number, (value, _) in enumerate(reversed(values), 1)}

    def _read_files(self, files: Sequence[Path]) -> dict[int, str]:
        self._delivered_columns = {}
        columns = tuple(Column(name, "text", required=False) for name in self.columns)
        source = Source(self._name, "", "", columns, ())
        for number, file in enumerate(files, 1):
            missing = self._read_file(number, file, source)
            self._delivered_columns[number] = [name for name in self.columns if name not in missing]
        return {number: location_of(file) for number, file in enumerate(files, 1)}

    def _read_file(self, number: int, file: Path, source: Source) -> list[str]:
        """Take the rows of a file; return the columns that it lacks."""
        location = location_of(file)
        with DeliveredFile(file) as delivered, self._connection.transaction(), self._connection.cursor() as cursor:
            texts = SQL(", ").join(SQL("{} text").format(Identifier(name)) for name in self.columns)
            cursor.execute(
                SQL("create temporary table onerow_file ({} bigint, {}) on commit drop").format(Identifier(_ROW), texts)
            )
            try:
                records = read_records(delivered, delivered.sha256(_silent), source, _silent)
                with cursor.copy("copy onerow_file from stdin") as copy:
                    for record in records:
                        if isinstance(record, Malformed):
                            raise FileUnreadable(location, f"line {record.line_number}: {record.detail}")
                        copy.write(copy_line([str(record.line_number), *record.values]))
                cast = SQL(", ").join(map(self._cast, self._types.items()))
                insert = SQL("insert into {} select {}, {}, {} from onerow_file")
                cursor.execute(insert.format(self._taken, Literal(number), Identifier(_ROW), cast))
            except HeaderRefused as error:
                raise FileUnreadable(location, str(error)) from None
            except psycopg.DataError as error:
                raise FileUnreadable(location, str(error).splitlines()[0]) from None
            if records.unexpected_columns:
                raise FileUnreadable(location, f"the table has no column {', '.join(records.unexpected_columns)}")
            return list(records.missing_columns)

    def _read_batches(self) -> list[Batch]:
        query = SQL("select {}, array_agg({} order by {}) from {} group by 1 order by 1")
        row = Identifier(_ROW)
        found = self._connection.execute(query.format(Identifier(_BATCH), row, row, self._taken))
        return [Batch(number, self._labels[number], tuple(rows)) for number, rows in found]

    def _names(self) -> Composed:
        return SQL(", ").join(map(Identifier, self.columns))

    @staticmethod
    def _cast(column: tuple[str, str]) -> Composed:
        name, data_type = column
        return SQL("{}::{}").format(Identifier(name), SQL(data_type))  # the server's own name of the type


def _silent(done_bytes: int, size_bytes: int) -> None:
    pass
