"""The steps of which an arrangement is made."""

from dataclasses import dataclass

from onerow.prove.batch import Batch


@dataclass(frozen=True)
class Deliver:
    """Deliver a batch."""

    batch: Batch

    def __str__(self) -> str:
        """Say it as someone would who does it by hand."""
        count = len(self.batch.rows)
        what = f"the part of {self.batch.label} from {self.batch.part[0]} on" if self.batch.part else self.batch.label
        return f"deliver {what} ({count:,} row{'' if count == 1 else 's'})"


@dataclass(frozen=True)
class Load:
    """Run dbt."""

    full_refresh: bool = False
    # Kill it before the model's statement of this number, from 1.
    kill_at: int | None = None

    def __str__(self) -> str:
        """As above."""
        killed = f", killed before statement {self.kill_at} of the model" if self.kill_at else ""
        return f"dbt run{' --full-refresh' if self.full_refresh else ''}{killed}"


@dataclass(frozen=True)
class LoadAtOnce:
    """Run dbt several times at once, each held until the others have written, or wait for one that has."""

    runs: int

    def __str__(self) -> str:
        """As above."""
        return f"dbt run, {self.runs} times at once"


@dataclass(frozen=True)
class KillInside:
    """Run dbt, kill it inside its transaction, and run it again while its server session is still there."""

    def __str__(self) -> str:
        """As above."""
        return "dbt run, killed inside its transaction, and dbt run again beside the server session that it left"


Step = Deliver | Load | LoadAtOnce | KillInside
