"""What a sender says of a delivery, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onerow.errors import OnerowError


@dataclass(frozen=True)
class Delivery:
    """What the sender says of a delivery, beyond its content."""

    # None: the content's sha256 is the id.
    batch_id: str | None = None
    # Half-open period that the batch delivers completely.
    window: tuple[datetime, datetime] | None = None
    # None: the time of landing.
    extracted_at: datetime | None = None
    # Format of standard input, which has no name that could tell it.
    input_format: Literal["csv", "jsonl"] | None = None
    # What becomes of columns that the contract does not know: kept in _unexpected, or the file is refused.
    on_new_column: Literal["keep", "refuse"] = "keep"


@dataclass(frozen=True)
class Landed:
    """A batch in landing, and what became of its lines."""

    file: str
    batch_no: int
    batch_id: str
    content_sha256: str
    # Rows in landing.
    row_count: int
    # Malformed lines, among the dead letters.
    rejected_count: int
    # True: the batch was there before, nothing was written, and the counts are those of its landing.
    already_landed: bool = False
    # True: the batch is withheld from marts that have not consumed it.
    quarantined: bool = False
    # Delivered columns that the contract does not know. Empty where the batch was there before.
    unexpected_columns: tuple[str, ...] = ()
    # Columns of the contract that the file lacks. Empty where the batch was there before.
    missing_columns: tuple[str, ...] = ()
    # Columns for which the file has values, none of them one of the contract's type. As above.
    retyped_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A file of which nothing landed."""

    file: str
    error: OnerowError
