"""What the tests of a folder start from, built once and copied for each of them."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.dbt_project import DbtProject


@dataclass(frozen=True)
class Prepared:
    """A database to copy, and the project that made it. A copy has the same name, so dbt need not parse again."""

    template: str
    dbt: DbtProject


# Called with a name, what fills the database by the project, and files of the project that are other ones.
BuiltOnce = Callable[..., Prepared]
