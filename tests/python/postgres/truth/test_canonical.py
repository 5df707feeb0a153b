"""The truth orders contents as PostgreSQL does."""

from harness.database import Database
from truth.canonical import content

# Every character that JSON or a collation may treat in a way of its own, and some that look alike.
TEXTS = [*map(chr, range(1, 0x180)), "", "null", "\u2028", "\ufb00", "e\u0301", "👩\u200d🔧", "aB", "ab", "AB", "a b"]


def test_content_is_the_text_of_a_jsonb_array(database: Database) -> None:
    """Guard: the escapes in canonical.py."""
    for text in TEXTS:
        expected = database.value("select jsonb_build_array(%s::text, null::text)::text", text)
        assert content([text, None]) == expected


def test_contents_are_ordered_as_collation_c_orders_them(database: Database) -> None:
    """Guard: Python's order of str."""
    contents = [content([text]) for text in TEXTS]
    ordered = database.rows('select t from unnest(%s::text[]) as t order by t collate "C"', contents)
    assert sorted(contents) == [text for (text,) in ordered]
