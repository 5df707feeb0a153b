"""The options of `onerow reconcile` that say what to compare where no model does."""

import functools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from onerow.reconcile.request import (
    DEFAULT_MEANS,
    GRAINS,
    PRECISIONS,
    Comparison,
    Means,
    Normalisations,
    Window,
    parse_age,
)
from onerow.reconcile.sides import parse_side


class Assignment(click.ParamType):
    """COLUMN=VALUE, with a value of a given type."""

    name = "assignment"

    def __init__(self, of: click.ParamType):
        self._of = of

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        """Split at the last equals sign: a name may hold one."""
        column, equals, text = value.rpartition("=")
        if not equals or not column:
            self.fail(f"{value!r} is not COLUMN=VALUE", param, ctx)
        return column, self._of.convert(text, param, ctx)


class Age(click.ParamType):
    """A number and a unit, such as '2 hours'."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Parse the age."""
        age = parse_age(value)
        if age is None:
            self.fail(f"{value!r} is not a number of seconds, minutes, hours or days, such as '2 hours'", param, ctx)
        return age


_OPTIONS = [
    click.option("--source", help="Compare this instead of models: FILE, a glob, SCHEMA.TABLE or TARGET:SCHEMA.TABLE."),
    click.option("--destination", help="What to compare it with."),
    click.option("--key", multiple=True, metavar="COLUMN", help="Column of the key; one option a column."),
    click.option("--compare", multiple=True, metavar="COLUMN", help="Compare this column only. All by default."),
    click.option("--exclude", multiple=True, metavar="COLUMN", help="Do not compare this column."),
    click.option("--window", metavar="COLUMN", help="Time column: count per window of it."),
    click.option("--grain", type=click.Choice(GRAINS), default="day", show_default=True, help="Length of a window."),
    click.option(
        "--version", metavar="COLUMN", help="The source has several rows a key: the newest by this one counts."
    ),
    click.option(
        "--full-extract",
        is_flag=True,
        help="The source is all that there is: what it no longer has, and was not changed since, was withdrawn there.",
    ),
    click.option("--minimum-age", type=Age(), help="Leave out what is younger by --window, such as '2 hours'."),
    click.option(
        "--tolerance",
        multiple=True,
        type=Assignment(click.FLOAT),
        metavar="COLUMN=NUMBER",
        help="How far off is equal.",
    ),
    click.option(
        "--precision",
        multiple=True,
        type=Assignment(click.Choice(PRECISIONS)),
        metavar="COLUMN=UNIT",
        help="Compare a time to the millisecond, second, minute, hour or day.",
    ),
    click.option("--trim", multiple=True, metavar="COLUMN", help="Blanks at the edges are no difference."),
    click.option("--ignore-case", multiple=True, metavar="COLUMN", help="Upper and lower case are no difference."),
    click.option(
        "--samples",
        type=click.IntRange(1),
        default=DEFAULT_MEANS.samples,
        show_default=True,
        help="Samples to show of each rule.",
    ),
    click.option(
        "--memory",
        default=DEFAULT_MEANS.memory,
        show_default=True,
        help="What the comparison may use before it spills.",
    ),
    click.option("--temp-dir", type=click.Path(path_type=Path, file_okay=False), help="Where it spills to."),
]


def pass_comparison(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options, and pass it a Comparison, or None, as `comparison`, and Means as `means`."""

    @functools.wraps(command)
    def with_comparison(
        *args: Any,
        source: str | None,
        destination: str | None,
        key: tuple[str, ...],
        compare: tuple[str, ...],
        exclude: tuple[str, ...],
        window: str | None,
        grain: str,
        version: str | None,
        full_extract: bool,
        minimum_age: timedelta | None,
        tolerance: tuple[tuple[str, float], ...],
        precision: tuple[tuple[str, str], ...],
        trim: tuple[str, ...],
        ignore_case: tuple[str, ...],
        samples: int,
        memory: str,
        temp_dir: Path | None,
        **arguments: Any,
    ) -> Any:
        normalisations = Normalisations(dict(tolerance), dict(precision), trim, ignore_case)
        comparison = None
        if source and destination and key:
            comparison = Comparison(
                source=parse_side(source),
                destination=parse_side(destination),
                key=key,
                compare=compare,
                exclude=exclude,
                window=Window(window, grain) if window else None,
                version=version,
                is_full_extract=full_extract,
                minimum_age=minimum_age,
                normalisations=normalisations,
            )
        elif any((source, destination, key, compare, exclude, window, version, full_extract, minimum_age)) or (
            normalisations.columns
        ):
            raise click.UsageError("a comparison needs all of --source, --destination and --key")
        if full_extract and not version:
            raise click.UsageError(
                "--full-extract needs --version: the column that tells what the extract is older than"
            )
        if minimum_age and not window:
            raise click.UsageError("--minimum-age needs --window: the time column that tells the age of a row")
        if problems := sorted(set(compare) & {*key, *exclude}):
            raise click.UsageError(f"to be compared, and also key or excluded: {', '.join(problems)}")
        return command(*args, comparison=comparison, means=Means(memory, temp_dir, samples), **arguments)

    for option in reversed(_OPTIONS):
        with_comparison = option(with_comparison)
    return with_comparison
