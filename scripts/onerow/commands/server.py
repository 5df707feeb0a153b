"""onerow server: the embedded PostgreSQL of the project folder."""

import json
import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from onerow.errors import ServerFailed, WrongUse
from onerow.server.lifecycle import Server, find_server, start_server, stop_server
from onerow.server.profile import ProfileState, write_profile

NOT_RUNNING = 3  # as pg_ctl status and systemctl status have it

_out = Console(highlight=False, soft_wrap=True, markup=False)
_project_dir = click.option(
    "--project-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder of dbt_project.yml; the current one by default.",
)


@click.group()
def server() -> None:
    """Run a PostgreSQL of the project's own; its data is in the folder .onerow.

    It listens on this machine only and asks for a password. The target `embedded` of profiles.yml connects to it.
    """


@server.command(epilog="Example: onerow server start && dbt build")
@_project_dir
@click.option(
    "--bindir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of another PostgreSQL's programs, version 16 or newer.",
)
def start(project_dir: Path, bindir: Path | None) -> None:
    """Start the server and point profiles.yml at it. A running server is left as it is."""
    project_dir = _checked(project_dir)
    started = start_server(project_dir / ".onerow", bindir)
    _out.print(
        f"The server {'was running already' if started.already_running else 'is running'}: {_described(started)}"
    )
    state = write_profile(project_dir, started.login)
    _out.print(f"profiles.yml: {state.value}")
    if state in (ProfileState.NOT_OURS, ProfileState.NO_EXAMPLE):
        _out.print('To connect in another way: eval "$(onerow server env)"')


@server.command(epilog="Example: onerow server stop")
@_project_dir
def stop(project_dir: Path) -> None:
    """Stop the server; sessions that are open end. Its data stays."""
    stopped = stop_server(_checked(project_dir) / ".onerow")
    _out.print("The server is stopped." if stopped else "The server was not running.")


@server.command(epilog="Example: onerow server status || onerow server start")
@_project_dir
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print the result.",
)
def status(project_dir: Path, output_format: str) -> None:
    """Say whether the server runs, and where. Exit code 0 if it takes connections, 3 if not."""
    found = find_server(_checked(project_dir) / ".onerow")
    if output_format == "json":
        _out.print(json.dumps(_facts(found)))
    else:
        _out.print(f"The server is running: {_described(found)}" if found else "The server is not running.")
    sys.exit(0 if found else NOT_RUNNING)


@server.command(epilog='Example: eval "$(onerow server env)" && psql')
@_project_dir
def env(project_dir: Path) -> None:
    """Print shell commands that point psql and all that uses libpq at the server.

    The password is not among them: PGPASSFILE names the file that holds it.
    """
    project_dir = _checked(project_dir)
    found = find_server(project_dir / ".onerow")
    if found is None:
        raise ServerFailed("it is not running. Start it with: onerow server start")
    variables = {
        "PGHOST": found.login.host,
        "PGPORT": str(found.login.port),
        "PGUSER": found.login.user,
        "PGDATABASE": found.login.dbname,
        "PGPASSFILE": str(project_dir / ".onerow" / "pgpass"),
    }
    click.echo("unset PGPASSWORD PGHOSTADDR PGSERVICE")  # each of them would lead elsewhere
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _checked(project_dir: Path) -> Path:
    """Return the absolute project folder, once it is seen to be one: data must not be strewn about."""
    if not (project_dir / "dbt_project.yml").exists():
        raise WrongUse(
            f"there is no dbt_project.yml in {project_dir.absolute()}: go to the project's folder, or use --project-dir"
        )
    return project_dir.absolute()


def _described(found: Server) -> str:
    login = found.login
    where = f"{login.host}:{login.port}, database {login.dbname}, user {login.user}"
    return f"PostgreSQL {found.version} at {where} (process {found.pid})"


def _facts(found: Server | None) -> dict[str, object]:
    if found is None:
        return {"running": False}
    login = found.login
    where = {"host": login.host, "port": login.port, "user": login.user, "dbname": login.dbname}
    return {"running": True, "version": found.version, "pid": found.pid, **where}
