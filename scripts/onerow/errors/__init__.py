"""The one exception family of onerow. Each error says what is wrong, where, and what to do next."""

from onerow.errors.batches import (
    CorrectionsRefused,
    LettersRefused,
    UnknownBatch,
)
from onerow.errors.database import (
    ComparisonFailed,
    ConnectionFailed,
    CutShort,
    GrantsFailed,
    HistoryNotWritten,
    LedgerSetupFailed,
    LockTimedOut,
    ReconcileFailed,
    RelationMissing,
    SearchPathRefused,
)
from onerow.errors.dedupe import (
    CannotDedupe,
    DedupeFailed,
    DuplicatesComeBack,
    RowsReferenced,
    RuleRefused,
    UndoRefused,
    UnknownRun,
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
from onerow.errors.prove import (
    CannotProve,
    ProofFailed,
    ProofRefused,
)
from onerow.errors.report import (
    NoFolderForOutput,
    NotificationFailed,
    OutputNotWritten,
)
from onerow.errors.server import (
    NotYourServer,
    ServerFailed,
)

__all__ = [
    "BatchIdReused",
    "CannotDedupe",
    "CannotPlan",
    "CannotProve",
    "ComparisonFailed",
    "ConnectionFailed",
    "CorrectionsRefused",
    "CutShort",
    "DbtFailed",
    "DedupeFailed",
    "DuplicatesComeBack",
    "FileChanged",
    "FileUnreadable",
    "GrantsFailed",
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
    "NoFolderForOutput",
    "NotYourServer",
    "NothingToReconcile",
    "NotificationFailed",
    "OnerowError",
    "OutputNotWritten",
    "ProofFailed",
    "ProofRefused",
    "ReconcileFailed",
    "RelationMissing",
    "RetypedColumnsRefused",
    "RowsReferenced",
    "RuleRefused",
    "SearchPathRefused",
    "ServerFailed",
    "UndoRefused",
    "UnknownBatch",
    "UnknownModel",
    "UnknownRun",
    "UnknownSource",
    "WindowDiffers",
    "WrongUse",
]
