"""The sample batches, landed and loaded: every row and every count is that of the truth."""

from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import REPOSITORY, DbtProject
from truth import delivered, devices

BATCHES = REPOSITORY / "examples" / "batches" / "devices"
FULL, RETRY, DELTA, BROKEN, DUPLICATES, LATE = sorted(BATCHES.iterdir())


def _expected(database: Database) -> devices.Truth:
    """Compute mart and outcomes from the files, grouped into loads as the ledger says they were."""
    located = database.rows("select batch_no, location from onerow.batches")
    rows = {
        batch_no: delivered.read(BATCHES / Path(location).name, batch_no, devices.COLUMNS).rows
        for batch_no, location in located
    }
    claims = database.rows("select batch_no, xid::text, claimed_at from onerow.claims where model like '%.devices'")
    return devices.load_all(devices.loads(claims), rows)


@pytest.mark.parametrize(
    "loads",
    [
        pytest.param([[FULL], [DELTA], [BROKEN], [DUPLICATES], [LATE]], id="one_by_one"),
        pytest.param([[LATE], [DUPLICATES, BROKEN], [DELTA], [FULL]], id="backwards"),
        pytest.param([[FULL, RETRY, DELTA, BROKEN, DUPLICATES, LATE]], id="all_at_once"),
        pytest.param([[FULL], [RETRY], [DELTA, BROKEN, DUPLICATES, LATE]], id="as_the_demo_does"),
    ],
)
def test_mart_and_outcomes_are_those_of_the_truth(
    project: DbtProject, database: Database, loads: list[list[Path]]
) -> None:
    """Guard: fold, version guard and tie break of the strategy; the counts of outcomes."""
    for files in loads:
        project.onerow("land", "devices", *files).succeeded()
        assert project.dbt_in_process("run", "--select", "+devices").success

    expected = _expected(database)
    assert database.rows('select * from marts.devices order by device_id collate "C"') == expected.rows
    outcomes = database.rows("select batch_no, outcome, row_count from onerow.load_outcomes where row_count > 0")
    assert {(batch_no, outcome): count for batch_no, outcome, count in outcomes} == dict(expected.outcomes)


def test_lines_that_are_no_rows_become_dead_letters(project: DbtProject, database: Database) -> None:
    """Guard: landing numbers and keeps the lines that it cannot read as rows."""
    project.onerow("land", "devices", BROKEN, DUPLICATES).succeeded()
    letters = database.rows("select batch_no, line_number from onerow.dead_letters order by batch_no, line_number")
    read = {1: delivered.read(BROKEN, 1, ()), 2: delivered.read(DUPLICATES, 2, ())}
    assert letters == [(batch_no, line) for batch_no, file in read.items() for line in file.malformed]
