"""Programs that start warm: forked from a process that has imported dbt and onerow, and parsed the project.

A start of dbt takes two seconds of processor, more than most of what tests want to see of it. What is forked is a
process as any other, with a process group, connections and an end of its own.
"""

import atexit
import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import quick_dbt
from harness.warm_client import send

_PROGRAMS = {"dbt": ("dbt.cli.main", "cli"), "onerow": ("onerow.cli", "main")}
_FOLDERS = ("project-dir", "profiles-dir", "target-path")
# The socket and its process, once there is one.
_ready: list[tuple[Path, subprocess.Popen[bytes]]] = []


def listener() -> Path | None:
    """Return the socket at which `warm_client` asks for programs, or None before start()."""
    return _ready[0][0] if _ready else None


def start(folder: Path, profiles_dir: Path, target: Path, env: Mapping[str, str]) -> Path:
    """Have programs ready as long as this process lives, and return their socket.

    The project in `folder` is parsed once, in the environment given; what is known of it is in `target`.
    """
    # The path of a socket has a hundred characters at most, which those of the test runner's folders exceed.
    path = Path(tempfile.mkdtemp(prefix="warm")) / "socket"
    paths = [os.fspath(Path(__file__).parents[1]), *env.get("PYTHONPATH", "").split(os.pathsep)]
    inherited = {**env, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    # Its input is a pipe that nobody writes to; it ends when the pipe does, with this process.
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.warm", *(os.fspath(each) for each in (path, folder, profiles_dir, target))],
        env=inherited,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    while not path.exists():
        assert process.poll() is None, "the process that has programs ready has ended"
        time.sleep(0.01)
    _ready.append((path, process))
    return path


def _serve(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        aside = path.with_suffix(".new")
        listener.bind(os.fspath(aside))
        listener.listen()
        aside.rename(path)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who attend to a program
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if 0 in ready:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _attend(connection)
            connection.close()


def _attend(connection: socket.socket) -> None:
    """Fork the program that is asked for, wait for its end, and say its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, descriptors, _, _ = socket.recv_fds(connection, 8, 3)
    request = json.loads(connection.recv(struct.unpack("Q", length)[0], socket.MSG_WAITALL))
    program = os.fork()
    if program == 0:
        connection.close()
        os.setpgid(0, 0)
        _run(request, descriptors)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it may be as far already, or at its end
        os.setpgid(program, program)
    for descriptor in descriptors:
        os.close(descriptor)
    # Whoever has asked may be gone; the program is waited for all the same.
    with contextlib.suppress(BrokenPipeError):
        send(connection, program)
    _, status = os.waitpid(program, 0)
    with contextlib.suppress(BrokenPipeError):
        send(connection, os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run(request: dict, descriptors: Sequence[int]) -> None:
    """Become the program. It ends as a program does: with its exit handlers, and with a traceback if it fails."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    name = request["args"][0]
    module, function = _PROGRAMS[name]
    sys.argv = [os.fspath(Path(sys.executable).parent / name), *request["args"][1:]]
    try:
        getattr(importlib.import_module(module), function)()
    except SystemExit as ended:
        # All that follows is to free memory, object by object: that takes as long as a small command.
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code or 0)


if __name__ == "__main__":
    from dbt.cli.main import dbtRunner
    from dbt_common.clients.jinja import template_cache

    from harness.garbage import look_at_what_comes
    from harness.parsed_before import ParsedBefore

    ParsedBefore()
    quick_dbt.make_quick()
    # What most commands import; not all, because the threads of DuckDB do not outlive a fork.
    importlib.import_module("onerow.commands.batches")
    socket_path, *folders = sys.argv[1:]
    paths = [f"--{name}={each}" for name, each in zip(_FOLDERS, folders, strict=True)]
    # A program that parses another project takes apart only texts that were not taken apart here: all are, therefore,
    # and by this process, because dbt's static parser has threads.
    parsed = dbtRunner().invoke(["parse", "--quiet", "--no-static-parser", "--no-partial-parse", *paths])
    assert parsed.success, parsed.exception
    # A program compiles what it runs of the macros for longer than it runs them.
    for macro in parsed.result.macros.values():
        template_cache.get_node_template(macro)
    assert len([*Path("/proc/self/task").iterdir()]) == 1, (
        "a fork has one thread, and may wait for what the others held"
    )
    look_at_what_comes()
    serving = os.getpid()
    try:
        _serve(Path(socket_path))
    finally:
        if os.getpid() == serving:
            shutil.rmtree(Path(socket_path).parent)
