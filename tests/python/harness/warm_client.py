"""Ask a process of `harness.warm` for a program, from a test or, as a script, in place of the program."""

import array
import json
import os
import socket
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# A process id, and later the exit code: negative for the signal that has ended the program.
_NUMBER = struct.Struct("i")


def start(
    listener: Path, args: Sequence[str], cwd: Path, env: Mapping[str, str], descriptors: Sequence[int]
) -> tuple[int, socket.socket]:
    """Start a program: its name and arguments, its folder, environment and the descriptors of its input and output.

    Returns:
        Its process id, which is that of its process group too, and the connection on which its exit code comes.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.fspath(listener))
    request = json.dumps({"args": list(args), "cwd": os.fspath(cwd), "env": dict(env)}).encode()
    passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    connection.sendmsg([struct.pack("Q", len(request))], passed)
    connection.sendall(request)
    return received(connection), connection


def received(connection: socket.socket) -> int:
    """Wait for the next number on the connection."""
    data = connection.recv(_NUMBER.size, socket.MSG_WAITALL)
    if len(data) < _NUMBER.size:
        raise ConnectionError("whoever attended to the program is gone")
    return int(_NUMBER.unpack(data)[0])


def send(connection: socket.socket, number: int) -> None:
    """Send a number to whoever has asked for the program."""
    connection.sendall(_NUMBER.pack(number))


if __name__ == "__main__":
    _, server, *program = sys.argv
    _, answer = start(Path(server), program, Path.cwd(), os.environ, (0, 1, 2))
    sys.exit(received(answer) % 256)
