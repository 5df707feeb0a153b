"""The one exception family of onerow. Each error says what is wrong, where, and what to do next."""

from pathlib import Path
from typing import ClassVar


class OnerowError(Exception):
    """Something broke: nothing was written, or what was written is named. Ends a command with exit code 1."""

    exit_code: ClassVar[int] = 1


class WrongUse(OnerowError):
    """The command was called, or the project is configured, in a way that cannot work. Ends with exit code 2."""

    exit_code: ClassVar[int] = 2


class DbtFailed(OnerowError):
    """dbt could not read or run the project."""

    def __init__(self, command: str, reason: str):
        self.command = command
        self.reason = reason
        super().__init__(f"dbt {command} failed: {reason}")


class UnknownSource(WrongUse):
    """The project has no source of that name with a contract."""

    def __init__(self, name: str, known: list[str]):
        self.name = name
        self.known = known
        super().__init__(
            f"there is no source {name!r} with a contract. Known: {', '.join(known) or 'none'}. "
            "A contract is a dbt source table with meta.onerow.natural_key and described columns"
        )


class ConnectionFailed(OnerowError):
    """The server of the dbt target cannot be reached, or refuses the connection."""

    def __init__(self, host: str, port: int, dbname: str, reason: str):
        self.host = host
        self.port = port
        self.dbname = dbname
        super().__init__(
            f"cannot connect to {dbname} at {host}:{port}: {reason}. "
            "Is the server running? The embedded one starts with: onerow server start"
        )


class UnknownModel(WrongUse):
    """The project has no model of that name."""

    def __init__(self, name: str, known: list[str]):
        self.name = name
        self.known = known
        super().__init__(
            f"there is no model {name!r} in the project. Models with a source: {', '.join(known) or 'none'}"
        )


class ModelWithoutSource(WrongUse):
    """The model says nothing of where its rows are delivered, so there is nothing to compare it with."""

    def __init__(self, name: str, known: list[str]):
        self.name = name
        self.known = known
        super().__init__(
            f"model {name} has no meta.onerow.source, so onerow does not know what is delivered for it. "
            f"Models with a source: {', '.join(known) or 'none'}"
        )


class NothingToReconcile(WrongUse):
    """No model of the project has a source."""

    def __init__(self) -> None:
        super().__init__(
            "no model of the project has meta.onerow.source, so onerow does not know what is delivered for any. "
            "Give a mart the name of the source that it loads: meta: {onerow: {source: NAME}}"
        )


class CannotPlan(WrongUse):
    """The load of a model cannot be planned."""

    def __init__(self, model: str, reason: str):
        self.model = model
        self.reason = reason
        super().__init__(f"model {model} cannot be planned: {reason}")


class RelationMissing(OnerowError):
    """A table that is to be read is not in the database."""

    def __init__(self, schema: str, table: str, remedy: str):
        self.schema = schema
        self.table = table
        super().__init__(f"there is no table {schema}.{table}. {remedy}")


class ReconcileFailed(OnerowError):
    """PostgreSQL could not answer a query of a reconciliation."""

    def __init__(self, what: str, reason: str):
        self.what = what
        self.reason = reason
        super().__init__(f"{what} could not be read: {reason}")


class HistoryNotWritten(OnerowError):
    """A reconciliation was made and shown, but not recorded in the ledger."""

    def __init__(self, schema: str, reason: str):
        self.schema = schema
        self.reason = reason
        super().__init__(f"the result is right, but {schema}.reconciliations could not be written: {reason}")


class LedgerSetupFailed(OnerowError):
    """The server did not let the ledger or a landing table be made."""

    def __init__(self, schema: str, reason: str):
        self.schema = schema
        self.reason = reason
        super().__init__(f"cannot make the tables of the ledger (schema {schema}) and of landing: {reason}")


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


class LockTimedOut(OnerowError):
    """Another session held a lock for longer than the lock timeout."""

    def __init__(self, what: str, holder: str | None, waited: str):
        self.what = what
        self.holder = holder
        self.waited = waited
        super().__init__(
            f"{what}: waited {waited} for {holder or 'another session'}. Nothing was written. "
            "Run the command again later, or set the var onerow_lock_timeout"
        )


class LandingFailed(OnerowError):
    """The server refused or lost a landing. Nothing of the file has landed."""

    def __init__(self, file: str, reason: str):
        self.file = file
        self.reason = reason
        super().__init__(f"{file}: {reason}. Nothing of it has landed")


class UnknownBatch(WrongUse):
    """There is no batch of that number."""

    def __init__(self, batch_no: int):
        self.batch_no = batch_no
        super().__init__(f"there is no batch {batch_no}. The batches that have landed: onerow batches list")


class LettersRefused(WrongUse):
    """What was to be done with dead letters cannot be done with them."""

    def __init__(self, letters: str, problems: list[str]):
        self.letters = letters
        self.problems = problems
        super().__init__(f"dead letters of {letters}: {_first(problems)}. Nothing was written")


class CorrectionsRefused(OnerowError):
    """A file of corrected dead letters cannot be replayed. Nothing of it has landed."""

    def __init__(self, source: str, file: str, problems: list[str]):
        self.source = source
        self.file = file
        self.problems = problems
        super().__init__(
            f"{file}: {_first(problems)}. Nothing of it has landed. "
            f"What may be corrected: onerow dead-letters export {source}"
        )


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


class KeyFieldRefused(OnerowError):
    """A field of a record cannot be part of a surrogate key."""

    def __init__(self, field: str, reason: str):
        self.field = field
        self.reason = reason
        super().__init__(f"surrogate_key: field {field}: {reason}")


def _first(problems: list[str], count: int = 10) -> str:
    more = [f"and {len(problems) - count} more"] if len(problems) > count else []
    return "; ".join([*problems[:count], *more])
