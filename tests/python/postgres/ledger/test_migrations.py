"""A ledger of an earlier version is brought forward, with what it holds."""


def test_ledger_of_version_1_gets_what_is_new(project, database):
    """Guard: the blocks `if version < N` of ledger_ddl."""
    assert project.dbt_in_process("run-operation", "setup_ledger", "--quiet").success
    database.execute("delete from onerow.schema_version where version > 1")
    database.execute("drop table onerow.dedupe_runs")
    database.execute("alter table onerow.batches drop column quarantine_reason, drop column replay_of")
    database.execute("drop table onerow.notifications, onerow.exceptions, onerow.recorded_columns")
    database.execute("drop index onerow.reconciliations_model_reconciled_at_run_id_idx")
    settled = ("replayed_as", "settled_at", "settled_by", "settled_reason")
    dropped = ", ".join(f"drop column {column}" for column in settled)
    database.execute(f"alter table onerow.dead_letters {dropped}")
    database.execute(
        "insert into onerow.batches (source, batch_id, extracted_at, row_count) values ('devices', 'a', now(), 1)"
    )

    for _ in range(2):
        assert project.dbt_in_process("run-operation", "setup_ledger", "--quiet").success

    assert database.rows("select version from onerow.schema_version order by version") == [
        (1,),
        (2,),
        (3,),
        (4,),
        (5,),
        (6,),
    ]
    assert database.rows("select batch_id, quarantine_reason, replay_of from onerow.batches") == [("a", None, None)]
    assert database.value("select count(*) from onerow.dedupe_runs") == 0
    assert database.rows(f"select {', '.join(settled)} from onerow.dead_letters") == []
    assert database.rows("select * from onerow.notifications") == []
    assert database.rows("select * from onerow.recorded_columns") == []
