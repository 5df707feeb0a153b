"""A source, a mart and a seed of a project that installs onerow."""

import json
from pathlib import Path

from harness.database import Database
from harness.dbt_project import LOGGED, DbtProject, message, succeeded

TUESDAY = """\
parcel_id,weight,status,scanned_at
P-1,1.5,scanned,2026-05-04T12:00:00Z
P-2,0.4,delivered,2026-05-05T10:00:00Z
P-4,7.0,scanned,2026-05-05T10:00:00Z
"""
_STORED = "select xmin::text, ctid::text, * from marts.parcels order by parcel_id"


def load(project: DbtProject, *options: str) -> str:
    """Run the mart, and return what dbt printed behind its name."""
    return message(succeeded(project.dbt_in_process("run", "--quiet", "--select", "parcels", *options)), "parcels")


def parcels(database: Database) -> list[tuple]:
    """The rows of the mart."""
    return database.rows("select parcel_id, status, _batch_no from marts.parcels order by 1")


def outcomes(database: Database) -> dict[tuple[int, str], int]:
    """The outcomes of the mart's loads, by batch."""
    rows = database.rows("select batch_no, outcome, row_count from onerow.load_outcomes")
    return {(batch_no, outcome): row_count for batch_no, outcome, row_count in rows}


def test_batches_are_loaded_one_row_a_key(consumer: DbtProject, database: Database, tmp_path: Path):
    """Guard: the consumer's incremental materialization, and the package's on-run-start."""
    (tmp_path / "tuesday.csv").write_text(TUESDAY)
    consumer.onerow("land", "parcels", tmp_path / "tuesday.csv").succeeded()
    planned = json.loads(consumer.onerow("plan", "parcels", "--format", "json").succeeded().stdout)
    load(consumer)

    [batch] = planned["models"][0]["batches"]
    assert batch["outcomes"] == {"stale": 1, "modified": 1, "new": 1}
    assert parcels(database) == [("P-1", "delivered", 1), ("P-2", "delivered", 2), ("P-4", "scanned", 2)]
    assert outcomes(database) == {
        (1, "new"): 2,
        (1, "superseded"): 1,
        (1, "rejected"): 2,
        (2, "stale"): 1,
        (2, "modified"): 1,
        (2, "new"): 1,
    }
    assert database.rows(
        "select indisunique and indnullsnotdistinct from pg_index where indrelid = 'marts.parcels'::regclass"
    ) == [(True,)]
    consumer.onerow("reconcile", "parcels").succeeded()


def test_a_retry_writes_nothing(consumer: DbtProject, database: Database):
    """Guard: landing once, claims."""
    before = database.rows(_STORED)

    landed = consumer.onerow("land", "parcels", consumer.folder / "monday.csv").succeeded()

    assert "already landed as batch 1" in landed.stdout
    assert load(consumer) == "upsert: nothing to load"
    assert database.rows(_STORED) == before


def test_a_full_refresh_replays_landing(consumer: DbtProject, database: Database):
    """Guard: the claims of the replaced table go with it."""
    rows, counts = parcels(database), outcomes(database)
    database.execute("update marts.parcels set status = 'lost'")

    load(consumer, "--full-refresh")

    assert parcels(database) == rows
    assert outcomes(database) == counts
    assert database.rows("select relation_oid = 'marts.parcels'::regclass from onerow.claims") == [(True,)]


def test_views_and_seeds_are_onerows_too(consumer: DbtProject, database: Database):
    """Guard: the consumer's materializations of views and seeds."""
    outcome = succeeded(
        consumer.dbt_in_process(
            "build", "--quiet", *LOGGED, "--select", "parcel_statuses", "instants", "--exclude", "test_type:unit"
        )
    )

    assert message(outcome, "instants") == "VIEW UNCHANGED"
    # lock_relation names the session after what it writes.
    assert f"application_name = 'dbt {database.name}.marts.parcel_statuses'" in consumer.sent


def test_dead_letters_of_the_package_show_refused_rows(database: Database):
    """Guard: models/dead_letters do not need the package's own sources."""
    assert database.rows("select line_number, reasons from marts_monitoring.dead_letters order by 1") == [
        (5, ["invalid_numeric:weight", "unknown:status"]),
        (6, ["missing:parcel_id"]),
    ]
