"""Which shared relations a statement touches, and so which steps of two sessions can be told apart by their order."""

import re
from dataclasses import dataclass, field

# Every table of the ledger, by its name. The setting that claimed() reads is none.
_LEDGER = re.compile(r'\bonerow"?\."?(?!claimed_batches\b)(\w+)')
# A scratch table of a load, such as "upsert__new_1a2b", is its own until it takes the mart's name.
_NAME = r'"(?!\w+__new_)\w+"'
_MART = rf'"marts"\.{_NAME}'
# What else two sessions can meet in. A mart is two: its rows, and what the catalog says of it.
_OTHERS = {
    "lock": re.compile(r"pg_advisory_xact_lock"),
    # The staging view reads landing and nothing else.
    "landing": re.compile(r'\blanding"?\."?things\b|\bstg_things\b'),
    "rows": re.compile(rf'\b(?:from|join|into|update) (?:"\w+"\.)?{_MART}', re.IGNORECASE),
    "mart": re.compile(rf"{_MART}|\brelname = '|\brename to {_NAME}"),
}
COMMENTS = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_WRITES = re.compile(r'\b(?:insert into|update|delete from|copy) ((?:"?\w+"?\.)*"?\w+"?)', re.IGNORECASE)
# A statement that defines or removes the mart. It is about all of its rows, too.
_DEFINES = re.compile(r"\b(?:alter table|drop table|create table|create unique index)\b", re.IGNORECASE)
# To change it locks out those who read it, before the commit too.
_LOCKED = frozenset({"mart"})
# Rows that are locked make others wait, as written ones do.
_LOCKS_ROWS = re.compile(r"\bfor (?:no key update|update|key share|share)\b", re.IGNORECASE)
# What the server looks at by itself: foreign keys.
_CHECKED = {"claims": {"batches"}, "load_outcomes": {"claims"}, "dead_letters": {"batches"}}


@dataclass(frozen=True)
class Touch:
    """What a statement reads and writes of what is shared; of a commit, what its transaction has written."""

    reads: frozenset[str] = field(default_factory=frozenset)
    writes: frozenset[str] = field(default_factory=frozenset)
    is_commit: bool = False

    def __bool__(self) -> bool:
        """Whether anything shared is touched."""
        return bool(self.reads or self.writes)

    def then(self, other: "Touch") -> "Touch":
        """Both, one after the other in a transaction."""
        return Touch(self.reads | other.reads, self.writes | other.writes)

    def committed(self) -> "Touch":
        """The commit of a transaction that has done this: shows what was written, and lets go of all locks."""
        return Touch(self.reads & _LOCKED, self.writes, is_commit=True)

    def commutes_with(self, other: "Touch") -> bool:
        """Whether the order of the two makes no difference.

        Two that write the same may wait for each other. Who only reads sees nothing of a write before its commit, and
        waits for none but a change of the table itself.
        """
        return not (self.writes & other.writes or self._decides(other) or other._decides(self))

    def _decides(self, other: "Touch") -> bool:
        return bool(self.writes & other.reads & (self.writes if self.is_commit else _LOCKED))

    def __str__(self) -> str:
        """Name what is written, then what is only read."""
        said = [f"writes {', '.join(sorted(self.writes))}"] if self.writes else []
        return "; ".join(said + ([f"reads {', '.join(sorted(self.reads))}"] if self.reads else []))


def touched(statement: str) -> Touch:
    """Return what a statement touches. Where its text leaves doubt, it counts as writing: that only plays more."""
    text = " ".join(COMMENTS.sub(" ", statement).split())
    found = _named(text)
    written = set().union(*(_named(f"into {target}") for target in _WRITES.findall(text))) | (found & {"lock"})
    if _LOCKS_ROWS.search(text):
        written |= found
    if "mart" in found and _DEFINES.search(text):
        written |= {"mart", "rows"}
    else:
        written -= {"mart"}  # rows were written, not the table
    checked = set().union(*(_CHECKED.get(name, set()) for name in written))
    return Touch(frozenset((found | checked) - written), frozenset(written))


def _named(text: str) -> set[str]:
    return {*_LEDGER.findall(text), *(name for name, pattern in _OTHERS.items() if pattern.search(text))}
