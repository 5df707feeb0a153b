"""Why duplicates are not removed, or not put back."""

from onerow.errors.family import OnerowError, WrongUse


class CannotDedupe(WrongUse):
    """A table, or what was said of it, does not allow to remove its duplicates. Nothing was written."""

    def __init__(self, what: str, problems: list[str]):
        self.what = what
        self.problems = problems
        super().__init__(f"{what}: {'; '.join(problems)}. Nothing was written")


class RuleRefused(WrongUse):
    """The rule that is to choose the survivor cannot be used on the table."""

    def __init__(self, rule: str, table: str, reason: str):
        self.rule = rule
        self.table = table
        self.reason = reason
        super().__init__(f"rule {rule} on {table}: {reason}. Nothing was written")


class RowsReferenced(OnerowError):
    """Rows that would be removed are referred to by other tables."""

    def __init__(self, table: str, references: list[str]):
        self.table = table
        self.references = references
        super().__init__(
            f"{table}: rows that would be removed are referred to: {'; '.join(references)}. Nothing of this batch was "
            "written. Point those rows at the survivor first: docs/how-to/repair-duplicates.md"
        )


class DedupeFailed(OnerowError):
    """PostgreSQL refused or lost a step. What was committed before stands, and the run can go on."""

    def __init__(self, what: str, reason: str, remedy: str):
        self.what = what
        self.reason = reason
        super().__init__(f"{what}: {reason}. {remedy}")


class DuplicatesComeBack(OnerowError):
    """Other sessions add duplicates faster than they can be removed, so no unique index can be made."""

    def __init__(self, table: str, attempts: int, run_no: int):
        self.table = table
        self.attempts = attempts
        self.run_no = run_no
        super().__init__(
            f"{table}: the unique index could not be made in {attempts} attempts, because other sessions add "
            f"duplicates meanwhile. What run {run_no} has removed stays removed. Stop the writer for a moment and run "
            "the same command again"
        )


class UnknownRun(WrongUse):
    """There is no run of that number."""

    def __init__(self, run_no: int, known: list[str]):
        self.run_no = run_no
        super().__init__(f"there is no run {run_no} of onerow dedupe. Known: {', '.join(known) or 'none'}")


class UndoRefused(OnerowError):
    """A run cannot be undone exactly."""

    def __init__(self, run_no: int, reason: str):
        self.run_no = run_no
        self.reason = reason
        super().__init__(f"run {run_no} cannot be undone exactly: {reason}")
