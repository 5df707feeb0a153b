"""What `onerow land` refuses before it looks at project or server."""

import pytest
from click.testing import CliRunner

from onerow.cli import onerow

WRONG_USE = 2


@pytest.fixture
def land(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("device_id\n")
    return lambda *arguments: CliRunner().invoke(onerow, ["land", "devices", *arguments])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "Missing argument 'FILE...'"),
        (["*.csv", "--batch-id", "x"], "--batch-id names one batch, but there are 2 files"),
        (["a.csv", "--batch-id", " "], "Invalid value for --batch-id: it is empty"),
        (["-", "--batch-id", "x"], "standard input has no name: it needs --batch-id and --input-format"),
        (["-", "--input-format", "csv"], "standard input has no name: it needs --batch-id and --input-format"),
        (["-", "a.csv", "--batch-id", "x", "--input-format", "csv"], "--batch-id names one batch, but there are 2"),
        (["-", "--batch-id", "x", "--input-format", "parquet"], "Invalid value for '--input-format'"),
        (["a.csv", "--input-format", "csv"], "--input-format is for standard input (-)"),
        (["a.csv", "--window", "2026-05-02", "2026-05-02"], "Invalid value for --window: "),
        (["a.csv", "--window", "2026-05-02T00:00Z", "2026-05-02T01:00+02:00"], "is not before"),
        (["a.csv", "--window", "2026-05-01"], "requires 2 arguments"),
        (["a.csv", "--extracted-at", "yesterday"], "'yesterday' is not a time in ISO 8601"),
        (["a.csv", "--on-new-column", "drop"], "Invalid value for '--on-new-column'"),
    ],
)
def test_wrong_use_is_exit_code_2_with_what_is_wrong(land, arguments, complaint):
    """Guard: the checks of the options."""
    result = land(*arguments)
    assert result.exit_code == WRONG_USE
    assert complaint in result.stderr
    assert result.stdout == ""
