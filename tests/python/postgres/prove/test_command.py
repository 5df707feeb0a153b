"""onerow prove as it is called: exit codes, JSON of the form that the reference describes, table, HTML, wrong use."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from harness.database import Database
from harness.dbt_project import REPOSITORY, DbtProject
from onerow.cli import onerow
from onerow.errors import CannotProve, FileUnreadable, RelationMissing, UnknownModel
from onerow.project.project import Project
from onerow.prove.guarantees import GUARANTEES
from onerow.prove.prove import Asked, prove
from onerow.prove.report import FAILED, HELD, NOT_APPLICABLE, NOT_TRIED, ModelProof
from postgres.prove.conftest import DELIVERED, file, verdict, verdicts

REFERENCE = REPOSITORY / "docs/reference/prove.md"
Proved = Callable[..., ModelProof]
Deliver = Callable[..., None]
# What a sender may put into a value to be more than a value.
HOSTILE = '<script>alert("1")</script>\x1b[2J'

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_TRUTH = {"type": "boolean"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_ROWS = _list_of({"type": "object", "additionalProperties": _MAYBE_TEXT})
_PAIR = _object(expected=_COUNT, found=_COUNT)
_DIFFERENCE = _object(
    row_count=_PAIR,
    key_count=_PAIR,
    contents_equal=_TRUTH,
    ids_equal=_TRUTH,
    missing_count=_COUNT,
    missing=_ROWS,
    unexpected_count=_COUNT,
    unexpected=_ROWS,
)
_EXAMPLE = _object(
    is_smallest=_TRUTH,
    batches=_list_of(_object(batch=_TEXT, row_count=_COUNT, rows=_ROWS)),
    steps=_list_of(_TEXT),
    expected_steps=_list_of(_TEXT),
    error=_MAYBE_TEXT,
    difference=_or_null(_DIFFERENCE),
)
_GUARANTEE = _object(
    guarantee={"enum": [each.name for each in GUARANTEES]},
    title=_TEXT,
    verdict={"enum": [HELD, FAILED, NOT_APPLICABLE, NOT_TRIED]},
    why=_MAYBE_TEXT,
    tried=_COUNT,
    seconds={"type": "number"},
    reproduce=_TEXT,
    example=_or_null(_EXAMPLE),
)
_MODEL = _object(
    model=_TEXT,
    status=_TEXT,
    source=_TEXT,
    materialized=_TEXT,
    key=_list_of(_TEXT),
    batches=_list_of(_object(batch=_TEXT, row_count=_COUNT)),
    row_count={"type": ["integer", "null"]},
    key_count={"type": ["integer", "null"]},
    ignored_columns=_list_of(_TEXT),
    id_columns=_list_of(_TEXT),
    notes=_list_of(_TEXT),
    guarantees=_list_of(_GUARANTEE),
)
SCHEMA = _object(proved_at=_TEXT, status=_TEXT, seed={"type": "integer"}, models=_list_of(_MODEL))


@pytest.fixture
def call(shop: tuple[DbtProject, Project], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the command in this process."""
    project = shop[0]
    project.job(monkeypatch)
    options = ["--project-dir", str(project.folder), "--profiles-dir", str(project.profiles_dir)]
    return lambda *arguments: CliRunner(env={"COLUMNS": "200"}).invoke(
        onerow, ["prove", *options, *map(str, arguments)]
    )


def test_a_failure_ends_with_3_and_is_shown_in_every_form(
    deliver: Deliver, call: Callable[..., Result], tmp_path: Path
):
    """Guards: the exit code, the names of the JSON, and that what was delivered is text and nothing else."""
    deliver(*DELIVERED[:1], (HOSTILE, "9", "2026-05-01", 1))
    page = tmp_path / "proof.html"
    asked = ["appended", "--batch-column", "load_no", "--only", "run_twice", "--seed", "7"]

    result = call(*asked, "--format", "json", "--html", page)

    assert result.exit_code == 3
    proof = json.loads(result.stdout)
    jsonschema.validate(proof, SCHEMA)
    [found] = proof["models"][0]["guarantees"]
    assert found["example"]["is_smallest"]
    assert [batch["row_count"] for batch in found["example"]["batches"]] == [1]
    assert found["reproduce"].startswith(
        "onerow prove appended --only run_twice --batch-column load_no --seed 7 --project"
    )
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in call(*asked, "--no-search").stdout


def test_the_reference_describes_every_name():
    """Guard: docs/reference/prove.md lists the names of the JSON, and the guarantees."""
    text = REFERENCE.read_text(encoding="utf-8")

    def names(schema: dict[str, Any]) -> set[str]:
        found = set(schema.get("properties", {}))
        inner = [schema["items"]] if "items" in schema else []
        for each in (*schema.get("properties", {}).values(), *inner, *schema.get("anyOf", [])):
            found |= names(each)
        return found

    assert [name for name in sorted(names(SCHEMA)) if f"`{name}`" not in text] == []
    assert [each.name for each in GUARANTEES if f"`{each.name}`" not in text] == []


def test_what_holds_ends_with_0_and_what_was_not_tried_with_1(deliver: Deliver, call: Callable[..., Result]):
    """Guard: a proof that ran out of time is no proof."""
    deliver(*DELIVERED)
    asked = ["--batch-column", "load_no", "--only", "run_twice"]
    held = call("newest", *asked)
    assert held.exit_code == 0, held.output
    assert re.search(r"^run twice +held", held.stdout, re.MULTILINE), held.stdout

    late = call("slow", *asked, "--time-limit", "1")
    assert late.exit_code == 1, late.output
    assert re.search(r"^run twice +not tried +the time limit came first", late.stdout, re.MULTILINE), late.stdout


@pytest.mark.parametrize(
    ("model", "asked", "error", "message"),
    [
        ("no_such_model", {}, UnknownModel, "no_such_model"),
        ("stg_orders", {}, CannotProve, "materialized as view"),
        ("merged", {"batch_column": None}, CannotProve, "--batch-column for a column of raw.orders"),
        ("merged", {"batch_column": "day"}, CannotProve, "no column day: order_id, amount, updated_at, load_no"),
        ("merged", {"source": "customers"}, CannotProve, "it reads no source customers. .*: raw.orders"),
        ("merged", {"window_column": "day"}, CannotProve, "no column day"),
        (
            "merged",
            {"key": ("order_no",)},
            CannotProve,
            "its key order_no is no column .*: amount, order_id, updated_at",
        ),
    ],
)
def test_wrong_use_is_told(
    deliver: Deliver, proved: Proved, model: str, asked: dict[str, Any], error: type[Exception], message: str
):
    """Guard: nothing is built before what was asked for is known to make sense."""
    deliver(*DELIVERED)
    with pytest.raises(error, match=message):
        proved(model, **asked)


def test_a_source_table_that_is_not_there_or_is_empty(database: Database, deliver: Deliver, proved: Proved):
    """Guard: without rows nothing would differ."""
    with pytest.raises(RelationMissing, match=r"no table raw\.orders"):
        proved("merged")
    deliver()
    with pytest.raises(CannotProve, match="holds no rows"):
        proved("merged")


def test_each_file_is_a_batch_of_a_copy_of_the_source_table(
    database: Database, deliver: Deliver, proved: Proved, tmp_path: Path
):
    """Guard: values become what the table's columns are; the table stays empty, and its sequence where it is."""
    deliver()
    database.execute("alter table raw.orders add column id serial")
    header = "order_id,amount,updated_at,load_no"
    monday = file(tmp_path, "monday.csv", header, "a,1,2026-05-01,1", "b,1,2026-05-01,1")
    tuesday = file(tmp_path, "tuesday.csv", header, "a,2,2026-05-02,2")
    proof = proved("watermarked", files=(monday, tuesday), only=("loads", "any_order"))
    assert verdicts(proof) == {"loads": HELD, "any_order": FAILED}
    example = verdict(proof, "any_order").example
    assert [batch.label for batch in example.batches] == [str(monday), str(tuesday)]
    assert database.value("select count(*) from raw.orders") == 0
    assert not database.value("select is_called from raw.orders_id_seq")

    wrong = file(tmp_path, "wrong.csv", header, "a,1,someday,1")
    with pytest.raises(FileUnreadable, match="someday"):
        proved("watermarked", files=(wrong,))
    other = file(tmp_path, "other.csv", "order_id,colour", "a,red")
    with pytest.raises(FileUnreadable, match="no column colour"):
        proved("watermarked", files=(other,))


def test_generated_ids_are_compared_by_themselves(deliver: Deliver, proved: Proved):
    """Guard: the same rows with other ids are told from other rows."""
    deliver(*DELIVERED)
    proof = proved("numbered", only=("run_twice",), searches=False)
    assert proof.id_columns == ["row_id"]
    assert verdict(proof, "run_twice").why == "the same rows with other generated ids"


def test_the_last_batches_and_some_keys_are_enough(deliver: Deliver, proved: Proved):
    """Guards: both limits; a key that is taken is taken from all batches."""
    deliver(*[(f"k{key}", str(load), "2026-05-01", load) for load in range(1, 6) for key in range(100)])
    proof = proved("appended", only=("loads",), searches=False, max_batches=2, max_rows=50)
    assert [label for label, _ in proof.batches] == ["load_no = 4", "load_no = 5"]
    first, second = (rows for _, rows in proof.batches)
    assert first == second
    assert 10 <= first + second <= 90
    assert "the last 2 of 5 batches were taken; more: --max-batches" in proof.notes


def test_several_models_are_proved_one_by_one(
    shop: tuple[DbtProject, Project], deliver: Deliver, monkeypatch: pytest.MonkeyPatch
):
    """Guard: the schemas of one are gone before the next begins."""
    deliver(*DELIVERED)
    asked = Asked(batch_column="load_no", only=("run_twice",), searches=False)
    proof = prove(shop[1], ["newest", "appended"], asked, lambda *names: " ".join(names), lambda text: None)
    assert [(model.model, verdicts(model)) for model in proof.models] == [
        ("newest", {"run_twice": HELD}),
        ("appended", {"run_twice": FAILED}),
    ]
    assert proof.status == FAILED
