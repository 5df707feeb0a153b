"""Compare two things without any configuration: files, or relations of one database or of two."""

from datetime import UTC, datetime
from uuid import uuid4

from onerow.project.marts import Mart
from onerow.project.project import Project
from onerow.reconcile import differences as states
from onerow.reconcile.differences import SIDES, Counts, Differences
from onerow.reconcile.engine import engine
from onerow.reconcile.gather import gather
from onerow.reconcile.matched import Matched, match
from onerow.reconcile.opened import OpenSide, open_sides
from onerow.reconcile.report import Figure, Finding, LevelResult, MartResult, Report
from onerow.reconcile.request import Comparison, Means, Normalisations, Window, parse_age, tolerated_rows
from onerow.reconcile.sides import Relation, parse_side

LEVELS = ("counts", "rows", "schema")


def compare(project: Project, comparison: Comparison, levels: tuple[str, ...], means: Means) -> Report:
    """Compare two sides, each database in one snapshot, and return a report of one result. Writes nothing.

    `project` is only asked where a side is a relation.

    Raises:
        WrongUse: a column is missing, or a target is none of the profile.
        ComparisonFailed, ConnectionFailed, RelationMissing, LockTimedOut, ReconcileFailed: a side cannot be read.
    """
    taken_at = datetime.now(UTC)
    results = compare_levels(project, comparison, levels, means, taken_at)
    name = str(comparison.destination)
    return Report(uuid4(), taken_at, [MartResult(name, name, str(comparison.source), [], results, is_mart=False)])


def compare_mart(
    project: Project, mart: Mart, levels: tuple[str, ...], means: Means, taken_at: datetime
) -> list[LevelResult]:
    """Compare a mart with its meta.onerow.reconcile.source, on the levels counts and rows, as `compare` does."""
    options = mart.reconcile
    comparison = Comparison(
        source=parse_side(options["source"]),
        destination=Relation(None, mart.schema, mart.table),
        key=mart.source.natural_key,
        compare=tuple(options.get("compare", ())),
        window=Window(**options["window"]) if options.get("window") else None,
        version=mart.version_column,
        minimum_age=parse_age(options.get("minimum_age", "")),
        normalisations=Normalisations(tolerance=options.get("tolerance", {})),
        counts_tolerance=options.get("counts_tolerance"),
    )
    wanted = tuple(level for level in ("counts", "rows") if level in levels)
    return compare_levels(project, comparison, wanted, means, taken_at) if wanted else []


def compare_levels(
    project: Project, comparison: Comparison, levels: tuple[str, ...], means: Means, taken_at: datetime
) -> list[LevelResult]:
    """Compare two sides on these levels, which are some of LEVELS. Raises what `compare` does."""
    results = {}
    with (
        engine(means) as opened,
        open_sides(project, opened, comparison.source, comparison.destination) as sides,
    ):
        matched = match(comparison, *sides, with_rows="rows" in levels)
        if {"counts", "rows"} & set(levels):
            equal = gather(opened, comparison, sides, matched)
            found = Differences(opened, comparison, matched, equal, taken_at)
            whole = _whole(found, comparison, means.samples)
            if "counts" in levels:
                results["counts"] = _counts(found, comparison, whole)
            if "rows" in levels:
                results["rows"] = _rows(found, whole, means.samples)
        if "schema" in levels:
            results["schema"] = _schema(sides, matched)
    return [results[level] for level in LEVELS if level in levels]


def _whole(found: Differences, comparison: Comparison, samples: int) -> LevelResult:
    """Return what both levels say of keys: how many, and which of them are not one row on both sides."""
    source, destination = (found.counts(side) for side in SIDES)
    by_state = found.states()
    missing, unexpected = by_state.get(states.MISSING, 0), by_state.get(states.UNEXPECTED, 0)
    # What explains a sum is no difference of its own: rows that were withdrawn, or are on their way.
    is_excused = bool(by_state.get(states.WITHDRAWN) or by_state.get(states.RECENT))
    figures = [
        *_sums(source, destination, comparison, is_excused),
        Figure(states.MISSING, missing, None, missing, states.MISSING),
        Figure(states.UNEXPECTED, None, unexpected, unexpected, states.UNEXPECTED),
        *_bad_keys(source, destination),
    ]
    findings = [
        Finding(state, by_state[state], found.samples(state, samples))
        for state in (states.MISSING, states.UNEXPECTED)
        if by_state.get(state)
    ]
    for name, list_samples in (("duplicate_keys", found.repeated), ("null_keys", found.nulls)):
        violations = sum(figure.violations or 0 for figure in figures if figure.name == name)
        if violations:
            findings.append(Finding(name, violations, list_samples(samples)))
    for state in (states.WITHDRAWN, states.RECENT):
        if by_state.get(state):
            figures.append(Figure(state, None, by_state[state], None, None))
            findings.append(Finding(state, by_state[state], found.samples(state, samples)))
    return LevelResult("counts", figures, findings)


def _sums(
    source: Counts | None,
    destination: Counts | None,
    comparison: Comparison,
    is_excused: bool,
    start: datetime | None = None,
) -> list[Figure]:
    """Judge rows and keys of both sides. One that a window lacks has no figure there, and nothing is tolerated then."""
    figures = []
    for name in ("rows", "keys"):
        here, there = (getattr(each, name) if each else None for each in (source, destination))
        is_one_sided = here is None or there is None
        tolerance = None if is_one_sided else tolerated_rows(comparison.counts_tolerance, here)
        distance = abs((there or 0) - (here or 0))
        violations = None if is_excused else 0 if distance <= (tolerance or 0) else distance
        figures.append(Figure(name, here, there, violations, None, start, tolerance))
    return figures


def _bad_keys(source: Counts, destination: Counts, start: datetime | None = None) -> list[Figure]:
    pairs = {
        "duplicate_keys": (source.duplicate_keys, destination.duplicate_keys),
        "null_keys": (source.null_rows, destination.null_rows),
    }
    return [Figure(name, *pair, sum(pair), name, start) for name, pair in pairs.items()]


def _counts(found: Differences, comparison: Comparison, whole: LevelResult) -> LevelResult:
    if comparison.window is None:
        return whole
    source, destination = (found.counts_by_window(side) for side in SIDES)
    by_window = found.states_by_window()
    none = Counts(0, 0, 0, 0)
    figures = []
    for start in sorted(source.keys() | destination.keys()):
        here, there = source.get(start), destination.get(start)
        is_excused = any(by_window.get((start, state)) for state in (states.WITHDRAWN, states.RECENT))
        figures += _sums(here, there, comparison, is_excused, start)
        missing, unexpected = (by_window.get((start, each), 0) for each in (states.MISSING, states.UNEXPECTED))
        rare = [
            Figure(states.MISSING, missing, None, missing, states.MISSING, start),
            Figure(states.UNEXPECTED, None, unexpected, unexpected, states.UNEXPECTED, start),
            *_bad_keys(here or none, there or none, start),
        ]
        figures += [figure for figure in rare if figure.violations]
    return LevelResult("counts", [*whole.figures, *figures], whole.findings)


def _rows(found: Differences, whole: LevelResult, samples: int) -> LevelResult:
    by_column, by_state = found.modified_values(), found.states()
    modified = by_state.get(states.MODIFIED, 0)
    identical = found.identical_rows()
    figures = [
        *whole.figures,
        Figure(states.MODIFIED, None, modified, modified, states.MODIFIED),
        *(Figure(f"modified.{name}", None, count, count, None) for name, count in by_column.items() if count),
        Figure("identical_rows", identical, identical, None, None),
    ]
    findings = list(whole.findings)
    if modified:
        findings.append(Finding(states.MODIFIED, modified, found.samples(states.MODIFIED, samples)))
    return LevelResult("rows", figures, findings)


def _schema(sides: tuple[OpenSide, OpenSide], matched: Matched) -> LevelResult:
    """Columns that one side lacks are differences; types are shown where they differ in kind."""
    figure = Figure("columns", *(len(side.types) for side in sides), len(matched.one_sided), "one_sided_columns")
    findings = []
    if matched.one_sided:
        samples = [
            {"column": name, "source": sides[0].names.get(name), "destination": sides[1].names.get(name)}
            for name in matched.one_sided
        ]
        findings.append(Finding("one_sided_columns", len(samples), samples))
    return LevelResult("schema", [figure], findings)
