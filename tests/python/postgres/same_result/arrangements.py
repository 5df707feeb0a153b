"""Drawn batches of many small cases, arranged into loads in some order, and landed."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from hypothesis import strategies as st

from truth.any_order import Batch, Delivery

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# Hours between the cases of one example, so that no window of one reaches into another.
SPACING = 1_000

FIELD = st.sampled_from([None, None, "1", "2", "3"])
VERSION = st.integers(0, 3)


@dataclass(frozen=True)
class Drawn:
    """One batch of a case: order lines (position, version, three fields) or readings (hour, value)."""

    batch: Batch
    rows: tuple[tuple, ...]


@dataclass(frozen=True)
class Arrangement:
    """For each load, in order, the numbers of the batches that land before it."""

    loads: tuple[tuple[int, ...], ...]


@st.composite
def batches(draw: st.DrawFn, row: st.SearchStrategy, *, with_windows: bool) -> tuple[Drawn, ...]:
    """Draw two to four batches, some taken at the same time, some with a window."""
    drawn = []
    for number in range(draw(st.integers(2, 4))):
        window = None
        rows = draw(st.lists(row, min_size=1, max_size=4))
        if with_windows and draw(st.integers(0, 3)) > 0:
            start = draw(st.integers(0, 3))
            window = (start, start + draw(st.integers(1, 4)))
            # Mostly rows inside the window; one outside sets the whole batch aside.
            if draw(st.integers(0, 9)) > 0:
                rows = [values for values in rows if window[0] <= values[0] < window[1]]
        sha256 = f"{draw(st.integers(0, 999)):03}-{number}"
        drawn.append(Drawn(Batch(draw(st.integers(0, 3)), sha256, window), tuple(rows)))
    return tuple(drawn)


@st.composite
def arrangements(draw: st.DrawFn, count: int, loads: int) -> Arrangement:
    """Draw an order of arrival, and cut it into loads, of which some may find nothing new."""
    order = draw(st.permutations(range(count)))
    cuts = sorted(draw(st.integers(0, count)) for _ in range(loads - 1))
    return Arrangement(tuple(tuple(order[start:end]) for start, end in zip([0, *cuts], [*cuts, count], strict=True)))


ORDER_LINE = st.tuples(st.integers(1, 2), VERSION, FIELD, FIELD, FIELD)
READING = st.tuples(st.integers(0, 6), st.sampled_from(["1", "2"]))


def order_id(case: int) -> str:
    """Return the order that stands for a case."""
    return f"00000000-0000-0000-0000-{case:012d}"


def hour(case: int, number: int) -> datetime:
    """Return the moment that stands for a small number of a case."""
    return EPOCH + timedelta(hours=case * SPACING + number)


def case_of(moment: datetime) -> tuple[int, int]:
    """Return case and small number of a moment."""
    return divmod(int((moment - EPOCH) / timedelta(hours=1)), SPACING)


def land(connection: psycopg.Connection, source: str, case: int, drawn: Drawn) -> None:
    """Land one batch of order lines or readings, as `onerow land` leaves it."""
    window = drawn.batch.window
    start, end = (hour(case, edge) for edge in window) if window else (None, None)
    [(batch_no,)] = connection.execute(
        "insert into onerow.batches"
        " (source, batch_id, content_sha256, extracted_at, row_count, window_start, window_end)"
        " values (%s, %s, %s, %s, %s, %s, %s) returning batch_no",
        (
            *(source, f"{case}/{drawn.batch.sha256}", drawn.batch.sha256, hour(0, drawn.batch.extracted_at)),
            *(len(drawn.rows), start, end),
        ),
    ).fetchall()
    delivered = _LINE if source == "order_lines" else _READING
    with connection.cursor() as cursor:
        cursor.executemany(
            delivered, [(batch_no, line, *_values(source, case, row)) for line, row in enumerate(drawn.rows, start=2)]
        )


_LINE = """
insert into landing.order_lines
(_batch_no, _line_number, order_id, position, sku, quantity, unit_price, updated_at)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_READING = """
insert into landing.device_readings (_batch_no, _line_number, device_id, metric, value, read_at)
values (%s, %s, %s, 'load', %s, %s)
"""


def _values(source: str, case: int, row: tuple) -> tuple:
    if source == "order_lines":
        position, version, *fields = row
        return (order_id(case), position, *fields, hour(0, version).isoformat())
    at, value = row
    return (str(case), value, hour(case, at).isoformat())


def order_lines(case_batches: tuple[Drawn, ...]) -> list[Delivery]:
    """Return the rows of a case as the truth wants them."""
    return [
        Delivery((position,), version, tuple(fields), drawn.batch)
        for drawn in case_batches
        for position, version, *fields in drawn.rows
    ]


def accepted(drawn: Drawn) -> bool:
    """Tell whether a batch may load: with a window it must hold rows, and all of them inside."""
    window = drawn.batch.window
    return window is None or (bool(drawn.rows) and all(window[0] <= at < window[1] for at, _ in drawn.rows))


def count_edges(figures: Counter, case_batches: tuple[Drawn, ...], arrangement: Arrangement) -> None:
    """Count what a case really holds of what is hard."""
    arrived = [case_batches[number].batch for load in arrangement.loads for number in load]
    loads = [[case_batches[number].batch for number in load] for load in arrangement.loads if load]
    windows = [drawn.batch.window for drawn in case_batches if drawn.batch.window]
    figures["cases"] += 1
    figures["late batches"] += any(
        min(batch.position for batch in later) < max(batch.position for batch in earlier)
        for number, later in enumerate(loads)
        for earlier in loads[:number]
    )
    figures["loads of several batches"] += any(len(load) > 1 for load in loads)
    figures["batches taken at once"] += len({batch.extracted_at for batch in arrived}) < len(arrived)
    figures["overlapping windows"] += any(
        a[0] < b[1] and b[0] < a[1] for number, a in enumerate(windows) for b in windows[:number]
    )


def count_ties(figures: Counter, deliveries: list[Delivery]) -> None:
    """Count a case of order lines with ties and with missing values."""
    versions = Counter((row.key, row.version) for row in set(deliveries))
    figures["equal versions with unlike content"] += any(
        len({row.fields for row in deliveries if (row.key, row.version) == tie}) > 1
        for tie, rows in versions.items()
        if rows > 1
    )
    figures["NULL fields"] += any(None in row.fields for row in deliveries)
    figures["duplicates in a batch"] += max(Counter((row.key, row.batch) for row in deliveries).values()) > 1
