"""docs/reference/guarantees.md names tests that there are."""

import re

from harness.dbt_project import REPOSITORY

_ROW = re.compile(r"^\| `([\w/]+\.py)` \| .*`(test_\w+)`", re.MULTILINE)


def test_each_guarantee_names_tests_that_there_are():
    page = (REPOSITORY / "docs/reference/guarantees.md").read_text(encoding="utf-8")
    named = _ROW.findall(page)
    assert len(named) == len(re.findall(r"^\| `", page, re.MULTILINE)) >= 20
    for file, test in named:
        assert f"def {test}(" in (REPOSITORY / "tests/python/postgres" / file).read_text(encoding="utf-8"), (file, test)
