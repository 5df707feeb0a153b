"""The cost of a load follows the batch. What compares all with all exceeds the limit set here by far."""

import pytest

from harness.dbt_project import LOGGED, message, succeeded
from harness.devices import LATER, state

_THINGS = """
{{{{ config(unique_key=['id', 'part'], incremental_strategy='upsert') }}}}
select v.id, v.part, {{{{ var('value') }}}} as value
from generate_series(1, 40000, {{{{ var('share', 1) }}}}) as s (n), lateral ({keys}) as v (id, part)
"""
_KEYS = {
    "whole keys": "values (s.n, 1)",
    "keys with a missing part": "values (s.n, null::integer)",
}


@pytest.fixture
def limited(database):
    """No statement of a load may take longer than this."""
    database.execute(f"alter database {database.name} set statement_timeout = '10s'")


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("keys", _KEYS.values(), ids=_KEYS)
def test_rows_are_looked_at_again_by_their_keys(project, keys):
    """Most rows change, some do not, and that is only seen after the write. Guards: same_key, missing_in_keys."""
    things = project.with_files({"models/marts/things.sql": _THINGS.format(keys=keys)})
    said = []
    for value in ("1", "case when s.n % 100 = 0 then 1 else 2 end"):
        outcome = things.dbt_in_process("run", "--quiet", "--select", "things", "--vars", f"value: {value}")
        said.append(message(outcome, "things"))
    assert said == ["upsert: 40000 new", "upsert: 39600 modified, 400 unchanged"]


def test_a_small_batch_is_looked_up_by_the_index(project, database, gate):
    """The whole mart is not read for it, in whatever order it comes. Guards: is_small_batch, plan_rows."""
    things = project.with_files({"models/marts/things.sql": _THINGS.format(keys="values (md5(s.n::text), 1)")})

    def load(share):
        values = f"{{value: 1, share: {share}}}"
        return message(things.dbt_in_process("run", "--quiet", "--select", "things", "--vars", values), "things")

    assert load(1) == "upsert: 40000 new"
    database.execute("analyze marts.things")
    scanned = "select seq_scan from pg_stat_all_tables where relid = 'marts.things'::regclass"
    sessions = "select count(*) from pg_stat_activity where datname = current_database() and application_name <> 'test'"
    gate.wait_until(lambda: database.value(sessions) == 0, seconds=10)
    before = database.value(scanned)

    assert load(40) == "upsert: 1000 unchanged"

    gate.wait_until(lambda: database.value(sessions) == 0, seconds=10)
    assert database.value(scanned) == before, "the whole mart was read"


def test_a_scan_of_all_landing_meets_numbers_of_batches(project, devices):
    """And no setting, which would be taken apart for every row (decision 4). Guard: incoming_rows."""
    devices.land(state("a"))
    devices.land(state("b"))

    succeeded(project.dbt_in_process("run", "--quiet", *LOGGED, "--select", "+devices"))

    assert "where _batch_no = any('{1,2}'::bigint[])" in project.sent


def test_readers_do_not_wait_while_indexes_are_made(project, devices):
    """A full refresh locks them out from the drop of the old table to the commit. Guard: the order of its end."""
    devices.land(state("a"))
    succeeded(project.dbt_in_process("run", "--quiet", *LOGGED, "--select", "+devices"))
    devices.land(state("a", LATER))
    before = len(project.sent)

    succeeded(project.dbt_in_process("run", "--quiet", *LOGGED, "--full-refresh", "--select", "devices"))

    sent = project.sent[before:]
    assert 0 < sent.index("create unique index") < sent.index("drop table if exists")
    devices.assert_all_loaded()
