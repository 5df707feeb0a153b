"""The contract of a source, as its dbt source yaml states it."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from onerow.errors import LandedByAnother, WrongUse

# What becomes of a batch whose columns are not those of the contract.
OnChange = Literal["record", "refuse"]
_ON_CHANGE: Final = ("on_missing_column", "on_type_change")


@dataclass(frozen=True)
class Column:
    """A delivered column: its name, the PostgreSQL type that staging gives it, and whether a row may lack it."""

    name: str
    data_type: str
    required: bool


@dataclass(frozen=True)
class Source:
    """A named stream of rows as delivered. `schema` and `table` name its landing table."""

    name: str
    schema: str
    table: str
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...]
    # A column that a whole batch lacks.
    on_missing_column: OnChange = "record"
    # A column for which a batch has values, none of them one of the contract's type.
    on_type_change: OnChange = "record"
    # The column that marks the batches of another loader's table; None where `onerow land` lands the source.
    batch_column: str | None = None
    # The source as macros read it.
    node: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def require_landing(self, remedy: str) -> None:
        """Refuse a source that another loader lands.

        Raises:
            LandedByAnother: it does; carries the remedy.
        """
        if self.batch_column:
            raise LandedByAnother(self.name, f"{self.schema}.{self.table}", remedy)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the delivered columns, in the order of the contract."""
        return tuple(column.name for column in self.columns)

    @property
    def typed_columns(self) -> dict[str, str]:
        """The type of each column, by name, but for those that any text fits."""
        return {column.name: column.data_type for column in self.columns if column.data_type != "text"}


def has_contract(node: dict[str, Any]) -> bool:
    """Tell whether a source node of the manifest has a contract.

    Raises:
        WrongUse: its meta.onerow holds no options.
    """
    options = _options(node)
    if not isinstance(options, dict):
        raise WrongUse(f"{_named(node)}: meta.onerow: options by name, not {options!r}")
    return "natural_key" in options


def read_contract(node: dict[str, Any]) -> Source:
    """Read the contract from a source node of the manifest.

    Columns whose name begins with an underscore are onerow's own and no part of what is delivered.

    Raises:
        WrongUse: the yaml is incomplete; the message lists everything that is wrong with it.
    """
    options = _options(node)
    delivered = {name: column for name, column in node["columns"].items() if not name.startswith("_")}
    problems = [
        f"columns.{name}: meta.onerow: options by name, not {_options(column)!r}"
        for name, column in delivered.items()
        if not isinstance(_options(column), dict)
    ]
    natural_key = options["natural_key"]
    if not isinstance(natural_key, list) or not natural_key:
        problems.append(f"meta.onerow.natural_key: a non-empty list of columns, not {natural_key!r}")
    else:
        problems += [
            f"meta.onerow.natural_key: {name} is not among the columns"
            for name in natural_key
            if name not in list(delivered)  # not in the dictionary: yaml may have given anything, also a list
        ]
    problems += [
        f"columns.{name}: data_type is missing" for name, column in delivered.items() if not column.get("data_type")
    ]
    on_change = {name: options.get(name, "record") for name in _ON_CHANGE}
    problems += [
        f"meta.onerow.{name}: {' or '.join(get_args(OnChange))}, not {value!r}"
        for name, value in on_change.items()
        if value not in get_args(OnChange)
    ]
    if problems:
        raise WrongUse(f"{_named(node)}: {'; '.join(problems)}")
    columns = tuple(
        Column(name, column["data_type"], bool(_options(column).get("required", False)) or name in natural_key)
        for name, column in delivered.items()
    )
    return Source(
        node["name"],
        node["schema"],
        node["identifier"],
        columns,
        tuple(natural_key),
        **on_change,
        batch_column=options.get("batch_column"),
        node=node,
    )


def _named(node: dict[str, Any]) -> str:
    """Say which source it is, and where it is described."""
    return f"source {node['name']} ({node['original_file_path']})"


def _options(node: dict[str, Any]) -> Any:
    """Return meta.onerow of a source or column, wherever dbt keeps it. What was written there may be no dictionary."""
    meta = node.get("config", {}).get("meta") or node.get("meta") or {}
    return meta.get("onerow") or {}
