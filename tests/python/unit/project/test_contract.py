"""The contract of a source, read from its yaml."""

import pytest

from onerow.errors import WrongUse
from onerow.project.contract import read_contract


def node(**options):
    return {
        "name": "parts",
        "schema": "landing",
        "identifier": "parts",
        "original_file_path": "models/staging/_sources.yml",
        "columns": {"id": {"data_type": "text"}, "made_at": {"data_type": "timestamptz"}, "_batch_no": {}},
        "config": {"meta": {"onerow": {"natural_key": ["id"], **options}}},
    }


def test_changes_are_recorded_unless_the_contract_refuses_them():
    """Guard: the defaults, and that each option is read from its own name."""
    source = read_contract(node())
    assert (source.on_missing_column, source.on_type_change) == ("record", "record")
    source = read_contract(node(on_missing_column="refuse"))
    assert (source.on_missing_column, source.on_type_change) == ("refuse", "record")
    assert source.typed_columns == {"made_at": "timestamptz"}


def test_all_that_is_wrong_is_said_at_once():
    """Guard: problems are collected."""
    with pytest.raises(WrongUse) as refused:
        read_contract(node(natural_key=["no"], on_missing_column="ignore", on_type_change=True))
    assert str(refused.value) == (
        "source parts (models/staging/_sources.yml): meta.onerow.natural_key: no is not among the columns; "
        "meta.onerow.on_missing_column: record or refuse, not 'ignore'; "
        "meta.onerow.on_type_change: record or refuse, not True"
    )
