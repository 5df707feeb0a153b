"""Level counts: each fault that it claims is found, with the right figures, and by dbt's monitoring models just so."""

import pytest

from clean_devices import figures, violations_seen_by_dbt, without_unique_index

DELETE = "delete from marts.devices where device_id = %s"
INSERT = "insert into marts.devices (device_id, model, reported_at) values (%s, 'm', now())"


def counts(report):
    """Return the only level of the only mart."""
    [mart] = report.marts
    [level] = mart.levels
    return level


def test_clean_state_has_no_differences(reconciled):
    """Refused rows and keys that were delivered again are no differences. Guard: what compared_keys sets apart."""
    level = counts(reconciled("counts"))

    assert level.status == "ok"
    assert level.findings == []
    assert {figure.name: (figure.source, figure.destination) for figure in level.figures} == {
        "rows": (7, 7),
        "keys": (7, 7),
        "missing_keys": (0, None),
        "unexpected_keys": (None, 0),
        "duplicate_keys": (None, 0),
        "null_keys": (0, 0),
        "delivered_rows": (9, None),
        "repeated_keys": (2, None),
        "refused_rows": (2, None),
        "waiting_rows": (0, None),
        "waiting_keys": (0, None),
    }


def test_dropped_row_is_a_missing_key(reconciled, database):
    """Guard: is_missing."""
    database.execute(DELETE, "D-1")

    level = counts(reconciled("counts"))

    assert figures(level) == {"rows": (7, 6), "keys": (7, 6), "missing_keys": (1, None)}
    [finding] = level.findings
    assert (finding.rule, finding.violations) == ("missing_keys", 1)
    assert finding.samples == [
        {
            "model": f"{database.name}.marts.devices",
            "natural_key": {"device_id": "D-1"},
            "delivered_rows": 2,
            "newest_batch_no": 2,
        }
    ]
    assert violations_seen_by_dbt(database, "missing_keys") == 1


def test_doubled_row_is_a_duplicate_key(reconciled, database):
    """Rows differ and keys do not. Guard: is_duplicate."""
    without_unique_index(database)
    database.execute(INSERT, "D-1")

    level = counts(reconciled("counts"))

    assert figures(level) == {"rows": (7, 8), "duplicate_keys": (None, 1)}
    assert level.findings[0].samples[0]["natural_key"] == {"device_id": "D-1"}
    assert level.findings[0].samples[0]["mart_rows"] == 2
    assert violations_seen_by_dbt(database, "duplicate_keys") == 1


def test_doubled_row_with_null_key_is_found(reconciled, database):
    """A check that joins on the key does not see these. Guard: grouping both sides instead of joining them."""
    without_unique_index(database)
    database.execute(INSERT, None)
    database.execute(INSERT, None)

    level = counts(reconciled("counts"))

    assert figures(level) == {"rows": (7, 9), "null_keys": (0, 2)}
    assert level.findings[0].samples[0]["natural_key"] == {"device_id": None}
    assert violations_seen_by_dbt(database, "null_keys") == 1


def test_unexpected_row_is_found(reconciled, database):
    """Guard: is_unexpected."""
    database.execute(INSERT, "GHOST")

    level = counts(reconciled("counts"))

    assert figures(level) == {"rows": (7, 8), "keys": (7, 8), "unexpected_keys": (None, 1)}
    assert level.findings[0].samples[0]["natural_key"] == {"device_id": "GHOST"}
    assert violations_seen_by_dbt(database, "unexpected_keys") == 1


def test_null_key_in_the_mart_is_found_with_the_key_that_it_replaced(reconciled, database):
    """The number of rows agrees. Guard: is_null."""
    database.execute("update marts.devices set device_id = null where device_id = 'D-3'")

    level = counts(reconciled("counts"))

    assert figures(level) == {"keys": (7, 6), "missing_keys": (1, None), "null_keys": (0, 1)}
    assert [finding.rule for finding in level.findings] == ["missing_keys", "null_keys"]


def test_missing_and_unexpected_row_do_not_cancel_each_other(reconciled, database):
    """Rows and keys agree in number. Guard: comparing keys, not counts."""
    database.execute("update marts.devices set device_id = 'GHOST' where device_id = 'D-3'")

    report = reconciled("counts")

    assert figures(counts(report)) == {"missing_keys": (1, None), "unexpected_keys": (None, 1)}
    assert report.status == "difference"


def test_delivered_null_key_that_nobody_refused_is_found(reconciled, database):
    """Guard: null_keys on the side of the source."""
    database.execute("delete from onerow.dead_letters where natural_key ->> 'device_id' is null and raw like '{%'")

    level = counts(reconciled("counts"))

    assert figures(level) == {"null_keys": (1, 0)}
    assert level.findings[0].samples[0]["newest_batch_no"] == 1


def test_refused_key_in_the_mart_is_unexpected(reconciled, database):
    """D-9 was delivered in a refused row only. Guard: refused rows are on neither side."""
    database.execute(INSERT, "D-9")

    assert figures(counts(reconciled("counts")))["unexpected_keys"] == (None, 1)


@pytest.mark.parametrize("status", ["replayed", "discarded"])
def test_dead_letter_stays_set_apart_whatever_became_of_it(reconciled, database, status):
    """A replay is a batch of its own, which stands for itself. Guard: is_refused looks at no status."""
    database.execute("update onerow.dead_letters set status = %s", status)

    assert figures(counts(reconciled("counts"))) == {}


def test_samples_are_few_and_the_count_is_whole(reconciled, database):
    """Guard: the limit is on samples, not on violations."""
    database.execute("delete from marts.devices")

    [finding] = counts(reconciled("counts")).findings

    assert finding.violations == 7
    assert [sample["natural_key"]["device_id"] for sample in finding.samples] == ["D-1", "D-2", "D-3", "D-4", "D-5"]


def test_source_is_read_from_landing_and_not_through_staging(reconciled, database):
    """A staging view that returns nothing changes no figure. Guard: delivered_rows reads landing and the contract."""
    before = counts(reconciled("counts"))
    [(definition,)] = database.rows("select pg_get_viewdef('marts_staging.stg_devices'::regclass)")
    emptied = definition.rstrip().rstrip(";")
    database.execute(f"create or replace view marts_staging.stg_devices as select * from ({emptied}) as v where false")
    assert database.value("select count(*) from marts_staging.stg_devices") == 0

    assert counts(reconciled("counts")) == before
