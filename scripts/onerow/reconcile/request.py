"""What to compare, and how: as it was asked for."""

import math
import re
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from onerow.reconcile.sides import Side

GRAINS = ("hour", "day", "week", "month")
_UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days"}
PRECISIONS = ("millisecond", "second", "minute", "hour", "day")


def parse_age(text: str) -> timedelta | None:
    """Read a number of seconds, minutes, hours or days, such as '2 hours'; None if it is none."""
    found = re.fullmatch(rf"(\d+) ?({'|'.join(_UNITS)})s?", text.strip())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def tolerated_rows(tolerance: float | None, source_rows: int) -> int | None:
    """Return by how many rows the sums of both sides may differ, as the macro of this name does; None if not set.

    `tolerance` is a whole number of rows, or a share of the source's rows, between 0 and 1.
    """
    if tolerance is None or isinstance(tolerance, int):
        return tolerance
    return math.floor(Fraction(str(tolerance)) * source_rows)  # as it was written: 0.29 of 100 is 29


@dataclass(frozen=True)
class Normalisations:
    """What is no difference, by column. Nothing is, unless it is named here."""

    tolerance: dict[str, float] = field(default_factory=dict)
    precision: dict[str, str] = field(default_factory=dict)
    trim: tuple[str, ...] = ()
    ignore_case: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """Every column that is named."""
        return {*self.tolerance, *self.precision, *self.trim, *self.ignore_case}


@dataclass(frozen=True)
class Window:
    """A time column that both sides have, and how it is cut."""

    column: str
    grain: str


@dataclass(frozen=True)
class Comparison:
    """Two sides, the key that tells their rows apart, and what of each row is compared (all columns unless named).

    The source is folded to the newest row of each key where there is a `version`. With `is_full_extract` a row that the
    source no longer has, and that is not newer than all of the source, has been withdrawn there. Rows younger than
    `minimum_age` by their window column may still be on their way. Sums may differ by `counts_tolerance`.
    """

    source: Side
    destination: Side
    key: tuple[str, ...]
    compare: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    window: Window | None = None
    version: str | None = None
    is_full_extract: bool = False
    minimum_age: timedelta | None = None
    normalisations: Normalisations = Normalisations()
    counts_tolerance: float | None = None


@dataclass(frozen=True)
class Means:
    """What a comparison may use: DuckDB's memory limit, where it spills to, and how many samples it shows of a rule."""

    memory: str = "400MB"
    temp_dir: Path | None = None
    samples: int = 5


DEFAULT_MEANS = Means()
