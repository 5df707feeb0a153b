"""What a project that installs onerow has to set is enough: macros, materializations, dispatch."""

import json
from typing import Any

from harness.dbt_project import DbtProject

# Not a whole number of hours off, so that nothing comes out right by chance.
ELSEWHERE = {"PGTZ": "Asia/Kathmandu"}


def results(project: DbtProject, kind: str) -> list[dict[str, Any]]:
    """What the last command did with the project's own nodes of that kind."""
    artifact = json.loads((project.target_path / "run_results.json").read_text())
    return [result for result in artifact["results"] if result["unique_id"].startswith(f"{kind}.onerow_tests.")]


def test_a_project_that_installs_onerow_builds(consumer: DbtProject):
    """Every carrier is made and every unit test of a macro passes, in any time zone. Guard: the macros themselves."""
    consumer.dbt("build", "--warn-error", "--write-json", env=ELSEWHERE).succeeded()
    assert {result["status"] for result in results(consumer, "model")} == {"success"}
    unit_tests = results(consumer, "unit_test")
    assert {result["status"] for result in unit_tests} == {"pass"}
    assert len(unit_tests) >= len(list(consumer.folder.glob("models/*/*.yml")))

    # Guard: macros/materializations.sql; with dbt's own view this would be CREATE VIEW.
    consumer.dbt("run", "--write-json", "--select", "surrogate_key").succeeded()
    assert [result["message"] for result in results(consumer, "model")] == ["VIEW UNCHANGED"]
