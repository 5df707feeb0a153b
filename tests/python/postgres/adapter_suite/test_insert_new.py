"""dbt's classes with the strategy insert_new, where the first row of a key stays."""

from dbt.tests.adapter.incremental.test_incremental_on_schema_change import BaseIncrementalOnSchemaChange
from dbt.tests.adapter.incremental.test_incremental_unique_id import SubBaseIncrementalUniqueKey


class TestUniqueKey(SubBaseIncrementalUniqueKey):
    config = {"+incremental_strategy": "insert_new"}

    def test__trinary_unique_key_list_no_update(self, project):
        """Rows of new keys are inserted."""
        self.check_scenario_correctness(
            self.get_expected_fields(relation="seed", seed_rows=9),
            self.get_test_fields(
                project,
                seed="seed",
                incremental_model="nontyped_trinary_unique_key_list",
                update_sql_file="add_new_rows",
            ),
            project,
        )

    def test__trinary_unique_key_list(self, project):
        """CT stays as it first came, where dbt overwrites it. Guard: upsert_rows does nothing on conflict."""
        model = "trinary_unique_key_list"
        self.get_test_fields(project, seed="seed", incremental_model=model, update_sql_file="duplicate_insert")

        assert project.run_sql(
            f"select last_visit_date::text from {project.test_schema}.{model} where state = 'CT'", fetch="all"
        ) == [("2020-09-23",)]


class TestOnSchemaChange(BaseIncrementalOnSchemaChange):
    config = {"+incremental_strategy": "insert_new"}
