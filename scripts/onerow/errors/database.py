"""What the database refused, or does not hold."""

from onerow.errors.family import OnerowError


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


class CutShort(OnerowError):
    """The server ended the work of a command, or the connection to it was lost, in between."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(f"cut short by the server: {reason}. Run it again: what has been done is not done twice")


class SearchPathRefused(OnerowError):
    """Somebody may put functions in place of PostgreSQL's own, in a schema that cannot be left out."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(f"nothing was done: {reason}")


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


class GrantsFailed(OnerowError):
    """The server did not let the rights be granted."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(
            f"nothing was granted: {reason}. "
            "The roles must be there, and the user of the target must own what is granted"
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


class ComparisonFailed(OnerowError):
    """One of the sides of a comparison could not be read, or DuckDB could not compare them."""

    def __init__(self, what: str, reason: str):
        self.what = what
        self.reason = reason
        super().__init__(f"cannot compare, {what}: {reason}. Nothing was written")
