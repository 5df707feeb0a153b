"""Deliveries of a mart that has a source with a contract: batches of landing and ledger, both in scratch schemas."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from psycopg.sql import SQL, Identifier

from onerow.errors import CannotProve
from onerow.landing.delivery import Delivery
from onerow.landing.land import land_file
from onerow.project.contract import Source
from onerow.project.project import Project
from onerow.prove.batch import Batch, as_text, keep_sample
from onerow.prove.scratch import Scratch


class LandedDeliveries:
    """Batches that have landed, or that files would land as. Implements onerow.prove.batch.Deliveries."""

    holds_all = True

    def __init__(
        self,
        project: Project,
        scratch: Scratch,
        source: Source,
        files: Sequence[Path],
        windows: Sequence[tuple[datetime, datetime]] = (),
        *,
        max_batches: int,
        max_rows: int,
    ):
        """Take the batches: of `files`, or else the last that have landed. The n-th window is of the n-th file.

        Raises:
            CannotProve: nothing has landed.
            FileUnreadable and others: as land_file().
        """
        self._project = project
        self._scratch = scratch
        self._source = source
        self._connection = scratch.connection
        self.table = Identifier(scratch.delivered, source.table)
        self.columns = list(source.column_names)
        self.key = source.natural_key
        self.notes: list[str] = []
        for schema in (scratch.taken, scratch.ledger):
            self._connection.execute(project.render("ledger_ddl", schema=schema))
        for schema in (scratch.taken, scratch.delivered):
            ddl = project.render("landing_ddl", schema=schema, table=source.table, columns=list(source.column_names))
            self._connection.execute(ddl)
        if files:
            self._land(files, windows)
        else:
            self._take(max_batches)
        sampled = keep_sample(self._connection, self._taken_table, self.key, max_rows)
        self.notes += [sampled] if sampled else []
        self.batches = self._read_batches()
        if not self.batches:
            raise CannotProve(source.name, "nothing has landed; name files with --file")

    def deliver(self, batch: Batch) -> None:
        """Put a batch into landing and register it, as one transaction."""
        start, end = batch.window or (None, None)
        is_part = batch.part is not None
        with self._connection.transaction():
            [number] = self._connection.execute(
                SQL(
                    """
                    insert into {ledger} (source, batch_id, content_sha256, window_start, window_end, extracted_at,
                        location, row_count, rejected_count)
                    select source, batch_id || %(part)s, content_sha256 || %(part)s, %(start)s, %(end)s,
                        -- A part was delivered before the whole.
                        extracted_at - case when %(is_part)s then interval '1 microsecond' else interval '0' end,
                        location, %(row_count)s, case when %(is_part)s then 0 else rejected_count end
                    from {taken} where batch_no = %(number)s
                    returning batch_no
                    """
                ).format(
                    ledger=Identifier(self._scratch.ledger, "batches"), taken=Identifier(self._scratch.taken, "batches")
                ),
                {
                    "part": " (part)" if is_part else "",
                    "is_part": is_part,
                    "start": start,
                    "end": end,
                    "row_count": len(batch.rows),
                    "number": batch.number,
                },
            ).fetchone() or (0,)
            names = SQL(", ").join(map(Identifier, ["_line_number", *self.columns, "_unexpected"]))
            self._connection.execute(
                SQL(
                    "insert into {} (_batch_no, {}) select %s, {} from {} where _batch_no = %s "
                    "and _line_number = any(%s) order by _line_number"
                ).format(self.table, names, names, self._taken_table),
                [number, batch.number, list(batch.rows)],
            )

    def clear(self) -> None:
        """Empty landing and ledger."""
        tables = ("batches", "claims", "load_outcomes", "dead_letters", "schema_changes", "reconciliations")
        named = SQL(", ").join([self.table, *(Identifier(self._scratch.ledger, table) for table in tables)])
        self._connection.execute(SQL("truncate {} restart identity cascade").format(named))

    def read(self, batch: Batch) -> list[tuple[str | None, ...]]:
        """Return the rows of a batch."""
        query = SQL("select {} from {} where _batch_no = %s and _line_number = any(%s) order by _line_number")
        names = SQL(", ").join(map(Identifier, self.columns))
        rows = self._connection.execute(query.format(names, self._taken_table), [batch.number, list(batch.rows)])
        return [as_text(row) for row in rows]

    def times(self, column: str) -> dict[tuple[int, int], datetime]:
        """Return the times of rows."""
        query = SQL(
            "select _batch_no, _line_number, {}::timestamptz from {} where pg_input_is_valid({}, 'timestamptz')"
        ).format(Identifier(column), self._taken_table, Identifier(column))
        return {(batch, row): time for batch, row, time in self._connection.execute(query)}

    @property
    def _taken_table(self) -> Identifier:
        return Identifier(self._scratch.taken, self._source.table)

    def _land(self, files: Sequence[Path], windows: Sequence[tuple[datetime, datetime]]) -> None:
        taken = replace(self._source, schema=self._scratch.taken)
        for file, window in zip_longest(files, windows):
            landed = land_file(self._connection, self._scratch.taken, taken, file, delivery=Delivery(window=window))
            if landed.already_landed:
                raise CannotProve(self._source.name, f"{landed.file} has the content of another of the files")

    def _take(self, max_batches: int) -> None:
        ledger, source = self._project.ledger_schema, self._source
        standing = self._connection.execute(
            "select to_regclass(%s)", [Identifier(ledger, "batches").as_string(self._connection)]
        ).fetchone()
        if standing == (None,):
            return
        arguments: list[Any] = [source.name, max_batches]
        self._connection.execute(
            SQL(
                """
                insert into {taken} ({columns}) overriding system value
                select {columns} from {ledger}
                where source = %s and quarantined_at is null order by batch_no desc limit %s
                """
            ).format(
                taken=Identifier(self._scratch.taken, "batches"),
                ledger=Identifier(ledger, "batches"),
                columns=SQL(", ").join(map(Identifier, _BATCH)),
            ),
            arguments,
        )
        names = SQL(", ").join(map(Identifier, ["_batch_no", "_line_number", *self.columns, "_unexpected"]))
        self._connection.execute(
            SQL("insert into {} ({}) select {} from {} where _batch_no = any(array(select batch_no from {}))").format(
                self._taken_table,
                names,
                names,
                Identifier(source.schema, source.table),
                Identifier(self._scratch.taken, "batches"),
            )
        )
        [older] = self._connection.execute(
            SQL("select count(*) from {} where source = %s and quarantined_at is null").format(
                Identifier(ledger, "batches")
            ),
            [source.name],
        ).fetchone() or (0,)
        if older > max_batches:
            self.notes.append(f"the last {max_batches:,} of {older:,} batches were taken; more: --max-batches")

    def _read_batches(self) -> list[Batch]:
        query = SQL(
            """
            select b.batch_no, coalesce(b.location, b.batch_id), b.window_start, b.window_end,
                array(select l._line_number from {} as l where l._batch_no = b.batch_no order by 1)
            from {} as b order by b.batch_no
            """
        ).format(self._taken_table, Identifier(self._scratch.taken, "batches"))
        return [
            Batch(number, label, tuple(rows), (start, end) if start else None)
            for number, label, start, end, rows in self._connection.execute(query)
        ]


_BATCH = (
    "batch_no",
    "source",
    "batch_id",
    "content_sha256",
    "window_start",
    "window_end",
    "extracted_at",
    "location",
    "row_count",
    "rejected_count",
)
