"""When two values are equal: by value, whatever holds them, and normalised only where that is asked for."""

from dataclasses import replace

import pytest

from compared_sides import COLUMNS, changed, differing, level, parcels, samples
from onerow.reconcile.request import Normalisations
from onerow.reconcile.sides import parse_side

NORMALISATIONS = {
    "float noise": ({"weight": 0.1 + 0.2}, {"weight": 0.3}, Normalisations(tolerance={"weight": 1e-9})),
    "a cent": ({"amount": "1.00"}, {"amount": "1.01"}, Normalisations(tolerance={"amount": 0.01})),
    "trailing space": ({"site": "oslo "}, {"site": "oslo"}, Normalisations(trim=("site",))),
    "case": ({"site": "Oslo"}, {"site": "oslo"}, Normalisations(ignore_case=("site",))),
    "seconds": (
        {"moved_at": "2026-05-01T00:00:00.25Z"},
        {"moved_at": "2026-05-01T00:00:00Z"},
        Normalisations(precision={"moved_at": "second"}),
    ),
}


@pytest.mark.parametrize("route", ["two_databases", "csv"])
@pytest.mark.parametrize("case", NORMALISATIONS)
def test_is_a_difference_unless_it_is_configured_to_be_none(sides, case, route):
    """Guard: each normalisation, which applies to its column only."""
    source, destination, normalisations = NORMALISATIONS[case]
    comparison = sides.write(route, changed(parcels(), "P-005", **source), changed(parcels(), "P-005", **destination))
    [column] = source

    assert differing(level(sides.compare(comparison, "rows"), "rows")) == {
        "modified_rows": (None, 1),
        f"modified.{column}": (None, 1),
    }
    assert sides.compare(comparison, normalisations=normalisations).status == "ok"


def test_tolerance_lets_no_more_through_than_it_says(sides):
    """Guard: <= in differs()."""
    comparison = sides.write("two_databases", parcels(), changed(parcels(), "P-005", amount="5.52"))

    report = sides.compare(comparison, normalisations=Normalisations(tolerance={"amount": 0.01}))

    assert differing(level(report, "rows"))["modified.amount"] == (None, 1)


@pytest.mark.parametrize("route", ["two_databases", "csv", "jsonl"])
@pytest.mark.parametrize(
    ("source", "destination", "is_equal"),
    [
        ('{"a": 1.0, "b": [true]}', '{"b": [true], "a": 1.00}', True),
        ('{"a": 1}', '{"a": true}', False),
        ('{"a": 1}', '{"a": 1, "b": null}', False),
        ("[1, 2]", "[2, 1]", False),
    ],
    ids=["order and digits", "true is not 1", "null is not missing", "order of a list"],
)
def test_json_is_compared_by_value(sides, route, source, destination, is_equal):
    """Guard: _settle_json and _tagged."""
    one, other = changed(parcels(), "P-005", payload=source), changed(parcels(), "P-005", payload=destination)

    report = sides.compare(sides.write(route, one, other), "rows")

    assert (report.status == "ok") is is_equal


def test_text_that_is_no_value_of_the_type_differs_from_null(sides):
    """Guard: what cannot be cast stays as it is."""
    file = sides.folder / "delivered.csv"
    file.write_text("parcel_id,amount,moved_at,is_open\nP-1,much,yesterday,perhaps\n")
    columns = {"parcel_id": "text", "amount": "numeric", "moved_at": "timestamptz", "is_open": "boolean"}
    sides.table(sides.here, "parcels", [dict.fromkeys(columns, None) | {"parcel_id": "P-1"}], columns)

    comparison = replace(
        sides.write("two_databases", [], []), source=parse_side(str(file)), destination=parse_side("shop.parcels")
    )
    report = sides.compare(comparison, "rows")

    assert set(differing(level(report, "rows"))) == {
        "modified_rows",
        "modified.amount",
        "modified.moved_at",
        "modified.is_open",
    }


def test_columns_that_one_side_lacks_are_named(sides):
    """Guard: one_sided in match; columns of a loader's own are left out."""
    source = sides.table(sides.here, "delivered", [], {**COLUMNS, "battery": "text", "_batch_no": "bigint"})
    comparison = replace(sides.write("csv", parcels(1), []), source=parse_side(source))

    report = sides.compare(comparison, "schema")

    assert samples(level(report, "schema"), "one_sided_columns") == [
        {"column": "battery", "source": "text", "destination": None}
    ]
    assert sides.compare(comparison, "schema", exclude=("battery",)).status == "ok"
    assert sides.compare(comparison, "schema", compare=("site",)).status == "ok"
