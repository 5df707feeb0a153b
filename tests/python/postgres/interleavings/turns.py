"""Turns: a session announces each statement that touches what is shared, and sends it when it is let go on."""

from dataclasses import dataclass
from multiprocessing.connection import Connection

from postgres.interleavings.touched import COMMENTS, Touch, touched


@dataclass(frozen=True)
class Step:
    """A statement that is about to be sent."""

    statement: str
    touch: Touch
    # Of the server's process that will execute it; of the steps before it is connected, none.
    pid: int | None

    def __str__(self) -> str:
        """Say what it touches, and how it begins."""
        return f"{self.touch}: {' '.join(COMMENTS.sub(' ', self.statement).split())[:90]}"


@dataclass(frozen=True)
class Ended:
    """A session has come to its end: "succeeded", or what was wrong."""

    outcome: str


class Turns:
    """A session's own end: called before each of its statements."""

    def __init__(self, pipe: Connection):
        self._pipe = pipe
        self._transaction = Touch()

    def begin(self, touch: Touch) -> None:
        """Wait to be started. What comes before the first statement counts as one step, which touches so much."""
        self._take(Step("start", touch, None))

    def before(self, statement: str, pid: int) -> None:
        """Wait for the turn of a statement, if it touches what is shared, or commits what did."""
        is_commit = statement.strip().lower() == "commit"
        touch = self._transaction.committed() if is_commit else touched(statement)
        if touch:
            self._take(Step(statement, touch, pid))
        self._transaction = Touch() if is_commit else self._transaction.then(touch)

    def end(self, outcome: str) -> None:
        """Say how it ended."""
        self._transaction = Touch()
        self._pipe.send(Ended(outcome))

    def _take(self, step: Step) -> None:
        self._pipe.send(step)
        self._pipe.recv()


class Session:
    """The tester's end: what a session would do next, and the word to do it."""

    def __init__(self, name: str, pipe: Connection):
        """`pipe` leads to the session, which has been started."""
        self.name = name
        self.pipe = pipe
        self.next: Step | None = None
        self.sent: Step | None = None
        self.outcome: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it waits for its turn."""
        return self.next is not None

    @property
    def is_under_way(self) -> bool:
        """Whether a step of it has been let go and is not done: it works, or the server makes it wait."""
        return self.next is None and self.outcome is None

    def go(self) -> Step:
        """Let it send its next statement, which is returned."""
        assert self.next is not None
        self.sent, self.next = self.next, None
        self.pipe.send("go")
        return self.sent

    def hear(self) -> None:
        """Take what it has to say: its next step, so the one before is done, or its end."""
        said = self.pipe.recv()
        if isinstance(said, Ended):
            self.outcome = said.outcome
        else:
            self.next = said
