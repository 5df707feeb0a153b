"""The command as it is called: what it prints where, and its exit codes."""

import json

NAMES = [
    "file",
    "result",
    "batch_no",
    "batch_id",
    "content_sha256",
    "row_count",
    "rejected_count",
    "quarantined",
    "unexpected_columns",
    "missing_columns",
    "retyped_columns",
    "error",
]


def test_json_has_the_same_names_whatever_became_of_a_file_and_the_worst_code_counts(inbox, project):
    """Guard: _to_json; a refused file is exit code 1, and the message is on stderr too."""
    good = inbox.write("a.csv", "device_id,colour\nd1,red\nbroken\n")
    broken = inbox.write("b.csv", b"\xff")
    finished = project.onerow("land", "devices", str(inbox.folder / "*.csv"), "--format", "json")
    assert finished.returncode == 1, finished
    landed, refused = json.loads(finished.stdout)
    assert list(landed) == list(refused) == NAMES
    assert (landed["file"], landed["result"], landed["row_count"], landed["rejected_count"]) == (
        str(good),
        "landed",
        1,
        1,
    )
    assert landed["unexpected_columns"] == ["colour"]
    assert (refused["file"], refused["result"], refused["batch_no"]) == (str(broken), "refused", None)
    assert finished.stderr == f"onerow: {refused['error']}\n"


def test_dead_letters_are_shown_and_do_not_fail_the_command(inbox, project):
    """Guard: exit code 0; a table and notes on stdout, nothing on stderr. The second time tells how to land it anew."""
    file = inbox.write("a.csv", "device_id,colour\nd1,red\nbroken\n")
    first = project.onerow("land", "devices", file)
    again = project.onerow("land", "devices", file)
    for finished in (first, again):
        assert (finished.returncode, finished.stderr) == (0, ""), finished
    assert f"{file}: new columns, kept in _unexpected: colour\n" in first.stdout
    assert f"{file}: missing columns, landed as NULL: model, firmware, site, status, reported_at\n" in first.stdout
    assert "already landed" not in first.stdout
    assert "already landed as batch 1" in again.stdout
    assert f"onerow land devices {file} --batch-id NEW_ID\n" in again.stdout


def test_options_reach_the_ledger(inbox, project, database):
    """Guard: times without a zone are UTC, others are converted."""
    file = inbox.devices("a.csv", 1)
    window = ["--window", "2026-05-01", "2026-05-02T00:00:00+02:00"]
    arguments = [*window, "--extracted-at", "2026-05-02T06:00:00Z", "--batch-id", "b"]
    project.onerow("land", "devices", file, *arguments).succeeded()
    again = project.onerow("land", "devices", file, *arguments).succeeded()
    assert "--batch-id" not in again.stdout
    assert database.rows(
        "select batch_id, window_start::text, window_end::text, extracted_at::text from onerow.batches"
    ) == [("b", "2026-05-01 00:00:00+00", "2026-05-01 22:00:00+00", "2026-05-02 06:00:00+00")]


def test_a_server_that_cannot_be_reached_is_one_message_without_password_or_traceback(inbox, project):
    """Guard: ConnectionFailed."""
    finished = project.with_profile(port=1, password="s3cret").onerow("land", "devices", inbox.devices("a.csv", 1))
    assert (finished.returncode, finished.stdout) == (1, ""), finished
    assert finished.stderr.startswith(f"onerow: cannot connect to {inbox.login.dbname} at {inbox.login.host}:1: ")
    assert "Traceback" not in finished.stderr
    assert "s3cret" not in finished.stderr


def test_a_role_that_may_not_make_the_tables_is_told_so(inbox, project, database):
    """Guard: LedgerSetupFailed. The same role may land once the tables are there."""
    database.execute("create role lander login password 'pw'")
    try:
        file = inbox.devices("a.csv", 2)
        poor = project.with_profile(user="lander", password="pw")
        refused = poor.onerow("land", "devices", file)
        assert refused.returncode == 1, refused
        assert (
            "cannot make the tables of the ledger (schema onerow) and of landing: permission denied" in refused.stderr
        )
        assert "Traceback" not in refused.stderr
        inbox.land_one(inbox.devices("before.csv", 1))
        database.execute(
            """
            grant usage on schema onerow, landing to lander;
            grant select, insert, update on all tables in schema onerow to lander;
            grant select, insert on landing.devices to lander;
            """
        )
        poor.onerow("land", "devices", file).succeeded()
    finally:
        database.execute("drop owned by lander; drop role lander")
