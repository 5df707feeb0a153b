"""The formats of a reconciliation that are text: all but the terminal's table."""

import json
from collections.abc import Callable
from typing import Any

from onerow.report.csv_text import to_csv
from onerow.report.junit import to_junit
from onerow.report.openmetrics import to_openmetrics


def to_json(report: dict[str, Any]) -> str:
    """Return the JSON of a report as text that people can read."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


# Each takes the JSON of a report.
TEXT_FORMATS: dict[str, Callable[[dict[str, Any]], str]] = {
    "json": to_json,
    "csv": to_csv,
    "junit": to_junit,
    "openmetrics": to_openmetrics,
}
