"""Which PostgreSQL is taken, and which is refused."""

import pytest

from onerow.errors import WrongUse
from onerow.server.account import Account
from onerow.server.binaries import find_binaries


def bindir_of(folder, version, programs=("postgres", "initdb", "pg_ctl")):
    """Make a folder of programs that know their version and nothing else."""
    for program in programs:
        (folder / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n")
        (folder / program).chmod(0o755)
    return folder


def test_an_older_postgresql_is_refused_with_both_versions(tmp_path):
    """Guard: _OLDEST_MAJOR."""
    with pytest.raises(WrongUse, match=r"this is PostgreSQL 15\.4, onerow needs 16 or newer"):
        find_binaries(bindir_of(tmp_path, "15.4 (Debian 15.4-1)"), Account())


@pytest.mark.parametrize(("version", "major"), [("16.0", 16), ("18.6", 18), ("19beta1", 19), ("19devel", 19)])
def test_sixteen_and_newer_are_taken(tmp_path, version, major):
    """Guard: how the version is read."""
    assert find_binaries(bindir_of(tmp_path, version), Account()).major == major


def test_a_folder_without_the_programs_is_refused_and_they_are_named(tmp_path):
    """Guard: the look before the first call."""
    with pytest.raises(WrongUse, match="there is no initdb, pg_ctl in this folder"):
        find_binaries(bindir_of(tmp_path, "18.6", programs=("postgres",)), Account())


def test_programs_that_the_account_may_not_run_are_refused(tmp_path):
    """Guard: PermissionError becomes WrongUse."""
    (bindir_of(tmp_path, "18.6") / "postgres").chmod(0o644)
    with pytest.raises(WrongUse, match="may not run it"):
        find_binaries(tmp_path, Account())


def test_without_a_folder_the_package_is_taken():
    """Guard: the package's place, found without importing it."""
    assert find_binaries(None, Account()).version == "18.6"
