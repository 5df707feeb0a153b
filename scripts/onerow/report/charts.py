"""Pictures of the HTML report: static SVG without script, whose colours the page's style sheet gives."""

from collections.abc import Collection, Iterable, Sequence
from xml.etree import ElementTree as ET  # changes what pygal made, parses nothing

import pygal
from markupsafe import Markup
from pygal.etree import etree
from pygal.graph.graph import Graph

Values = Sequence[float | None]

_WIDTH, _HEIGHT = 900, 260
# Points that can be told apart: more of them become a line alone.
_DOTS = 60
_LABELS = 6
_REMOVED = ("defs", "desc")

etree.to_etree()  # of the standard library, also where lxml is installed


def compared(
    title: str, labels: Sequence[str], sides: dict[str, Values], differing: Collection[int], *, from_zero: bool
) -> Markup:
    """Draw the two sides as lines, with a ring around the points of the second at the positions in `differing`.

    `sides` has the values by name. With `from_zero` heights can be compared, without it changes are seen. The page
    says how each side is drawn; `title` is what a screen reader says.
    """
    chart = pygal.Line(
        allow_interruptions=True,
        show_dots=len(labels) <= _DOTS,
        dots_size=2.5,
        include_x_axis=from_zero,
        **_options(labels),
    )
    chart.x_labels = list(labels)
    source, mart = sides
    rings = [value if position in differing else None for position, value in enumerate(sides[mart])]
    chart.add(source, list(sides[source]))
    chart.add(mart, list(sides[mart]))
    chart.add("difference", rings, stroke=False, show_dots=True, dots_size=6)
    return _svg(chart, title, (source, mart, "difference"))


def stacked(title: str, labels: Sequence[str], series: dict[str, Values]) -> Markup:
    """Draw one bar a label, with a part a series, in the order given."""
    chart = pygal.StackedBar(**_options(labels))
    chart.x_labels = list(labels)
    for name, values in series.items():
        chart.add(name, list(values))
    return _svg(chart, title, series)


def _options(labels: Sequence[str]) -> dict[str, object]:
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "margin": 8,
        # The half of a label that stands under the first or the last point.
        "margin_left": 24,
        "margin_right": 50,
        # No script and no style from the library: both would be in each picture anew.
        "js": (),
        "css": (),
        "no_prefix": True,
        "show_legend": False,
        "value_formatter": lambda value: f"{value:,.0f}",
        "order_min": 0,  # no ticks between whole numbers
        "truncate_label": -1,
        "show_minor_x_labels": False,
        "x_labels_major_every": -(-len(labels) // _LABELS),
    }


def _svg(chart: Graph, title: str, names: Iterable[str]) -> Markup:
    """Return the picture without what a browser would run, fetch or say twice. Its figures become titles."""
    root = chart.render_tree()
    root.attrib.pop("id")
    root.set("role", "img")
    root.set("aria-label", title)
    for number, name in enumerate(names):
        for group in root.iter("g"):
            if f"serie-{number}" in group.get("class", "").split():
                for mark in group.iter("g"):
                    _say(mark, name)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in _REMOVED or child.tag is ET.Comment or "tooltip-overlay" in child.get("class", ""):
                parent.remove(child)
    root.remove(root.find("title"))
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - ElementTree escapes what it writes


def _say(mark: ET.Element, series: str) -> None:
    """Give a mark the title `series, label: value` from what the library leaves for its script."""
    said = {part.get("class"): part.text for part in mark.findall("desc")}
    if "value" in said:
        ET.SubElement(mark, "title").text = f"{series}, {said.get('x_label')}: {said['value']}"
