"""Which models of a project can be reconciled: those that name the source that they load."""

from onerow.errors import ModelWithoutSource, NothingToReconcile, UnknownModel
from onerow.project.marts import Mart, read_mart, source_name
from onerow.project.project import Project


def find_marts(project: Project, names: tuple[str, ...] = ()) -> list[Mart]:
    """Return the marts of these names, in the order given; all of the project, by name, if none is given.

    Raises:
        UnknownModel, ModelWithoutSource, NothingToReconcile: as their names say; each carries what there is.
        UnknownSource: a model names a source that has no contract.
    """
    models = {node.name: node for node in project.manifest.nodes.values() if node.resource_type == "model"}
    known = sorted(name for name, node in models.items() if source_name(node))
    if not known and not names:
        raise NothingToReconcile
    marts = []
    for name in names or known:
        if name not in models:
            raise UnknownModel(name, known)
        if not source_name(models[name]):
            raise ModelWithoutSource(name, known)
        marts.append(read_mart(project, models[name]))
    return marts


def has_values(mart: Mart) -> bool:
    """Tell whether values of a mart are compared: with a source of its own, or in columns that it names."""
    return not isinstance(mart.reconcile, dict) or bool(mart.reconcile.get("source") or mart.reconcile.get("compare"))
