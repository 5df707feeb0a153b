"""onerow prove, before it proves anything."""

from click.testing import CliRunner

from onerow.cli import onerow
from onerow.errors import NoFolderForOutput


def test_a_report_that_has_no_folder_is_told_before_the_work(tmp_path):
    """There is no project, so the work would fail first. Guard: require_folder in prove."""
    file = tmp_path / "nowhere" / "proof.html"
    result = CliRunner().invoke(onerow, ["prove", "devices", "--html", str(file), "--project-dir", str(tmp_path)])
    assert isinstance(result.exception, NoFolderForOutput)
