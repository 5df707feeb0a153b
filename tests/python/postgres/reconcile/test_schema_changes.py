"""Columns that differ from the contract are shown, and are no difference."""


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
