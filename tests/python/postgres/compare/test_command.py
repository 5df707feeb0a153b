"""onerow reconcile --source --destination as it is run: exit codes, what it prints, and what it never prints."""

import json
import re
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from compared_sides import changed, parcels, without
from onerow.commands.reconcile import reconcile
from onerow.errors import ComparisonFailed, OnerowError, RelationMissing, WrongUse
from onerow.reconcile.engine import engine
from onerow.reconcile.request import Means


@pytest.fixture
def run(sides):
    """Run the command in this process, in a project whose profile has both databases."""

    def run(*arguments: str) -> Result:
        project = ["--project-dir", str(sides.project.project_dir), "--profiles-dir", str(sides.folder)]
        return CliRunner(env={"COLUMNS": "100"}).invoke(
            reconcile, [*arguments, "--temp-dir", str(sides.folder), *project]
        )

    return run


def raised(result: Result) -> OnerowError:
    """Return the error of onerow that a command ended with: its message and exit code are what main() makes of it."""
    assert isinstance(result.exception, OnerowError), result.output
    return result.exception


def sides_of(comparison):
    """Return the options that name both sides and the key."""
    return [
        f"--source={comparison.source}",
        f"--destination={comparison.destination}",
        *(f"--key={column}" for column in comparison.key),
    ]


def test_equal_sides_exit_0(sides, run):
    """Guard: the status of the report."""
    result = run(*sides_of(sides.write("csv", parcels(), parcels())), "--window", "moved_at", "--grain", "hour")

    assert result.exit_code == 0, result.output
    assert "all equal" in result.output
    assert "30 windows, none differs" in result.output


def test_differences_exit_3_and_come_first(sides, run):
    """Guard: the exit code, and the order of figures."""
    destination = changed(without(parcels(), "P-001"), "P-002", site="elsewhere")

    result = run(*sides_of(sides.write("two_databases", parcels(), destination)), "--level", "rows")

    assert result.exit_code == 3, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0].startswith("there:shop.parcels DIFFERENCES")
    assert lines[2:8] == [
        "rows source destination difference",
        "rows 60 59 -1",
        "keys 60 59 -1",
        "missing keys 1 -1",
        "modified rows 1 +1",
        "modified: site 1 +1",
    ]
    assert 'parcel_id="P-002" site site 2 elsewhere' in lines


def test_json_names_both_sides(sides, run):
    """Guard: to_json of a comparison, whose figures of windows say which."""
    comparison = sides.write("csv", parcels(), without(parcels(), "P-001"))

    result = run(*sides_of(comparison), "--level=counts", "--window=moved_at", "--format=json")

    [mart] = json.loads(result.stdout)["marts"]
    assert (mart["source"], mart["relation"], mart["status"]) == (
        str(comparison.source),
        "there:shop.parcels",
        "difference",
    )
    assert {
        (figure["figure"], figure["window_start"], figure["source"], figure["destination"])
        for figure in mart["levels"][0]["figures"]
        if figure["window_start"] and figure["status"] == "difference"
    } == {
        ("rows", "2026-05-01T00:00:00+00:00", 48, 47),
        ("keys", "2026-05-01T00:00:00+00:00", 48, 47),
        ("missing_keys", "2026-05-01T00:00:00+00:00", 1, None),
    }


def test_samples_are_as_many_as_asked_for(sides, run):
    """Guard: --samples, and the way to see more."""
    options = sides_of(sides.write("csv", parcels(), []))

    assert run(*options).output.count('parcel_id="') == 5
    assert "more of them: the same command with --samples 100" in run(*options).output
    assert run(*options, "--samples", "60").output.count('parcel_id="') == 60


def test_samples_stand_for_rows_and_not_for_values(sides, run):
    """Two values of one row, and three rows of one key without a name. Guard: _shown."""
    rows = [*changed(parcels(), "P-002", site="elsewhere", amount="1"), *([{**parcels()[0], "parcel_id": None}] * 3)]

    output = run(*sides_of(sides.write("csv", parcels(), rows)), "--level", "rows").output

    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert "modified rows 1" in lines
    assert "NULL keys 3" in lines
    assert "more of them" not in output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source=a.csv"], "needs all of --source, --destination and --key"),
        (["--trim=site"], "needs all of --source, --destination and --key"),
        (["devices", "--source=a.csv", "--destination=b.csv", "--key=id"], "either models, or --source"),
        (["--source=a.csv", "--destination=b.csv", "--key=id", "--full-extract"], "--full-extract needs --version"),
        (["--source=a.csv", "--destination=b.csv", "--key=id", "--minimum-age=1 hour"], "--minimum-age needs --window"),
        (["--source=a.csv", "--destination=b.csv", "--key=id", "--compare=id"], "also key or excluded: id"),
        (
            ["--source=a.csv", "--destination=b.csv", "--key=id", "--level=accounting"],
            "not one of counts, rows, schema",
        ),
        (["--source=a.csv", "--destination=b.csv", "--key=id", "--tolerance=amount"], "is not COLUMN=VALUE"),
        (["--source=a.csv", "--destination=b.csv", "--key=id", "--minimum-age=soon"], "such as '2 hours'"),
    ],
)
def test_wrong_use_exits_2(run, options, message):
    """Guard: the checks of pass_comparison."""
    result = run(*options)

    assert result.exit_code == 2, result.output
    assert message in " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())


def test_side_that_is_none_is_wrong_use(run):
    """Guard: parse_side."""
    error = raised(run("--source=devices", "--destination=b.csv", "--key=id"))

    assert (type(error), error.exit_code) == (WrongUse, 2)
    assert "'devices' is no side to compare" in str(error)


def test_unknown_target_is_wrong_use_and_names_those_that_are(sides, run):
    """Guard: DbtFailed of a named target."""
    sides.write("csv", parcels(1), [])

    error = raised(run("--source=nowhere:shop.parcels", "--destination=there:shop.parcels", "--key=parcel_id"))

    assert error.exit_code == 2
    assert "nowhere" in str(error)
    assert "there" in str(error)


def test_all_columns_that_are_missing_are_named_at_once(sides, run):
    """Guard: the problems of match()."""
    options = sides_of(sides.write("csv", parcels(1), parcels(1)))

    error = raised(run(*options, "--key=nowhere", "--compare=gone", "--window=neither", "--version=nor"))

    assert error.exit_code == 2
    for side in ("*.csv.gz", "there:shop.parcels"):
        for column in ("nowhere", "gone", "neither"):
            assert f"{side} has no column {column}" in str(error), str(error)
    assert "*.csv.gz has no column nor" in str(error)


def test_file_that_cannot_be_read_exits_1(sides, run):
    """A crash is never 3. Guard: ComparisonFailed."""
    comparison = sides.write("csv", parcels(), parcels())
    (sides.folder / "broken.parquet").write_text("no parquet")
    options = sides_of(comparison)[1:]

    for source, message in (
        (sides.folder / "broken.parquet", "too small to be a Parquet file"),
        ("none*.csv", "No files found"),
    ):
        error = raised(run(f"--source={source}", *options))
        assert (type(error), error.exit_code) == (ComparisonFailed, 1)
        assert message in str(error)
        assert str(source) in str(error)


def test_table_that_is_not_there_exits_1(sides, run):
    """Guard: the lock, which is taken first."""
    error = raised(run("--source=shop.nowhere", "--destination=there:shop.parcels", "--key=parcel_id"))

    assert (type(error), error.exit_code) == (RelationMissing, 1)
    assert "there is no table shop.nowhere" in str(error)


def test_memory_that_does_not_suffice_exits_1(sides, run):
    """Guard: DuckDB's memory limit, which is the one given."""
    error = raised(run(*sides_of(sides.write("csv", parcels(), parcels())), "--memory", "1MB"))

    assert error.exit_code == 1
    assert "memory" in str(error).lower()


def test_password_is_in_no_error(tmp_path):
    """Guard: the secret of DuckDB, and scrubbed()."""
    password = "pass'word \\ of mine"
    names = ("sslcert", "sslkey", "sslrootcert")
    credentials = SimpleNamespace(
        host="127.0.0.1", port=1, user="u", password=password, database="d", sslmode="prefer", **dict.fromkeys(names)
    )
    with engine(Means(temp_dir=tmp_path)) as opened:
        with pytest.raises(ComparisonFailed, match="port 1") as failed:
            opened.attach("side_1", credentials, "30s")
        assert password not in str(failed.value)
        with pytest.raises(ComparisonFailed) as failed:
            opened.run("side_1", f"select '{password}")
        assert "of mine" not in str(failed.value)
        with pytest.raises(ComparisonFailed) as failed:
            opened.run("side_1", "create secret s (type nowhere, password 'pass''word \\ of mine')")
        assert "of mine" not in str(failed.value)


def test_nothing_is_left_where_it_spills_to(sides, run):
    """Guard: the temporary folder of the engine."""
    options = sides_of(sides.write("csv", parcels(), parcels()))
    before = sorted(sides.folder.iterdir())

    assert run(*options).exit_code == 0

    assert sorted(sides.folder.iterdir()) == before
