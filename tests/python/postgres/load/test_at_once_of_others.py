"""What is not a mart, built by runs at once: views, tables, seeds, snapshots, stored test failures. No run fails."""

import pytest

from harness.dbt_project import succeeded
from harness.processes import all_succeed

VIEW = "select n, 'v1' as made_by from public.held"
TABLE = "{{ config(materialized='table') }} select n from public.held"
SNAPSHOT = """
{% snapshot states %}
{{ config(unique_key='n', strategy='check', check_cols=['value']) }}
select n, value from public.held
{% endsnapshot %}
"""
STORED = """
models:
  - name: numbers_view
    columns:
      - name: n
        data_tests:
          - accepted_values:
              name: stored_failures
              arguments: {values: [7]}
              config: {store_failures: true, severity: warn}
"""

NUMBERS = {
    "models/numbers/numbers_view.sql": VIEW,
    "models/numbers/numbers_view.yml": STORED,
    "models/numbers/numbers_table.sql": TABLE,
    "seeds/numbers_seed.csv": "n\n1\n2\n",
    "snapshots/states.sql": SNAPSHOT,
}

KINDS = {
    "view": ("run", "numbers_view"),
    "table": ("run", "numbers_table"),
    "seed": ("seed", "numbers_seed"),
    "snapshot": ("snapshot", "states"),
    "stored failures": ("test", "stored_failures"),
}

RELATION = {
    "view": "marts.numbers_view",
    "table": "marts.numbers_table",
    "seed": "marts.numbers_seed",
    "snapshot": "marts.states",
    "stored failures": "marts_dbt_test__audit.stored_failures",
}


BEHIND_THE_LOCK = """
select count(*) from pg_locks
where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())
"""


@pytest.fixture
def numbers(project, database):
    """A project with one node of each kind, over a table of two rows."""
    database.execute("create table public.held (n integer, value text)")
    database.execute("insert into public.held values (1, 'a'), (2, 'a')")
    return project.with_files(NUMBERS)


def build(numbers, kind):
    """Build one kind, with what it stands on."""
    command, node = KINDS[kind]
    if kind == "stored failures":
        succeeded(numbers.dbt_in_process("run", "--quiet", "--select", "numbers_view"))
    succeeded(numbers.dbt_in_process(command, "--quiet", "--select", node))


def start(numbers, kind, *options):
    """Start three runs that build one kind."""
    command, node = KINDS[kind]
    return [numbers.start_dbt(command, "--select", node, *options) for _ in range(3)]


def wait_until_queued(runs, gate, database, kind):
    """Wait until the first run is at the gate and the others are behind the lock of its relation, not at the gate too.

    Some of what follows would come out right without the lock: PostgreSQL looks up a name anew after a wait. At the
    start of a run its sessions wait for each other for a moment, too, which is none of these waits.
    """
    gate.wait_until_waiting(len(runs), runs, of=RELATION[kind])
    assert database.value(BEHIND_THE_LOCK) == len(runs) - 1


def succeed(runs, database, kind):
    """See that each run ends well, and that the relation has its two rows."""
    all_succeed(runs)
    assert database.value(f"select count(*) from {RELATION[kind]}") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_first_builds_at_once_all_succeed(numbers, database, gate, kind):
    """The first is held as it creates its relation. Guards: lock_relation and look_again in each materialization."""
    if kind == "stored failures":
        build(numbers, "view")
    database.execute("create schema if not exists marts; create schema if not exists marts_dbt_test__audit")
    with gate.hold("pg_catalog.pg_type", "share row exclusive"):
        runs = start(numbers, kind)
        wait_until_queued(runs, gate, database, kind)
    succeed(runs, database, kind)


@pytest.mark.parametrize("kind", ["table", "seed", "stored failures"])
def test_rebuilds_at_once_all_succeed(numbers, database, gate, kind):
    """The first is held as it creates what replaces the relation. Guard: lock_relation."""
    build(numbers, kind)
    with gate.hold("pg_catalog.pg_type", "share row exclusive"):
        runs = start(numbers, kind, *([] if kind == "stored failures" else ["--full-refresh"]))
        wait_until_queued(runs, gate, database, kind)
    succeed(runs, database, kind)


def test_snapshots_at_once_record_a_change_once(numbers, database, gate):
    """The first is held before it writes. Guard: lock_relation in the snapshot materialization."""
    build(numbers, "snapshot")
    database.execute("update public.held set value = 'b' where n = 1")
    with gate.hold("marts.states", "share row exclusive"):
        runs = start(numbers, "snapshot")
        wait_until_queued(runs, gate, database, "snapshot")
    all_succeed(runs)
    assert database.rows("select n, value, dbt_valid_to is null from marts.states order by 1, 2") == [
        (1, "a", False),
        (1, "b", True),
        (2, "a", True),
    ]


def test_changed_views_at_once_all_succeed(numbers, database, gate):
    """Each recreates the view under another type of column. Guard: lock_relation."""
    build(numbers, "view")
    changed = numbers.with_files({"models/numbers/numbers_view.sql": "select n::bigint as n from public.held"})
    with gate.hold("pg_catalog.pg_type", "share row exclusive"):
        runs = start(changed, "view")
        wait_until_queued(runs, gate, database, "view")
    succeed(runs, database, "view")
