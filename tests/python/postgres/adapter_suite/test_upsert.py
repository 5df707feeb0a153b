"""dbt's classes with the strategy upsert. docs/reference/dbt-compatibility.md says why some tests are written anew."""

from collections.abc import Iterator

import pytest
from dbt.tests.adapter.basic.test_incremental import BaseIncremental, BaseIncrementalNotSchemaChange
from dbt.tests.adapter.constraints.test_constraints import (
    BaseIncrementalConstraintsRollback,
    BaseIncrementalContractSqlHeader,
)
from dbt.tests.adapter.grants.test_incremental_grants import BaseIncrementalGrants
from dbt.tests.adapter.incremental import fixtures
from dbt.tests.adapter.incremental.test_incremental_merge_exclude_columns import BaseMergeExcludeColumns
from dbt.tests.adapter.incremental.test_incremental_on_schema_change import (
    BaseIncrementalOnSchemaChange,
    BaseIncrementalOnSchemaChangeSetup,
)
from dbt.tests.adapter.incremental.test_incremental_predicates import BaseIncrementalPredicates
from dbt.tests.adapter.incremental.test_incremental_unique_id import BaseIncrementalUniqueKey
from dbt.tests.util import run_dbt

from harness.database import connect

_COLUMNS = "state, county, city, last_visit_date::text"


def refusal(*command: str) -> str:
    """Run dbt, which must refuse its one model, and return the message."""
    [result] = run_dbt([*command], expect_pass=False).results
    return result.message


class TestIncremental(BaseIncremental):
    config = {"+incremental_strategy": "upsert", "+unique_key": "id"}


class TestIncrementalNotSchemaChange(BaseIncrementalNotSchemaChange):
    config = {"+incremental_strategy": "upsert"}


class TestUniqueKey(BaseIncrementalUniqueKey):
    config = {"+incremental_strategy": "upsert"}

    @pytest.mark.parametrize("model", ["not_found_unique_key", "not_found_unique_key_list"])
    def test__bad_unique_key(self, project, model):
        """Refused at the first run; dbt sees it at the second. Guard: require_columns."""
        run_dbt(["seed"])
        assert "unique_key: the model selects no column thisisnotacolumn" in refusal("run", "--select", model)

    test__bad_unique_key_list = None  # the other case of test__bad_unique_key

    @pytest.mark.parametrize("model", ["no_unique_key", "empty_unique_key_list", "empty_str_unique_key"])
    def test__no_unique_keys(self, project, model):
        """Refused, where dbt appends. Guard: load_options."""
        run_dbt(["seed"])
        assert "unique_key: the column, or the list of columns" in refusal("run", "--select", model)

    test__empty_unique_key_list = None  # cases of test__no_unique_keys
    test__empty_str_unique_key = None

    @pytest.mark.parametrize("model", ["str_unique_key", "unary_unique_key_list", "duplicated_unary_unique_key_list"])
    def test__one_unique_key(self, project, model):
        """The seed's two rows of NY are one row, where dbt keeps both; CT is overwritten. Guard: the fold."""
        self.get_test_fields(project, seed="seed", incremental_model=model, update_sql_file="duplicate_insert")

        assert project.run_sql(f"select {_COLUMNS} from {project.test_schema}.{model} order by 1", fetch="all") == [
            ("CO", "Denver", None, "2021-06-18"),
            ("CT", "Hartford", "Hartford", "2022-02-14"),
            ("MA", "Suffolk", "Boston", "2020-02-12"),
            ("NJ", "Mercer", "Trenton", "2022-01-01"),
            ("NY", "New York", "Manhattan", "2021-04-01"),  # the greater content: without a version, nothing is newer
            ("PA", "Philadelphia", "Philadelphia", "2021-05-21"),
        ]

    test__unary_unique_key_list = None  # cases of test__one_unique_key
    test__duplicated_unary_unique_key_list = None


class TestOnSchemaChange(BaseIncrementalOnSchemaChange):
    config = {"+incremental_strategy": "upsert"}


class TestOnSchemaChangeSpecialCharacters(BaseIncrementalOnSchemaChangeSetup):
    """dbt ships these models without a test of its own that runs them."""

    config = {"+incremental_strategy": "upsert"}

    @pytest.fixture(scope="class")
    def models(self):
        return {
            "model_a_special_chars.sql": fixtures._MODELS__A_SPECIAL_CHARS,
            "appended.sql": fixtures._MODELS__INCREMENTAL_APPEND_NEW_SPECIAL_CHARS,
            "appended_target.sql": fixtures._MODELS__INCREMENTAL_APPEND_NEW_SPECIAL_CHARS_TARGET,
            "synced.sql": fixtures._MODELS__INCREMENTAL_SYNC_ALL_SPECIAL_CHARS,
            "synced_target.sql": fixtures._MODELS__INCREMENTAL_SYNC_ALL_SPECIAL_CHARS_TARGET,
        }

    @pytest.mark.parametrize("model", ["appended", "synced"])
    def test_special_characters(self, project, model):
        """Spaces, dashes, dots and reserved words in the names of new columns. Guard: quoted names."""
        self.run_twice_and_assert(f"model_a_special_chars {model} {model}_target", model, f"{model}_target", project)


class TestPredicates(BaseIncrementalPredicates):
    config = {"+incremental_strategy": "upsert"}

    def test__incremental_predicates(self, project):
        """Refused: dbt's expectation is two rows of id 2. Guard: load_options."""
        assert "incremental_predicates: a row that they hide" in refusal("run")


class TestMergeExcludeColumns(BaseMergeExcludeColumns):
    @pytest.fixture(scope="class")
    def models(self):
        [(name, model)] = BaseMergeExcludeColumns.models.__wrapped__(self).items()
        return {name: model.replace("'merge'", "'upsert'")}

    def test__merge_exclude_columns(self, project):
        """Refused: the value of the first load would stay, whichever load comes first. Guard: load_options."""
        assert "merge_exclude_columns: a column that is only written once" in refusal("run")


class TestConstraintsRollback(BaseIncrementalConstraintsRollback):
    config = {"+incremental_strategy": "upsert", "+unique_key": "id"}


class TestContractSqlHeader(BaseIncrementalContractSqlHeader):
    config = {"+incremental_strategy": "upsert", "+unique_key": "column_name"}


class TestGrants(BaseIncrementalGrants):
    config = {"+incremental_strategy": "upsert", "+unique_key": "fun"}

    @pytest.fixture(scope="class", autouse=True)
    def get_test_users(self, server, database_name) -> Iterator[list[str]]:
        """Three roles of the server, which the suite expects to find."""
        users = [f"{database_name}_reader_{number}" for number in (1, 2, 3)]
        with connect(server.login, autocommit=True) as admin, pytest.MonkeyPatch.context() as environment:
            for number, user in enumerate(users, start=1):
                admin.execute(f'create role "{user}"')
                environment.setenv(f"DBT_TEST_USER_{number}", user)
            yield users
            for user in users:
                admin.execute(f'drop role "{user}"')
