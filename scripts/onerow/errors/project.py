"""What is wrong with the dbt project, or with what was asked of it."""

from onerow.errors.family import OnerowError, WrongUse


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


class UnknownModel(WrongUse):
    """The project has no model of that name."""

    def __init__(self, name: str, known: list[str]):
        self.name = name
        self.known = known
        super().__init__(
            f"there is no model {name!r} in the project. Models with a source: {', '.join(known) or 'none'}"
        )


class LandedByAnother(WrongUse):
    """The source is landed by another tool, so onerow only reads its table."""

    def __init__(self, source: str, table: str, remedy: str):
        self.source = source
        self.table = table
        super().__init__(f"source {source} is landed in {table} by another tool (meta.onerow.batch_column): {remedy}")


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


class KeyFieldRefused(OnerowError):
    """A field of a record cannot be part of a surrogate key."""

    def __init__(self, field: str, reason: str):
        self.field = field
        self.reason = reason
        super().__init__(f"surrogate_key: field {field}: {reason}")
