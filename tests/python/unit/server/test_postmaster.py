"""A pid file is not believed: the process that it names must be this data folder's postmaster."""

import subprocess
from contextlib import contextmanager

import pytest

from onerow.server.postmaster import disown_pid_file, find_postmaster


@contextmanager
def process_in(folder):
    """Start some process that works in a folder."""
    with subprocess.Popen(["sleep", "600"], cwd=folder) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def write_pid_file(data, pid, status="ready   "):
    lines = [pid, data, 1795258192, 23456, "", "127.0.0.1", " 16040105         9", status]
    (data / "postmaster.pid").write_text("\n".join(map(str, lines)) + "\n")


def test_no_pid_file_no_postmaster(tmp_path):
    """Guard: FileNotFoundError."""
    assert find_postmaster(tmp_path) is None


@pytest.mark.parametrize("content", ["", "123\n", "123\n/data\n1795258192\n"])
def test_a_pid_file_that_is_being_written_names_nobody(tmp_path, content):
    """Guard: the number of lines."""
    (tmp_path / "postmaster.pid").write_text(content)
    assert find_postmaster(tmp_path) is None


def test_a_process_of_the_data_folder_is_the_postmaster(tmp_path):
    """Guard: none; the case that the others differ from."""
    with process_in(tmp_path) as pid:
        write_pid_file(tmp_path, pid)
        postmaster = find_postmaster(tmp_path)
        assert (postmaster.pid, postmaster.port, postmaster.is_ready) == (pid, 23456, True)


@pytest.mark.parametrize("status", ["starting", "stopping", "standby "])
def test_a_postmaster_that_takes_no_connections_is_not_ready(tmp_path, status):
    """Guard: the status line."""
    with process_in(tmp_path) as pid:
        write_pid_file(tmp_path, pid, status)
        assert not find_postmaster(tmp_path).is_ready


def test_another_process_with_the_pid_is_not_the_postmaster(tmp_path):
    """Guard: the comparison of working folders."""
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    data.mkdir()
    elsewhere.mkdir()
    with process_in(elsewhere) as pid:
        write_pid_file(data, pid)
        assert find_postmaster(data) is None


def test_a_zombie_is_not_the_postmaster(tmp_path):
    """Guard: a zombie has no working folder, though it still has a pid."""
    process = subprocess.Popen(["true"], cwd=tmp_path)
    write_pid_file(tmp_path, process.pid)
    try:
        with open(f"/proc/{process.pid}/stat") as stat:  # noqa: PTH123 - reopened until it says Z
            while stat.read().split()[2] != "Z":
                stat.seek(0)
        assert find_postmaster(tmp_path) is None
    finally:
        process.wait()


def test_a_disowned_pid_file_keeps_the_shared_memory_key(tmp_path):
    """Guard: only the first line is replaced."""
    write_pid_file(tmp_path, 4711)
    before = (tmp_path / "postmaster.pid").read_text().splitlines()
    disown_pid_file(tmp_path)
    after = (tmp_path / "postmaster.pid").read_text().splitlines()
    assert after[1:] == before[1:]
    assert int(after[0]) > 2**22


def test_a_link_in_place_of_the_pid_file_is_not_followed(tmp_path):
    """Guard: O_NOFOLLOW. As root this would write to any file that the server's account cares to name."""
    victim = tmp_path / "victim"
    victim.write_text("precious\n")
    (tmp_path / "postmaster.pid").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        disown_pid_file(tmp_path)
    assert victim.read_text() == "precious\n"
