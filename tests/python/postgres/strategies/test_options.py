"""What a mart is configured to, but cannot be loaded by, is refused in one message that lists everything."""

from harness.dbt_project import message
from postgres.strategies.things import mart, row

_KNOWN = (
    "known are source, version_column, max_batches_per_run, reconcile, conflict_resolution, deleted_when,"
    " window_column, allow_empty_window"
)

WRONG = {
    "no_key": (
        mart("upsert", key=[], conflict_resolution="merge", window_column="at", allow_empty_window="yes",
             versoin="version"),
        [
            "unique_key: the column, or the list of columns, of which each value is to be one row; it is missing",
            "meta.onerow.window_column: is for replace_window, not for upsert",
            "meta.onerow.allow_empty_window: is for replace_window, not for upsert",
            f"meta.onerow.versoin: unknown option; {_KNOWN}",
            "meta.onerow.version_column: conflict_resolution merge needs one, to tell which of two values of a field is"
            " newer",
            "meta.onerow.allow_empty_window: true or false, not yes",
        ],
    ),
    "wrong_values": (
        mart("upsert", key=["thing", "version"], version_column="version", conflict_resolution="newest",
             deleted_when=True, max_batches_per_run="2"),
        [
            "meta.onerow.deleted_when: a text, not True",
            "meta.onerow.conflict_resolution: 'replace' or 'merge', not 'newest'",
            "meta.onerow.version_column: version is part of the unique_key, so it cannot order two states of one key",
            "meta.onerow.max_batches_per_run: a whole number from 1, not 2",
        ],
    ),
    "of_another_strategy": (
        mart("insert_new", conflict_resolution="merge", version_column="version", deleted_when="false",
             window_column="at"),
        [
            "meta.onerow.conflict_resolution: is for upsert, not for insert_new",
            "meta.onerow.deleted_when: is for upsert, not for insert_new",
            "meta.onerow.window_column: is for replace_window, not for insert_new",
        ],
    ),
    "no_window": (
        mart("replace_window", select="select thing from {{ ref('stg_things') }}", source=None, max_batches_per_run=1,
             deleted_when="false"),
        [
            "meta.onerow.deleted_when: is for upsert, not for replace_window",
            "meta.onerow.window_column: the time column that the windows of the batches are about; it is missing",
            "meta.onerow.source: replace_window needs one, whose batches declare their windows",
            "meta.onerow.max_batches_per_run: without meta.onerow.source there are no batches to count",
        ],
    ),
    "no_source": (
        mart("insert_new", source="thinks"),
        ["meta.onerow.source: no source thinks has a contract; these have: "],
    ),
    "not_selected": (
        mart("replace_window", key=["thing", "at"], window_column="at", version_column="version",
             select="select value from {{ ref('stg_things') }} where {{ onerow.claimed() }}"),
        [
            "unique_key: the model selects no column thing",
            "unique_key: the model selects no column at",
            "meta.onerow.version_column: the model selects no column version",
            "meta.onerow.window_column: the model selects no column at",
            "meta.onerow.window_column: the model must select _reject_reasons, where rows outside their window are"
            " marked",
            "meta.onerow.source: the model must select _batch_no, so that each delivered row is accounted for",
            "meta.onerow.source: the model must select _line_number, so that each delivered row is accounted for",
        ],
    ),
}  # fmt: skip


def test_everything_that_is_wrong_comes_in_one_message(things):
    """With the model's name; nothing is claimed. Guards: load_options, require_columns."""
    select = {"no_source": mart("insert_new", source="thinks", select="select thing from {{ ref('stg_things') }}")}
    things = things.with_marts(**{name: select.get(name, model) for name, (model, _) in WRONG.items()})
    things.land(row("a"))
    outcome = things.run(*WRONG)
    for name, (_, expected) in WRONG.items():
        lines = [line.strip().removeprefix("- ") for line in message(outcome, name).splitlines()]
        problems = lines[lines.index(f"model {name}:") + 1 :]
        listed = problems[: next((at for at, line in enumerate(problems) if line.startswith(">")), None)]
        listed = [line for line in listed if line]
        if name == "no_source":
            assert listed[0].startswith(expected[0])
            assert "things" in listed[0]
        else:
            assert listed == expected
    assert things.database.value("select count(*) from onerow.claims") == 0


def test_a_partitioned_table_is_refused_and_left_alone(things):
    """Also by a full refresh, which would make it an ordinary one. Guard: require_plain_table."""
    things.database.execute(
        """
        create schema if not exists marts;
        create table marts.partitioned (thing text, version integer, value text, note text, part text, at timestamptz)
        partition by hash (thing);
        create table marts.half partition of marts.partitioned for values with (modulus 1, remainder 0);
        insert into marts.partitioned (thing) values ('a');
        """
    )
    things = things.with_marts(partitioned=mart("upsert", version_column="version"))
    things.land(row("a"))
    for full_refresh in (False, True):
        said = things.refused("partitioned", full_refresh=full_refresh)
        assert "marts.partitioned is a partitioned table, where the rows of a load cannot be counted" in said
    assert things.rows("partitioned") == [("a", None, None, None)]
    assert things.outcomes("partitioned") == {}
