"""Two sessions, in every order of their statements, end as if one had come after the other.

A short cut of all pairs of sessions; --every-interleaving, given by `make interleavings`, plays the rest of them, too.
"""

from collections.abc import Callable

import pytest

from harness.dbt_project import REPOSITORY
from postgres.interleavings.stage import KINDS, OTHERS, Stage
from postgres.interleavings.tester import WentWrong
from postgres.interleavings.world import MARTS

pytestmark = pytest.mark.timeout(1800)  # a pair of sessions is some dozens of runs of dbt

EVERY = [
    *((strategy, kind, other) for strategy in MARTS for kind in KINDS for other in OTHERS),
    *((strategy, "refresh", "incremental") for strategy in MARTS),
]
# Each strategy, and each way to meet: for the lock, for what has landed meanwhile, for the rows.
SHORT_CUT = [
    ("upsert", "first", "load"),
    ("upsert", "incremental", "landing"),
    ("upsert", "incremental", "update"),
    ("insert_new", "incremental", "insert"),
    ("replace_window", "incremental", "delete"),
]

# File and text of a guard, what stands in its place, a pair of sessions that it is for, and what then goes wrong.
GUARDS = {
    "lock": (
        "locks/lock_relation.sql", "perform pg_advisory_xact_lock(lock_key);", "",
        ("upsert", "incremental", "load"), "duplicate key value",
    ),
    "re-check": (
        "materializations/incremental.sql", "onerow.look_again(target_relation)", "load_cached_relation(this)",
        ("upsert", "first", "load"), "already exists",
    ),
    "guard": (
        "strategies/upsert_rows.sql", "{{ onerow.is_newer(load, 'excluded', 't') }}", "true",
        ("upsert", "incremental", "update"), "rows: ",
    ),
    "loop": (
        "strategies/write_load.sql", "pass == 0 or state.open > 0", "pass == 0",
        ("upsert", "incremental", "update"), "did not take what was loaded",
    ),
}  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play every pair of sessions, or a short cut of them."""
    if metafunc.function is test_every_interleaving_ends_as_a_serial_order:
        pairs = EVERY if metafunc.config.getoption("every_interleaving", default=False) else SHORT_CUT
        metafunc.parametrize("pair", pairs, ids=["-".join(pair) for pair in pairs])


def test_every_interleaving_ends_as_a_serial_order(
    stage: Callable[..., Stage], pair: tuple[str, str, str], record_property: Callable[[str, object], None]
) -> None:
    """Rows, claims, outcomes, letters and exits; and nothing is left locked. Guards: see GUARDS."""
    strategy, kind, other = pair
    count = stage(strategy, kind).tester(other).play_all()
    record_property("interleavings", count)
    assert count > 2, "more than the serial orders"


@pytest.mark.parametrize(("macro", "guard", "instead", "pair", "wrong"), GUARDS.values(), ids=GUARDS)
def test_without_a_guard_the_first_interleaving_that_goes_wrong_is_named(
    stage: Callable[..., Stage], macro: str, guard: str, instead: str, pair: tuple[str, str, str], wrong: str
) -> None:
    """It is no tester that finds nothing."""
    text = (REPOSITORY / "macros" / macro).read_text(encoding="utf-8")
    assert guard in text
    strategy, kind, other = pair
    with pytest.raises(WentWrong, match=rf"(?s)interleaving \d+ goes wrong:\n   1\. .*{wrong}"):
        stage(strategy, kind, {f"macros/{macro}": text.replace(guard, instead)}).tester(other).play_all()
