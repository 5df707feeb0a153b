"""How often a process of the tests looks for garbage: Python's own way of it is half of a parse."""

import gc


def look_at_what_comes() -> None:
    """Leave out what is there now, dbt above all: it lasts as long as the process, or as what is forked from it.

    What comes is many small things that last as long as a run, and are looked at less often than they are made.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
