"""The manifest of a plan: the project as dbt has parsed it, changed so that a run of its marts touches nothing."""

from copy import copy
from typing import Any

from onerow.errors import CannotPlan
from onerow.plan.unlanded_file import LANDING, SCHEMA
from onerow.project.contract import Source, has_contract
from onerow.project.marts import Mart


def planning_manifest(manifest: Any, marts: list[Mart], unlanded: Source | None) -> Any:
    """Return a copy of the manifest to plan these marts with; `unlanded` is the source of a file that has not landed.

    The project's own hooks are left out. Views between landing and mart become part of the mart's SQL: so a plan shows
    what the next `dbt build` would do, needs no view to be there, and can be given another landing table.

    Raises:
        CannotPlan: a mart is no incremental model, or reads a delivery only through a table.
    """
    enabled = copy(manifest)
    enabled.disabled = {}  # dbt's own deepcopy stumbles over what a project that installs onerow has disabled
    planning = enabled.deepcopy()
    for name in [name for name, node in planning.nodes.items() if node.resource_type == "operation"]:
        del planning.nodes[name]
    sources = {
        node.name: name for name, node in planning.sources.items() if has_contract(node.to_dict(omit_none=False))
    }
    models = {(node.package_name, node.name): node for node in planning.nodes.values() if node.resource_type == "model"}
    for mart in marts:
        node = models[mart.package, mart.name]
        if node.config.materialized != "incremental":
            raise CannotPlan(mart.name, f"it is materialized as {node.config.materialized}, not incremental")
        for between in _between(planning, node, sources[mart.source.name]):
            if between.config.materialized in ("view", "ephemeral"):
                between.config.materialized = "ephemeral"
            elif unlanded:
                raise CannotPlan(
                    mart.name,
                    f"{between.name}, through which it reads {unlanded.name}, is a {between.config.materialized}: what "
                    "has not landed is not in it. Land the file, build the table, then plan without --file",
                )
    if unlanded:
        source = planning.sources[sources[unlanded.name]]
        source.schema, source.identifier = SCHEMA, LANDING
    planning.build_flat_graph()
    return planning


def _between(manifest: Any, node: Any, source: str) -> list[Any]:
    """Return the nodes through which a node reads a source, without itself."""
    found: dict[str, Any] = {}

    def leads_there(name: str) -> bool:
        if name == source:
            return True
        if name not in manifest.nodes:
            return False
        # All of them are to be looked at, so no `any()` that stops at the first.
        through = [parent for parent in manifest.nodes[name].depends_on_nodes if leads_there(parent)]
        if through:
            found[name] = manifest.nodes[name]
        return bool(through)

    for parent in node.depends_on_nodes:
        leads_there(parent)
    return list(found.values())
