"""The HTML report: one file, without script and without an outside address."""

import jinja2

from onerow.reconcile.report import DIFFERENCE, OK, Report
from onerow.report import shown
from onerow.report.read import LedgerFacts
from onerow.report.views import LISTED_WINDOWS, OUTCOMES, view_marts
from onerow.terminal import counted, printable


def render_page(report: Report, facts: LedgerFacts) -> str:
    """Return the report as an HTML page. Whatever was delivered is shown as text: the template escapes it."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("onerow.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=shown.count,
        signed=shown.signed,
        words=shown.words,
        heading=shown.heading,
        when=shown.when,
        window=shown.window,
        value=shown.value,
        counted=counted,
        printable=printable,
    )
    environment.tests["changes"] = shown.is_changes
    return environment.get_template("report.html").render(
        report=report,
        marts=view_marts(report, facts),
        outcomes=OUTCOMES,
        listed_windows=LISTED_WINDOWS,
        OK=OK,
        DIFFERENCE=DIFFERENCE,
    )
