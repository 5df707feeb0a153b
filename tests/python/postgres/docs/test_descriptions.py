"""Everything that the generated docs show is described: models, sources, seeds, columns, macros, arguments."""

import json

from harness.dbt_project import WITHOUT_TESTS, succeeded

# An argument that dbt itself gives to every materialization.
_OF_DBT = "supported_languages"
_IN_THE_DOCS = ("model", "source", "seed", "snapshot")


def read(project, artifact):
    """Read an artifact of dbt's."""
    return json.loads((project.target_path / artifact).read_text(encoding="utf-8"))


def test_each_relation_and_each_of_its_columns_is_described(project):
    """As the database has them, not only as the yaml lists them. Guard: the yaml beside each model."""
    succeeded(project.dbt_in_process("build", "--quiet", *WITHOUT_TESTS))
    succeeded(project.dbt_in_process("docs", "generate", "--quiet", "--write-json"))
    catalog, manifest = read(project, "catalog.json"), read(project, "manifest.json")
    in_catalog = {**catalog["nodes"], **catalog["sources"]}
    in_manifest = {**manifest["nodes"], **manifest["sources"]}
    expected = {unique_id for unique_id, node in in_manifest.items() if node["resource_type"] in _IN_THE_DOCS}
    assert set(in_catalog) == expected

    missing = []
    for unique_id, relation in in_catalog.items():
        node = in_manifest[unique_id]
        missing += [unique_id] if not node["description"].strip() else []
        described = {name for name, column in node["columns"].items() if column["description"].strip()}
        missing += [f"{unique_id}.{name}" for name in relation["columns"] if name not in described]
        missing += [f"{unique_id}.{name}: no such column" for name in described if name not in relation["columns"]]
    assert missing == []


def test_each_macro_and_each_of_its_arguments_is_described(project):
    """Guard: the yaml beside each macro; validate_macro_args fills in the arguments that it forgets."""
    succeeded(project.dbt_in_process("parse", "--quiet", "--write-json"))
    missing = []
    for unique_id, macro in read(project, "manifest.json")["macros"].items():
        if macro["package_name"] == "onerow":
            missing += [unique_id] if not macro["description"].strip() else []
            arguments = [each for each in macro["arguments"] if each["name"] != _OF_DBT]
            missing += [f"{unique_id}({each['name']})" for each in arguments if not each["description"].strip()]
    assert missing == []


def test_the_project_parses_without_a_warning(project):
    """Names and types of arguments, and keys that dbt does not know. Guard: --warn-error."""
    succeeded(project.dbt_in_process("--warn-error", "parse", "--quiet", "--no-partial-parse"))
