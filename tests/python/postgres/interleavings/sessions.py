"""The sessions that are played: real runs of dbt, and jobs and writers that speak psycopg, each held at its turns."""

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg

from harness.database import Database, connect
from harness.dbt_project import DbtProject
from onerow.errors import OnerowError
from postgres.interleavings.touched import Touch
from postgres.interleavings.turns import Session, Turns

Job = Callable[[psycopg.Connection], Any]


class Loader:
    """A process that runs dbt as often as it is asked to, and has parsed the project only once.

    It is dbt itself that decides what to send next, from what the server has answered.
    """

    def __init__(self, project: DbtProject, manifest: Any, number: int):
        """`number` tells the loaders of a project apart."""
        target = project.scratch / f"loader{number}"
        target.mkdir(exist_ok=True)
        self._options = [
            f"--project-dir={project.folder}",
            f"--profiles-dir={project.profiles_dir}",
            f"--target-path={target}",
            f"--log-path={target}",
            *("--quiet", "--no-write-json", "--no-version-check", "--log-level-file=none", "--threads=1"),
        ]
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        arguments = (self._pipe, theirs, manifest, target / "output")
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def run(self, name: str, mart: str, *arguments: str) -> Session:
        """Start a run of a mart as a session."""
        self._pipe.send(["run", *self._options, "--select", mart, *arguments])
        return Session(name, self._pipe)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def write(name: str, database: Database, job: Job) -> Session:
    """Start a session that does a job on a connection of its own."""
    ours, theirs = multiprocessing.Pipe()
    threading.Thread(target=_work, args=(Turns(theirs), database, job), daemon=True).start()
    return Session(name, ours)


def _work(turns: Turns, database: Database, job: Job) -> None:
    outcome = "succeeded"
    with connect(database.login, GatedConnection, autocommit=True, cursor_factory=GatedCursor) as connection:
        connection.turns = turns
        try:
            job(connection)
        except (psycopg.Error, OnerowError) as error:
            outcome = type(error).__name__  # its message names what differs from run to run, such as an index
    turns.end(outcome)


class GatedCursor(psycopg.Cursor):
    """A cursor whose statements wait for their turns."""

    def execute(self, query: Any, *args: Any, **named: Any) -> "GatedCursor":
        """Send a statement when it is its turn."""
        self.connection.turns.before(_text(query, self.connection), self.connection.info.backend_pid)
        return super().execute(query, *args, **named)

    @contextmanager
    def copy(self, statement: Any, *args: Any, **named: Any) -> Iterator[psycopg.Copy]:
        """Send rows when it is its turn."""
        self.connection.turns.before(_text(statement, self.connection), self.connection.info.backend_pid)
        with super().copy(statement, *args, **named) as copy:
            yield copy


class GatedConnection(psycopg.Connection):
    """A connection whose statements and commits wait for their turns."""

    turns: Turns

    @contextmanager
    def transaction(self, *args: Any, **named: Any) -> Iterator[psycopg.Transaction]:
        """As psycopg has it, with a turn before the commit."""
        with super().transaction(*args, **named) as transaction:
            yield transaction
            self.turns.before("commit", self.info.backend_pid)


def _text(query: Any, connection: psycopg.Connection) -> str:
    return query.as_string(connection) if isinstance(query, psycopg.sql.Composable) else str(query)


def _serve(inherited: Connection, pipe: Connection, manifest: Any, output: Path) -> None:
    """Run what is ordered, one run after the other, each as a session of its own, until nobody is left to order."""
    from dbt.adapters.sql.connections import SQLConnectionManager  # noqa: PLC0415 - takes seconds
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    inherited.close()  # else the end of who orders would go unheard
    for descriptor in (1, 2):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    add_query = SQLConnectionManager.add_query
    turns: Turns

    def gated(self: Any, sql: str, *args: Any, **named: Any) -> Any:
        connection = self.get_thread_connection()
        if connection.name.startswith("model."):
            turns.before(sql, connection.handle.info.backend_pid)
        return add_query(self, sql, *args, **named)

    SQLConnectionManager.add_query = gated
    run = dbtRunner(manifest=manifest).invoke
    gc.freeze()  # what was there before the fork is not looked through again and again
    while True:
        try:
            arguments = pipe.recv()
        except EOFError:
            return
        turns = Turns(pipe)
        # dbt looks at what there is, and makes what is missing of the ledger, before it comes to the model.
        turns.begin(Touch(reads=frozenset({"mart"})))
        result = run(arguments)
        turns.end("succeeded" if result.success else _what_was_wrong(result))


def _what_was_wrong(result: Any) -> str:
    if result.exception:
        return str(result.exception).splitlines()[0]
    return " ".join(" ".join(str(each.message).split()) for each in result.result if each.status == "error")
