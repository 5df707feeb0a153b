"""The history of reconciliations: what the last runs said of each mart."""

from dataclasses import dataclass
from typing import Any

import psycopg

from onerow.project.marts import Mart
from onerow.project.project import Project
from onerow.reconcile.report import DIFFERENCE, OK
from onerow.report.read import read_runs
from onerow.report.runs import Run, row_changes, trend


@dataclass(frozen=True)
class MartHistory:
    """The last runs of a mart, newest first. `relation` is its name in the ledger."""

    model: str
    relation: str
    runs: list[Run]

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/reports.md describes it."""
        return {
            "model": self.model,
            "relation": self.relation,
            "trend": self._trend_json(),
            "runs": [
                {
                    "run_id": str(run.run_id),
                    "reconciled_at": run.reconciled_at.isoformat(),
                    "status": run.status,
                    "row_change": change,
                    "figures": [
                        {
                            "level": figure.level,
                            "figure": figure.name,
                            "source": figure.source,
                            "destination": figure.destination,
                            "status": DIFFERENCE if figure.is_difference else OK,
                            "differing_windows": figure.differing_windows,
                        }
                        for figure in run.figures
                    ],
                }
                for run, change in zip(self.runs, row_changes(self.runs), strict=True)
            ],
        }

    def _trend_json(self) -> dict[str, Any] | None:
        if not self.runs:
            return None
        of_runs = trend(self.runs)
        return {
            "status": self.runs[0].status,
            "since": of_runs.since.isoformat(),
            "runs": of_runs.runs,
            "equal_runs": of_runs.equal_runs,
            "median_row_change": of_runs.rows_per_run,
        }


def read_history(project: Project, connection: psycopg.Connection, marts: list[Mart], last: int) -> list[MartHistory]:
    """Read the last runs of these marts, in one snapshot.

    Raises:
        RelationMissing, LockTimedOut, ReconcileFailed: the table of runs cannot be read.
    """
    relations = {mart.name: mart.relation_id(connection.info.dbname) for mart in marts}
    runs = read_runs(project, connection, list(relations.values()), last)
    return [MartHistory(model, relation, runs.get(relation, [])) for model, relation in relations.items()]
