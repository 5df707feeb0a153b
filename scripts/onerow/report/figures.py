"""Every figure of a reconciliation in one sequence, as the formats that are lists of figures take them."""

from collections.abc import Iterator
from typing import Any


def figures_of(marts: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Yield mart, level and figure of the marts in the JSON of a report, in its order."""
    for mart in marts:
        for level in mart["levels"]:
            for figure in level["figures"]:
                yield mart, level, figure
