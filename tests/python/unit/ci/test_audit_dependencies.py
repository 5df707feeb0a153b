"""The audit says what is vulnerable, and where nothing could be asked; it fails only if an audit is required."""

import runpy

import pytest

from harness.dbt_project import REPOSITORY

judged = runpy.run_path(str(REPOSITORY / ".ci/audit_dependencies.py"))["judged"]
GOOD = {"name": "click", "version": "8.3.0", "vulns": []}
BAD = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
NOT_FOUND = {"name": "rich", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "required", "code", "said"),
    [
        ([GOOD], True, 0, "1 dependencies, no known vulnerability"),
        ([GOOD, BAD], False, 0, "jinja2 2.0: PYSEC-1, fixed in 2.1"),
        ([BAD, NOT_FOUND], True, 1, "jinja2 2.0: PYSEC-1"),
        ([GOOD, NOT_FOUND], False, 0, "SKIPPED: dependencies were not audited: 1 of 2"),
        ([GOOD, NOT_FOUND], True, 1, "SKIPPED"),
    ],
)
def test_what_is_found_decides(monkeypatch, capsys, dependencies, required, code, said):
    monkeypatch.setenv("ONEROW_AUDIT", "required" if required else "")
    assert judged(dependencies) == code
    assert said in capsys.readouterr().out
