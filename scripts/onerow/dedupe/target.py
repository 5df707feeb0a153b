"""The table that is to be repaired: a model's, or any."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import Identifier

from onerow.errors import CannotDedupe, RelationMissing, UnknownModel
from onerow.project.project import Project

_BATCH_NO = "_batch_no"
_KINDS = {
    "p": "a partitioned table, whose unique index must hold its partition key",
    "v": "a view",
    "m": "a materialized view",
    "f": "a foreign table",
    "S": "a sequence",
    "i": "an index",
}


@dataclass(frozen=True)
class TableName:
    """What the user says of a table: where it is, its key, its version column, and how a command names all that."""

    schema: str
    table: str
    key: tuple[str, ...]
    version: str | None
    words: str


@dataclass(frozen=True)
class Column:
    """A column. `dtype` is its type without length; `is_given` says that an insert may set it, `is_free` an update."""

    name: str
    dtype: str
    full_type: str
    is_given: bool
    is_free: bool


@dataclass(frozen=True)
class Target:
    """A plain table with the key that must be unique in it. `relation` is its quoted name."""

    database: str
    schema: str
    table: str
    oid: int
    key: tuple[str, ...]
    version: str | None
    columns: tuple[Column, ...]
    missing_rights: tuple[str, ...]
    words: str

    @property
    def name(self) -> str:
        """Its name in ledger and locks: database.schema.table."""
        return f"{self.database}.{self.schema}.{self.table}"

    @property
    def relation(self) -> str:
        """Its name in SQL."""
        return Identifier(self.schema, self.table).as_string(None)

    @property
    def has_batches(self) -> bool:
        """Whether its rows carry the number of their batch."""
        return any(column.name == _BATCH_NO and column.dtype == "bigint" for column in self.columns)

    @property
    def state_columns(self) -> list[Column]:
        """What two rows of one key are compared by."""
        return [column for column in self.columns if column.name not in self.key and column.name != _BATCH_NO]

    @property
    def merged_columns(self) -> list[Column]:
        """What a merge may take from another row than the survivor."""
        return [column for column in self.state_columns if column.is_free]

    @property
    def given_columns(self) -> list[str]:
        """Names of the columns that make up a row: all that PostgreSQL does not work out by itself."""
        return [column.name for column in self.columns if column.is_given]

    @property
    def free_columns(self) -> list[str]:
        """Names of the columns that an update may set."""
        return [column.name for column in self.columns if column.is_free]

    @property
    def signature(self) -> list[list[str]]:
        """Names and types of the columns that make up a row."""
        return [[column.name, column.full_type] for column in self.columns if column.is_given]


def table_of_model(project: Project, model: str) -> TableName:
    """Return the table of a model, with its unique_key and its version column.

    Raises:
        UnknownModel: the project has no model of that name.
        CannotDedupe: it has no unique_key.
    """
    models = {node.name: node for node in project.manifest.nodes.values() if node.resource_type == "model"}
    if model not in models:
        raise UnknownModel(model, sorted(name for name, node in models.items() if node.config.unique_key))
    node = models[model]
    key = node.config.unique_key
    if not key:
        raise CannotDedupe(f"model {model}", ["it has no unique_key; name the key: --table SCHEMA.NAME --key COLUMN"])
    version = (node.config.meta.get("onerow") or {}).get("version_column")
    return TableName(node.schema, node.alias, (key,) if isinstance(key, str) else tuple(key), version, model)


def find_target(project: Project, connection: psycopg.Connection, name: TableName) -> Target:
    """Look the table up.

    Raises:
        RelationMissing: there is no such table.
        CannotDedupe: it is no plain table, or lacks the columns that were named; lists everything that is wrong.
    """
    relation = Identifier(name.schema, name.table).as_string(None)
    query = project.render("dedupe_table", relation=relation, schema=project.ledger_schema)
    with connection.cursor(row_factory=dict_row) as cursor:
        facts = cursor.execute(query).fetchone()  # type: ignore[arg-type]
    if facts is None:
        raise RelationMissing(name.schema, name.table, "Name another, or build the model first: dbt run")
    columns = tuple(Column(**column) for column in facts["columns"] or ())
    problems = _problems(facts, columns, name)
    if problems:
        raise CannotDedupe(f"{name.schema}.{name.table}", problems)
    return Target(
        facts["database"],
        name.schema,
        name.table,
        facts["oid"],
        name.key,
        name.version,
        columns,
        tuple(facts["missing_rights"]),
        name.words,
    )


def _problems(facts: dict[str, Any], columns: tuple[Column, ...], name: TableName) -> list[str]:
    if facts["kind"] in _KINDS:
        return [f"it is {_KINDS[facts['kind']]}; only a plain table can be repaired in place"]
    problems = []
    if facts["is_partition"]:
        problems.append("it is a partition, and other partitions may hold rows of the same keys")
    if facts["has_children"]:
        problems.append("other tables inherit from it, and no unique index spans them")
    if facts["is_temporary"]:
        problems.append("it is a temporary table")
    names = [column.name for column in columns]
    wanted = [*name.key, *([name.version] if name.version else [])]
    problems += [f"it has no column {column}" for column in wanted if column not in names]
    problems += [
        f"key column {column} is named twice" for column in sorted(set(name.key)) if name.key.count(column) > 1
    ]
    problems += [
        f"column {column} has a name that the backup needs" for column in names if column.startswith("_dedupe_")
    ]
    return problems
