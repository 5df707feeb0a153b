"""A reconciliation as CSV, one row a figure, for spreadsheets."""

import csv
import io
from typing import Any

from onerow.report.figures import figures_of

COLUMNS = (
    "run_id",
    "reconciled_at",
    "model",
    "relation",
    "source",
    "level",
    "figure",
    "window_start",
    "source_value",
    "destination_value",
    "difference",
    "violations",
    "rule",
    "status",
    "tolerance",
)
# What makes a spreadsheet take a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(report: dict[str, Any]) -> str:
    """Return the JSON of a report as CSV with a header line. A text that a spreadsheet would run begins with a `'`."""
    text = io.StringIO()
    # Every text in quotes: Python 3.11 leaves a text with a carriage return without them.
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for mart, level, figure in figures_of(report["marts"]):
        row = (
            report["run_id"],
            report["reconciled_at"],
            mart["model"],
            mart["relation"],
            mart["source"],
            level["level"],
            figure["figure"],
            figure["window_start"],
            figure["source"],
            figure["destination"],
            figure["difference"],
            figure["violations"],
            figure["rule"],
            figure["status"],
            figure["tolerance"],
        )
        writer.writerow(_cell(value) for value in row)
    return text.getvalue()


def _cell(value: Any) -> Any:
    # Numbers stay numbers: -1 is a difference, not a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
