"""A reconciliation as OpenMetrics text, for the textfile collector of Prometheus' node exporter."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from onerow.reconcile.report import DIFFERENCE, OK
from onerow.report.figures import figures_of

Labels = dict[str, str]
Sample = tuple[Labels, float | int]


def to_openmetrics(report: dict[str, Any]) -> str:
    """Return the JSON of a report as OpenMetrics text.

    Windows are no labels, because each would be a time series of its own for ever: of figures per window there is the
    number of windows that differ.
    """
    taken_at = datetime.fromisoformat(report["reconciled_at"]).timestamp()
    marts = report["marts"]
    families = [
        ("onerow_mart_equal", "1 where all that was compared is equal, 0 where there are differences.", _equal(marts)),
        (
            "onerow_reconciled_timestamp_seconds",
            "When the snapshot was taken that the figures are from.",
            ((_labels(mart), taken_at) for mart in marts),
        ),
        (
            "onerow_waiting_batches",
            "Batches that have landed and that the next load takes.",
            ((_labels(mart), len(mart["waiting_batches"])) for mart in marts),
        ),
        (
            "onerow_figure",
            "A figure of the whole mart, on the side of source or destination.",
            _sides(marts),
        ),
        ("onerow_violations", "What breaks the rule of a figure, over the whole mart.", _violations(marts)),
        ("onerow_differing_windows", "Windows in which a figure differs.", _differing_windows(marts)),
    ]
    lines = [line for family in families for line in _family(*family)]
    return "\n".join([*lines, "# EOF", ""])


def _equal(marts: list[dict[str, Any]]) -> Iterator[Sample]:
    for mart in marts:
        yield _labels(mart), int(mart["status"] == OK)


def _sides(marts: list[dict[str, Any]]) -> Iterator[Sample]:
    for labels, figure in _figures(marts):
        for side in ("source", "destination"):
            if figure["window_start"] is None and figure[side] is not None:
                yield {**labels, "side": side}, figure[side]


def _violations(marts: list[dict[str, Any]]) -> Iterator[Sample]:
    for labels, figure in _figures(marts):
        if figure["window_start"] is None and figure["violations"] is not None:
            yield labels, figure["violations"]


def _differing_windows(marts: list[dict[str, Any]]) -> Iterator[Sample]:
    counts: dict[tuple[tuple[str, str], ...], int] = {}
    for labels, figure in _figures(marts):
        if figure["window_start"] is not None:
            key = tuple(labels.items())
            counts[key] = counts.get(key, 0) + (figure["status"] == DIFFERENCE)
    for key, count in counts.items():
        yield dict(key), count


def _figures(marts: list[dict[str, Any]]) -> Iterator[tuple[Labels, dict[str, Any]]]:
    for mart, level, figure in figures_of(marts):
        yield {**_labels(mart), "level": level["level"], "figure": figure["figure"]}, figure


def _labels(mart: dict[str, Any]) -> Labels:
    return {"model": mart["model"], "relation": mart["relation"]}


def _family(name: str, description: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    yield f"# HELP {name} {description}"
    for labels, value in samples:
        pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{pairs}}} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
