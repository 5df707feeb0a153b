"""The HTML report as a document: what it shows, and that what was delivered is shown as text."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from onerow.reconcile.report import Figure, LevelResult, MartResult
from report_pages import HOSTILE, LONG, PAGES, facts, page, run
from reports import AT, FIRST_WINDOW, differing_mart, equal_mart

# What cannot have an end tag.
_VOID = ("meta", "link", "br", "img")


@dataclass
class Document(HTMLParser):
    """Elements of a page with their attributes, and its text."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def count(self, tag):
        return sum(name == tag for name, _ in self.elements)

    @property
    def text(self):
        return " ".join(" ".join(data for tag, data in self.texts if tag != "style").split())


def document(html):
    """Return a page, parsed. Each element is closed where it was opened."""
    parsed = Document()
    parsed.feed(html)
    assert parsed.open == []
    return parsed


@pytest.mark.parametrize("name", PAGES)
def test_page_runs_nothing_and_asks_for_nothing(name):
    """Guard: autoescape, and charts without script."""
    parsed = document(PAGES[name]())

    assert {"script", "img", "iframe", "object", "form"} & {tag for tag, _ in parsed.elements} == set()
    attributes = [(name, value) for _, values in parsed.elements for name, value in values.items()]
    assert [name for name, _ in attributes if name.startswith("on")] == []
    addresses = {value for name, value in attributes if name in ("href", "src", "xlink:href", "action")}
    assert {address for address in addresses if not address.startswith("#")} == {"data:,"}
    assert "url(" not in PAGES[name]().split("</style>")[0]


def test_hostile_data_is_shown_as_it_was_delivered():
    """Guard: autoescape; printable for what would turn the text or not be seen."""
    text = document(PAGES["with_hostile_data"]()).text

    assert "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>" in text
    assert "{{ 7 * 7 }}{% raw %} \\u202elive" in text
    assert "\\x00\\x1b[31m" in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text


def test_every_delivered_text_is_isolated_from_the_text_around_it():
    """Text from right to left does not turn its neighbours. Guard: bdi."""
    delivered = [tag for tag, data in document(PAGES["with_hostile_data"]()).texts if "alert(1)" in data]

    assert len(delivered) > 10
    assert set(delivered) == {"bdi"}


def test_long_values_are_shortened_and_can_be_opened():
    """Guard: the macro `text`."""
    parsed = document(PAGES["with_long_data"]())

    assert any(data == LONG for tag, data in parsed.texts if tag == "bdi")
    assert "10,000 characters" in parsed.text
    shown_at_once = [data for tag, data in parsed.texts if len(data) > 200 and tag not in ("style", "bdi")]
    assert shown_at_once == []


def test_each_picture_says_what_it_shows_and_has_its_figures_in_a_table():
    """Guard: role and label of the svg; the table beside it."""
    html = PAGES["with_differences"]()
    pictures = re.findall(r"<figure>.*?</figure>", html, re.DOTALL)
    labels = [re.search(r'<svg[^>]* role="img" aria-label="([^"]+)"', picture)[1] for picture in pictures]

    assert labels == [
        "devices: rows per window, level counts: 3 points, 1 of them differ. The table below has the figures.",
        "devices: outcomes of each batch: 5 batches. The table below has the figures.",
        "devices: rows over the runs: 13 points, 2 of them differ. The table below has the figures.",
        "devices: keys over the runs: 12 points, 0 of them differ. The table below has the figures.",
    ]
    assert html.count("The same figures as a table") == len(pictures)
    assert "1,001" in pictures[0]
    assert "1,000" in pictures[0]


def test_marks_of_a_picture_say_their_figures():
    """Shown by a browser where the mouse rests. Guard: _say."""
    html = PAGES["with_differences"]()

    assert "<title>mart, 2025-01-02: 1,000</title>" in html
    assert "<title>difference, 2025-01-02: 1,000</title>" in html
    assert "<title>modified, 3: 30</title>" in html


def test_every_table_has_a_caption_and_scopes():
    """Guard: the macro `table`."""
    parsed = document(PAGES["with_differences"]())

    assert parsed.count("caption") == parsed.count("table") > 10
    assert {values.get("scope") for tag, values in parsed.elements if tag == "th"} == {"col", "row"}


def test_headings_leave_no_step_out():
    """Guard: h1, h2 a mart, h3 a part of it, h4 a rule."""
    levels = [int(tag[1]) for tag, _ in document(PAGES["with_differences"]()).elements if re.fullmatch(r"h\d", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_differences_are_said_in_words_and_not_by_colour_alone():
    """Guard: the flag."""
    text = document(page(differing_mart(), equal_mart())).text

    assert text.count("rows differs 7,000 6,999") == 1
    assert "NULL keys differs 2 2 0, in 2 places" in text
    assert "2025-01-02, rows differs 1,001 1,000" in text
    assert text.startswith("Reconciliation: differences, 2026-05-02 06:00 UTC")


def test_marts_that_differ_come_first():
    """Guard: the order of view_marts."""
    html = page(equal_mart("a"), differing_mart(), equal_mart("b"))

    assert re.findall(r'<h2 id="mart-\d+">(\w+)', html) == ["devices", "a", "b"]


def test_before_and_after_of_a_changed_row_are_side_by_side():
    """Guard: is_changes."""
    assert 'id = "D-2" D-1 : source "D-1" mart NULL' in document(page(differing_mart())).text


def test_history_has_this_run_and_earlier_ones_with_the_trend():
    """Guard: run_of, trend."""
    text = document(page(differing_mart(), of=facts(runs=4))).text

    assert "Differs since 2026-05-02 06:00 UTC; equal in 3 of the last 5 runs." in text
    assert "2026-05-02 06:00 UTC (this one) ≠ differences counts, rows 7,000 6,999 +19" in text
    assert "Median change of the mart from run to run: +19.5 rows." in text


def test_since_is_the_oldest_run_of_the_present_verdict():
    """Guard: trend."""
    earlier = facts(runs=0)
    earlier.runs["db.marts.devices"] = [run(1, differs=True), run(2, differs=True), run(3), run(4, differs=True)]

    assert "Differs since 2026-05-01 18:00 UTC; equal in 1 of the last 5 runs." in (
        document(page(differing_mart(), of=earlier)).text
    )


def test_mart_without_history_says_so_in_words():
    """Guard: the branches for nothing."""
    text = document(PAGES["of_an_empty_ledger"]()).text

    assert "The mart has consumed no batch." in text
    assert "No row or line was refused." in text
    assert "None: deliveries have the columns of the contract." in text
    assert "1 batch still to be loaded, which is no difference: 4." in text


def test_windows_that_differ_are_listed_up_to_a_limit():
    """Guard: LISTED_WINDOWS; the table of the picture has them all."""
    mart = differing_mart(days=1)
    figures = [Figure("rows", 2, 1, 1, None, FIRST_WINDOW.replace(year=2000 + year)) for year in range(25)]
    many = MartResult(mart.model, mart.relation, mart.source, [], [LevelResult("counts", figures, [])])

    text = document(page(many)).text

    assert "The first 20 of 25, in 25 windows." in text
    assert text.count(", rows differs") == 20


def test_windows_of_one_side_only_are_in_the_picture_as_none():
    """Guard: _of_windows."""
    figures = [Figure("rows", 5, 5, 0, None, AT), Figure("rows", 3, None, 3, None, AT.replace(hour=7))]
    mart = MartResult("devices", "db.marts.devices", "devices", [], [LevelResult("counts", figures, [])])

    html = page(mart)

    assert "<title>mart, 2026-05-02 07:00: 0</title>" in html
    assert "2026-05-02 07:00 differs 3 0 \N{MINUS SIGN}3" in document(html).text


def test_figures_that_only_inform_are_no_news_when_they_are_zero():
    """Guard: the filter of views."""
    level = LevelResult("counts", [Figure("waiting_rows", 0, None, None, None), Figure("rows", 0, 0, 0, None)], [])

    text = document(page(MartResult("a", "db.a", "a", [], [level]), equal_mart())).text

    assert text.count("waiting rows") == 1
    assert HOSTILE not in text
