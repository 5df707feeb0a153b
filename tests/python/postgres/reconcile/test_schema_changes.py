"""Columns that differ from the contract are shown, and are no difference; those that a mart has lost are one, once."""

from clean_devices import figures
from onerow.reconcile.reconcile import record


def test_changes_are_shown_until_the_contract_has_taken_them_in(reconciled, database):
    """A column that was new and is now known is no news, and neither is one that the contract has given up.

    Guard: the condition of the macro schema_changes; the source, whose name others may share a change with.
    """
    database.execute(
        """
        insert into onerow.schema_changes (source, column_name, change, batch_no, action) values
            ('devices', 'colour', 'added', 2, 'kept in _unexpected'),
            ('devices', 'site', 'missing', 1, 'landed as NULL'),
            ('devices', 'reported_at', 'retyped', 2, 'landed as delivered'),
            ('devices', 'model', 'added', 1, 'kept in _unexpected'),
            ('devices', 'given_up', 'missing', 1, 'landed as NULL'),
            ('orders', 'colour', 'added', 2, 'kept in _unexpected')
        """
    )
    report = reconciled("counts")

    assert report.status == "ok"
    assert [(each.column_name, each.change, each.batch_no) for each in report.marts[0].schema_changes] == [
        ("site", "missing", 1),
        ("colour", "added", 2),
        ("reported_at", "retyped", 2),
    ]


def test_a_change_of_columns_is_a_difference_until_it_is_recorded(reconciled, connection, database):
    """A new column is none. Guard: column_changes, and that a run records what it has seen."""
    record(connection, "onerow", reconciled("schema"))
    record(connection, "onerow", reconciled("schema"))
    database.execute("alter table marts.devices add column volts numeric(4, 2), alter reported_at type timestamptz(0)")

    changed = reconciled("schema")
    record(connection, "onerow", changed)
    database.execute("alter table marts.devices drop column volts")
    gone = reconciled("schema")

    [finding] = changed.marts[0].levels[0].findings
    assert (finding.rule, [each["column_name"] for each in finding.samples]) == ("columns_changed", ["reported_at"])
    assert {f.name: f.destination for f in changed.marts[0].levels[0].figures if f.status == "info"} == {
        "added_columns": 1
    }
    assert figures(gone.marts[0].levels[0]) == {"changed_columns": (None, 1)}
    assert [each["column_name"] for each in gone.marts[0].levels[0].findings[0].samples] == ["volts"]
    # One row for the first run, which the second one saw no change to, and one for the third.
    assert database.value("select count(*) from onerow.recorded_columns") == 2
