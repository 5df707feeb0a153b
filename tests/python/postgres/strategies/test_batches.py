"""Which batches a load takes, and that none stands in the way of its siblings."""

import pytest

from postgres.strategies.things import mart, row

_CASTING = """
select thing, version, value::integer as value, _batch_no, _line_number, _reject_reasons
from {{ ref('stg_things') }}
where {{ onerow.claimed() }}
"""
_JOINING = """
select t.thing, t.version, c.label, t._batch_no, t._line_number, t._reject_reasons
from {{ ref('stg_things') }} as t
left join public.labels as c on c.value = t.value
where {{ onerow.claimed('t') }}
"""
_FILTERING = """
select thing, version, value, _batch_no, _line_number, _reject_reasons
from {{ ref('stg_things') }}
where {{ onerow.claimed() }} and value <> 'hidden'
"""
_STRATEGIES = {
    "upsert": {"version_column": "version"},
    "insert_new": {"version_column": "version"},
    "replace_window": {"window_column": "at"},
}


def test_a_load_takes_the_oldest_batches_up_to_its_limit(things):
    """A full refresh takes all, or it would swap in a part. Guards: claim_batches, the limit of a rebuild."""
    limited = {name: mart(name, **options, max_batches_per_run=2) for name, options in _STRATEGIES.items()}
    things = things.with_marts(**limited)
    batches = [things.land(row(f"{number}", at=number), extracted=5 - number) for number in range(3)]
    outcome = things.run(*limited)
    assert outcome.success
    for name in limited:
        assert sorted(things.outcomes(name)) == batches  # a first build takes all too
    more = [things.land(row(f"{number}", at=number), extracted=number) for number in range(3, 6)]
    assert things.run(*limited).success
    for name in limited:
        assert sorted(things.outcomes(name)) == [*batches, *more[:2]]
    assert things.load("upsert") == "1 new"
    assert things.load("upsert") == "nothing to load"
    assert things.load("insert_new", full_refresh=True) == "6 new"


@pytest.mark.parametrize(
    ("select", "poison", "expected"),
    [
        (_CASTING, "x", 'invalid input syntax for type integer: "x"'),
        (_JOINING, "9", "returns line 2 of batch 3 2 times: a join multiplies delivered rows"),
    ],
    ids=["cast", "join"],
)
def test_a_poison_batch_stops_the_load_until_it_is_quarantined(things, select, poison, expected):
    """Then its siblings load. Guards: the transaction, check_delivery, quarantined_at in claim_batches."""
    things.database.execute("create table public.labels (value text, label text)")
    things.database.execute("insert into public.labels values ('1', 'one'), ('9', 'nine'), ('9', 'neuf')")
    things = things.with_marts(poisoned=mart("upsert", select=select, version_column="version"))
    things.land(row("before", value="1"))
    things.load("poisoned")
    good = things.land(row("good", value="1"))
    bad = things.land(row("bad", value=poison))
    late = things.land(row("late", value="2"))
    assert expected in things.refused("poisoned")
    assert sorted(things.outcomes("poisoned")) == [1]
    assert things.rows("poisoned", "thing") == [("before",)]
    things.database.execute("update onerow.batches set quarantined_at = now() where batch_no = %s", bad)
    assert things.load("poisoned") == "2 new"
    assert sorted(things.outcomes("poisoned")) == [1, good, late]
    things.assert_accounted("poisoned")


def test_rows_that_the_model_leaves_out_are_found_and_counted(things):
    """By what is missing of batch and line, also where all of a batch is. Guard: left_out in check_delivery."""
    things = things.with_marts(filtering=mart("upsert", select=_FILTERING, version_column="version"))
    part = things.land(row("a"), row("b", value="hidden"), row("c", "?"), row("d", value=None))
    whole = things.land(row("e", value="hidden"))
    empty = things.land()
    assert things.load("filtering") == "1 new, 1 rejected, 3 filtered"
    assert things.outcomes("filtering") == {
        part: {"new": 1, "rejected": 1, "filtered": 2}, whole: {"filtered": 1}, empty: {},
    }  # fmt: skip
    assert things.load("filtering") == "nothing to load"
    things.database.execute("delete from landing.things where _batch_no = %s", whole)
    assert f"landing holds 0 of the 1 rows of batch {whole}" in things.refused("filtering", full_refresh=True)
    assert things.rows("filtering", "thing") == [("a",)]
    assert sorted(things.outcomes("filtering")) == [part, whole, empty]


def test_a_full_refresh_replays_landing_and_resets_the_claims_together(things):
    """Rows that nobody delivered go; a load that fails leaves the old table and its claims. Guard: one transaction."""
    things = things.with_marts(
        **{
            name: mart(name, **options, settings={"post_hook": "{{ var('hook', 'select 1') }}"})
            for name, options in _STRATEGIES.items()
        }
    )
    things.land(row("a", 2, at=1), row("b", at=1), extracted=2, window=(1, 2))
    things.land(row("a", 1, "late", at=1), row("c", at=5), extracted=1)
    assert things.run(*_STRATEGIES).success
    before = {name: (things.rows(name), things.outcomes(name)) for name in _STRATEGIES}
    for name in _STRATEGIES:
        things.database.execute(f"insert into marts.{name} (thing) values ('foreign')")
    claims = things.database.rows("select * from onerow.claims order by 1, 2")
    failed = things.run(*_STRATEGIES, "--full-refresh", "--vars", "{hook: select 1/0}")
    assert not failed.success
    assert things.database.rows("select * from onerow.claims order by 1, 2") == claims
    assert all(("foreign", None, None, None) in things.rows(name) for name in _STRATEGIES)

    assert things.run(*_STRATEGIES, full_refresh=True).success
    assert {name: (things.rows(name), things.outcomes(name)) for name in _STRATEGIES} == before
    oids = "select count(*) from onerow.claims where relation_oid <> ('marts.' || split_part(model, '.', 3))::regclass"
    assert things.database.value(oids) == 0
