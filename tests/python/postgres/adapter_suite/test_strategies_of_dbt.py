"""dbt's classes with dbt's own strategies, in a project whose incremental models go through onerow: left to dbt."""

import pytest
from dbt.tests.adapter.basic.test_incremental import BaseIncremental, BaseIncrementalBadStrategy
from dbt.tests.adapter.incremental.test_incremental_merge_exclude_columns import BaseMergeExcludeColumns
from dbt.tests.adapter.incremental.test_incremental_predicates import BaseIncrementalPredicates


class TestIncremental(BaseIncremental):
    pass


class TestBadStrategy(BaseIncrementalBadStrategy):
    pass


class TestIncrementalPredicates(BaseIncrementalPredicates):
    pass


class TestPredicates(BaseIncrementalPredicates):
    """The older name of the option, as dbt's TestPredicatesDeleteInsert has it."""

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+predicates": ["id != 2"], "+incremental_strategy": "delete+insert"}}


class TestMergeExcludeColumns(BaseMergeExcludeColumns):
    pass
