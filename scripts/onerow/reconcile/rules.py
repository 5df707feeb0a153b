"""The SQL of the rules, as dbt compiles it from macros/rules. Python has no rule of its own."""

import json
from dataclasses import dataclass

from onerow.project.marts import Mart
from onerow.project.project import Project

# A level is macros that add both sides up; each of its figures names the macro that returns its violations. Figures of
# windows come second, and are empty where a mart has none.
FIGURES = {
    "counts": ("key_figures", "window_figures"),
    "rows": ("value_figures",),
    "growth": ("growth_figures",),
    "windows": ("coverage_figures",),
    "accounting": ("account_figures",),
    "schema": ("schema_figures",),
}
RULES = {
    "counts": ("missing_keys", "unexpected_keys", "duplicate_keys", "null_keys"),
    "rows": ("modified_rows",),
    "growth": ("unexplained_growth",),
    "windows": ("missing_windows", "unconsumed_batches"),
    "accounting": ("rows_not_accounted_for",),
    "schema": ("columns_not_as_declared", "columns_changed"),
}
# Values are compared only where a mart names columns, or a source, to compare them with.
LEVELS = ("counts", "rows", "growth", "windows", "accounting", "schema")
WAITING_BATCHES = "waiting_batches"
SCHEMA_CHANGES = "schema_changes"
PRESENT_COLUMNS = "present_columns"


@dataclass(frozen=True)
class CompiledRules:
    """What dbt says of the marts to reconcile, by model: the SQL of each macro, and the name in the ledger."""

    sql: dict[str, dict[str, str]]
    ids: dict[str, str]


def compile_rules(project: Project, marts: list[Mart], levels: tuple[str, ...]) -> CompiledRules:
    """Let dbt compile the macros of these levels for these marts, all in one go.

    Raises:
        DbtFailed: a macro does not compile; carries dbt's message.
    """
    macros = [WAITING_BATCHES, SCHEMA_CHANGES, PRESENT_COLUMNS]
    for level in levels:
        macros += [*FIGURES.get(level, ()), *RULES.get(level, ())]
    options = ("--no-introspect", "--no-populate-cache")
    nodes = project.manifest.nodes
    known = set(nodes)
    try:
        result = project.dbt("compile", "--inline", _template(marts, macros), *options, manifest=project.manifest)
    finally:
        # dbt leaves a query that does not compile in the manifest, and then takes the next one for its double.
        for unique_id in nodes.keys() - known:
            del nodes[unique_id]
    return CompiledRules(**json.loads(result.results[0].node.compiled_code))


def _template(marts: list[Mart], macros: list[str]) -> str:
    """Build the Jinja that renders to one JSON object: SQL holds no separator that could be relied upon."""
    sql, ids = [], []
    for mart in marts:
        ref = f"ref({json.dumps(mart.package)}, {json.dumps(mart.name)})"
        rendered = ", ".join(f"{json.dumps(macro)}: onerow.{macro}({ref})" for macro in macros)
        sql.append(f"{json.dumps(mart.name)}: {{{rendered}}}")
        ids.append(f"{json.dumps(mart.name)}: onerow.relation_id({ref})")
    return f"{{{{ tojson({{'sql': {{{', '.join(sql)}}}, 'ids': {{{', '.join(ids)}}}}}) }}}}"
