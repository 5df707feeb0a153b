"""Tell somebody when a mart's verdict changes, once."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from onerow.errors import NotificationFailed
from onerow.ledger.setup import ensure_tables
from onerow.project.project import Project
from onerow.reconcile.report import DIFFERENCE, OK, Report
from onerow.reconcile.rules import LEVELS
from onerow.report.runs import run_of

# Seconds for each step of one try, and before each further try.
TIMEOUT = 5.0
PAUSES = (1.0, 3.0)

_LOCK = "select pg_advisory_xact_lock(hashtextextended('onerow:notify', 0))"
# A server that says so may be asked again.
_AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True)
class VerdictChange:
    """A mart whose verdict is another one than was told last. Without anything told, that was: all equal."""

    relation: str
    status: str


def notify(project: Project, connection: psycopg.Connection, url: str, report: Report) -> list[VerdictChange]:
    """Post a summary of the marts of this report whose verdict has changed since it was posted last, if any has.

    The report has to be recorded. Runs at once do it one after the other, so that each change is told once. What could
    not be delivered is still to be told: the next run tries again.

    Raises:
        NotificationFailed: nothing was delivered; names scheme and host, no more of the URL.
        LedgerSetupFailed: the ledger has no place to remember what was told, and it cannot be made.
    """
    ensure_tables(project, connection)
    try:
        with connection.transaction():
            # Whoever has waited for the lock has to see what the one before has told.
            connection.execute("set transaction isolation level read committed")
            connection.execute(_LOCK)
            changes = _changes(project, connection, [mart.relation for mart in report.marts])
            if changes:
                _post(url, _summary(report, changes))
                _remember(connection, project.ledger_schema, report, changes)
    except psycopg.Error as error:
        raise NotificationFailed(_receiver(url), str(error).strip()) from error
    return changes


def _changes(project: Project, connection: psycopg.Connection, relations: list[str]) -> list[VerdictChange]:
    query = project.render(
        "standing_verdicts", schema=project.ledger_schema, marts="%(marts)s::text[]", levels="%(levels)s::text[]"
    )
    standing: dict[str, str] = {}
    told: dict[str, str] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        values = {"marts": relations, "levels": list(LEVELS)}
        for level in cursor.execute(SQL(query), values):  # type: ignore[arg-type]
            model = level["model"]
            told[model] = level["notified_status"] or OK
            # A mart differs as long as any of its levels does, also one that this run has not compared.
            standing[model] = DIFFERENCE if DIFFERENCE in (standing.get(model), level["status"]) else OK
    return [VerdictChange(model, standing[model]) for model in relations if standing.get(model) != told.get(model)]


def _remember(connection: psycopg.Connection, schema: str, report: Report, changes: list[VerdictChange]) -> None:
    insert = SQL("insert into {} (model, run_id, status) values (%s, %s, %s)").format(
        Identifier(schema, "notifications")
    )
    with connection.cursor() as cursor:
        cursor.executemany(insert, [(change.relation, report.run_id, change.status) for change in changes])


def _summary(report: Report, changes: list[VerdictChange]) -> dict[str, Any]:
    """Return the JSON that docs/reference/reports.md describes: figures, and nothing of what was delivered."""
    status_of = {change.relation: change.status for change in changes}
    marts = []
    for mart in report.marts:
        if mart.relation in status_of:
            differing = [
                {
                    "level": figure.level,
                    "figure": figure.name,
                    "source": figure.source,
                    "destination": figure.destination,
                    "differing_windows": figure.differing_windows,
                }
                for figure in run_of(report, mart).differing
            ]
            marts.append(
                {
                    "model": mart.model,
                    "relation": mart.relation,
                    "status": status_of[mart.relation],
                    "differing": differing,
                }
            )
    return {
        "text": "\n".join(_sentence(mart) for mart in marts),
        "run_id": str(report.run_id),
        "reconciled_at": report.reconciled_at.isoformat(),
        "marts": marts,
    }


def _sentence(mart: dict[str, Any]) -> str:
    """Return what has changed in words, without what Slack would take for a link or a mention."""
    if mart["status"] == OK:
        said = "all equal again"
    else:
        figures = [
            f"{figure['figure'].replace('_', ' ')} {_side(figure['source'])} / {_side(figure['destination'])}"
            for figure in mart["differing"]
        ]
        said = f"differences (source / mart): {', '.join(figures)}" if figures else "differences"
    text = f"onerow: {mart['model']} ({mart['relation']}): {said}"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _side(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _post(url: str, summary: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - the option takes http and https alone
        url,
        json.dumps(summary).encode(),
        {"Content-Type": "application/json", "User-Agent": "onerow"},
    )
    opener = urllib.request.build_opener(_NoRedirect)
    for pause in (*PAUSES, None):
        try:
            opener.open(request, timeout=TIMEOUT).close()
        except urllib.error.HTTPError as error:
            error.close()
            reason = f"HTTP status {error.code}"
            may_try_again = error.code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code in _AGAIN
        except OSError as error:
            reason, may_try_again = str(getattr(error, "reason", error)), True
        except (HTTPException, ValueError) as error:
            # Their messages may hold the URL.
            reason, may_try_again = type(error).__name__, False
        else:
            return
        if pause is None or not may_try_again:
            raise NotificationFailed(_receiver(url), reason)
        time.sleep(pause)


def _receiver(url: str) -> str:
    """Return scheme and host of a URL: anything else of it may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn the POST into a GET: it is an answer like any other that is no success."""

    def redirect_request(self, *_: Any) -> None:
        return None
