"""What dbt computes over and over, computed once or by a shorter way, to the same answers.

All of it is beside what tests look at: where a behavior flag was declared, which variables hold secrets, how dates in
words are read, the settings and files of the packages that dbt brings, events that nobody hears, what is kept of a
parse for the next one, and templates: in `quick_templates`.
"""

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import parsedatetime
from dbt.config.project import Project
from dbt.config.renderer import DbtProjectYamlRenderer
from dbt.contracts.files import FilePath
from dbt.parser import read_files
from dbt.parser.manifest import ManifestLoader
from dbt.tracking import track_behavior_change_warn
from dbt_common import behavior_flags
from dbt_common.constants import SECRET_ENV_PREFIX
from dbt_common.events import functions as events
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.exceptions import base as exceptions

from harness import quick_templates

_SECRET = SECRET_ENV_PREFIX.encode()


def make_quick() -> None:
    """Replace the ways of dbt, in this process and in what it forks."""
    behavior_flags.BehaviorFlagRendered._default_source = staticmethod(_declaring_module)  # type: ignore[method-assign]
    exceptions.env_secrets = events.env_secrets = _env_secrets  # type: ignore[attr-defined]
    # Each result of a query is read as a table whose types are tried anew, among them dates in the words of a language.
    parsedatetime.Constants = functools.cache(parsedatetime.Constants)
    Project.from_project_root = _packages_once(Project.from_project_root)  # type: ignore[method-assign]
    read_files.filesystem_search = _packages_searched_once(read_files.filesystem_search)
    BaseEvent.__init__, BaseEvent.__getattr__, BaseEvent.__setattr__ = _made_when_looked_at(  # type: ignore[method-assign]
        BaseEvent.__init__
    )
    EventManager.fire_event = _fire_if_heard(EventManager.fire_event)  # type: ignore[method-assign]
    ManifestLoader.write_manifest_for_partial_parse = _write_if_new(  # type: ignore[method-assign]
        ManifestLoader.write_manifest_for_partial_parse
    )
    quick_templates.make_quick()


def _packages_once(read: Callable[..., Project]) -> Callable[..., Project]:
    """Read the dbt_project.yml of each package that is installed with dbt once, and not in each run."""
    read_once = functools.cache(lambda root: read(root, DbtProjectYamlRenderer(None)))

    def from_project_root(root: str | Path, renderer: DbtProjectYamlRenderer, **options: bool) -> Project:
        if Path(root).is_relative_to(sys.prefix):
            return read_once(str(root))
        return read(root, renderer, **options)

    return from_project_root


def _packages_searched_once(search: Callable[..., list[FilePath]]) -> Callable[..., list[FilePath]]:
    """Look for the files of each package that is installed with dbt once, and not in each parse."""
    found: dict[tuple[str, tuple[str, ...], str], list[FilePath]] = {}

    def filesystem_search(project: Project, folders: list[str], extension: str, ignored: Any = None) -> list[FilePath]:
        if not Path(project.project_root).is_relative_to(sys.prefix):
            return search(project, folders, extension, ignored)
        key = (project.project_root, tuple(folders), extension)
        if key not in found:
            found[key] = search(project, folders, extension, ignored)
        return found[key]

    return filesystem_search


def _made_when_looked_at(make: Callable[..., None]) -> tuple[Callable[..., None], ...]:
    """Make the message of an event when somebody looks at it: of most, nobody does."""

    def init(event: BaseEvent, *args: Any, **values: Any) -> None:
        object.__setattr__(event, "_made_of", (args, values))

    def message(event: BaseEvent) -> Any:
        if made_of := vars(event).pop("_made_of", None):
            make(event, *made_of[0], **made_of[1])
        return vars(event)["pb_msg"]

    def getattribute(event: BaseEvent, name: str) -> Any:
        return message(event) if name == "pb_msg" else getattr(message(event), name)

    def setattribute(event: BaseEvent, name: str, value: Any) -> None:
        if name == "pb_msg":
            vars(event)[name] = value
        else:
            setattr(message(event), name, value)

    return init, getattribute, setattribute


def _fire_if_heard(fire: Callable[..., None]) -> Callable[..., None]:
    """Fire no event of level debug or info, of which a small run has hundreds, where nobody takes it."""
    unheard = {
        EventLevel.DEBUG: (EventLevel.TEST, EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR),
        EventLevel.INFO: (EventLevel.WARN, EventLevel.ERROR),
    }
    # dbt itself always listens, for warnings.
    only_dbt = [track_behavior_change_warn]

    def fire_event(manager: EventManager, e: BaseEvent, level: EventLevel | None = None, **options: Any) -> None:
        by = unheard.get(level or e.level_tag(), ())
        is_error = options.get("force_warn_or_error_handling")
        if by and not is_error and manager.callbacks == only_dbt and all(each.level in by for each in manager.loggers):
            return
        fire(manager, e, level, **options)

    return fire_event


def _write_if_new(write: Callable[[ManifestLoader], None]) -> Callable[[ManifestLoader], None]:
    """Keep what a whole parse has come to, and not each time what little has changed since: the next one finds it."""

    def write_manifest_for_partial_parse(loader: ManifestLoader) -> None:
        if not loader.partially_parsing:
            write(loader)

    return write_manifest_for_partial_parse


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
