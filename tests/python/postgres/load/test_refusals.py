"""What cannot load right is refused with one message that names the model and everything that is wrong with it."""

import pytest

from harness.dbt_project import message, succeeded
from harness.devices import LATER, state

_MART = "models/marts/devices.sql"

# What is changed in the mart's SQL, and what the message must say.
_WRONG = {
    "no unique_key": (("unique_key='device_id',", ""), ["unique_key: the column, or the list of columns"]),
    "unknown option": (
        ("'version_column'", "'version_colum'"),
        ["meta.onerow.version_colum: unknown option; known are", "version_column"],
    ),
    "unknown source": (
        ("'source': 'devices'", "'source': 'device'"),
        ["meta.onerow.source: no source device has a contract; these have: "],
    ),
    "unknown resolution": (
        ("'version_column'", "'conflict_resolution': 'newest', 'version_column'"),
        ["meta.onerow.conflict_resolution: 'replace' or 'merge', not 'newest'"],
    ),
    "no number of batches": (
        ("'version_column'", "'max_batches_per_run': 0, 'version_column'"),
        ["meta.onerow.max_batches_per_run: a whole number from 1, not 0"],
    ),
    "version in the key": (
        ("'version_column': 'reported_at'", "'version_column': 'device_id'"),
        ["meta.onerow.version_column: device_id is part of the unique_key"],
    ),
    "everything at once": (
        ("unique_key='device_id',", "", "'source': 'devices'", "'source': 'x', 'y': 1"),
        ["unique_key:", "meta.onerow.y: unknown option", "meta.onerow.source: no source x"],
    ),
    "version not selected": (("    reported_at,\n", ""), ["version_column: the model selects no column reported_at"]),
    "key not selected": (("    device_id,\n", ""), ["unique_key: the model selects no column device_id"]),
    "lineage not selected": (
        ("    _batch_no,\n    _line_number,\n", ""),
        ["the model must select _batch_no", "the model must select _line_number"],
    ),
    "claimed() missing": (
        ("where {{ onerow.claimed() }}", ""),
        ["2 rows of batch 1, which this run has not claimed", "is `where {{ onerow.claimed() }}` missing?"],
    ),
    "claimed() without a source": (
        ("'source': 'devices', ", ""),
        ["claimed() needs meta.onerow.source"],
    ),
    "claimed() under another strategy": (
        ("incremental_strategy='upsert'", "incremental_strategy='merge'"),
        ["claimed() needs one of onerow's strategies", "not merge"],
    ),
    "claimed() in a table": (
        ("unique_key=", "materialized='table', unique_key=", "incremental_strategy='upsert',", ""),
        ["claimed() needs one of onerow's strategies"],
    ),
    "a join that multiplies rows": (
        ("from {{ ref('stg_devices') }}", "from {{ ref('stg_devices') }} cross join generate_series(1, 3) as twice"),
        ["returns line 1 of batch 2 3 times", "join on a unique key of the other side"],
    ),
    "rows made up": (
        ("    _line_number,\n", "    _line_number + 1000 as _line_number,\n"),
        ["rows of batch 2 that were never delivered"],
    ),
}


@pytest.fixture
def loaded(project, devices):
    """One batch loaded, and one that waits."""
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    devices.land(state("a", LATER), state("c"))


@pytest.fixture
def refuse(database, devices):
    """Run a project, which must refuse the mart and leave it as it is; return what it says."""

    def run(project, *options):
        rows = database.rows("select ctid, * from marts.devices order by ctid")
        outcome = project.dbt_in_process("run", "--quiet", "--select", "devices", *options)
        assert not outcome.success
        assert database.rows("select ctid, * from marts.devices order by ctid") == rows
        assert devices.claimed == [1]
        return message(outcome, "devices")

    return run


@pytest.fixture
def with_mart(project):
    """The project with words of the mart's SQL replaced."""

    def changed(*replaced):
        mart = (project.folder / _MART).read_text()
        for old, new in zip(replaced[::2], replaced[1::2], strict=True):
            assert old in mart
            mart = mart.replace(old, new)
        return project.with_files({_MART: mart})

    return changed


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("wrong", _WRONG)
def test_a_model_that_cannot_load_right_is_refused(with_mart, refuse, wrong):
    """Guards: load_options, gather, check_delivery, claimed."""
    replaced, expected = _WRONG[wrong]
    said = refuse(with_mart(*replaced))
    assert "model devices" in said
    for part in expected:
        assert part in said


@pytest.mark.usefixtures("loaded")
def test_a_profile_with_autocommit_is_refused(project, refuse):
    """Each statement would commit alone, and the lock would end with the first. Guard: load_options."""
    said = refuse(project.with_profile(autocommit=True))
    assert "model devices" in said
    assert "set autocommit: false in target test" in said


@pytest.mark.usefixtures("loaded")
def test_another_isolation_level_is_refused(project, database, refuse):
    """What another run has just committed would stay invisible behind the lock. Guard: lock_relation."""
    database.execute(f"alter database {database.name} set default_transaction_isolation = 'repeatable read'")
    assert "onerow needs the isolation level read committed: under repeatable read" in refuse(project)


@pytest.mark.usefixtures("loaded")
def test_a_full_refresh_from_a_pruned_landing_is_refused(project, database, devices, refuse):
    """It would lose what landing no longer has. Guard: check_delivery."""
    database.execute("delete from landing.devices where _batch_no = 1 and _line_number = 2")
    said = refuse(project, "--full-refresh")
    assert "landing holds 1 of the 2 rows of batch 1" in said
    assert "quarantine the batch" in said
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "devices"))
    assert devices.claimed == [1, 2]


@pytest.mark.usefixtures("loaded")
def test_a_lock_that_is_not_freed_is_reported_with_its_holder(project, database, gate, devices, refuse):
    """Nothing is loaded, and a retry succeeds. Guard: lock_relation, onerow_lock_timeout."""
    with gate.hold("onerow.load_outcomes"):
        holder = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [holder])
        [(pid, name, since)] = database.rows(
            "select pid, application_name, xact_start from pg_stat_activity"
            " where datname = current_database() and application_name like 'dbt %' and wait_event_type = 'Lock'"
        )
        said = refuse(project, "--vars", "{onerow_lock_timeout: 1s}")
    assert f"{database.name}.marts.devices is being loaded by pid {pid} ({name}, user " in said
    assert f"since {since:%Y-%m-%d %H:%M:%S}" in said
    assert "waited 1s for it" in said
    assert "set the var onerow_lock_timeout" in said
    holder.wait().succeeded()
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "devices"))
    devices.assert_all_loaded()


@pytest.mark.usefixtures("loaded")
def test_a_view_that_somebody_else_replaces_is_reported_with_its_holder(project, database):
    """A full refresh takes away the views on its mart, behind whoever replaces one. Guard: take_away_dependents."""
    view = f"{database.name}.marts_monitoring.missing_keys"
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+missing_keys"))
    holder = database.connect(application_name="replaces a view")
    holder.execute("select pg_advisory_xact_lock(hashtextextended('onerow:' || %s, 0))", [view])
    again = ("run", "--quiet", "--full-refresh", "--select", "devices")
    refused = project.dbt_in_process(*again, "--vars", "{onerow_lock_timeout: 1s}")
    assert not refused.success
    said = message(refused, "devices")
    assert f"{view} is being loaded by pid {holder.info.backend_pid} (replaces a view, user " in said
    assert "waited 1s for it" in said
    holder.close()
    succeeded(project.dbt_in_process(*again))
