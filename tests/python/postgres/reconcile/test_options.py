"""meta.onerow.reconcile: what it changes, and what it refuses."""

import pytest

from clean_devices import figures, without_unique_index
from onerow.commands.output import table_text
from onerow.errors import WrongUse
from onerow.project.marts import all_marts
from onerow.reconcile.request import tolerated_rows
from onerow.reconcile.table import render

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
        counts_tolerance=1.5,
    )

    with pytest.raises(WrongUse, match=r"model devices, meta\.onerow\.reconcile") as refused:
        reconciled("counts")

    assert [line.strip() for line in str(refused.value).splitlines() if line.strip().startswith("- ")] == [
        "- windows: unknown option; known are where, window, minimum_age, consumed_within, fan_out,"
        " source, compare, tolerance, counts_tolerance",
        "- minimum_age: a number of seconds, minutes, hours or days, such as '2 hours', not 'soon'",
        "- window.grain: one of hour, day, week, month, not year",
        "- window.column: a column of the contract, which are device_id, model, firmware, site, status, reported_at,"
        " not nowhere",
        "- fan_out: how many rows of the mart a key may be, a number from 1 on, not many",
        "- compare: a list of columns, not site",
        "- tolerance: {COLUMN: NUMBER}, not {'a': 'b'}",
        "- counts_tolerance: a whole number of rows, or a share of the source between 0 and 1 such as 0.01, not 1.5",
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


def extract(folder):
    """Write the newest delivered row of each key as a file, and return its path: another way to the same answers."""
    file = folder / "extract.csv"
    newest = {1: "2026-05-02", 7: "2026-05-02"}
    rows = [f"D-{number},{newest.get(number, '2026-05-01')}T00:00:00Z\n" for number in range(1, 8)]
    file.write_text("device_id,reported_at\n" + "".join(rows))
    return str(file)


@pytest.mark.parametrize("is_from_file", [False, True], ids=["landing", "file"])
@pytest.mark.parametrize(
    ("tolerance", "first", "second"),
    [
        (None, "difference", "difference"),
        (1, "ok", "ok"),
        (0.2, "ok", "difference"),
        (0.19, "difference", "difference"),
    ],
)
def test_sums_of_windows_may_differ_by_what_is_declared(
    reconciled, configured, database, tmp_path, tolerance, first, second, is_from_file
):
    """A row that the mart has in another window. Guards: tolerance of window_figures, and _sums of compare."""
    database.execute("update marts.devices set reported_at = '2026-05-01 12:00Z' where device_id = 'D-7'")
    source = {"source": extract(tmp_path)} if is_from_file else {}
    configured(window=WINDOW, counts_tolerance=tolerance, **source)

    report = reconciled("counts")

    assert by_window(report) == {"2026-05-01": (5, 6, first), "2026-05-02": (2, 1, second)}
    assert report.status == ("ok" if first == second == "ok" else "difference")
    shown = table_text(render(report))
    assert ("none differs by more, 2 within the tolerance" in shown) == (tolerance == 1), shown


@pytest.mark.parametrize("is_from_file", [False, True], ids=["landing", "file"])
def test_keys_and_windows_of_one_side_are_never_tolerated(reconciled, configured, database, tmp_path, is_from_file):
    """Guards: keys have no tolerance, and window_figures and _sums none where one side is NULL."""
    database.execute("delete from marts.devices where reported_at >= '2026-05-02'")
    source = {"source": extract(tmp_path)} if is_from_file else {}
    configured(window=WINDOW, counts_tolerance=5, **source)

    report = reconciled("counts")

    assert figures(report.marts[0].levels[0]) == {"missing_keys": (2, None)}
    assert by_window(report) == {"2026-05-01": (5, 5, "ok"), "2026-05-02": (2, None, "difference")}
    [rows] = [
        figure for figure in report.marts[0].levels[0].figures if figure.name == "rows" and not figure.window_start
    ]
    assert (rows.violations, rows.difference, rows.tolerance) == (0, -2, 5)
    assert "-2, within 5" in table_text(render(report))


@pytest.mark.parametrize("tolerance", [None, 0, 3, 0.01, 0.29, 0.1, 1e-05, 0.999])
def test_python_and_dbt_tolerate_the_same(job, connection, tolerance):
    """Guard: one rounds as the other does."""
    macro = job.render("tolerated_rows", tolerance, "source_rows")
    query = f"select source_rows, {macro} from generate_series(0, 200) as source_rows"

    answers = connection.execute(query).fetchall()

    assert answers == [(rows, tolerated_rows(tolerance, rows)) for rows in range(201)]


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
