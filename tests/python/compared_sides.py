"""Two sides of parcels that tests compare: the same rows as a table, or as files of each format."""

import csv
import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from harness.database import Database
from onerow.project.project import Project
from onerow.reconcile.compare import compare
from onerow.reconcile.report import Figure, LevelResult, Report
from onerow.reconcile.request import Comparison, Means
from onerow.reconcile.sides import parse_side

# Where the source lies, when the destination is a table of the other database.
ROUTES = ("two_databases", "one_database", "csv", "jsonl", "parquet")

COLUMNS = {
    "parcel_id": "text",
    "site": "text",
    "amount": "numeric(12, 2)",
    "weight": "double precision",
    "is_open": "boolean",
    "payload": "jsonb",
    "moved_at": "timestamptz",
}
Row = dict[str, Any]


def parcels(count: int = 60) -> list[Row]:
    """Return rows of parcels, two an hour from 2026-05-01 on, some of whose values are NULL."""
    return [
        {
            "parcel_id": f"P-{number:03}",
            "site": None if number % 9 == 0 else f"site {number % 4}",
            "amount": None if number % 11 == 0 else f"{number}.50",
            "weight": number / 8,
            "is_open": number % 2 == 0,
            "payload": json.dumps({"number": number, "tags": ["a", None]}),
            "moved_at": datetime.fromisoformat("2026-05-01T00:00:00+00:00").replace(
                day=1 + number // 48, hour=number // 2 % 24, minute=30 * (number % 2)
            ),
        }
        for number in range(count)
    ]


def changed(rows: Iterable[Row], parcel_id: str, **values: Any) -> list[Row]:
    """Return the rows with other values in one of them."""
    return [{**row, **values} if row["parcel_id"] == parcel_id else row for row in rows]


def without(rows: Iterable[Row], *parcel_ids: str) -> list[Row]:
    """Return the rows but these."""
    return [row for row in rows if row["parcel_id"] not in parcel_ids]


@dataclass(frozen=True)
class Sides:
    """Writes both sides, and compares them."""

    here: Database
    there: Database
    folder: Path
    project: Project

    def table(self, database: Database, name: str, rows: list[Row], columns: dict[str, str] = COLUMNS) -> str:
        """Make a table of these rows and return its name."""
        typed = ", ".join(f'"{column}" {data_type}' for column, data_type in columns.items())
        database.execute(f"create table shop.{name} ({typed})")
        if rows:
            marks = ", ".join(["%s"] * len(columns))
            values = ", ".join([f"({marks})"] * len(rows))
            database.execute(
                f"insert into shop.{name} values {values}", *(row[column] for row in rows for column in columns)
            )
        return f"shop.{name}"

    def files(self, route: str, rows: list[Row]) -> str:
        """Write the rows as two files of a format and return the glob of both."""
        half = len(rows) // 2
        for number, part in enumerate((rows[:half], rows[half:])):
            if route == "jsonl":
                lines = [json.dumps({**row, "payload": json.loads(row["payload"])}, default=str) for row in part]
                (self.folder / f"{number}.jsonl").write_text("".join(f"{line}\n" for line in lines))
                continue
            path = self.folder / f"{number}.csv.gz"
            with gzip.open(path, "wt", newline="") as file:
                writer = csv.DictWriter(file, list(COLUMNS))
                writer.writeheader()
                writer.writerows(part)
            if route == "parquet":
                types = json.dumps({**COLUMNS, "weight": "double", "payload": "varchar"}).replace('"', "'")
                duckdb.sql(f"select * from read_csv('{path}', header = true, columns = {types})").write_parquet(
                    str(self.folder / f"{number}.parquet")
                )
        return str(self.folder / f"*.{'csv.gz' if route == 'csv' else route}")

    def write(self, route: str, source: list[Row], destination: list[Row]) -> Comparison:
        """Write both sides and return the comparison of them by parcel_id."""
        if route == "one_database":
            of_source = "there:" + self.table(self.there, "delivered", source)
        elif route == "two_databases":
            of_source = self.table(self.here, "delivered", source)
        else:
            of_source = self.files(route, source)
        of_destination = "there:" + self.table(self.there, "parcels", destination)
        return Comparison(parse_side(of_source), parse_side(of_destination), ("parcel_id",))

    def compare(self, comparison: Comparison, *levels: str, samples: int = 100, **options: Any) -> Report:
        """Compare with these options, on all levels unless some are named."""
        means = Means(samples=samples, temp_dir=self.folder)
        return compare(self.project, replace(comparison, **options), levels or ("counts", "rows", "schema"), means)


def level(report: Report, name: str) -> LevelResult:
    """Return one level of the only result."""
    [result] = report.marts
    [found] = [each for each in result.levels if each.level == name]
    return found


def differing(found: LevelResult, where: Callable[[Figure], bool] = lambda figure: figure.window_start is None) -> dict:
    """Return the figures of the whole that are differences: name to (source, destination)."""
    return {
        figure.name: (figure.source, figure.destination)
        for figure in found.figures
        if figure.status == "difference" and where(figure)
    }


def samples(found: LevelResult, rule: str) -> list[dict[str, Any]]:
    """Return the samples of a rule."""
    return [sample for finding in found.findings if finding.rule == rule for sample in finding.samples]
