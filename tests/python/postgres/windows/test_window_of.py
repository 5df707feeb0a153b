"""The macro window_of; its values are tried by the unit tests of tests/dbt_project."""


def test_every_wrong_argument_is_named(project):
    """One message names the macro and all problems. Guard: raise_if_any in window_of."""
    wrong = project.with_files({"models/staging/wrong.sql": "select {{ onerow.window_of('', 'year') }}"})

    message = str(wrong.dbt_in_process("parse", "--quiet").exception)

    assert "window_of:" in message
    assert "column: an SQL expression of type timestamptz, timestamp or date, not ''" in message
    assert "grain: one of hour, day, week, month, not 'year'" in message
