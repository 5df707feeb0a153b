"""Whatever stands in the yaml of a source or a model: it is read, or refused with a message, never a traceback."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.dbt_project import REPOSITORY
from onerow.errors import WrongUse
from onerow.project.contract import has_contract, read_contract
from onerow.project.project import Project
from onerow.reconcile.request import parse_age
from onerow.reconcile.sides import parse_side

# What yaml can hold.
_SCALAR = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
ANYTHING = st.recursive(
    _SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
_TYPES = st.sampled_from(["text", "integer", "jsonb", "json", "timestamptz"])
_fuzzed = settings(
    deadline=None,
    database=None,
    derandomize=settings().max_examples == settings.get_profile("default").max_examples,
)


def options(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw options of these names, each of them with anything or missing, and one that nobody knows."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys((*names, "no such option"), ANYTHING))


@pytest.fixture(scope="module")
def macros() -> Project:
    """A project that has the macros of this one and has not been parsed."""
    files = (REPOSITORY / "macros").rglob("*.sql")
    texts = {f"macro.onerow.{file.stem}": SimpleNamespace(macro_sql=file.read_text("utf-8")) for file in files}
    project = Project(REPOSITORY)
    vars(project)["manifest"] = SimpleNamespace(macros=texts)
    project._macros.globals["modules"] = SimpleNamespace(re=re)
    return project


@_fuzzed
@given(
    meta=st.fixed_dictionaries({}, optional={"onerow": ANYTHING}),  # dbt sees to it that meta is a dictionary
    asked=options("natural_key", "on_missing_column", "on_type_change", "batch_column"),
    of_column=st.fixed_dictionaries({}, optional={"onerow": ANYTHING}),
    is_mostly_right=st.booleans(),
)
def test_fuzzed_contracts_are_read_or_refused(meta, asked, of_column, is_mostly_right):
    """Guards: the problems of read_contract."""
    node = {
        "name": "things",
        "schema": "landing",
        "identifier": "things",
        "original_file_path": "models/_sources.yml",
        "columns": {"id": {"data_type": "text", "config": {"meta": of_column}}, "_batch_no": {}},
        "config": {"meta": {"onerow": {"natural_key": ["id"], **asked}} if is_mostly_right else meta},
    }
    try:
        if has_contract(node):
            assert read_contract(node).name == "things"
    except WrongUse as error:
        assert "source things (models/_sources.yml)" in str(error)


@_fuzzed
@given(
    rules=st.lists(options("accepted_values", "range", "pattern"), max_size=2),
    data_type=_TYPES,
    required=ANYTHING,
    more=options("unique_in_batch", "strict", "max_rejected"),
)
def test_fuzzed_rules_are_kept_or_named(macros, rules, data_type, required, more):
    """Guard: rule_problems, strict_problems."""
    columns = [{**rule, "name": "a", "data_type": data_type, "required": required} for rule in rules]
    for found in (macros.call("rule_problems", columns, more), macros.call("strict_problems", more)):
        assert all(isinstance(problem, str) for problem in found)


@_fuzzed
@given(asked=options("where", "window", "minimum_age", "consumed_within", "source", "compare", "tolerance"))
def test_fuzzed_options_of_reconcile_are_taken_or_refused(macros, asked):
    """Guard: the problems of reconcile_options."""
    try:
        assert "window" in macros.call("reconcile_options", "things", asked, ["a"])
    except WrongUse as error:
        assert "model things, meta.onerow.reconcile" in str(error)


@_fuzzed
@given(asked=options("batch_column", "row_id", "complete_when", "growth_window"))
def test_fuzzed_options_of_another_loader_are_taken_or_refused(macros, asked):
    """Guard: the problems of loader_of."""
    contract = SimpleNamespace(name="things", columns={}, config=SimpleNamespace(meta=SimpleNamespace(onerow=asked)))
    try:
        macros.call("loader_of", contract)
    except WrongUse as error:
        assert "source things" in str(error)


@_fuzzed
@given(text=st.text(max_size=30))
def test_fuzzed_sides_and_ages_are_read_or_refused(text):
    """Guard: parse_side, parse_age."""
    parse_age(text)
    try:
        assert parse_side(text)
    except WrongUse as error:
        assert "no side to compare" in str(error)
