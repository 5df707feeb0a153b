"""The marts of a project: its models that name the source that they load."""

from dataclasses import dataclass, field
from typing import Any

from onerow.project.contract import Source
from onerow.project.project import Project


@dataclass(frozen=True)
class Mart:
    """A model with meta.onerow.source. `schema` and `table` name its table, `package` and `name` the model.

    `version_column` and `reconcile` are those of its meta.onerow, as they are written there; `is_newest_kept` says that
    it holds the newest delivered state of each key, whole.
    """

    package: str
    name: str
    schema: str
    table: str
    source: Source
    version_column: str | None = None
    reconcile: dict[str, Any] = field(default_factory=dict)
    is_newest_kept: bool = False

    def relation_id(self, database: str) -> str:
        """Return its name in the ledger, as the macro of this name does."""
        return f"{database}.{self.schema}.{self.table}"


def source_name(node: Any) -> str | None:
    """Return the name of the source that a model of the manifest loads, or None if it names none."""
    return (node.config.meta.get("onerow") or {}).get("source")


def read_mart(project: Project, node: Any) -> Mart:
    """Read a mart from its model in the manifest.

    Raises:
        UnknownSource: it names a source that has no contract.
    """
    options = node.config.meta.get("onerow") or {}
    source = project.source(source_name(node) or "")
    return Mart(
        node.package_name,
        node.name,
        node.schema,
        node.alias,
        source,
        options.get("version_column"),
        options.get("reconcile") or {},
        project.call("is_newest_kept", node.config.get("incremental_strategy"), options, source.column_names),
    )


def all_marts(project: Project) -> list[Mart]:
    """Return every mart of the project, by name.

    Raises:
        UnknownSource: one names a source that has no contract.
    """
    models = [node for node in project.manifest.nodes.values() if node.resource_type == "model" and source_name(node)]
    return [read_mart(project, node) for node in sorted(models, key=lambda node: node.name)]
