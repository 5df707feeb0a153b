"""Plan the next load of marts, by the load's own macros in a transaction that is rolled back."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from onerow.landing.delivery import Delivery, Landed
from onerow.ledger.setup import connect, ensure_tables, see_batches
from onerow.plan.manifest import planning_manifest
from onerow.plan.report import Plan, read_mart_plan
from onerow.plan.unlanded_file import SCHEMA, UnlandedFile, unlanded_file
from onerow.project.marts import Mart
from onerow.project.project import Project


def plan(
    project: Project,
    marts: list[Mart],
    *,
    file: Path | None = None,
    delivery: Delivery = Delivery(),  # noqa: B008 - frozen
    rows: int | None = None,
    outcomes: tuple[str, ...] = (),
) -> Plan:
    """Return what the next load of each mart would do with what waits, and with `file` as if it had landed.

    With a file all marts must be of one source, to which it is delivered. `rows` is how many rows to show of each mart,
    `outcomes` of which outcomes.

    Raises:
        CannotPlan, LandedByAnother: a mart cannot be planned, or not with a file; says why.
        FileUnreadable, FileChanged, BatchIdReused, WindowDiffers: the file could not land either.
        ConnectionFailed, LedgerSetupFailed: the server cannot be reached, or does not let the tables be made.
        DbtFailed: a mart's load would fail, or something that it reads is not there; carries the message.
    """
    planned_at = datetime.now(UTC)
    with ExitStack() as held:
        source = marts[0].source
        if file:
            source.require_landing("a file cannot be delivered to it")
        connection = held.enter_context(connect(project, f"onerow plan {source.name}"))
        ensure_tables(project, connection)
        see_batches(project, connection, [mart.source for mart in marts])
        given = file and held.enter_context(unlanded_file(connection, project.ledger_schema, source, file, delivery))
        landed = given if isinstance(given, Landed) else None
        unlanded = given if isinstance(given, UnlandedFile) else None
        result = project.dbt(
            # A target folder of its own: what the project's holds stays as the user's last run has left it.
            *("run", "--threads", "1", "--target-path", held.enter_context(TemporaryDirectory())),
            *("--select", *(f"{mart.name},package:{mart.package}" for mart in marts)),
            *("--vars", json.dumps(_variables(project, unlanded and unlanded.facts, rows, outcomes))),
            manifest=planning_manifest(project.manifest, marts, source if unlanded else None),
            on_message=unlanded and (unlanded.message, unlanded.send),
        )
    reported = {(node.node.package_name, node.node.name): json.loads(node.message) for node in result.results}
    return Plan(
        planned_at=planned_at,
        file=str(file) if file else None,
        already_landed=landed.batch_no if landed else None,
        marts=[read_mart_plan(mart.name, mart.source.name, reported[mart.package, mart.name]) for mart in marts],
    )


def _variables(project: Project, file: dict | None, rows: int | None, outcomes: tuple[str, ...]) -> dict:
    """Return the vars that make a run a plan: what a load writes to its ledger goes to one of the session's own."""
    asked = {"ledger_schema": project.ledger_schema, "file": file, "rows": rows, "outcomes": list(outcomes)}
    return {"onerow_plan": asked, "onerow_schema": SCHEMA}
