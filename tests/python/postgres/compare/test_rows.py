"""Two sides compared by key: what differs is found, on every route, with its numbers; what is equal is not."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from compared_sides import ROUTES, changed, differing, level, parcels, samples, without
from onerow.reconcile import buckets, gather
from onerow.reconcile.request import Window
from onerow.reconcile.sides import parse_side


@pytest.mark.parametrize("route", ROUTES)
def test_equal_sides_have_no_difference(sides, route):
    """Numbers, times and JSON are equal whatever holds them. Guard: values.in_duckdb, kinds.in_common."""
    report = sides.compare(sides.write(route, parcels(), parcels()), window=Window("moved_at", "day"))

    assert report.status == "ok", report.to_json()
    assert [(figure.name, figure.source) for figure in level(report, "rows").figures if figure.status == "info"] == [
        ("identical_rows", 60)
    ]


@pytest.mark.parametrize("route", ROUTES)
def test_each_difference_is_found_and_counted(sides, route):
    """Guard: the full join, and a condition a column."""
    rows = parcels()
    destination = without(changed(changed(rows, "P-007", amount="8.00"), "P-008", amount="9.00", site=None), "P-001")
    destination.append({**rows[0], "parcel_id": "GHOST"})

    report = sides.compare(sides.write(route, rows, destination))

    assert differing(level(report, "rows")) == {
        "missing_keys": (1, None),
        "unexpected_keys": (None, 1),
        "modified_rows": (None, 2),
        "modified.amount": (None, 2),
        "modified.site": (None, 1),
    }
    found = level(report, "rows")
    assert samples(found, "missing_keys") == [{"natural_key": {"parcel_id": "P-001"}}]
    assert samples(found, "unexpected_keys") == [{"natural_key": {"parcel_id": "GHOST"}}]
    assert [
        (sample["natural_key"]["parcel_id"], sample["column"], float(sample["source"] or 0), sample["destination"])
        for sample in samples(found, "modified_rows")
        if sample["column"] == "amount"
    ] == [("P-007", "amount", 7.5, found_text(route, "8.00")), ("P-008", "amount", 8.5, found_text(route, "9.00"))]


def found_text(route, text):
    """Return how an amount is shown: of two decimals as a decimal, beside a text by its digits."""
    return text if route in ("two_databases", "one_database", "parquet") else text.rstrip("0").rstrip(".")


def truth(source, destination):
    """Compare two lists of rows in plain Python: names of differing figures to (source, destination)."""
    groups = [{}, {}]
    for group, rows in zip(groups, (source, destination), strict=True):
        for row in rows:
            group.setdefault(row["parcel_id"], []).append(row)
    nulls = [len(group.pop(None, [])) for group in groups]
    one, other = groups
    repeated = [sum(len(rows) > 1 for rows in group.values()) for group in groups]
    sizes = [sum(len(rows) for rows in group.values()) + null for group, null in zip(groups, nulls, strict=True)]
    figures = {
        "rows": (sizes[0], sizes[1], sizes[0] != sizes[1]),
        "keys": (len(one), len(other), len(one) != len(other)),
        "missing_keys": (len(one.keys() - other.keys()), None, bool(one.keys() - other.keys())),
        "unexpected_keys": (None, len(other.keys() - one.keys()), bool(other.keys() - one.keys())),
        "duplicate_keys": (*repeated, any(repeated)),
        "null_keys": (*nulls, any(nulls)),
    }
    modified = sum(one[key][0] != other[key][0] for key in one.keys() & other.keys())
    figures["modified_rows"] = (None, modified, bool(modified))
    return {name: (source, destination) for name, (source, destination, differs) in figures.items() if differs}


@pytest.mark.parametrize("seed", range(10))
def test_any_mixture_of_faults_is_counted_as_plain_python_counts_it(sides, monkeypatch, seed):
    """Few buckets, so that equal rows and differing ones share some. Guard: suspects, and what buckets leave out."""
    monkeypatch.setattr(buckets, "_BUCKETS", 32)
    chance = random.Random(seed)  # noqa: S311 - no secret
    source = parcels(chance.choice([0, 3, 60, 200]))
    destination = []
    for row in source:
        fault = chance.choices(
            ["none", "gone", "site", "double", "null", "ghost"], [60, 1, 1, chance.choice([0, 1]), 1, 1]
        )[0]
        destination += {
            "none": [row],
            "gone": [],
            "site": [{**row, "site": "elsewhere"}],
            "double": [row, row],
            "null": [{**row, "parcel_id": None}],
            "ghost": [row, {**row, "parcel_id": f"X{row['parcel_id']}"}],
        }[fault]
    if seed % 2:
        source, destination = destination, source
    route = ROUTES[seed % 5]

    report = sides.compare(sides.write(route, source, destination), "rows")

    found = {name: pair for name, pair in differing(level(report, "rows")).items() if not name.startswith("modified.")}
    assert found == truth(source, destination)


def test_faults_that_both_sides_have_alike_are_differences(sides):
    """The checksums agree. Guard: suspects in sums()."""
    rows = [*parcels(), parcels()[5], {**parcels()[6], "parcel_id": None}]

    report = sides.compare(sides.write("two_databases", rows, rows))

    assert differing(level(report, "rows")) == {"duplicate_keys": (1, 1), "null_keys": (1, 1)}
    assert samples(level(report, "rows"), "duplicate_keys") == [
        {"natural_key": {"parcel_id": "P-005"}, "source_rows": 2, "destination_rows": 2}
    ]


def test_only_what_checksums_do_not_vouch_for_is_fetched(sides, monkeypatch):
    """Guard: the filter on buckets."""
    fetched = {}
    real = gather._rows

    def rows(side, *others):
        query = real(side, *others)
        fetched[side.name] = side.cursor.execute(f"select count(*) from ({query})").fetchone()[0]
        return query

    monkeypatch.setattr(gather, "_rows", rows)
    sides.compare(sides.write("two_databases", parcels(200), changed(parcels(200), "P-100", site="else")), "rows")

    assert fetched["source"] == fetched["destination"] < 5


def test_key_of_several_columns_and_of_a_number(sides):
    """A number is one key in a file and in a table. Guard: the compared form of keys."""
    columns = {"order_id": "integer", "position": "numeric", "sku": "text"}
    rows = [{"order_id": number // 3, "position": number % 3, "sku": f"s{number}"} for number in range(9)]
    (sides.folder / "lines.csv").write_text(
        "order_id,position,sku\n" + "".join(f"00{r['order_id']},{r['position']}.0,{r['sku']}\n" for r in rows[:-1])
    )
    sides.table(sides.here, "lines", rows, columns)

    comparison = replace(
        sides.write("two_databases", [], []),
        source=parse_side(str(sides.folder / "lines.csv")),
        destination=parse_side("shop.lines"),
        key=("order_id", "position"),
    )
    report = sides.compare(comparison)

    assert differing(level(report, "rows")) == {"rows": (8, 9), "keys": (8, 9), "unexpected_keys": (None, 1)}
    assert samples(level(report, "rows"), "unexpected_keys") == [{"natural_key": {"order_id": "2", "position": "2"}}]


def test_source_with_a_history_is_folded_to_the_newest_state(sides):
    """Guard: _newest, and no checksums of a source that holds several states of a key."""
    rows = parcels()
    older = [{**row, "site": "older", "moved_at": row["moved_at"] - timedelta(days=30)} for row in rows[:20]]
    comparison = sides.write("two_databases", [*older, *rows, *older[:3]], rows)

    assert sides.compare(comparison, version="moved_at").status == "ok"
    assert differing(level(sides.compare(comparison, "counts"), "counts"))["duplicate_keys"] == (20, 0)


def test_rows_that_a_full_extract_no_longer_has_were_withdrawn(sides):
    """A row that is newer than the extract was not there to be withdrawn. Guard: `newest`, and the state withdrawn."""
    rows = parcels()
    newest = max(row["moved_at"] for row in rows)
    later = {**rows[0], "parcel_id": "LATER", "moved_at": newest + timedelta(hours=1)}
    comparison = sides.write("two_databases", without(rows, "P-003", "P-004"), [*rows, later])

    plain = sides.compare(comparison, "rows")
    extract = sides.compare(comparison, "rows", version="moved_at", is_full_extract=True)

    assert differing(level(plain, "rows"))["unexpected_keys"] == (None, 3)
    assert differing(level(extract, "rows")) == {"unexpected_keys": (None, 1)}
    assert [sample["natural_key"]["parcel_id"] for sample in samples(level(extract, "rows"), "withdrawn_keys")] == [
        "P-003",
        "P-004",
    ]


def test_withdrawn_rows_alone_are_no_difference(sides):
    """Guard: the sums are excused by what explains them."""
    comparison = sides.write("csv", without(parcels(), "P-003"), parcels())

    report = sides.compare(comparison, version="moved_at", is_full_extract=True, window=Window("moved_at", "day"))

    assert report.status == "ok", report.to_json()


def test_windows_are_compared_one_by_one(sides):
    """A window that is gone, one with a row less and one with a row more cancel in no sum. Guard: counts_by_window."""
    rows = parcels(240)  # five days
    moved = {**rows[150], "moved_at": rows[10]["moved_at"]}
    destination = [row if row is not rows[150] else moved for row in rows if row["moved_at"].day != 2]
    comparison = sides.write("two_databases", rows, destination)

    found = level(sides.compare(comparison, "counts", window=Window("moved_at", "day")), "counts")

    by_window = {
        (figure.window_start.day, figure.name): (figure.source, figure.destination)
        for figure in found.figures
        if figure.window_start and figure.status == "difference"
    }
    assert by_window == {
        (1, "rows"): (48, 49),
        (1, "keys"): (48, 49),
        (2, "rows"): (48, None),
        (2, "keys"): (48, None),
        (2, "missing_keys"): (48, None),
        (4, "rows"): (48, 47),
        (4, "keys"): (48, 47),
    }
    assert Counter(figure.name for figure in found.figures if figure.window_start)["rows"] == 5
    assert differing(found) == {"rows": (240, 192), "keys": (240, 192), "missing_keys": (48, None)}


def test_rows_that_may_be_on_their_way_are_no_difference(sides):
    """Guard: the state recent."""
    rows = parcels(240)
    comparison = sides.write("two_databases", rows, rows[:-4])
    window = Window("moved_at", "day")

    assert sides.compare(comparison, window=window).status == "difference"
    assert sides.compare(comparison, window=window, minimum_age=timedelta(days=100_000)).status == "ok"
    # All of it is old by now.
    assert sides.compare(comparison, window=window, minimum_age=timedelta(hours=1)).status == "difference"
