"""docs/reference/landing.md says what the code does."""

import re
from pathlib import Path

from onerow.commands.land import _to_json
from onerow.errors import FileUnreadable
from onerow.landing.csv_records import CsvRecords
from onerow.landing.delivered_file import FORMATS
from onerow.landing.delivery import Refused
from onerow.landing.json_records import JsonRecords
from onerow.landing.records import RECORD_LIMIT, RECORD_LINES_LIMIT
from onerow.project.contract import Column, Source

REFERENCE = (Path(__file__).parents[4] / "docs/reference/landing.md").read_text()
SOURCE = Source("s", "landing", "s", (Column("id", "text", True), Column("name", "text", False)), ("id",))

CSV = ["id,name\n", "a\n", "\0,b\n", '"a"b,c\n', "a\rb,c\n", 'a,"b\n']
JSON = ["{", "[]", '{"id": 1, "id": 2}', '{"id": NaN}', r'{"id": "\0"}', r'{"id": "\ud800"}', '{"id": ' + "[" * 100_000]


def test_every_reason_is_in_the_reference_and_the_other_way_round():
    """Guard: the table of reasons."""
    records = [*CsvRecords(iter(CSV), SOURCE), *JsonRecords(iter([*JSON, r'{"id": "\u0000"}']), SOURCE)]
    details = {re.sub(r"\d+|\"id\"|: (?!\").*", "", record.detail) for record in records}
    documented = re.findall(r"^\| `malformed:(.*?)` \|", REFERENCE, re.MULTILINE)
    assert details == {re.sub(r"\b[NM]\b|\"\.\.\.\"|: \.\.\.", "", reason) for reason in documented}


def test_formats_limits_and_names_of_the_json_are_in_the_reference():
    """Guard: the text around the tables."""
    assert all(f"`{extension}`" in REFERENCE for extension in FORMATS)
    assert f"{RECORD_LIMIT // 2**20} MiB" in REFERENCE
    assert f"{RECORD_LINES_LIMIT:,} lines" in REFERENCE
    assert all(f"`{name}`" in REFERENCE for name in _to_json(Refused("f", FileUnreadable("f", "r"))))
