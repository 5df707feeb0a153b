"""meta.onerow.reconcile: what it changes, and what it refuses."""

import pytest

from clean_devices import figures, without_unique_index
from onerow.errors import WrongUse
from onerow.project.marts import all_marts

WINDOW = {"column": "reported_at", "grain": "day"}


def by_window(report):
    """Return the rows of each window: the day to (source, destination, status)."""
    return {
        figure.window_start.date().isoformat(): (figure.source, figure.destination, figure.status)
        for level in report.marts[0].levels
        for figure in level.figures
        if figure.window_start and figure.name == "rows"
    }


def test_all_that_is_wrong_is_said_at_once(reconciled, configured):
    """Guard: reconcile_options."""
    configured(
        windows=1,
        window={"column": "nowhere", "grain": "year"},
        minimum_age="soon",
        fan_out="many",
        compare="site",
        tolerance={"a": "b"},
    )

    with pytest.raises(WrongUse, match=r"model devices, meta\.onerow\.reconcile") as refused:
        reconciled("counts")

    assert [line.strip() for line in str(refused.value).splitlines() if line.strip().startswith("- ")] == [
        "- windows: unknown option; known are where, window, minimum_age, consumed_within, fan_out,"
        " source, compare, tolerance",
        "- minimum_age: a number of seconds, minutes, hours or days, such as '2 hours', not 'soon'",
        "- window.grain: one of hour, day, week, month, not year",
        "- window.column: a column of the contract, which are device_id, model, firmware, site, status, reported_at,"
        " not nowhere",
        "- fan_out: how many rows of the mart a key may be, a number from 1 on, not many",
        "- compare: a list of columns, not site",
        "- tolerance: {COLUMN: NUMBER}, not {'a': 'b'}",
    ]


def test_source_side_is_folded_before_windows_are_counted(reconciled, configured):
    """D-1 was delivered for two days, D-5 for two others. Guard: the order of array_agg in compared_keys."""
    configured(window=WINDOW)

    assert by_window(reconciled("counts")) == {"2026-05-01": (5, 5, "ok"), "2026-05-02": (2, 2, "ok")}


def test_rows_of_windows_that_are_too_young_are_no_difference(reconciled, configured, database):
    """Guard: is_recent, and old_enough of window_figures."""
    database.execute("delete from marts.devices where reported_at >= '2026-05-02'")
    configured(window=WINDOW, minimum_age="100000 days")
    young = reconciled("counts")
    configured(window=WINDOW, minimum_age="1 hour")
    old = reconciled("counts")

    assert by_window(young) == {"2026-05-01": (5, 5, "info"), "2026-05-02": (2, None, "info")}
    assert young.status == "ok"
    assert by_window(old)["2026-05-02"] == (2, None, "difference")
    assert figures(old.marts[0].levels[0])["missing_keys"] == (2, None)


def test_batch_may_wait_for_as_long_as_is_declared(reconciled, configured, landed_third, database):
    """Guard: consumed_within of unconsumed_batches."""
    database.execute("update onerow.batches set landed_at = now() - interval '2 hours' where batch_no = 3")

    configured(consumed_within="3 hours")
    assert reconciled("windows").status == "ok"
    configured(consumed_within="90 minutes")
    [finding] = reconciled("windows").marts[0].levels[0].findings

    assert (finding.rule, finding.samples[0]["batch_no"]) == ("unconsumed_batches", 3)


def test_values_are_compared_with_the_newest_delivered_row(reconciled, configured, database):
    """Of two rows of one version either is right, because content decides. Guard: compared_values."""
    configured(compare=["firmware", "site", "reported_at"])
    equal = reconciled("rows")
    database.execute(
        "insert into landing.devices (device_id, firmware, site, reported_at, _batch_no, _line_number)"
        " values ('D-2', '0.1', 'bergen', '2026-05-01T02:00:00+02:00', 2, 9)"
    )
    tied = reconciled("rows")
    database.execute("update marts.devices set firmware = '0.1' where device_id = 'D-2'")
    [level] = reconciled("rows").marts[0].levels

    assert equal.status == tied.status == "ok", tied.to_json()
    assert figures(level)["modified_rows"] == (None, 1)
    assert level.findings[0].violations == len(level.findings[0].samples) == 1


def test_values_of_other_strategies_are_not_compared_with_landing(job):
    """Guard: is_newest_kept."""
    with pytest.raises(WrongUse, match=r"compare: without a source, .* upsert, conflict_resolution replace"):
        job.render("reconcile_options", "orders", {"compare": ["status"]}, ["status"], False)
    marts = {mart.name: mart.is_newest_kept for mart in all_marts(job)}
    assert {name for name, is_kept in marts.items() if is_kept} == {"devices", "order_lines"}


def test_key_may_be_as_many_rows_as_are_declared(reconciled, configured, database):
    """Each of its rows counts in the mart, and the sum is no difference; keys are. Guard: fan_out."""
    without_unique_index(database)
    database.execute(
        "insert into marts.devices select device_id, model, firmware, site, status, reported_at - interval '1 day'"
        " from marts.devices where device_id in ('D-1', 'D-2')"
    )
    configured(window=WINDOW, fan_out=2)
    several = reconciled("counts")
    database.execute("delete from marts.devices where device_id = 'D-2'")
    gone = reconciled("counts")

    assert several.status == "ok", several.to_json()
    assert [f.status for f in several.marts[0].levels[0].figures if f.name == "rows"] == ["info"] * 3
    assert figures(gone.marts[0].levels[0]) == {"keys": (7, 6), "missing_keys": (1, None)}


def test_mart_is_compared_with_files(reconciled, configured, database, tmp_path):
    """An extract with history is folded by the version column. Guard: compare_mart."""
    (tmp_path / "extract.csv").write_text(
        "device_id,firmware,reported_at\n"
        + "".join(f"D-{number},1.0,2026-05-01T00:00:00Z\n" for number in range(1, 7))
        + "D-1,2.0,2026-05-02T00:00:00Z\nD-7,1.0,2026-05-02T00:00:00Z\n"
    )
    source = str(tmp_path / "*.csv")
    configured(source=source, compare=["firmware", "reported_at"], window=WINDOW)

    report = reconciled("counts", "rows")

    assert report.status == "ok", report.to_json()
    assert [level.level for level in report.marts[0].levels] == ["counts", "rows"]
    database.execute("update marts.devices set firmware = '3.0' where device_id = 'D-7'")
    assert figures(reconciled("rows").marts[0].levels[0])["modified.firmware"] == (None, 1)
