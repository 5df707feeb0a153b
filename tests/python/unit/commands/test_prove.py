"""onerow prove, before it proves anything."""

import pytest
from click.testing import CliRunner

from onerow.cli import onerow
from onerow.errors import NoFolderForOutput


def test_a_report_that_has_no_folder_is_told_before_the_work(tmp_path):
    """There is no project, so the work would fail first. Guard: require_folder in prove."""
    file = tmp_path / "nowhere" / "proof.html"
    result = CliRunner().invoke(onerow, ["prove", "devices", "--html", str(file), "--project-dir", str(tmp_path)])
    assert isinstance(result.exception, NoFolderForOutput)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--file", "1.csv", "--file", "2.csv", "--window", "2026-05-01", "2026-05-02"], "given 1 times for 2 files"),
        (["--file", "1.csv", "--window", "2026-05-02", "2026-05-02"], "does not end after it"),
    ],
)
def test_windows_that_fit_no_files_are_wrong_use(tmp_path, words, said):
    """Guard: the checks of `windows` in prove."""
    result = CliRunner().invoke(onerow, ["prove", "devices", *words, "--project-dir", str(tmp_path)])
    assert result.exit_code == 2
    assert said in result.output
