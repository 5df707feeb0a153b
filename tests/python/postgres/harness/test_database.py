"""The harness's own database: empty, and gone afterwards."""

from harness.database import fresh_database


def test_a_database_is_empty_and_gone_afterwards_even_with_sessions_open(server, database_name):
    """Guard: `drop database ... with (force)`, before and after."""
    for _ in range(2):
        with fresh_database(server.login, f"{database_name}_twice") as database:
            assert database.value("select count(*) from pg_tables where schemaname = 'public'") == 0
            database.execute("create table public.leftover (n integer)")
            foreign = database.connect(autocommit=False)
            foreign.execute("select * from public.leftover")


def test_values_are_bound_and_sessions_speak_utc(database):
    """Guard: the options of `connect`."""
    assert database.rows("select %s::text, %s::integer", "it's", 2) == [("it's", 2)]
    assert database.value("show timezone") == "UTC"
