"""A proof writes nothing but schemas of its own, and these are gone afterwards, however it ends."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject
from harness.gate import Gate
from harness.processes import Running
from onerow.errors import ProofFailed
from onerow.project.project import Project
from onerow.prove.report import FAILED, ModelProof
from postgres.prove.conftest import DELIVERED, verdicts

Proved = Callable[..., ModelProof]
Deliver = Callable[..., None]
Everything = Callable[[], dict[str, object]]

_SCHEMAS = "select nspname from pg_namespace where nspname like 'onerow_prove_%' order by 1"
_BUILT = (
    "select count(*) from pg_class where relname = 'merged' and relnamespace::regnamespace::text like 'onerow_prove%'"
)
_OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and application_name like '%dbt%'"


@pytest.fixture
def under_way(
    shop: tuple[DbtProject, Project], database: Database, deliver: Deliver, gate: Gate
) -> Iterator[Callable[[], Running]]:
    """Start a proof as a process of its own, and wait until it has built something."""
    deliver(*DELIVERED)
    started = []

    def start() -> Running:
        running = shop[0].start_onerow("prove", "merged", "--batch-column", "load_no")
        started.append(running)
        gate.wait_until(lambda: database.value(_BUILT) > 0 or not running.is_running, what="the proof builds")
        assert running.is_running, running.wait()
        return running

    yield start
    for running in started:
        running.kill()


def test_what_is_there_is_not_touched(database: Database, deliver: Deliver, proved: Proved, everything: Everything):
    """Guards: schemas are set in the manifest, hooks are left out, source and rows are copies."""
    deliver(*DELIVERED)
    database.execute("create table public.seen_by_a_hook (x int)")
    database.execute("create schema shop")
    for model in ("newest", "stg_orders"):
        database.execute(f"create table shop.{model} as select 1 as mine")
    database.execute("alter table raw.orders add column id serial")  # whose sequence is not to move
    before = everything()

    proof = proved("newest", window_column="updated_at")

    assert everything() == before
    # dbt's own table materialization: of runs at once all but one find that another makes the table.
    assert [name for name, found in verdicts(proof).items() if found == FAILED] == ["runs_at_once"]
    assert "hooks of newest were not run" in proof.notes
    assert proof.ignored_columns == ["loaded_at"]


def test_hooks_run_when_they_are_asked_for(database: Database, deliver: Deliver, proved: Proved):
    """Guard: what is said of hooks is so."""
    deliver(*DELIVERED)
    database.execute("create table public.seen_by_a_hook (x int)")
    proof = proved("newest", only=("run_twice",), with_hooks=True)
    assert "hooks of newest were run" in proof.notes
    assert database.value("select count(*) from public.seen_by_a_hook") > 0


def test_who_may_not_create_schemas_is_told_so(shop: tuple[DbtProject, Project], database: Database, deliver: Deliver):
    """Guard: what the server refuses is no traceback."""
    deliver(*DELIVERED)
    database.execute("drop role if exists only_reads")
    database.execute("create role only_reads login password 'secret'")
    try:
        limited = shop[0].with_profile(user="only_reads", password="secret")
        refused = limited.onerow("prove", "merged", "--batch-column", "load_no")
        assert refused.returncode == 1
        assert "It needs the right to create schemas in the database" in refused.stderr
        assert "Traceback" not in refused.stderr
    finally:
        database.execute("drop role only_reads")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_proof_that_is_stopped_cleans_up(
    under_way: Callable[[], Running], database: Database, gate: Gate, number: int
):
    """Guards: SIGTERM ends like Ctrl-C, runs are killed, and what they hold is taken from them."""
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("whoever started the tests has them ignore this signal, as a shell does in the background")
    running = under_way()
    os.kill(running.pid, number)
    stopped = running.wait()
    assert stopped.returncode == 1, stopped
    assert database.rows(_SCHEMAS) == [], stopped
    gate.wait_until(lambda: database.value(_OTHERS) == 0, what="no run is left")


def test_a_later_proof_removes_what_a_killed_one_has_left(
    under_way: Callable[[], Running], database: Database, gate: Gate, proved: Proved
):
    """Guards: runs end with their parent; the lock of a proof tells whether it lives."""
    killed = under_way()
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    gate.wait_until(lambda: database.value(_OTHERS) == 0, what="the runs of the killed proof have ended")
    assert database.rows(_SCHEMAS)
    # One that is alive keeps what it has.
    database.execute("create schema onerow_prove_0123abcd_taken")
    alive = database.connect(autocommit=True)
    alive.execute("select pg_advisory_lock(hashtextextended('onerow:prove:' || '0123abcd', 0))")

    proved("merged", only=("loads",), searches=False)
    assert database.rows(_SCHEMAS) == [("onerow_prove_0123abcd_taken",)]

    alive.close()
    with pytest.raises(ProofFailed, match="no_such_column"):
        proved("broken")
    assert database.rows(_SCHEMAS) == []
