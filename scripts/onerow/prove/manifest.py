"""The manifest of a proof: the project as dbt has parsed it, with the model and all that it reads moved to scratch."""

from copy import copy
from dataclasses import dataclass
from typing import Any

from onerow.errors import CannotProve, UnknownModel
from onerow.project.project import Project
from onerow.prove.scratch import Scratch

# What a load of a strategy leaves behind can differ. A view is made of what it reads, and has no load.
_HAS_LOADS = ("incremental", "table")
_LEDGER = "source.onerow.ledger."


@dataclass(frozen=True)
class Node:
    """What a proof has to build, and where: `schema` is one of the scratch schemas."""

    unique_id: str
    selector: str
    schema: str
    table: str
    # Whether it has to be built again with each load: it lies between source and model, and is no view.
    is_rebuilt: bool


@dataclass(frozen=True)
class Moved:
    """The project as a proof runs it."""

    manifest: Any
    model: Node
    # Everything that the model reads and that dbt has to build first.
    upstream: list[Node]
    # Whether a load writes into the table that is there, and does not put another in its place.
    has_loads_in_place: bool
    # What was left out, for the report.
    notes: list[str]


def find_model(project: Project, name: str) -> Any:
    """Return the node of a model.

    Raises:
        UnknownModel, CannotProve: there is none of that name, or it has no loads.
    """
    models = {node.name: node for node in project.manifest.nodes.values() if node.resource_type == "model"}
    if name not in models:
        raise UnknownModel(name, sorted(models))
    materialized = models[name].config.materialized
    if materialized not in _HAS_LOADS:
        raise CannotProve(name, f"it is materialized as {materialized}; {' and '.join(_HAS_LOADS)} models have loads")
    return models[name]


def sources_of(project: Project, node: Any) -> list[Any]:
    """Return the source tables that a model reads, directly or through others, by name."""
    ancestors = _ancestors(project.manifest, node.unique_id)
    return sorted((project.manifest.sources[name] for name in ancestors if name.startswith("source.")), key=str)


def move(project: Project, node: Any, source: Any, scratch: Scratch, *, with_hooks: bool) -> Moved:
    """Return a copy of the manifest whose model, and all that it reads but for other sources, stand in scratch schemas.

    Names are set after dbt has parsed, so that no macro of the project (generate_schema_name) has a say in them.
    """
    enabled = copy(project.manifest)
    enabled.disabled = {}  # dbt's own deepcopy stumbles over what a project that installs onerow has disabled
    manifest = enabled.deepcopy()
    # Hooks of the project write where they like.
    hooks = [name for name, each in manifest.nodes.items() if each.resource_type == "operation"]
    for name in hooks:
        del manifest.nodes[name]
    manifest.sources[source.unique_id].schema = scratch.delivered
    for name, each in manifest.sources.items():
        if name.startswith(_LEDGER):
            each.schema = scratch.ledger

    ancestors = [manifest.nodes[name] for name in _ancestors(manifest, node.unique_id) if name in manifest.nodes]
    nodes, notes = [], []
    for each in [*ancestors, manifest.nodes[node.unique_id]]:
        each.schema = scratch.built(each.schema)
        each.config.grants = {}
        if each.config.pre_hook or each.config.post_hook:
            if not with_hooks:
                each.config.pre_hook, each.config.post_hook = [], []
            notes.append(f"hooks of {each.name} were {'run' if with_hooks else 'not run'}")
        if each.config.materialized != "ephemeral":
            nodes.append(_node(manifest, each, source.unique_id))
    manifest.build_flat_graph()
    in_place = manifest.nodes[node.unique_id].config.materialized == "incremental"
    return Moved(manifest, nodes[-1], nodes[:-1], in_place, notes)


def _node(manifest: Any, node: Any, source: str) -> Node:
    return Node(
        unique_id=node.unique_id,
        selector=f"{node.name},package:{node.package_name}",
        schema=node.schema,
        table=node.alias,
        is_rebuilt=node.config.materialized not in ("view", "seed") and source in _ancestors(manifest, node.unique_id),
    )


def _ancestors(manifest: Any, name: str) -> list[str]:
    """Return the unique ids of all that a node reads, directly or not, without itself."""
    found: dict[str, None] = {}
    waiting = list(manifest.nodes[name].depends_on_nodes)
    while waiting:
        parent = waiting.pop()
        if parent not in found:
            found[parent] = None
            waiting += manifest.nodes[parent].depends_on_nodes if parent in manifest.nodes else []
    return list(found)
