"""onerow plan as it is called: exit codes, JSON of the form that the reference describes, table, wrong use."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from harness.database import Database
from harness.dbt_project import REPOSITORY, DbtProject, succeeded
from harness.devices import LATER, Devices, state
from onerow.cli import onerow
from onerow.errors import ModelWithoutSource
from onerow.ledger.setup import ensure_tables
from onerow.plan.report import OUTCOMES
from onerow.project.project import Project

REFERENCE = REPOSITORY / "docs/reference/plan-json.md"

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": ["string", "null"]}
_STATUS = {"enum": ["nothing", "clean", "rejects"]}


def _object(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object that has these names and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_ROW = _object(
    batch_no={"type": ["integer", "null"]},
    line_number=_COUNT,
    outcome={"enum": list(OUTCOMES)},
    natural_key={"type": ["object", "null"], "additionalProperties": _TEXT},
    reasons={"type": ["array", "null"], "items": {"type": "string"}},
    changes={"type": ["object", "null"], "additionalProperties": _object(before=_TEXT, after=_TEXT)},
)
_BATCH = _object(
    batch_no={"type": ["integer", "null"]},
    batch_id={"type": "string"},
    location=_TEXT,
    row_count=_COUNT,
    rejected_count=_COUNT,
    outcomes={"type": "object", "propertyNames": {"enum": list(OUTCOMES)}, "additionalProperties": _COUNT},
    withdrawn_count=_COUNT,
    set_aside=_TEXT,
)
_MART = _object(
    model={"type": "string"},
    relation={"type": "string"},
    source={"type": "string"},
    status=_STATUS,
    is_rebuild={"type": "boolean"},
    outcomes=_object(**dict.fromkeys(OUTCOMES, _COUNT)),
    withdrawn_count=_COUNT,
    later_batches=_COUNT,
    batches=_list_of(_BATCH),
    matching_rows={"type": ["integer", "null"]},
    rows={"type": ["array", "null"], "items": _ROW},
)
SCHEMA = _object(
    planned_at={"type": "string"},
    status=_STATUS,
    file=_TEXT,
    already_landed={"type": ["integer", "null"]},
    models=_list_of(_MART),
)


@pytest.fixture
def call(project: DbtProject, job: Callable[[DbtProject], Project]) -> Callable[..., Result]:
    """Call `onerow plan` in this process."""
    job(project)

    def call(*args: str | Path) -> Result:
        folders = ["--project-dir", project.folder, "--profiles-dir", project.profiles_dir]
        return CliRunner().invoke(onerow, ["plan", *map(str, [*folders, *args])], env={"COLUMNS": "200"})

    return call


@pytest.fixture
def devices(project: DbtProject, database: Database, job: Callable[[DbtProject], Project], tmp_path: Path) -> Devices:
    """A loaded batch, and one that waits: modified, unchanged, refused for two reasons."""
    ensure_tables(job(project), database.connect(autocommit=True))
    devices = Devices(database, tmp_path / "delivered")
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    devices.land(state("a", LATER, firmware="2"), state("b"), state(None, "soon"))
    return devices


def test_json_exit_codes_and_table(call: Callable[..., Result], devices: Devices) -> None:
    """Guards: to_json, and `--strict` alone makes rejects an exit code."""
    called = call("devices", "--rows", "--format", "json")
    assert called.exit_code == 0, called.output
    report = json.loads(called.stdout)
    jsonschema.validate(report, SCHEMA)
    [mart] = report["models"]
    assert (report["status"], mart["matching_rows"]) == ("rejects", 3)
    assert [(row["outcome"], row["reasons"]) for row in mart["rows"]] == [
        ("modified", None),
        ("unchanged", None),
        ("rejected", ["missing:device_id", "invalid_timestamptz:reported_at"]),
    ]

    strict = call("devices", "--strict", "--outcome", "modified", "--limit", "1")
    assert strict.exit_code == 3
    assert "1 modified, 1 unchanged, 1 rejected" in strict.stdout
    assert 'firmware: "1" -> "2"' in strict.stdout
    assert "missing:device_id" not in strict.stdout

    file = devices.file(state("c"))
    clean = call("--source", "devices", "--file", file, "--format", "json", "--limit", "1", "--outcome", "new")
    [mart] = json.loads(clean.stdout)["models"]
    assert [(row["batch_no"], row["natural_key"]) for row in mart["rows"]] == [(None, {"device_id": "c"})]
    assert call("orders", "--strict").exit_code == 0


def test_wrong_use(call: Callable[..., Result], devices: Devices) -> None:
    """Guards: the checks of the command."""
    file = devices.file(state("c"))
    for args, message in (
        (("--window", "2026-05-01", "2026-05-02"), "say something of a --file"),
        (("--file", file), "whose file is it"),
        (("orders", "--source", "devices"), "none of the models loads devices"),
        (("--file", file, "--source", "devices", "--window", "2026-05-02", "2026-05-01"), "is not before"),
    ):
        called = call(*args)
        assert (called.exit_code, message in called.output) == (2, True), called.output
    assert isinstance(call("stg_devices").exception, ModelWithoutSource)


def test_the_reference_has_all_names() -> None:
    """Guard: docs/reference/plan-json.md."""
    page = REFERENCE.read_text(encoding="utf-8")
    for schema in (SCHEMA, _MART, _BATCH, _ROW):
        assert [name for name in schema["properties"] if f"`{name}`" not in page] == []
