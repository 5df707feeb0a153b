"""Which columns of both sides are compared, and in which type."""

from dataclasses import dataclass, replace

from onerow.errors import WrongUse
from onerow.reconcile.kinds import DIGITS, Type, in_common
from onerow.reconcile.opened import OpenSide
from onerow.reconcile.request import Comparison

_VERSION_SCALE = 9


@dataclass(frozen=True)
class MatchedColumn:
    """A column of both sides. `alias` is its name in DuckDB's tables of the two sides."""

    name: str
    alias: str
    source: Type
    destination: Type
    common: Type

    def own(self, side: OpenSide) -> Type:
        """Return its type on one side."""
        return self.source if side.name == "source" else self.destination


@dataclass(frozen=True)
class Matched:
    """The columns of a comparison; `one_sided` are those that one side lacks, with the side that has them."""

    key: list[MatchedColumn]
    compared: list[MatchedColumn]
    window: MatchedColumn | None
    version: MatchedColumn | None
    one_sided: dict[str, str]

    @property
    def all(self) -> list[MatchedColumn]:
        """All of them: as the tables of the two sides have them."""
        return [*self.key, *self.compared, *(column for column in (self.window, self.version) if column)]


def match(comparison: Comparison, source: OpenSide, destination: OpenSide, *, with_rows: bool) -> Matched:
    """Match the columns of the two sides by name; without `with_rows` only those that counting needs.

    Columns whose name begins with an underscore belong to who loads, not to what is delivered: they are compared only
    if they are named.

    Raises:
        WrongUse: a named column is missing; the message lists all that is wrong.
    """
    window = comparison.window and comparison.window.column
    ours = {*comparison.key, *comparison.exclude}
    both = [name for name in source.types if name in destination.types and not name.startswith("_")]
    compared = comparison.compare or tuple(name for name in both if name not in ours)
    named = [*comparison.key, *comparison.compare, *comparison.normalisations.columns, *filter(None, [window])]
    needed = dict.fromkeys(named, (source, destination))
    problems = [
        f"{side.side} has no column {name}"
        for name, sides in needed.items()
        for side in sides
        if name not in side.types
    ]
    if comparison.version and comparison.version not in source.types:
        problems.append(f"{source.side} has no column {comparison.version}")
    if comparison.is_full_extract and comparison.version not in destination.types:
        problems.append(f"{destination.side} has no column {comparison.version}, which tells what has been withdrawn")
    if problems:
        columns = [f"{side.side} has {', '.join(side.types)}" for side in (source, destination)]
        raise WrongUse("; ".join(dict.fromkeys(problems)) + ". " + "; ".join(columns))

    def matched(name: str, alias: str) -> MatchedColumn:
        # A version that only the source has is no part of what is compared.
        own = source.types[name], destination.types.get(name, source.types[name])
        return MatchedColumn(name, alias, *own, in_common(*own))

    one_sided = (
        {}
        if comparison.compare
        else {
            name: side.name
            for side, other in ((source, destination), (destination, source))
            for name in side.types
            if name not in other.types and name not in ours and not name.startswith("_") and name != comparison.version
        }
    )
    return Matched(
        key=[matched(name, f"k{number}") for number, name in enumerate(comparison.key)],
        compared=[matched(name, f"c{number}") for number, name in enumerate(compared)] if with_rows else [],
        window=replace(matched(window, "w"), common=Type("time")) if window else None,
        version=_orderable(matched(comparison.version, "v")) if comparison.version else None,
        one_sided=one_sided,
    )


def _orderable(version: MatchedColumn) -> MatchedColumn:
    """Let a version that a file holds as a text be ordered as what it is."""
    if version.common.kind == "decimal":
        return replace(version, common=Type("decimal", (DIGITS - _VERSION_SCALE, _VERSION_SCALE)))
    return replace(version, common=Type(version.common.kind))
