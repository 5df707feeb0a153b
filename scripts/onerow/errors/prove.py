"""Why a model cannot be proved, or could not be proved to the end."""

from onerow.errors.family import OnerowError, WrongUse


class CannotProve(WrongUse):
    """The model, or what was asked of it, leaves nothing to try."""

    def __init__(self, model: str, reason: str):
        self.model = model
        self.reason = reason
        super().__init__(f"model {model} cannot be proved: {reason}")


class ProofRefused(OnerowError):
    """The server did not let a proof do what it needs to."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(
            f"the server refused what a proof needs: {reason}. It needs the right to create schemas in the database, "
            "and to read what was delivered. Nothing of yours was written"
        )


class ProofFailed(OnerowError):
    """The model cannot be built in its scratch schema even without a row, so nothing can be said of its batches."""

    def __init__(self, model: str, reason: str):
        self.model = model
        self.reason = reason
        super().__init__(
            f"model {model} cannot be built in a scratch schema, even without a row: {reason}. "
            "Does it build with dbt? A model that names a schema or a table outright, instead of by ref() or source(), "
            "cannot be moved"
        )
