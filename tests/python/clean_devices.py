"""What the clean state was made of, and how the tests look at a report and into the database."""

from pathlib import Path

from psycopg import sql

from harness.database import Database
from harness.dbt_project import DbtProject
from onerow.reconcile.report import LevelResult

HEADER = "device_id,model,firmware,site,status,reported_at\n"

# Batch 1: six devices, one row without a key and one with a time that is none, and a line that is no row.
FIRST = (
    HEADER
    + "".join(f"D-{number},m,1.0,oslo,active,2026-05-01T00:00:00Z\n" for number in range(1, 7))
    + ",m,1.0,oslo,active,2026-05-01T00:00:00Z\n"
    + "D-9,m,1.0,oslo,active,yesterday\n"
    + "D-8,too,short\n"
)
# Batch 2: a newer state of D-1, an older one of D-5, and a new device.
SECOND = (
    HEADER
    + "D-1,m,2.0,oslo,active,2026-05-02T00:00:00Z\n"
    + "D-5,m,0.9,oslo,active,2026-04-01T00:00:00Z\n"
    + "D-7,m,1.0,oslo,active,2026-05-02T00:00:00Z\n"
)
# Not landed: a state of a known device and a new device.
THIRD = HEADER + "D-2,m,2.0,oslo,active,2026-05-03T00:00:00Z\n" + "D-10,m,1.0,oslo,active,2026-05-03T00:00:00Z\n"


def land(project: DbtProject, folder: Path, name: str, content: str) -> None:
    """Land a file of this content as a batch of devices."""
    file = folder / name
    file.write_text(content, encoding="utf-8")
    project.onerow("land", "devices", file).succeeded()


def figures(level: LevelResult) -> dict[str, tuple[int | None, int | None]]:
    """Return the figures of the whole that are differences: name to (source, destination)."""
    return {
        figure.name: (figure.source, figure.destination)
        for figure in level.figures
        if figure.status == "difference" and figure.window_start is None
    }


def violations_seen_by_dbt(database: Database, rule: str) -> int:
    """Return how many rows the rule's monitoring model has."""
    return database.value(sql.SQL("select count(*) from {}").format(sql.Identifier("marts_monitoring", rule)))


def without_unique_index(database: Database) -> None:
    """Take away what keeps the mart from having a key twice."""
    for (name,) in database.rows(
        "select indexrelid::regclass::text from pg_index where indrelid = 'marts.devices'::regclass and indisunique"
    ):
        database.execute(f"drop index {name}")
