"""Why the embedded server does not run."""

from pathlib import Path

from onerow.errors.family import OnerowError


class ServerFailed(OnerowError):
    """The embedded server could not be initialised, started or stopped. Shows the end of its log."""

    def __init__(self, reason: str, log: Path | None = None):
        self.reason = reason
        self.log = log
        last_lines = log.read_text(errors="replace").splitlines()[-5:] if log and log.exists() else []
        heading = [f"the end of {log}:"] if last_lines else []
        super().__init__("\n  ".join([f"embedded server: {reason}", *heading, *last_lines]))


class NotYourServer(OnerowError):
    """The embedded server of this folder belongs to another user."""

    def __init__(self, folder: Path):
        self.folder = folder
        super().__init__(
            f"{folder} belongs to another user, and so does the embedded server in it. "
            "Run this as that user, or use a copy of the project of your own"
        )
