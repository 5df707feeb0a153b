"""onerow reconcile --notify: each change of a verdict is told once, whatever becomes of the receiver."""

import threading

import pytest

from harness.receiver import receiving
from onerow.errors import NotificationFailed
from onerow.reconcile.reconcile import record
from onerow.report import notify

DELETE = "delete from marts.devices where device_id = 'D-3'"
RESTORE = (
    "insert into marts.devices select 'D-3', model, firmware, site, status, reported_at, 1 from marts.devices limit 1"
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Wait a moment only, and reach this machine directly."""
    monkeypatch.setattr(notify, "PAUSES", (0.0, 0.0))
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def run(job, connection, reconciled):
    """Reconcile on some levels, record it, and tell what has changed."""

    def reconcile_and_tell(receiver, *levels):
        report = reconciled(*levels)
        record(connection, "onerow", report)
        return [change.status for change in notify.notify(job, connection, receiver.url, report)]

    return reconcile_and_tell


def test_each_change_is_told_once_and_not_each_run(run, database):
    """Guard: _changes, _remember."""
    with receiving() as receiver:
        assert run(receiver, "counts") == []
        database.execute(DELETE)
        assert [run(receiver, "counts") for _ in range(2)] == [["difference"], []]
        database.execute(RESTORE)
        assert [run(receiver, "counts") for _ in range(2)] == [["ok"], []]

    differs, equal = receiver.posted
    assert differs["text"] == (
        f"onerow: devices ({database.name}.marts.devices): differences (source / mart): rows 7 / 6, keys 7 / 6, "
        "missing keys 1 / -"
    )
    [mart] = differs["marts"]
    assert (mart["model"], mart["relation"], mart["status"]) == (
        "devices",
        f"{database.name}.marts.devices",
        "difference",
    )
    assert mart["differing"][0] == {
        "level": "counts",
        "figure": "rows",
        "source": 7,
        "destination": 6,
        "differing_windows": 0,
    }
    assert equal["text"].endswith("all equal again")
    assert "D-3" not in str(receiver.posted)


def test_run_of_one_level_says_nothing_of_the_others(run, database):
    """A mart differs as long as any level does. Guard: standing_verdicts goes by level."""
    with receiving() as receiver:
        database.execute("update onerow.load_outcomes set row_count = row_count + 1 where batch_no = 2")
        assert run(receiver) == ["difference"]
        assert run(receiver, "counts") == []

    assert len(receiver.posted) == 1


def test_what_was_not_delivered_is_told_by_the_next_run(run, database):
    """Guard: nothing is remembered before it is delivered."""
    database.execute(DELETE)
    with (
        receiving(503) as receiver,
        pytest.raises(NotificationFailed, match=r"127\.0\.0\.1 was not .* HTTP status 503"),
    ):
        run(receiver, "counts")
    assert len(receiver.posted) == 3

    with receiving() as receiver:
        assert run(receiver, "counts") == ["difference"]


def test_receiver_that_recovers_is_told_once(run, database):
    """Guard: the retries."""
    database.execute(DELETE)
    with receiving(500, 429, 200) as receiver:
        assert run(receiver, "counts") == ["difference"]
        assert run(receiver, "counts") == []

    assert len(receiver.posted) == 3


@pytest.mark.parametrize("status", [404, 302], ids=["refused", "redirected"])
def test_answer_that_will_not_change_is_not_asked_for_again(run, database, status):
    """A redirect is not followed: the POST would become a GET. Guards: _AGAIN, _NoRedirect."""
    database.execute(DELETE)
    with receiving(status) as receiver, pytest.raises(NotificationFailed, match=f"HTTP status {status}"):
        run(receiver, "counts")

    assert receiver.paths == ["/services/SECRET"]


def test_receiver_that_hangs_is_given_up(run, database, monkeypatch):
    """Guard: the timeout."""
    monkeypatch.setattr(notify, "TIMEOUT", 0.2)
    database.execute(DELETE)
    go_on = threading.Event()
    with receiving(lambda: 200 if go_on.wait(60) else 500) as receiver:
        with pytest.raises(NotificationFailed, match="timed out") as failed:
            run(receiver, "counts")
        go_on.set()

    assert "SECRET" not in str(failed.value)


@pytest.mark.parametrize(
    "url",
    ["http://user:SECRET@127.0.0.1:1/SECRET", "http://127.0.0.1:1/SECRET\n", "http://nowhere.invalid/SECRET"],
    ids=["user", "line_break", "unknown_host"],
)
def test_no_more_of_the_url_than_scheme_and_host_is_ever_said(url):
    """Guard: _receiver, and messages of http.client, which hold the URL."""
    with pytest.raises(NotificationFailed) as failed:
        notify._post(url, {})

    assert "SECRET" not in str(failed.value)


def test_dead_receiver_changes_neither_verdict_nor_exit_code(project, database):
    """The URL comes from the environment. Guard: _notify of the command."""
    database.execute(DELETE)
    environment = {"ONEROW_NOTIFY_URL": "http://127.0.0.1:1/services/SECRET", "no_proxy": "127.0.0.1"}

    finished = project.onerow("reconcile", "devices", "--level", "counts", "--format", "json", env=environment)

    assert finished.returncode == 3, finished
    assert '"status": "difference"' in finished.stdout
    assert "the notification to http://127.0.0.1 was not delivered: [Errno 111] Connection refused" in finished.stderr
    assert "SECRET" not in finished.stdout + finished.stderr
    assert database.value("select count(*) from onerow.notifications") == 0


def test_address_that_is_none_is_wrong_use_and_not_repeated(project):
    """Guard: WebAddress."""
    finished = project.onerow("reconcile", "--notify", "file:///etc/SECRET")

    assert finished.returncode == 2, finished
    assert "not an address that begins with http:// or https://" in finished.stderr
    assert "SECRET" not in finished.stderr


def test_two_runs_at_once_tell_a_change_once(project, database, gate):
    """Guard: the advisory lock, and what is read after it."""
    database.execute(DELETE)
    with receiving() as receiver:
        environment = {"ONEROW_NOTIFY_URL": receiver.url, "no_proxy": "127.0.0.1"}
        with gate.hold("onerow.notifications"):
            runs = [
                project.start_onerow("reconcile", "devices", "--level", "counts", env=environment) for _ in range(2)
            ]
            gate.wait_until_waiting(2, runs)
        assert [each.wait().returncode for each in runs] == [3, 3]

    assert len(receiver.posted) == 1
