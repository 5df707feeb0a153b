"""What dbt computes over and over, computed once or by a shorter way, to the same answers.

All of it is beside what tests look at: where a behavior flag was declared, which variables hold secrets, how dates in
words are read, and the settings of the packages that dbt brings.
"""

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path

import parsedatetime
from dbt.config.project import Project
from dbt.config.renderer import DbtProjectYamlRenderer
from dbt_common import behavior_flags
from dbt_common.constants import SECRET_ENV_PREFIX
from dbt_common.events import functions as events
from dbt_common.exceptions import base as exceptions

_SECRET = SECRET_ENV_PREFIX.encode()


def make_quick() -> None:
    """Replace the ways of dbt, in this process and in what it forks."""
    behavior_flags.BehaviorFlagRendered._default_source = staticmethod(_declaring_module)  # type: ignore[method-assign]
    exceptions.env_secrets = events.env_secrets = _env_secrets  # type: ignore[attr-defined]
    # Each result of a query is read as a table whose types are tried anew, among them dates in the words of a language.
    parsedatetime.Constants = functools.cache(parsedatetime.Constants)
    Project.from_project_root = _packages_once(Project.from_project_root)  # type: ignore[method-assign]


def _packages_once(read: Callable[..., Project]) -> Callable[..., Project]:
    """Read the dbt_project.yml of each package that is installed with dbt once, and not in each run."""
    read_once = functools.cache(lambda root: read(root, DbtProjectYamlRenderer(None)))

    def from_project_root(root: str | Path, renderer: DbtProjectYamlRenderer, **options: bool) -> Project:
        if Path(root).is_relative_to(sys.prefix):
            return read_once(str(root))
        return read(root, renderer, **options)

    return from_project_root


def _declaring_module() -> str:
    """Tell the module that declares a flag by the names that frames carry.

    dbt looks at the source of the whole stack whenever it makes an adapter. Under the test runner, whose frames are
    many and partly without a file, that takes seconds.
    """
    frame = sys._getframe()
    while frame := frame.f_back:
        name = frame.f_globals.get("__name__", "")
        if name != behavior_flags.__name__:
            return str(name)
    return "Unknown"


def _env_secrets() -> list[str]:
    """Tell what is not to be logged without a look at every variable as text, of which dbt takes one a line."""
    variables: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined]
    return [
        value for name in variables if name.startswith(_SECRET) and (value := os.environ[os.fsdecode(name)]).strip()
    ]
