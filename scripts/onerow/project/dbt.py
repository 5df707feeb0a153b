"""dbt, run inside this process: the only module that imports it. Importing dbt takes seconds, so do it late."""

import argparse
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onerow.errors import DbtFailed

# Silent, and without artifacts: run_results.json stays that of the user's own last run, which `dbt retry` reads.
_QUIET = [
    *("--log-level", "none", "--log-level-file", "none", "--no-print", "--no-use-colors", "--no-version-check"),
    "--no-write-json",
]


# A message that a macro logs, and what is then called with dbt's connection of that moment (psycopg2), before the macro
# goes on.
OnMessage = tuple[str, Callable[[Any], None]]


def invoke(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    command: list[str],
    *,
    manifest: Any = None,
    on_message: OnMessage | None = None,
) -> Any:
    """Run one dbt command in silence and return its result; on `manifest`, if given, instead of parsing.

    Raises:
        DbtFailed: dbt could not be run, or a node failed; carries dbt's own message.
    """
    callbacks = [_listener(*on_message)] if on_message else []
    return _invoke(project_dir, profiles_dir, target, command, manifest, callbacks)


def invoke_watched(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    command: list[str],
    manifest: Any,
    on_statement: Callable[[str], None],
) -> None:
    """Run one dbt command, and call `on_statement` with the unique id of the node before it sends a statement.

    Fit for a process that may be killed, and for one that forks others afterwards.

    Raises:
        DbtFailed: as invoke().
    """
    import dbt.mp_context  # noqa: PLC0415

    # dbt's own locks have names, which a process that is killed would leave behind in shared memory.
    dbt.mp_context._MP_CONTEXT = multiprocessing.get_context("fork")  # type: ignore[assignment]

    def listen(event: Any) -> None:
        if event.info.name == "SQLQuery":
            on_statement(event.data.node_info.unique_id)

    _invoke(project_dir, profiles_dir, target, command, manifest, [listen])


def configuration(project_dir: Path, profiles_dir: Path | None, target: str | None) -> tuple[Any, dict[str, Any]]:
    """Return the credentials of the target and the vars of dbt_project.yml, rendered as dbt renders them.

    Raises:
        DbtFailed: there is no project, no profile, no such target, or an environment variable is missing.
    """
    from dbt.config.runtime import load_profile, load_project  # noqa: PLC0415
    from dbt.flags import set_from_args  # noqa: PLC0415
    from dbt_common.context import set_invocation_context  # noqa: PLC0415
    from dbt_common.exceptions import DbtBaseException  # noqa: PLC0415

    profiles = profiles_dir or default_profiles_dir(project_dir)
    set_invocation_context(os.environ)  # env_var() reads from it
    set_from_args(argparse.Namespace(PROFILES_DIR=str(profiles), USE_COLORS=False, VERSION_CHECK=False), None)
    try:
        profile = load_profile(str(project_dir), {}, target_override=target)
        project = load_project(str(project_dir), version_check=False, profile=profile)
    except DbtBaseException as error:
        raise DbtFailed("profile", str(error)) from error
    return profile.credentials, project.vars.to_dict()


def default_profiles_dir(project_dir: Path) -> Path:
    """Return the folder of profiles.yml: DBT_PROFILES_DIR, else the project's if it has one there, else ~/.dbt."""
    named = os.environ.get("DBT_PROFILES_DIR")
    if named:
        return Path(named)
    return project_dir if (project_dir / "profiles.yml").exists() else Path.home() / ".dbt"


def _invoke(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    command: list[str],
    manifest: Any,
    callbacks: list[Callable[[Any], None]],
) -> Any:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    profiles = profiles_dir or default_profiles_dir(project_dir)
    arguments = [*_QUIET, *command, "--project-dir", str(project_dir), "--profiles-dir", str(profiles)]
    if target is not None:
        arguments += ["--target", target]
    outcome = dbtRunner(manifest=manifest, callbacks=callbacks).invoke(arguments)
    if not outcome.success:
        raise DbtFailed(command[0], _reason(outcome))
    return outcome.result


def _listener(message: str, call: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return what dbt calls for each of its events, in the thread that runs the macro."""
    from dbt.adapters.factory import get_adapter_by_type  # noqa: PLC0415

    def listen(event: Any) -> None:
        if event.info.name == "JinjaLogDebug" and event.data.msg == message:
            call(get_adapter_by_type("postgres").connections.get_thread_connection().handle)

    return listen


def _reason(outcome: Any) -> str:
    if outcome.exception is not None:
        return str(outcome.exception).strip()
    failed = [node for node in outcome.result if str(node.status) not in ("success", "pass", "skipped")]
    return "; ".join(f"{node.node.name}: {node.message}" for node in failed)
