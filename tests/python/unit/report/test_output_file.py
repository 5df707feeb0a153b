"""A file is as it was or complete."""

import os
import stat
from pathlib import Path

import pytest

from onerow.errors import NoFolderForOutput, OutputNotWritten
from onerow.report.output_file import require_folder, write_output


def test_file_is_replaced_and_nothing_else_is_left(tmp_path):
    """Guard: the rename."""
    file = tmp_path / "onerow.prom"
    file.write_text("before")
    before = file.stat().st_ino

    write_output(file, "ø\n")

    assert file.read_text(encoding="utf-8") == "ø\n"
    assert file.stat().st_ino != before
    assert list(tmp_path.iterdir()) == [file]


def test_others_may_read_it_as_the_umask_says(tmp_path):
    """Prometheus' collector is another user. Guard: no private temporary file."""
    mask = os.umask(0o022)
    try:
        write_output(tmp_path / "onerow.prom", "")
    finally:
        os.umask(mask)

    assert stat.S_IMODE((tmp_path / "onerow.prom").stat().st_mode) == 0o644


def test_link_goes_on_to_point_where_it_does(tmp_path):
    """Guard: resolve."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "there" / "file")

    write_output(link, "new")

    assert link.is_symlink()
    assert (tmp_path / "there" / "file").read_text() == "new"


def test_what_is_no_plain_file_is_written_to_and_not_replaced():
    """`--output /dev/stderr` must not become a file. Guard: is_file."""
    reading, writing = os.pipe()
    write_output(Path(f"/proc/self/fd/{writing}"), "through")
    os.close(writing)

    with os.fdopen(reading) as pipe:
        assert pipe.read() == "through"


def test_file_that_cannot_be_written_is_an_error_and_stays_as_it_was(tmp_path):
    """Guard: OutputNotWritten."""
    file = tmp_path / ("n" * 250)
    file.write_text("before")

    with pytest.raises(OutputNotWritten, match=r"could not be written: File name too long"):
        write_output(file, "after")

    assert file.read_text() == "before"


def test_missing_folder_is_wrong_use(tmp_path):
    """Found before the work. Guard: require_folder."""
    with pytest.raises(NoFolderForOutput, match=r"Make it: mkdir -p") as refused:
        require_folder(tmp_path / "nowhere" / "file")

    assert refused.value.exit_code == 2
