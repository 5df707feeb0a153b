"""Foreign keys that point at a table. A row that one of them refers to is not removed, whatever it does on delete."""

from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.rows import dict_row

from onerow.dedupe.target import Target
from onerow.project.project import Project
from onerow.terminal import counted


@dataclass(frozen=True)
class Reference:
    """A foreign key, and how many rows of `referencing` refer by it to rows that would be removed."""

    name: str
    referencing: str
    columns: list[str]
    referenced_columns: list[str]
    on_delete: str
    row_count: int = 0
    keys: tuple[dict[str, Any], ...] = ()

    def with_rows(self, found: list[dict[str, Any]]) -> "Reference":
        """Return it with what the query `dedupe_referenced` has found."""
        [(row_count, keys)] = [(row["row_count"], row["keys"]) for row in found if row["name"] == self.name]
        return replace(self, row_count=row_count, keys=tuple(keys))

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dedupe.md describes it."""
        return {**vars(self), "keys": list(self.keys)}

    def __str__(self) -> str:
        """Say what refers to what."""
        keys = f", such as those of {', '.join(map(str, self.keys))}" if self.keys else ""
        return (
            f"{counted(self.row_count, 'row')} of {self.referencing} by {self.name} (on delete {self.on_delete}){keys}"
        )


def find_references(project: Project, connection: psycopg.Connection, target: Target) -> list[Reference]:
    """Return the foreign keys that point at the table, without counts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [Reference(**row) for row in cursor.execute(project.render("dedupe_references", target)).fetchall()]
