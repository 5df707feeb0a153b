"""A replay delivers dead letters again, exactly once, and the accounts stay right."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import psycopg
import pytest
from rich.console import Console

from onerow.dead_letters.corrections import export_letters
from onerow.dead_letters.discard import discard_letters
from onerow.dead_letters.letters import Chosen
from onerow.dead_letters.read import show_letters
from onerow.dead_letters.replay import ReplayBatch, Replayed, replay_file, replay_letters
from onerow.dead_letters.table import render_page
from onerow.errors import CorrectionsRefused, LandingFailed, LettersRefused, LockTimedOut
from postgres.dead_letters.conftest import EXTRACTED

DEVICES = Chosen("devices")
LETTERS = "select batch_no, line_number, status, replayed_as from onerow.dead_letters order by 1, 2"
STATES = "select device_id, firmware, reported_at::date::text from marts.devices order by 1"
# Everything that a replay may write, with the transactions that wrote it.
WRITTEN = (
    "select (select array_agg(xmin::text || b order by batch_no) from onerow.batches as b)::text,"
    " (select array_agg(xmin::text || d order by batch_no, line_number) from onerow.dead_letters as d)::text,"
    " (select array_agg(xmin::text || l order by _batch_no, _line_number) from landing.devices as l)::text"
)


@pytest.fixture
def corrected(tmp_path):
    """Write a file of corrections."""

    def corrected(*corrections, name="corrected.jsonl"):
        file = tmp_path / name
        file.write_text("".join(json.dumps(each) + "\n" for each in corrections))
        return file

    return corrected


def correction(batch_no, line_number, device_id, reported_at="2026-05-01T12:00:00Z", **values):
    return {
        "_batch_no": batch_no, "_line_number": line_number,
        "device_id": device_id, "firmware": "1", "reported_at": reported_at, **values,
    }  # fmt: skip


def test_exported_letters_are_corrected_replayed_and_loaded(job, connection, database, load, differences, corrected):
    """The way of on-call. Guards: export_letters, read_corrections, _land, _mark."""
    no_key, no_time, cut_off, other = export_letters(job, connection, DEVICES)
    assert no_key == {
        "_batch_no": 1, "_line_number": 2, "_reasons": ["missing:device_id"],
        "device_id": None, "model": None, "firmware": "1", "site": None, "status": None,
        "reported_at": "2026-05-01T12:00:00Z", "colour": "red",
    }  # fmt: skip
    assert (cut_off["_raw"], cut_off["device_id"]) == ('{"device_id": "c", "firmw', None)
    no_key["device_id"] = "k"
    cut_off |= {"device_id": "c", "firmware": "1", "reported_at": "2026-05-01T12:00:00Z"}
    # Another batch has told a newer state of the same device by now.
    no_time |= {"device_id": "a", "reported_at": "2026-05-01T13:00:00Z"}
    file = corrected(cut_off, no_time, no_key)

    replayed = replay_file(job, connection, "devices", file)
    load()

    assert replayed == Replayed("devices", (ReplayBatch(3, 1, 3),))
    assert database.rows(STATES) == [("a", "2", "2026-05-02"), ("c", "1", "2026-05-01"), ("k", "1", "2026-05-01")]
    assert database.rows(LETTERS) == [
        (1, 2, "replayed", 3), (1, 3, "replayed", 3), (1, 4, "replayed", 3), (2, 2, "open", None),
    ]  # fmt: skip
    assert other["device_id"] == "d"
    assert database.rows("select _line_number, device_id, _unexpected from landing.devices where _batch_no = 3") == [
        (2, "k", {"colour": "red"}), (3, "a", None), (4, "c", None),
    ]  # fmt: skip
    assert database.rows(
        "select replay_of, row_count, extracted_at, location from onerow.batches where batch_no = 3"
    ) == [(1, 3, EXTRACTED["first"], str(file))]  # fmt: skip
    settled = "select settled_by = session_user, settled_at is null from onerow.dead_letters where line_number = 4"
    assert database.rows(settled) == [(True, False)]
    assert differences() == []


def test_replaying_again_writes_nothing(job, connection, database, corrected, tmp_path):
    """Whatever the order of lines and the format. Guard: letters are compared with what was replayed."""
    rows = correction(1, 2, "k"), correction(1, 3, "b"), correction(2, 2, "d")
    first = replay_file(job, connection, "devices", corrected(*rows))
    written = database.rows(WRITTEN)
    as_csv = tmp_path / "again.csv"
    header = list(rows[0])
    as_csv.write_text("\n".join([",".join(header), *(",".join(str(row[name]) for name in header) for row in rows)]))

    again = replay_file(job, connection, "devices", corrected(*reversed(rows)))
    in_csv = replay_file(job, connection, "devices", as_csv)
    as_they_are = replay_letters(job, connection, DEVICES)

    assert first == Replayed("devices", (ReplayBatch(3, 1, 2), ReplayBatch(4, 2, 1)))
    assert again == in_csv == Replayed("devices", already_replayed=3)
    assert as_they_are == Replayed("devices", already_replayed=3, left_open=1)
    assert database.rows(WRITTEN) == written


def test_letters_that_were_opened_by_hand_do_not_land_twice(job, connection, database, corrected):
    """Guard: the id of a replay is derived from its letters and their content."""
    file = corrected(correction(1, 2, "k"))
    replay_file(job, connection, "devices", file)
    database.execute("update onerow.dead_letters set status = 'open', replayed_as = null")

    assert replay_file(job, connection, "devices", file).batches == ()
    assert database.rows(LETTERS)[0] == (1, 2, "replayed", 3)
    assert database.value("select count(*) from landing.devices where _batch_no >= 3") == 1


def test_everything_wrong_with_a_file_is_said_at_once(job, connection, database, corrected, tmp_path):
    """Guards: _read and _problem, one line of the file each."""
    replay_file(job, connection, "devices", corrected(correction(1, 3, "b")))
    discard_letters(job, connection, Chosen("devices", 2), "not ours")
    written = database.rows(WRITTEN)
    unreadable = corrected(
        {"_batch_no": 1, "_line_number": 4, "_raw": "cut off", "device_id": None},
        correction(1, 2, "k"),
        correction(1, 2, "k"),
        {"device_id": "x"},
        correction("one", 2, "x"),
        name="unreadable.jsonl",
    )
    with unreadable.open("a") as file:
        file.write("{\n")
    settled = corrected(
        correction(1, 2, "k", colour="red", color="red"),
        correction(1, 3, "other"),
        correction(2, 2, "d"),
        correction(9, 1, "x"),
    )
    without_key = tmp_path / "without_key.csv"
    without_key.write_text("_batch_no,_line_number,firmware\n1,2,3\n")

    said = []
    for file in (unreadable, settled, without_key):
        with pytest.raises(CorrectionsRefused) as refused:
            replay_file(job, connection, "devices", file)
        said.append(refused.value.problems)

    assert said[0] == [
        "line 1 of the file: line 4 of batch 1 has no values yet; fill them in, or leave the line out of the file",
        "line 3 of the file: line 2 of batch 1 is there twice",
        "line 4 of the file: it needs _batch_no and _line_number, the numbers of the letter that it corrects",
        "line 5 of the file: it needs _batch_no and _line_number, the numbers of the letter that it corrects",
        "line 6 of the file: not valid JSON, column 1: Expecting property name enclosed in double quotes",
    ]
    assert said[1] == [
        "line 2 of batch 1: neither the contract nor the delivery has color",
        "line 3 of batch 1 has been replayed with other values, as batch 3. "
        "If it failed again, correct the letter that it is there",
        "line 2 of batch 2 has been discarded; deliver its row again with: onerow land devices FILE",
        "line 1 of batch 9 is no dead letter of devices",
    ]
    assert "lacks device_id of the natural key" in said[2][0]
    assert database.rows(WRITTEN) == written


def test_a_row_that_fails_again_is_a_letter_again_with_its_history(
    project, job, connection, database, load, differences
):
    """As they are, so for the same reasons. Guards: replay_of, the line numbers, history of the model."""
    replayed = replay_letters(job, connection, Chosen("devices", 1))
    load()
    replay_letters(job, connection, Chosen("devices", 3, (3,)))
    load()

    assert replayed == Replayed("devices", (ReplayBatch(3, 1, 2),), left_open=1)
    assert database.rows(LETTERS) == [
        (1, 2, "replayed", 3), (1, 3, "replayed", 3), (1, 4, "open", None), (2, 2, "open", None),
        (3, 2, "open", None), (3, 3, "replayed", 4), (4, 3, "open", None),
    ]  # fmt: skip
    page = show_letters(job, connection, Chosen("devices", 4), 20)
    [letter] = page.letters
    assert letter.explanation == "reported_at: The value is no timestamp in ISO 8601."
    assert [(each["batch_no"], each["reasons"]) for each in letter.history] == [
        (1, ["invalid_timestamptz:reported_at"]), (3, ["invalid_timestamptz:reported_at"]),
    ]  # fmt: skip
    console = Console(width=150, file=StringIO())
    console.print(render_page(page))
    lines = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]
    assert lines[0] == "line 3 of batch 4 of devices open"
    assert any(line.startswith("before in batch 1: invalid_timestamptz:reported_at; replayed 20") for line in lines)
    assert differences() == []


def test_rows_that_a_later_rule_lets_through_come_in_by_a_replay_alone(
    job, connection, database, load, differences, project
):
    """A mart that is built anew agrees with one that has refused the row. Guard: refuse_dead_letters."""
    database.execute("alter view marts_staging.stg_devices rename to as_it_was")
    database.execute(
        "create view marts_staging.stg_devices as select device_id, model, firmware, site, status, reported_at,"
        " _batch_no, _line_number, case when device_id is null then _reject_reasons end as _reject_reasons"
        " from marts_staging.as_it_was"
    )
    load("--full-refresh")
    assert database.rows("select device_id from marts.devices") == [("a",)]
    assert differences() == []

    assert replay_letters(job, connection, Chosen("devices", 1, (3,))).batches == (ReplayBatch(3, 1, 1),)
    load()
    assert database.rows("select device_id, _batch_no from marts.devices order by 1") == [("a", 2), ("b", 3)]
    assert differences() == []


def test_a_replay_comes_next_after_the_batch_that_it_corrects(job, connection, database, corrected):
    """As order_batches and is_withdrawn order them, of one time of extraction. Guard: how _replay_id begins."""
    sha256 = database.value("select content_sha256 from onerow.batches where batch_no = 1")
    neighbours = [f"{sha256[:-1]}{chr(ord(sha256[-1]) + step)}" for step in (-1, 1)]
    for number, neighbour in enumerate(neighbours):
        database.execute(
            "insert into onerow.batches (source, batch_id, content_sha256, extracted_at, row_count)"
            " values ('devices', %s, %s, %s, 0)",
            str(number), neighbour, EXTRACTED["first"],
        )  # fmt: skip
    replay_file(job, connection, "devices", corrected(correction(1, 2, "k")))
    replay_file(job, connection, "devices", corrected(correction(1, 3, "b")))

    ordered = database.rows(
        "select coalesce(replay_of, batch_no) from onerow.batches where extracted_at = %s"
        " order by extracted_at, coalesce(content_sha256, batch_id), batch_no",
        EXTRACTED["first"],
    )
    assert ordered == [(3,), (1,), (1,), (1,), (4,)]


def test_replays_at_once_land_each_letter_once(job, database, gate, corrected):
    """The first is held in its transaction. Guard: the letters are locked before they are looked at."""
    file = corrected(correction(1, 2, "k"), correction(2, 2, "d"))

    def replay(function, what):
        with job.connect("onerow dead-letters") as connection:
            return function(connection, what)

    def by_file(connection, file):
        return replay_file(job, connection, "devices", file)

    def as_they_are(connection, chosen):
        return replay_letters(job, connection, chosen)

    with ThreadPoolExecutor() as pool:
        with gate.hold("landing.devices", "share row exclusive"):
            first = pool.submit(replay, by_file, file)
            gate.wait_until_waiting(1, of="onerow dead-letters")
            others = [pool.submit(replay, by_file, file), pool.submit(replay, as_they_are, DEVICES)]
            gate.wait_until_waiting(3, of="onerow dead-letters")
        results = [each.result() for each in (first, *others)]

    assert results[0].batches == (ReplayBatch(3, 1, 1), ReplayBatch(4, 2, 1))
    assert results[1] == Replayed("devices", already_replayed=2)
    # It takes what is still open, the letter that the file leaves out.
    assert results[2] == Replayed("devices", (ReplayBatch(5, 1, 1),), already_replayed=2, left_open=1)
    assert database.rows("select _batch_no, _line_number from landing.devices where _batch_no >= 3 order by 1, 2") == [
        (3, 2), (4, 2), (5, 3),
    ]  # fmt: skip


def test_whoever_holds_letters_too_long_is_named(job, connection, database):
    """Guard: LockTimedOut, and the tables that `settling` asks about."""
    other = database.connect(application_name="another replay")
    other.execute("select from onerow.dead_letters for update")
    connection.execute("set lock_timeout = '100ms'")
    connection.commit()

    with pytest.raises(LockTimedOut, match=r"dead letters of devices: waited 100ms for pid \d+ \(another replay, user"):
        replay_letters(job, connection, DEVICES)


def test_what_the_server_refuses_is_rolled_back_and_said(job, connection, database):
    """Guard: LandingFailed, and the one transaction."""
    database.execute("alter table onerow.dead_letters add check (status <> 'replayed')")
    written = database.rows(WRITTEN)

    with pytest.raises(LandingFailed, match="violates check constraint"):
        replay_letters(job, connection, DEVICES)

    assert database.rows(WRITTEN) == written


def test_lines_that_are_named_and_cannot_be_replayed_are_refused(job, connection):
    """Guard: count_settled, and the look at malformed lines."""
    discard_letters(job, connection, Chosen("devices", 1, (3,)), "a test")
    said = []
    for chosen in (Chosen("devices", 1, (2, 4)), Chosen("devices", 1, (1, 2, 3)), Chosen("devices", 7)):
        with pytest.raises(LettersRefused) as refused:
            replay_letters(job, connection, chosen)
        said.append(refused.value.problems)

    assert said == [
        ["line 4 is no row: correct it in a file"],
        ["there is no dead letter of line 1", "line 3 has been discarded"],
        ["there is no such dead letter. Those that there are: onerow dead-letters list devices"],
    ]
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
