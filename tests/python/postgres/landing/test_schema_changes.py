"""A file whose columns are not those of the contract: recorded and reported, or refused as the contract says."""

from dataclasses import replace

import duckdb
import pytest

from onerow.errors import MissingColumnsRefused, RetypedColumnsRefused

HEADER = "device_id,model,firmware,site,status,reported_at\n"
NOON = "2026-05-01T12:00:00Z"


@pytest.fixture
def changes(database):
    """Return what is recorded: column, change, first batch, and what was done."""
    return lambda: database.rows(
        "select column_name, change, batch_no::int, action from onerow.schema_changes order by change, column_name"
    )


@pytest.fixture
def contract(inbox):
    """Return what gives the contract of devices other options, as its yaml would."""

    def set_options(**options):
        inbox.project.sources["devices"] = replace(inbox.project.source("devices"), **options)

    return set_options


def rows_of(*times):
    return HEADER + "".join(f"d{n},m,1,x,active,{time}\n" for n, time in enumerate(times))


def test_a_column_without_one_value_of_its_type_is_retyped(inbox, changes):
    """Recorded once a source and column. Guard: retyped_columns, with the is_valid of the reasons to refuse."""
    first = inbox.land_one(inbox.write("a.csv", rows_of("01/02/2026", "tomorrow", "")))
    second = inbox.land_one(inbox.write("b.csv", rows_of("01/03/2026")))
    assert first.retyped_columns == second.retyped_columns == ("reported_at",)
    assert changes() == [("reported_at", "retyped", 1, "landed as delivered")]


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(("01/02/2026", NOON), id="one_of_them_is_valid"),
        pytest.param(("", " "), id="all_of_them_are_blank"),
        pytest.param((), id="there_are_no_rows"),
    ],
)
def test_what_could_still_be_of_its_type_is_not_retyped(inbox, changes, times):
    """Guard: one valid value is enough, and no value says nothing."""
    inbox.land_one(inbox.write("before.csv", rows_of("no time")))
    landed = inbox.land_one(inbox.write("a.csv", rows_of(*times)))
    assert landed.retyped_columns == ()
    assert [batch_no for _, _, batch_no, _ in changes()] == [1]


def test_parquet_of_another_type_is_retyped(inbox):
    """The text of the declared type counts. Guard: the rows are looked at as they have landed."""
    for value, retyped in (("1777636800", ("reported_at",)), ("timestamp '2026-05-01 12:00:00'", ())):
        file = inbox.folder / "a.parquet"
        duckdb.execute(f"copy (select 'd1' as device_id, {value} as reported_at) to '{file}' (format parquet)")
        assert inbox.land_one(file).retyped_columns == retyped


def test_a_retyped_column_is_refused_where_the_contract_says_so(inbox, contract):
    """Guard: on_type_change; the rows that were copied are gone with the transaction."""
    file = inbox.write("a.csv", rows_of("01/02/2026"))
    inbox.land_one(inbox.devices("before.csv", 1))
    contract(on_type_change="refuse")
    error = inbox.refusal_of(file)
    assert isinstance(error, RetypedColumnsRefused)
    assert "reported_at is timestamptz" in str(error)
    inbox.land_one(inbox.write("b.csv", rows_of("01/02/2026", NOON)))


def test_a_type_that_the_server_does_not_know_is_not_looked_at(inbox, contract):
    """A contract that says `string` lands as ever. Guard: to_regtype."""
    columns = inbox.project.source("devices").columns
    contract(columns=tuple(replace(column, data_type="string") for column in columns))
    assert inbox.land_one(inbox.devices("a.csv", 1)).retyped_columns == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "device_id,model,firmware,site,reported_at\nd1,m,1,x,2026-05-01\n"),
        ("a.jsonl", '{"device_id": "d1", "model": "m", "firmware": "1", "site": null, "reported_at": "2026-05-01"}\n'),
    ],
)
def test_a_missing_column_is_recorded_or_refused_as_the_contract_says(inbox, contract, changes, name, content):
    """Guard: missing_columns of each format, on_missing_column. A null is no missing column."""
    file = inbox.write(name, content)
    contract(on_missing_column="refuse")
    inbox.land_one(inbox.devices("whole.csv", 1))
    error = inbox.refusal_of(file)
    assert isinstance(error, MissingColumnsRefused)
    assert error.columns == ["status"]
    contract(on_missing_column="record")
    landed = inbox.land_one(file)
    assert landed.missing_columns == ("status",)
    assert changes() == [("status", "missing", landed.batch_no, "landed as NULL")]


def test_reordered_columns_are_no_change(inbox, database, contract, changes):
    """Guard: values go by the name in the header."""
    contract(on_missing_column="refuse", on_type_change="refuse")
    landed = inbox.land_one(
        inbox.write("a.csv", f"reported_at,status,site,firmware,model,device_id\n{NOON},active,x,1,m,d1\n"),
        on_new_column="refuse",
    )
    assert (landed.row_count, changes()) == (1, [])
    assert database.rows("select device_id, model, firmware, site, status, reported_at from landing.devices") == [
        ("d1", "m", "1", "x", "active", NOON)
    ]


def test_the_look_goes_by_the_batch_and_not_through_the_table(inbox, database):
    """The plan of a prepared statement, which knows no batch: it takes any for half the table.

    Guard: `order by` the rest of landing's key; without it the table would be read from its beginning.
    """
    inbox.land_one(inbox.devices("a.csv", 20_000))
    database.execute("analyze landing.devices")
    source = inbox.project.source("devices")
    typed = [{"name": "reported_at", "data_type": "timestamptz"}]
    query = inbox.project.render("retyped_columns", schema=source.schema, table=source.table, columns=typed)
    database.execute("set plan_cache_mode = force_generic_plan")
    database.execute(f"prepare look (bigint) as {query}")
    plan = str(database.value("explain (format json) execute look(1)"))
    assert "Index Scan" in plan
    assert "Seq Scan" not in plan
