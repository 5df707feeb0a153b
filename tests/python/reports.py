"""Reports as the other levels make them too: figures of windows, level rows, and whatever a sender may deliver."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from onerow.reconcile.report import Figure, Finding, LevelResult, MartResult, Report, SchemaChange

AT = datetime(2026, 5, 2, 6, 0, tzinfo=UTC)
FIRST_WINDOW = datetime(2025, 1, 1, tzinfo=UTC)


def report_of(*marts: MartResult) -> Report:
    """Return a report of these marts."""
    return Report(UUID(int=1), AT, list(marts))


def windows(count: int, differing: frozenset[int] = frozenset()) -> list[Figure]:
    """Return the rows of `count` days; in the differing ones, the mart has one row less than was delivered."""
    return [
        Figure(
            "rows",
            1000 + day % 7,
            1000 + day % 7 - (day in differing),
            int(day in differing),
            None,
            FIRST_WINDOW + timedelta(days=day),
        )
        for day in range(count)
    ]


def equal_mart(model: str = "orders") -> MartResult:
    """Return a mart that has what was delivered."""
    figures = [
        Figure("rows", 3, 3, 0, None),
        Figure("keys", 3, 3, 0, None),
        Figure("waiting_rows", 2, None, None, None),
    ]
    return MartResult(model, f"db.marts.{model}", model, [4], [LevelResult("counts", figures, [])])


def differing_mart(text: str = "D-1", days: int = 3) -> MartResult:
    """Return a mart with differences on every kind of level; `text` stands wherever a sender may choose a text."""
    counts = LevelResult(
        "counts",
        [
            Figure("rows", 7000, 6999, 1, None),
            Figure("missing_keys", 1, None, 1, "missing_keys"),
            Figure("null_keys", 2, 2, 2, "null_keys"),
            *windows(days, frozenset({1})),
        ],
        [
            Finding("missing_keys", 1, [{"model": "db.marts.devices", "natural_key": {text: text}, "batch_no": 2}]),
            Finding("null_keys", 2, [{"model": "db.marts.devices", "natural_key": {"id": None}, "mart_rows": 1}]),
        ],
    )
    rows = LevelResult(
        "rows",
        [Figure("differing_rows", 6999, 6999, 1, "differing_rows")],
        [
            Finding(
                "differing_rows",
                1,
                [{"natural_key": {"id": "D-2"}, "changes": {text: {"source": text, "destination": None}}}],
            ),
            Finding("withdrawn_rows", 3, [{"natural_key": {"id": text}}]),
        ],
    )
    change = SchemaChange(text, "added", 2, "kept in _unexpected", AT)
    return MartResult("devices", "db.marts.devices", "devices", [], [counts, rows], [change])
