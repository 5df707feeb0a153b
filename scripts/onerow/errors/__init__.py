"""The one exception family of onerow. Each error says what is wrong, where, and what to do next."""

from onerow.errors.batches import (
    CorrectionsRefused,
    LettersRefused,
    UnknownBatch,
)
from onerow.errors.database import (
    ComparisonFailed,
    ConnectionFailed,
    HistoryNotWritten,
    LedgerSetupFailed,
    LockTimedOut,
    ReconcileFailed,
    RelationMissing,
)
from onerow.errors.family import (
    OnerowError,
    WrongUse,
)
from onerow.errors.landing import (
    BatchIdReused,
    FileChanged,
    FileUnreadable,
    LandingFailed,
    MissingColumnsRefused,
    NewColumnsRefused,
    RetypedColumnsRefused,
    WindowDiffers,
)
from onerow.errors.project import (
    CannotPlan,
    DbtFailed,
    KeyFieldRefused,
    LandedByAnother,
    ModelWithoutSource,
    NothingToReconcile,
    UnknownModel,
    UnknownSource,
)
from onerow.errors.server import (
    NotYourServer,
    ServerFailed,
)

__all__ = [
    "BatchIdReused",
    "CannotPlan",
    "ComparisonFailed",
    "ConnectionFailed",
    "CorrectionsRefused",
    "DbtFailed",
    "FileChanged",
    "FileUnreadable",
    "HistoryNotWritten",
    "KeyFieldRefused",
    "LandedByAnother",
    "LandingFailed",
    "LedgerSetupFailed",
    "LettersRefused",
    "LockTimedOut",
    "MissingColumnsRefused",
    "ModelWithoutSource",
    "NewColumnsRefused",
    "NotYourServer",
    "NothingToReconcile",
    "OnerowError",
    "ReconcileFailed",
    "RelationMissing",
    "RetypedColumnsRefused",
    "ServerFailed",
    "UnknownBatch",
    "UnknownModel",
    "UnknownSource",
    "WindowDiffers",
    "WrongUse",
]
