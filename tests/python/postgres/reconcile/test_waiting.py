"""Batches that the mart has still to load are shown, and are no differences."""

from clean_devices import figures


def informing(level):
    """Return the figures that only inform."""
    return {figure.name: figure.source for figure in level.figures if figure.status == "info"}


def test_batch_that_was_not_loaded_yet_waits(landed_third, reconciled):
    """Its new key is waiting, not missing. Guard: is_consumed in compared_keys and accounts."""
    report = reconciled("counts", "accounting")

    [mart] = report.marts
    counts, accounting = mart.levels
    assert report.status == "ok"
    assert mart.waiting_batches == [3]
    assert informing(counts)["waiting_rows"] == 2
    assert informing(counts)["waiting_keys"] == 1
    assert figures(accounting) == {}


def test_fault_is_found_while_a_batch_waits(landed_third, reconciled, database):
    """D-3 is of a loaded batch, D-2 of a loaded one and a waiting one. Guard: waiting excuses only its own keys."""
    database.execute("delete from marts.devices where device_id in ('D-2', 'D-3')")

    assert figures(reconciled("counts").marts[0].levels[0])["missing_keys"] == (2, None)


def test_key_that_came_before_its_batch_was_loaded_is_expected(landed_third, reconciled, database):
    """Guard: is_unexpected knows the keys of waiting batches."""
    database.execute("insert into marts.devices (device_id) values ('D-10')")

    counts = reconciled("counts").marts[0].levels[0]

    assert figures(counts) == {}
    assert informing(counts)["waiting_keys"] == 0


def test_quarantined_batch_is_left_out(landed_third, reconciled, database):
    """It neither waits nor is anything of it missing. Guard: quarantined_at in delivered_batches."""
    database.execute("update onerow.batches set quarantined_at = now() where batch_no = 3")

    report = reconciled()

    assert report.status == "ok"
    assert report.marts[0].waiting_batches == []
    assert informing(report.marts[0].levels[0])["waiting_rows"] == 0


def test_landing_is_counted_before_a_batch_is_loaded(landed_third, reconciled, database):
    """Guard: landed_rows is compared for batches that wait, too."""
    database.execute("delete from landing.devices where _batch_no = 3 and device_id = 'D-2'")

    [finding] = reconciled("accounting").marts[0].levels[0].findings

    assert [(s["batch_no"], s["figure"], s["counted"], s["recorded"]) for s in finding.samples] == [
        (3, "landed_rows", 1, 2)
    ]


def test_claims_of_an_earlier_table_are_void(reconciled, database):
    """A table made by hand has consumed nothing. Guard: claims.relation_oid in valid_claims."""
    database.execute("create table marts.by_hand (like marts.devices)")
    database.execute("alter table marts.devices rename to gone")
    database.execute("alter table marts.by_hand rename to devices")

    report = reconciled()

    assert report.status == "ok"
    assert report.marts[0].waiting_batches == [1, 2]


def test_rows_of_a_table_made_by_hand_are_not_accounted_for(reconciled, database):
    """Every key is right, and yet no load has made these rows. Guard: only valid claims count towards mart_rows."""
    database.execute("create table marts.by_hand as table marts.devices")
    database.execute("alter table marts.devices rename to gone")
    database.execute("alter table marts.by_hand rename to devices")

    counts, accounting = reconciled("counts", "accounting").marts[0].levels

    assert figures(counts) == {}
    assert figures(accounting) == {"mart_rows": (7, 0)}
