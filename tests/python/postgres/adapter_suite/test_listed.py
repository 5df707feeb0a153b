"""docs/reference/dbt-compatibility.md leaves out none of dbt's tests of incremental models."""

import importlib
import inspect
import pkgutil
import re

import pytest
from dbt.tests.adapter import incremental

from harness.dbt_project import REPOSITORY

_DOCUMENT = REPOSITORY / "docs/reference/dbt-compatibility.md"
_MODULES = [
    "dbt.tests.adapter.basic.test_incremental",
    *(f"{incremental.__name__}.{module.name}" for module in pkgutil.iter_modules(incremental.__path__)),
]


def listed() -> set[str]:
    """Every name that the page has in code."""
    return set(re.findall(r"`(\w+)`", _DOCUMENT.read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", _MODULES)
def test_every_test_of_dbt_is_run_or_has_its_reason(module):
    """A new version of dbt's tests shows here first. Guard: the page."""
    tests = {
        name: {test for test in dir(member) if test.startswith("test_")}
        for name, member in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        if name.startswith("Base")
    }
    named = {
        *(name for name, members in tests.items() if members),
        *(test for found in tests.values() for test in found),
    }
    assert named <= listed()
    assert named or module.endswith(".fixtures")


def test_every_reason_is_given_and_used():
    """Guard: the numbers of the page."""
    tables, why = _DOCUMENT.read_text(encoding="utf-8").split("## Why")
    assert set(re.findall(r"\((\d+)\)", tables)) == set(re.findall(r"^(\d+)\. ", why, re.MULTILINE))
