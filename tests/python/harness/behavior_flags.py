"""dbt names the module that declares a behavior flag without a look at the source of the whole stack.

It does so whenever it makes an adapter. Under the test runner, whose frames are many and partly without a file, that
took more than all else in a run of dbt: seconds.
"""

import sys

from dbt_common import behavior_flags


def declare_quickly() -> None:
    """Let the flags find their module by the names that frames carry: the same answer."""
    behavior_flags.BehaviorFlagRendered._default_source = staticmethod(_declaring_module)  # type: ignore[method-assign]


def _declaring_module() -> str:
    frame = sys._getframe()
    while frame := frame.f_back:
        name = frame.f_globals.get("__name__", "")
        if name != behavior_flags.__name__:
            return str(name)
    return "Unknown"
