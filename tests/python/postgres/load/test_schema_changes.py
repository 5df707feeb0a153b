"""A mart whose columns are contracted, or change: what is delivered is loaded, and what is lost is said."""

import pytest

from harness.dbt_project import message, succeeded
from harness.devices import LATER, state

_MART = "models/marts/devices.sql"
_OF_THE_TABLE = (
    "select column_name::text from information_schema.columns where table_schema = 'marts' order by ordinal_position"
)

_CONTRACT = """
models:
  - name: devices
    columns:
      - {{name: device_id, data_type: text, constraints: [{{type: not_null}}]}}
      - {{name: model, data_type: text}}
      - {{name: firmware, data_type: {firmware}}}
      - {{name: site, data_type: text}}
      - {{name: status, data_type: text}}
      - {{name: reported_at, data_type: timestamptz}}
"""


@pytest.fixture
def with_mart(project):
    """The project with words of the mart's SQL replaced, and perhaps another yaml."""

    def changed(*replaced, yaml=None):
        mart = (project.folder / _MART).read_text()
        for old, new in zip(replaced[::2], replaced[1::2], strict=True):
            assert old in mart
            mart = mart.replace(old, new)
        return project.with_files({_MART: mart, **({"models/marts/devices.yml": yaml} if yaml else {})})

    return changed


@pytest.fixture
def with_contract(with_mart):
    """The mart with an enforced contract that gives `firmware` a type."""

    def changed(firmware):
        setting = "on_schema_change='append_new_columns',"
        return with_mart(setting, setting + " contract={'enforced': true},", yaml=_CONTRACT.format(firmware=firmware))

    return changed


@pytest.fixture
def with_other_columns(with_mart):
    """The mart without `site` and with `brand`, under a way to handle that."""

    def changed(on_schema_change):
        return with_mart("append_new_columns", on_schema_change, "    site,\n", "    model || '!' as brand,\n")

    return changed


@pytest.fixture
def loaded(project, devices):
    """One batch loaded, and one that waits."""
    devices.land(state("a", model="m", site="oslo"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    devices.land(state("a", LATER, model="n", site="rome"), state("c", model="m"))


def run(project, *options):
    outcome = project.dbt_in_process("run", "--select", "devices", *options)
    return outcome.success, message(outcome, "devices")


@pytest.mark.usefixtures("loaded")
def test_an_enforced_contract_need_not_list_what_is_ours(with_contract, devices, database):
    """_batch_no stays, on a first build and on a later load. Guards: create_mart, shape_of, adapt_mart."""
    contracted = with_contract(firmware="text")
    assert run(contracted)[0]
    devices.assert_all_loaded()
    assert run(contracted, "--full-refresh")[0]
    devices.land(state("d"))
    assert run(contracted)[0]
    devices.assert_all_loaded()
    assert database.value(
        "select attnotnull from pg_attribute where attrelid = 'marts.devices'::regclass and attname = 'device_id'"
    )


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("options", [[], ["--full-refresh"]], ids=["load", "full refresh"])
def test_a_broken_contract_is_refused_and_nothing_is_loaded(with_contract, devices, options):
    """Guard: get_assert_columns_equivalent in adapt_mart, and in dbt's own create table."""
    succeeded, said = run(with_contract(firmware="integer"), *options)
    assert not succeeded
    assert "contract" in said
    assert "firmware" in said
    assert devices.claimed == [1]


@pytest.mark.usefixtures("loaded")
def test_new_columns_are_appended(with_other_columns, devices, database):
    """The old one stays as it is. Guard: process_schema_changes, on the shape without _line_number."""
    assert run(with_other_columns("append_new_columns"))[0]
    assert database.rows("select device_id, site, brand from marts.devices order by 1") == [
        ("a", "oslo", "n!"), ("b", None, None), ("c", None, "m!"),
    ]  # fmt: skip
    assert devices.claimed == [1, 2]


@pytest.mark.usefixtures("loaded")
def test_synchronized_columns_leave_ours_alone(with_other_columns, devices, database):
    """Guard: _batch_no is part of the shape."""
    assert run(with_other_columns("sync_all_columns"))[0]
    columns = [name for (name,) in database.rows(_OF_THE_TABLE)]
    assert columns == ["device_id", "model", "firmware", "status", "reported_at", "_batch_no", "brand"]
    assert database.rows("select device_id, brand, _batch_no from marts.devices order by 1") == [
        ("a", "n!", 2), ("b", None, 1), ("c", "m!", 2),
    ]  # fmt: skip
    assert devices.claimed == [1, 2]


@pytest.mark.usefixtures("loaded")
def test_other_columns_can_be_an_error(with_other_columns, devices):
    """Guard: the transaction; nothing is claimed."""
    succeeded, said = run(with_other_columns("fail"))
    assert not succeeded
    assert "brand" in said
    assert devices.claimed == [1]


@pytest.mark.usefixtures("loaded")
def test_an_ignored_column_is_named_in_a_warning(with_other_columns, devices, database, capsys):
    """dbt would lose it in silence. Guard: the warning in adapt_mart."""
    assert run(with_other_columns("ignore"))[0]
    assert "the table has no column brand, so its values are not kept" in " ".join(capsys.readouterr().out.split())
    assert "brand" not in [name for (name,) in database.rows(_OF_THE_TABLE)]
    assert database.rows("select device_id, model from marts.devices order by 1") == [
        ("a", "n"),
        ("b", None),
        ("c", "m"),
    ]
    assert devices.claimed == [1, 2]


def test_a_column_that_changes_its_type_does_not_hide_what_is_unchanged(project, database):
    """dbt rewrites the table for it, so that all rows are of this transaction. Guard: cmin in reopen_rows."""
    sql = """
        {{ config(unique_key='id', incremental_strategy='upsert', on_schema_change='sync_all_columns') }}
        select n as id, case when n is null then 1 else {{ var('value') }} end as value
        from (select generate_series(1, 20000) as n union all select null) as s
    """
    things = project.with_files({"models/marts/things.sql": sql})
    said = []
    for value in ("1", "2::bigint"):
        outcome = things.dbt_in_process("run", "--quiet", "--select", "things", "--vars", f"value: {value}")
        said.append(message(outcome, "things"))
    assert said == ["upsert: 20001 new", "upsert: 20000 modified, 1 unchanged"]
