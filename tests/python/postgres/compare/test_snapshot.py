"""Each database is compared in one state, whatever commits beside it."""

from concurrent.futures import ThreadPoolExecutor

from compared_sides import changed, differing, level, parcels
from harness.gate import Gate
from onerow.reconcile import gather


def test_write_between_checksums_and_rows_is_not_seen(sides, monkeypatch):
    """Guard: the snapshot that begin() hands on from the session that adds up checksums to the one that fetches."""
    comparison = sides.write("two_databases", parcels(200), changed(parcels(200), "P-100", site="else"))
    real = gather._rows

    def rows(*arguments):
        sides.here.execute("delete from shop.delivered")
        sides.there.execute("update shop.parcels set site = 'other', amount = 0")
        return real(*arguments)

    monkeypatch.setattr(gather, "_rows", rows)

    found = level(sides.compare(comparison), "rows")

    assert differing(found) == {"modified_rows": (None, 1), "modified.site": (None, 1)}


def test_two_relations_of_one_database_are_one_state(sides, monkeypatch):
    """Rows that move from one to the other are in one of them. Guard: one session for a database."""
    comparison = sides.write("one_database", parcels(100), parcels(100))
    real = gather.find_equal_rows

    def find(*arguments):
        sides.there.execute("delete from shop.parcels")
        return real(*arguments)

    monkeypatch.setattr(gather, "find_equal_rows", find)

    assert sides.compare(comparison).status == "ok"


def test_full_refresh_that_commits_first_is_seen_whole(sides):
    """With the snapshot before the lock, the new table would look empty. Guard: the lock of open_sides."""
    comparison = sides.write("two_databases", parcels(), parcels())
    refreshing = sides.there.connect()
    refreshing.execute("create table shop.refreshed (like shop.parcels)")
    refreshing.execute("insert into shop.refreshed table shop.parcels")
    refreshing.execute("drop table shop.parcels")
    refreshing.execute("alter table shop.refreshed rename to parcels")

    with ThreadPoolExecutor() as threads:
        running = threads.submit(sides.compare, comparison)
        Gate(sides.there).wait_until_waiting(1)
        refreshing.commit()

        assert running.result().status == "ok"
