"""Why a file has not landed."""

from onerow.errors.family import OnerowError


class FileUnreadable(OnerowError):
    """A delivered file is broken as a whole. Nothing of it has landed."""

    def __init__(self, file: str, reason: str):
        self.file = file
        self.reason = reason
        super().__init__(f"{file}: {reason}. Nothing of it has landed")


class FileChanged(OnerowError):
    """A delivered file changed while it was being landed. Nothing of it has landed."""

    def __init__(self, file: str):
        self.file = file
        super().__init__(
            f"{file}: it changed while it was being landed, and nothing of it has landed. "
            "Land it again when it is complete; a sender should write under another name and rename"
        )


class BatchIdReused(OnerowError):
    """A batch id has landed with other content."""

    def __init__(
        self, source: str, file: str, batch_id: str, *, batch_no: int, landed_sha256: str | None, offered_sha256: str
    ):
        self.source = source
        self.file = file
        self.batch_id = batch_id
        self.batch_no = batch_no
        self.landed_sha256 = landed_sha256
        self.offered_sha256 = offered_sha256
        super().__init__(
            f"{file}: batch id {batch_id!r} of {source} has landed with other content "
            f"(as batch {batch_no} with sha256 {landed_sha256 or 'unknown'}, offered now: {offered_sha256}). "
            f"A new delivery needs an id of its own: onerow land {source} FILE --batch-id NEW_ID"
        )


class WindowDiffers(OnerowError):
    """A batch has landed with another declared window."""

    def __init__(self, source: str, file: str, batch_no: int, landed: tuple, offered: tuple):
        self.source = source
        self.file = file
        self.batch_no = batch_no
        self.landed = landed
        self.offered = offered
        windows = [f"the window [{start.isoformat()}, {end.isoformat()})" for start, end in (landed, offered) if start]
        super().__init__(
            f"{file}: has landed as batch {batch_no} of {source} with {windows[-2] if landed[0] else 'no window'}, "
            f"offered now with {windows[-1]}. The same content for another window is a new delivery: "
            f"onerow land {source} FILE --batch-id NEW_ID"
        )


class NewColumnsRefused(OnerowError):
    """A file has columns that the contract does not know, and they were to be refused."""

    def __init__(self, source: str, file: str, columns: list[str]):
        self.source = source
        self.file = file
        self.columns = columns
        super().__init__(
            f"{file}: the contract of {source} does not know {', '.join(columns)}. Nothing of it has landed. "
            "Add them to the columns of the dbt source, or keep them beside: --on-new-column keep"
        )


class MissingColumnsRefused(OnerowError):
    """A file lacks columns of the contract, and such files are to be refused."""

    def __init__(self, source: str, file: str, columns: list[str]):
        self.source = source
        self.file = file
        self.columns = columns
        super().__init__(
            f"{file}: it lacks {', '.join(columns)}, and the contract of {source} refuses that. "
            "Nothing of it has landed. "
            "Take columns that are gone for good out of the dbt source, or let them be NULL: on_missing_column: record"
        )


class RetypedColumnsRefused(OnerowError):
    """A file has columns without one value of the contract's type, and such files are to be refused."""

    def __init__(self, source: str, file: str, columns: dict[str, str]):
        """`columns` are the types of the contract by name."""
        self.source = source
        self.file = file
        self.columns = columns
        wrong = ", ".join(f"{name} is {data_type}" for name, data_type in columns.items())
        super().__init__(
            f"{file}: no value of these columns has the type of the contract of {source}: {wrong}. "
            "Nothing of it has landed. "
            "Change data_type in the dbt source, or let such rows become dead letters: on_type_change: record"
        )


class LandingFailed(OnerowError):
    """The server refused or lost a landing. Nothing of the file has landed."""

    def __init__(self, file: str, reason: str):
        self.file = file
        self.reason = reason
        super().__init__(f"{file}: {reason}. Nothing of it has landed")
