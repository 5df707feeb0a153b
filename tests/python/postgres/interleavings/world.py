"""Where each interleaving starts: batches that have landed, a mart that has consumed some of them, or none yet."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from harness.database import Database, connect
from onerow.dead_letters.replay import replay_file
from onerow.landing.delivery import Delivery
from onerow.landing.land import land_file
from onerow.project.project import Project
from postgres.strategies.things import hour, mart

MARTS = {
    "upsert": mart("upsert", version_column="version"),
    "insert_new": mart("insert_new", version_column="version"),
    "replace_window": mart("replace_window", key=["thing", "at"], window_column="at"),
}

_AT = hour(1).isoformat()
_CUT_OFF = '{"thing": "cut o'
# What a session can change, a table before those that refer to it.
_TABLES = ("onerow.batches", "onerow.claims", "onerow.load_outcomes", "onerow.dead_letters", "landing.things")


def _thing(name: str, version: int, value: str) -> str:
    return json.dumps({"thing": name, "version": version, "value": value, "at": _AT})


# A row that stays, one that changes, one that the newer window withdraws, and a line that is no row.
_FIRST = (_thing("same", 1, "a"), _thing("changed", 1, "a"), _thing("gone", 1, "a"), _CUT_OFF)
# Waits for a load: twice the same key, and a new one.
_SECOND = (_thing("same", 1, "a"), _thing("changed", 2, "b"), _thing("changed", 3, "c"), _thing("new", 2, "b"))
# Lands while a load is under way.
_THIRD = (_thing("changed", 4, "d"), _thing("new", 1, "a"), _thing("late", 1, "a"))
_CORRECTED = {"_batch_no": 1, "_line_number": 4, **json.loads(_thing("new", 5, "e"))}


class World:
    """Ledger, landing and one mart of a database, put back where they were as often as needed."""

    def __init__(self, database: Database, project: Project, folder: Path, strategy: str):
        """`folder` takes what is delivered."""
        self.database = database
        self.project = project
        self.strategy = strategy
        self._folder = folder
        self._mart = sql.Identifier("marts", strategy)

    def land_first(self) -> None:
        """Land the batch that a mart has consumed before an incremental load."""
        self._now(self._landing("first", _FIRST, extracted=0))

    def land_second(self) -> None:
        """Land the batch that waits; it declares a window, which only `replace_window` looks at."""
        self._now(self._landing("second", _SECOND, extracted=1, window=(0, 2)))

    @property
    def landing_third(self) -> Callable[[psycopg.Connection], Any]:
        """The landing of one more batch."""
        return self._landing("third", _THIRD, extracted=2)

    @property
    def replay(self) -> Callable[[psycopg.Connection], Any]:
        """The replay of the line that was no row, corrected."""
        file = self._folder / "corrected.jsonl"
        file.write_text(json.dumps(_CORRECTED) + "\n")
        return lambda connection: replay_file(self.project, connection, "things", file)

    def _landing(
        self, name: str, lines: tuple[str, ...], extracted: float, window: tuple[float, float] | None = None
    ) -> Callable[[psycopg.Connection], Any]:
        """Return the landing of lines as one batch; times are in hours."""
        file = self._folder / f"{name}.jsonl"
        file.write_text("".join(line + "\n" for line in lines))
        delivery = Delivery(
            batch_id=name,
            extracted_at=hour(extracted) + timedelta(days=1),
            window=(hour(window[0]), hour(window[1])) if window else None,
        )
        source = self.project.source("things")
        return lambda connection: land_file(connection, "onerow", source, file, delivery=delivery)

    def foreign(self, what: str) -> Callable[[psycopg.Connection], Any]:
        """Return what a writer does who knows nothing of onerow: "insert", "update" or "delete" a key of the load."""
        statement = {
            "insert": "insert into {} (thing, version, value, at) values ('new', 9, 'foreign', {at})",
            "update": "update {} set version = 9, value = 'foreign' where thing = 'changed'",
            "delete": "delete from {} where thing = 'changed'",
        }[what]
        query = sql.SQL(statement).format(self._mart, at=sql.Literal(_AT))

        def write(connection: psycopg.Connection) -> None:
            with connection.transaction():
                connection.execute(query)

        return write

    def save(self) -> None:
        """Keep what there is now, as the start of every interleaving."""
        self.database.execute("drop schema if exists saved cascade; create schema saved")
        for table in _TABLES:
            self.database.execute(f"create table saved.{table.partition('.')[2]} as table {table}")
        if self._has_mart:
            self.database.execute(sql.SQL("create table saved.mart (like {} including all)").format(self._mart))
            self.database.execute(sql.SQL("insert into saved.mart table {}").format(self._mart))

    def restore(self) -> None:
        """Put everything back where it was when it was saved."""
        self.database.execute(sql.SQL("drop table if exists {} cascade").format(self._mart))
        self.database.execute(f"truncate {', '.join(_TABLES)} restart identity cascade")
        for table in _TABLES:
            name = table.partition(".")[2]
            self.database.execute(f"insert into {table} overriding system value table saved.{name}")
        self.database.execute("select setval('onerow.batches_batch_no_seq', max(batch_no)) from onerow.batches")
        if self.database.value("select to_regclass('saved.mart') is not null"):
            self.database.execute(sql.SQL("create table {} (like saved.mart including all)").format(self._mart))
            self.database.execute(sql.SQL("insert into {} table saved.mart").format(self._mart))
            self.database.execute(f"update onerow.claims set relation_oid = 'marts.{self.strategy}'::regclass")

    def look(self) -> dict[str, Any]:
        """Return everything that a serial order decides: no times, no transactions, no object ids."""
        rows = self.database.rows
        there = f"to_regclass('marts.{self.strategy}')"
        return {
            "rows": rows(sql.SQL("select to_jsonb(m)::text from {} as m order by 1").format(self._mart).as_string(None))
            if self._has_mart
            else None,
            "claims": rows(
                f"select batch_no, attempt, row_count, withdrawn_count, relation_oid = {there} from onerow.claims"
                " order by 1, 2"
            ),
            "outcomes": rows("select batch_no, attempt, outcome, row_count from onerow.load_outcomes order by 1, 2, 3"),
            "batches": rows(
                "select batch_no, batch_id, row_count, rejected_count, quarantine_reason,"
                " (select count(*) from landing.things where _batch_no = batch_no) from onerow.batches order by 1"
            ),
            "letters": rows("select batch_no, line_number, status, replayed_as from onerow.dead_letters order by 1, 2"),
            # A scratch table that is left behind, or an index that is missing, would be seen here.
            "relations": rows(
                "select c.relname, (select count(*) from pg_index as i where i.indrelid = c.oid and i.indisunique)"
                " from pg_class as c where c.relnamespace = 'marts'::regnamespace and c.relkind = 'r' order by 1"
            ),
        }

    @property
    def _has_mart(self) -> bool:
        return self.database.value(f"select to_regclass('marts.{self.strategy}') is not null")

    def _now(self, job: Callable[[psycopg.Connection], Any]) -> None:
        with connect(self.database.login, autocommit=True) as connection:
            job(connection)
