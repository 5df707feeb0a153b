"""The text format of COPY."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onerow.landing.copy_text import copy_line


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (["a", None, ""], "a\t\\N\t\n"),
        (["\\N", "\\."], "\\\\N\t\\\\.\n"),
        (["a\tb", "c\nd", "e\rf"], "a\\tb\tc\\nd\te\\rf\n"),
        (["ü\u2028😀"], "ü\u2028😀\n"),
    ],
)
def test_what_has_a_meaning_for_copy_is_escaped(values, line):
    """Guard: the escapes; NULL is not the text \\N."""
    assert copy_line(values) == line


@given(st.lists(st.none() | st.text(alphabet="abN\\.\t\n\r é\x0b\u2028")))
def test_a_line_holds_one_line_end_and_as_many_tabs_as_it_has_gaps(values):
    """Guard: the short way is taken only where nothing has to be escaped."""
    line = copy_line(values)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert "\r" not in line
    assert line.count("\t") == max(len(values) - 1, 0)
