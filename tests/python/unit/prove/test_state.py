"""How two states of a model differ, and which of its columns are generated."""

from collections import Counter

import pytest

from onerow.prove.state import State, compare, generated_ids, repeated_keys


def state(*rows: tuple[str | None, ...], ids: tuple[str, ...] = ()) -> State:
    """A model of a key, a value and an id."""
    return State(("key", "value", "id"), ("key",), ids, Counter(rows))


def test_equal_rows_are_equal_as_often_as_they_are_there():
    """Guard: a row that is there twice is not one that is there once."""
    once, twice = state(("a", "1", "7")), state(("a", "1", "7"), ("a", "1", "7"))
    assert compare(once, once) is None
    difference = compare(once, twice)
    assert (difference.row_count, difference.key_count) == ((1, 2), (1, 1))
    assert (difference.missing, difference.unexpected) == ([], [("a", "1", "7")])
    assert not difference.contents_equal


def test_generated_ids_are_told_from_contents():
    """Guard: ids are compared key by key, contents without them."""
    difference = compare(state(("a", "1", "7"), ids=("id",)), state(("a", "1", "8"), ids=("id",)))
    assert difference.contents_equal
    assert not difference.ids_equal
    swapped = compare(
        state(("a", "1", "7"), ("b", "1", "8"), ids=("id",)), state(("a", "1", "8"), ("b", "1", "7"), ids=("id",))
    )
    assert not swapped.ids_equal


def test_a_column_more_is_a_difference():
    """Guard: columns are compared before rows."""
    wider = State(("key", "value", "id", "more"), ("key",), (), Counter([("a", "1", "7", None)]))
    difference = compare(state(("a", "1", "7")), wider)
    assert difference.columns == ("key", "value", "id", "more")
    assert not difference.contents_equal


@pytest.mark.parametrize(
    ("rows", "surplus"),
    [
        ([("a", "1", None), ("b", "1", None)], None),
        ([("a", "1", None), ("a", "2", None)], [("a", "2", None)]),
        # A count that joins on the key would not see these.
        ([(None, "1", None), (None, "1", None)], [(None, "1", None)]),
    ],
)
def test_rows_beyond_one_a_key(rows: list[tuple], surplus: list[tuple] | None):
    """Guard: NULL keys count."""
    found = repeated_keys(state(*rows))
    assert (found and found.unexpected) == surplus


def test_without_a_key_no_row_is_beyond_one():
    """Guard: a model without unique_key makes no promise of it."""
    assert repeated_keys(State(("value",), (), (), Counter({("1",): 2}))) is None


def test_a_generated_id_has_another_value_in_each_row_and_is_not_delivered():
    """Guards: all three conditions, and a single row, of which everything is another value."""
    rows = state(("a", "1", "7"), ("b", "2", "8"))
    assert generated_ids(rows, ["key"]) == ["value", "id"]
    assert generated_ids(rows, ["key", "value"]) == ["id"]
    assert generated_ids(state(("a", "1", "7"), ("b", "2", "7")), ["key", "value"]) == []
    assert generated_ids(state(("a", "1", "7"), ("b", "2", None)), ["key", "value"]) == []
    assert generated_ids(state(("a", "1", "7")), ["key"]) == []
