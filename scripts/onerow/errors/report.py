"""What a report cannot be written to."""

from pathlib import Path

from onerow.errors.family import OnerowError, WrongUse


class NoFolderForOutput(WrongUse):
    """The folder of an output file is not there."""

    def __init__(self, file: Path):
        self.file = file
        folder = file.parent
        super().__init__(f"{file} cannot be written: there is no folder {folder}. Make it: mkdir -p '{folder}'")


class NotificationFailed(OnerowError):
    """A change of a verdict could not be told. `receiver` is scheme and host: the rest of a URL may be a secret."""

    def __init__(self, receiver: str, reason: str):
        self.receiver = receiver
        self.reason = reason
        super().__init__(
            f"the notification to {receiver} was not delivered: {reason}. The verdict stands; the next run tries again"
        )


class OutputNotWritten(OnerowError):
    """A result was made, but the file that it was to go to could not be written. What was there before still is."""

    def __init__(self, file: Path, reason: str):
        self.file = file
        self.reason = reason
        super().__init__(f"{file} could not be written: {reason}. What it held before has not been touched")
