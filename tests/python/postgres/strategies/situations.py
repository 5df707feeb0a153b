"""What each strategy makes of a delivered row: the table of docs/reference/strategies.md, which is written from here.

A row is written `version value note`, a dash for NULL. Before the situation one load has brought what is in the mart;
then a second load brings what is delivered. Batches are extracted at 1 and 2, where nothing else is said.
"""

from dataclasses import dataclass

STRATEGIES = {
    "replace": "upsert, replace",
    "merge": "upsert, merge",
    "by_extraction": "upsert, no version",
    "without_source": "upsert, no source",
    "insert_new": "insert_new",
    "replace_window": "replace_window",
}


@dataclass(frozen=True)
class Batch:
    """One batch: rows of the situation's key, or of another key or without one."""

    rows: tuple[str, ...] = ()
    extracted: int = 0
    # The batch declares the window that the situation's time lies in.
    window: bool = False
    # Rows of keys that are not shown: delivered well, refused, or outside the declared window.
    others: int = 0
    refused: int = 0
    outside: int = 0

    def __str__(self) -> str:
        parts = [f"`{row}`" for row in self.rows]
        parts += ["another key"] * self.others + ["a refused row"] * self.refused + ["a row outside"] * self.outside
        what = " and ".join(parts) or "nothing"
        return (
            what
            + (", as a window" if self.window else "")
            + (f", extracted at {self.extracted}" if self.extracted else "")
        )


@dataclass(frozen=True)
class Situation:
    """What is there, what is delivered, and what becomes of it: `rows: outcomes` a strategy."""

    name: str
    before: Batch | None
    delivered: tuple[Batch, ...]
    becomes: tuple[str, ...]
    # The key that all rows of the situation have: without a thing, or without a part.
    thing: bool = True
    part: bool = True

    def expected(self, strategy: str) -> tuple[str, str]:
        """Return rows and outcomes, as the cell of a strategy has them."""
        rows, _, outcomes = self.becomes[list(STRATEGIES).index(strategy)].partition(": ")
        return rows, outcomes


def _all(but_last: str, last: str | None = None) -> tuple[str, ...]:
    """The same for all strategies, or for all but replace_window."""
    return (*[but_last] * 5, last or but_last)


def _one(row: str, **batch: object) -> tuple[Batch, ...]:
    return (Batch((row,), **batch),)


A, B = "1 a x", "2 b y"
NEWER = ("`2 b y`: modified",) * 4

SITUATIONS = (
    Situation("new key", None, _one(A), _all("`1 a x`: new")),
    Situation("newer version", Batch((A,)), _one(B), (*NEWER, "`1 a x`: stale", "`2 b y`: modified")),
    Situation("the same again", Batch((A,)), _one(A), _all("`1 a x`: unchanged")),
    Situation(
        "newer version of the same", Batch((A,)), _one("2 a x"),
        (*["`2 a x`: modified"] * 4, "`1 a x`: stale", "`2 a x`: modified"),
    ),
    Situation(
        "older version", Batch((B,)), _one(A),
        (*["`2 b y`: stale"] * 2, *["`1 a x`: modified"] * 2, "`2 b y`: stale", "`1 a x`: modified"),
    ),
    Situation(
        "same version, lesser content", Batch(("1 b x",)), _one("1 a y"),
        ("`1 b x`: stale", "`1 b y`: modified", *["`1 a y`: modified"] * 2, "`1 b x`: stale", "`1 a y`: modified"),
    ),
    Situation(
        "same version, greater content", Batch(("1 a y",)), _one("1 b x"),
        ("`1 b x`: modified", "`1 b y`: modified", *["`1 b x`: modified"] * 2, "`1 a y`: stale", "`1 b x`: modified"),
    ),
    Situation(
        "NULL in a newer version", Batch((A,)), _one("2 - y"),
        ("`2 - y`: modified", "`2 a y`: modified", *["`2 - y`: modified"] * 2, "`1 a x`: stale", "`2 - y`: modified"),
    ),
    Situation(
        "older version fills a NULL", Batch(("2 b -",)), _one(A),
        ("`2 b -`: stale", "`2 b x`: modified", *["`1 a x`: modified"] * 2, "`2 b -`: stale", "`1 a x`: modified"),
    ),
    Situation(
        "NULL version after another", Batch((A,)), _one("- b y"),
        (*["`1 a x`: stale"] * 2, *["`- b y`: modified"] * 2, "`1 a x`: stale", "`- b y`: modified"),
    ),
    Situation(
        "a version after NULL", Batch(("- a x",)), _one("1 b y"),
        (*["`1 b y`: modified"] * 4, "`- a x`: stale", "`1 b y`: modified"),
    ),
    Situation(
        "tombstone", Batch((A,)), _one("2 a gone"),
        (*["`2 a gone` †: modified"] * 4, "`1 a x`: stale", "`2 a gone`: modified"),
    ),
    Situation(
        "older version of a deleted one", Batch(("2 a gone",)), _one("1 b x"),
        (*["`2 a gone` †: stale"] * 2, *["`1 b x`: modified"] * 2, "`2 a gone`: stale", "`1 b x`: modified"),
    ),
    Situation(
        "newer version of a deleted one", Batch(("2 a gone",)), _one("3 b x"),
        (*["`3 b x`: modified"] * 4, "`2 a gone`: stale", "`3 b x`: modified"),
    ),
    Situation(
        "twice in a batch", None, (Batch((A, "2 b -")),),
        ("`2 b -`: new, superseded", "`2 b x`: new, superseded", *["`2 b -`: new, superseded"] * 2,
         "`1 a x`: new, superseded", "`2 b -`: new, superseded"),
    ),
    Situation("twice in a batch, equal", None, (Batch((A, A)),), _all("`1 a x`: new, superseded")),
    Situation(
        "in two batches of a load", None, (Batch(("2 b -",), extracted=2), Batch((A,), extracted=3)),
        ("`2 b -`: new, superseded", "`2 b x`: new, superseded", "`1 a x`: new, superseded", "`2 b -`: new, superseded",
         *["`1 a x`: new, superseded"] * 2),
    ),
    Situation(
        "NULL key", None, _one(A),
        (*["no row: rejected"] * 3, "`1 a x`: new", *["no row: rejected"] * 2), thing=False,
    ),
    Situation(
        "NULL in a composite key", Batch((A,)), _one(B),
        (*NEWER, "`1 a x`: stale", "no row: rejected"), part=False,
    ),
    Situation(
        "not of its type", None, _one("? a x"),
        (*["no row: rejected"] * 3, "`- a x`: new", *["no row: rejected"] * 2),
    ),
    Situation(
        "left out by the mart's SQL", None, _one("1 hidden x"),
        (*["no row: filtered"] * 3, "no row: -", *["no row: filtered"] * 2),
    ),
    Situation("late batch, new key", Batch(others=1, extracted=5), _one(A, extracted=1), _all("`1 a x`: new")),
    Situation(
        "late batch, newer version", Batch((A,), extracted=5), _one(B, extracted=1),
        (*NEWER[:2], "`1 a x`: stale", "`2 b y`: modified", *["`1 a x`: stale"] * 2),
    ),
    Situation(
        "not delivered, without a window", Batch((A,), window=True), (Batch(others=1),), _all("`1 a x`: -"),
    ),
    Situation(
        "not delivered by its window", Batch((A,)), (Batch(others=1, window=True),),
        _all("`1 a x`: -", "no row: withdrawn"),
    ),
    Situation(
        "the same again in its window", Batch((A,), window=True), _one(A, window=True), _all("`1 a x`: unchanged"),
    ),
    Situation(
        "late window", Batch((A,), window=True, extracted=5), _one(B, window=True, extracted=1),
        (*NEWER[:2], "`1 a x`: stale", "`2 b y`: modified", *["`1 a x`: stale"] * 2),
    ),
    Situation(
        "late row in a consumed window", Batch(others=1, window=True, extracted=5), _one(A, extracted=1),
        _all("`1 a x`: new", "no row: stale"),
    ),
    Situation(
        "row after a consumed window", Batch(others=1, window=True), _one(A), _all("`1 a x`: new"),
    ),
    Situation(
        "window with a row outside", Batch((A,)), _one(B, window=True, outside=1),
        (*NEWER, "`1 a x`: stale", "`1 a x`: quarantined"),
    ),
    Situation(
        "window with a refused row", Batch((A,)), _one(B, window=True, refused=1),
        (*["`2 b y`: modified, rejected"] * 3, "`2 b y`: modified", "`1 a x`: stale, rejected", "`1 a x`: quarantined"),
    ),
    Situation(
        "empty window", Batch((A,)), (Batch(window=True),), _all("`1 a x`: -", "`1 a x`: quarantined"),
    ),
)  # fmt: skip


def markdown() -> str:
    """Return the table of the reference page."""
    header = ["", "in the mart", "delivered", *STRATEGIES.values()]
    lines = [header, ["---"] * len(header)]
    for situation in SITUATIONS:
        before = str(situation.before) if situation.before else ""
        delivered = "; then ".join(map(str, situation.delivered))
        lines.append([situation.name, before, delivered, *situation.becomes])
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
