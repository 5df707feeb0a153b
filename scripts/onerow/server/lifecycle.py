"""Start and stop the embedded server, from whatever state a crash has left it in."""

import os
import secrets
import shlex
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from onerow.errors import ServerFailed, WrongUse
from onerow.server.account import Account, account_for
from onerow.server.binaries import Binaries, find_binaries
from onerow.server.folder import ServerFolder
from onerow.server.login import Login, new_password, read_login, write_login, write_private
from onerow.server.postmaster import Postmaster, disown_pid_file, find_leftovers, find_postmaster, works_in

# Every program runs inside the data folder and names it like this. So it works wherever the folder lies: parents may be
# closed to the server's account, and the path may hold anything.
_HERE = "/proc/self/cwd" if Path("/proc/self").exists() else "."

_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have no more than about a hundred bytes
}
# Below the ports that Linux hands out to clients (32768 and up): none of those takes the port of a stopped server.
_FIRST_PORT, _LAST_PORT = 20000, 32767
_PORTS_TRIED = 10
_PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Server:
    """A running embedded server; `already_running` if this call did not start it."""

    login: Login
    version: str
    pid: int
    already_running: bool


def start_server(root: Path, bindir: Path | None = None, settings: Mapping[str, str] | None = None) -> Server:
    """Start the server whose data is in the folder `root`; initialise it first where there is none.

    A running server is left as it is. `settings` are server settings for this start. The port stays that of the last
    start unless another program has taken it.

    Raises:
        WrongUse: `bindir` does not hold a PostgreSQL that fits.
        NotYourServer: the folder belongs to another user.
        ServerFailed: carries the end of the server's log.
    """
    folder = ServerFolder(root)
    with folder.locked():
        already_running = find_postmaster(folder.data) is not None
        if not already_running:
            account = account_for(folder.home)
            binaries = find_binaries(bindir, account)
            _initialise(folder, account, binaries)
            _clear_away(folder)
            _launch(folder, account, binaries, {**(settings or {}), **_ALWAYS})
        postmaster = _wait_until_ready(folder)
        return Server(_login_at(folder, postmaster.port), _data_version(folder), postmaster.pid, already_running)


def stop_server(root: Path) -> bool:
    """Stop the server, ending its clients' sessions, and return once it is down. Return False if it was not running.

    Raises:
        NotYourServer: the server runs as another user.
        ServerFailed: it did not go down.
    """
    folder = ServerFolder(root)
    if not folder.root.exists():
        return False
    with folder.locked():
        postmaster = find_postmaster(folder.data)
        if postmaster is None:
            return False
        os.kill(postmaster.pid, signal.SIGINT)
        _wait_for(
            lambda: not works_in(postmaster.pid, folder.data), f"process {postmaster.pid} does not go down", folder
        )
        return True


def find_server(root: Path) -> Server | None:
    """Return the running server, or None if there is none that takes connections.

    Raises:
        NotYourServer: the folder belongs to another user.
    """
    folder = ServerFolder(root)
    postmaster = find_postmaster(folder.data)
    if postmaster is None or not postmaster.is_ready:
        return None
    return Server(_login_at(folder, postmaster.port), _data_version(folder), postmaster.pid, already_running=True)


def _initialise(folder: ServerFolder, account: Account, binaries: Binaries) -> None:
    """Make the data folder, aside first: a crash on the way leaves nothing that looks like one."""
    if folder.data.exists():
        made_by = int(_data_version(folder))
        if made_by != binaries.major:
            raise WrongUse(
                f"{folder.data} was made by PostgreSQL {made_by}, {binaries.bindir} holds {binaries.version}. "
                "Use --bindir with the version that made it, or remove the folder to begin anew"
            )
        return
    folder.home.mkdir(mode=0o700, exist_ok=True)
    account.own(folder.home)
    login = Login(port=_some_port(), password=new_password())
    aside, password_file = folder.home / "data.aside", folder.home / "password.aside"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    account.own(aside)
    write_private(password_file, login.password)
    account.own(password_file)
    initdb = [binaries.bindir / "initdb", "-D", _HERE, "-U", login.user, "-A", "scram-sha-256", "-E", "UTF8"]
    _run(folder, account, [*initdb, "--locale=C.UTF-8", "--pwfile", f"../{password_file.name}"], cwd=aside)
    password_file.unlink()
    single = [binaries.bindir / "postgres", "--single", "-D", _HERE, "-c", "exit_on_error=on", "postgres"]
    _run(folder, account, single, cwd=aside, text=f"create database {login.dbname};\n")
    write_login(folder.pgpass, login)
    aside.rename(folder.data)


def _clear_away(folder: ServerFolder) -> None:
    """Wait for what a killed postmaster has left behind, and see to it that its pid file stops nobody."""
    disown_pid_file(folder.data)
    left = ", ".join(map(str, find_leftovers(folder.data)))
    _wait_for(
        lambda: not find_leftovers(folder.data), f"processes of a killed server are still at work: {left}", folder
    )


def _launch(folder: ServerFolder, account: Account, binaries: Binaries, settings: Mapping[str, str]) -> None:
    for port in _free_ports(_login(folder).port):
        options = shlex.join(f"--{name}={value}" for name, value in {**settings, "port": port}.items())
        pg_ctl = [binaries.bindir / "pg_ctl", "-D", _HERE, "-l", f"../{folder.log.name}", "-o", options]
        patience = ["-w", "-t", str(_PATIENCE_SECONDS)]
        started = account.run([*pg_ctl, *patience, "start"], cwd=folder.data, capture_output=True)
        if started.returncode == 0 or find_postmaster(folder.data) is not None:
            return
        if _is_free(port):
            said = started.stderr.decode(errors="replace").strip().replace("\n", "; ")
            raise ServerFailed(f"the server did not start: {said}", folder.log)
    raise ServerFailed(f"no free port found on 127.0.0.1 in {_PORTS_TRIED} attempts", folder.log)


def _wait_until_ready(folder: ServerFolder) -> Postmaster:
    def ready_or_gone() -> bool:
        postmaster = find_postmaster(folder.data)
        return postmaster is None or postmaster.is_ready

    _wait_for(ready_or_gone, "the server is not ready yet; look again with: onerow server status", folder)
    postmaster = find_postmaster(folder.data)
    if postmaster is None:
        raise ServerFailed("the server went down while it was starting", folder.log)
    return postmaster


def _wait_for(condition: Callable[[], bool], complaint: str, folder: ServerFolder) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise ServerFailed(f"{complaint} (waited {_PATIENCE_SECONDS} s)", folder.log)
        time.sleep(_POLL_SECONDS)


def _run(folder: ServerFolder, account: Account, command: list[str | Path], cwd: Path, text: str | None = None) -> None:
    """Run one of the programs; what it prints goes to the log."""
    given = {} if text is None else {"input": text.encode()}
    done = account.run(command, cwd=cwd, capture_output=True, **given)
    if done.returncode != 0:
        raise ServerFailed(
            f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).decode(errors='replace').strip()}"
        )


def _login(folder: ServerFolder) -> Login:
    login = read_login(folder.pgpass)
    if login is None:
        raise ServerFailed(
            f"{folder.pgpass} with the password of the server is gone. "
            f"Bring it back, or remove {folder.home} to begin anew"
        )
    return login


def _login_at(folder: ServerFolder, port: int) -> Login:
    """Return the login, with the port that the server really has; keep that for the next start."""
    login = _login(folder)
    if login.port != port:
        login = replace(login, port=port)
        write_login(folder.pgpass, login)
    return login


def _data_version(folder: ServerFolder) -> str:
    return (folder.data / "PG_VERSION").read_text(encoding="ascii").strip()


def _some_port() -> int:
    return _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT + 1)


def _free_ports(preferred: int) -> Iterator[int]:
    candidates = [preferred, *(_some_port() for _ in range(_PORTS_TRIED - 1))]
    return (port for port in candidates if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as PostgreSQL does: connections that linger do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
