"""Every figure that the demo shows, each one query."""

import json
from pathlib import Path

import psycopg
from psycopg import sql


def relation(project_dir: Path, node: str) -> str:
    """Return the quoted name of what dbt made for a node, such as `model.onerow.devices`, from its last manifest."""
    manifest = json.loads((project_dir / "target" / "manifest.json").read_text())
    return manifest["nodes"][node]["relation_name"]


class Figures:
    """The figures of one mart, beside what was delivered."""

    def __init__(self, connection: psycopg.Connection, mart: str, staging: str):
        """Take quoted names. `staging` says which delivered rows may load: the yardstick of both sides."""
        self._connection = connection
        self._names = {"mart": sql.SQL(mart), "staging": sql.SQL(staging)}

    def rows(self) -> int:
        """Rows of the mart."""
        return self._count("select count(*) from {mart}")

    def without_key(self) -> int:
        """Rows that no key identifies: it is missing or blank."""
        return self._count("select count(*) from {mart} where coalesce(device_id, '') ~ '^\\s*$'")

    def without_time(self) -> int:
        """Rows that have a key and no time, so that nothing orders them."""
        return self._count("select count(*) from {mart} where device_id ~ '\\S' and reported_at is null")

    def doubled(self) -> int:
        """Devices with more than one row."""
        return self._count("""
            select count(*) from (
                select from {mart} where device_id ~ '\\S' group by device_id having count(*) > 1
            ) as doubled
        """)

    def set_back(self) -> int:
        """Devices whose state in the mart is older than the newest that was delivered."""
        return self._count("""
            with loaded as (
                select device_id, max(reported_at) as newest from {mart} group by device_id
            ),
            delivered as (
                select device_id, max(reported_at) as newest
                from {staging}
                where _reject_reasons is null
                group by device_id
            )
            select count(*) from loaded join delivered using (device_id) where loaded.newest < delivered.newest
        """)

    def devices_delivered(self) -> int:
        """Devices of which at least one row was delivered that may load."""
        return self._count("select count(distinct device_id) from {staging} where _reject_reasons is null")

    def mark(self) -> int:
        """Return the server's next transaction, for `written_since`."""
        return self._count("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")

    def written_since(self, mark: int) -> int:
        """Rows of the mart that were written, again or for the first time, by the transactions since `mark`."""
        return self._count("select count(*) from {mart} where xmin::text::bigint >= %s", mark)

    def _count(self, query: str, *values: int) -> int:
        return self._connection.execute(sql.SQL(query).format(**self._names), values).fetchone()[0]


class StockFigures(Figures):
    """The figures of the mart that keeps, for each row, the delivery and the line it comes from."""

    def loaded_twice(self) -> int:
        """Devices of which one delivered row is in the mart more than once."""
        return self._count("""
            select count(distinct device_id) from (
                select device_id from {mart} group by device_id, load_no, _line_number having count(*) > 1
            ) as loaded_twice
        """)

    def unfolded(self) -> int:
        """Devices of which several delivered rows are in the mart."""
        return self._count("""
            select count(*) from (
                select from {mart}
                where device_id ~ '\\S'
                group by device_id
                having count(distinct (load_no, _line_number)) > 1
            ) as unfolded
        """)
