"""Pages of the HTML report for its tests: what the ledger may hold, and texts that mean harm."""

from datetime import timedelta
from uuid import UUID

from onerow.reconcile.report import MartResult
from onerow.report.html import render_page
from onerow.report.read import ConsumedBatch, LedgerFacts, ReasonCount, RuleException
from onerow.report.runs import Run, RunFigure
from reports import AT, differing_mart, equal_mart, report_of

RELATION = "db.marts.devices"
NO_FACTS = LedgerFacts({}, {}, {}, {})
# Markup, the template's own language, text that runs from right to left, and characters that turn or move it.
HOSTILE = (
    "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>\"'></style></title>"
    "{{ 7 * 7 }}{% raw %} \N{RIGHT-TO-LEFT OVERRIDE}live \N{ARABIC LETTER SEEN}\N{ARABIC LETTER LAM} \x00\x1b[31m"
)
LONG = "long " * 2000


def run(number: int, *, rows: int = 7000, differs: bool = False) -> Run:
    """Return a run some hours before the report; the greater the number, the older."""
    figures = (
        RunFigure("counts", "keys", rows, rows, is_difference=False, differing_windows=0),
        RunFigure("counts", "rows", rows, rows - differs, is_difference=differs, differing_windows=int(differs)),
    )
    return Run(UUID(int=100 + number), AT - timedelta(hours=6 * number), figures)


def facts(text: str = "first", runs: int = 12, batches: int = 5) -> LedgerFacts:
    """Return what the ledger has of the mart with differences; `text` stands wherever a sender may choose a text."""
    outcomes = {"new": 100, "modified": 30, "unchanged": 300, "rejected": 5}
    return LedgerFacts(
        {RELATION: [run(number, rows=7000 - 20 * number, differs=number == 3) for number in range(1, runs + 1)]},
        {
            RELATION: [
                ConsumedBatch(RELATION, number, text, f"inbox/{text}.csv", AT, 435, 2, 0, outcomes)
                for number in range(batches, 0, -1)
            ]
        },
        {"devices": [ReasonCount("devices", text, "open", 12, 3)]},
        {RELATION: [RuleException(RELATION, "missing_keys", {text: text}, text, AT.date(), is_in_force=True)]},
    )


def page(*marts: MartResult, of: LedgerFacts = NO_FACTS) -> str:
    """Return the page of a report of these marts."""
    return render_page(report_of(*marts), of)


PAGES = {
    "with_differences": lambda: page(differing_mart(), equal_mart(), of=facts()),
    "of_400_days": lambda: page(differing_mart(days=400), equal_mart(), of=facts(runs=30, batches=40)),
    "with_hostile_data": lambda: page(differing_mart(HOSTILE), of=facts(HOSTILE)),
    "with_long_data": lambda: page(differing_mart(LONG), of=facts(LONG)),
    "of_an_empty_ledger": lambda: page(equal_mart()),
}
