"""What a rule would do to a table's duplicates: a dry run. Writes nothing."""

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from onerow.dedupe.references import Reference, find_references
from onerow.dedupe.rule import Rule, check_rule
from onerow.dedupe.target import Target
from onerow.errors import DedupeFailed
from onerow.project.project import Project
from onerow.reconcile.snapshot import snapshot

CLASSES: Final = ("twins", "decided", "tied")


@dataclass(frozen=True)
class Preview:
    """What `apply` would do now: keys and rows a class, samples, and foreign keys that point at the table."""

    relation: str
    key: tuple[str, ...]
    columns: list[str]
    rule: Rule
    classes: dict[str, dict[str, int]]
    changed_rows: int
    samples: list[dict[str, Any]]
    references: list[Reference]
    words: str

    @property
    def removed_rows(self) -> int:
        """How many rows would be removed."""
        return sum(counts["removed_rows"] for counts in self.classes.values())

    @property
    def is_refused(self) -> bool:
        """Whether `apply` would refuse, because rows that it would remove are referred to."""
        return any(reference.row_count for reference in self.references)

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dedupe.md describes it."""
        return {
            "relation": self.relation,
            "key": list(self.key),
            "rule": self.rule.name,
            "rule_sql": self.rule.sql,
            "classes": self.classes,
            "removed_rows": self.removed_rows,
            "changed_rows": self.changed_rows,
            "is_refused": self.is_refused,
            "references": [reference.to_json() for reference in self.references],
            "samples": self.samples,
        }


def preview(project: Project, connection: psycopg.Connection, target: Target, rule: Rule, limit: int) -> Preview:
    """Work out in one snapshot what the rule would do; `limit` is how many samples of each class to return.

    Raises:
        RuleRefused: the rule cannot be used on the table.
        DedupeFailed: PostgreSQL could not answer.
        LockTimedOut, ReconcileFailed: the table cannot be read.
    """
    check_rule(connection, target, rule)
    with snapshot(connection, [((target.schema, target.table), "")]):
        try:
            references = find_references(project, connection, target)
            query = project.render("dedupe_preview", target, rule, references, limit)
            with connection.cursor(row_factory=dict_row) as cursor:
                found = cursor.execute(query).fetchone()
        except psycopg.Error as error:
            raise DedupeFailed(target.name, str(error).strip(), "Nothing was written") from error
    nothing = {"keys": 0, "removed_rows": 0}
    return Preview(
        relation=target.name,
        key=target.key,
        columns=[column.name for column in target.columns],
        rule=rule,
        classes={name: found["classes"].get(name, nothing) for name in CLASSES},
        changed_rows=found["changed_rows"],
        samples=found["samples"],
        references=[reference.with_rows(found["referenced"]) for reference in references],
        words=target.words,
    )
