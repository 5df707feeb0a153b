"""What is wrong with a batch or a dead letter that was named."""

from onerow.errors.family import OnerowError, WrongUse


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


def _first(problems: list[str], count: int = 10) -> str:
    more = [f"and {len(problems) - count} more"] if len(problems) > count else []
    return "; ".join([*problems[:count], *more])
