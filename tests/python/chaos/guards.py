"""The guards that the invariants stand on. Each can be taken out of a copy of the project, to see what it prevents."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.dbt_project import REPOSITORY

_PACKAGE = "scripts/onerow/"


@dataclass(frozen=True)
class Guard:
    """What is replaced, by file of the repository, and the invariant that is seen to be violated then."""

    invariant: str
    what: str
    replaced: tuple[tuple[str, str, str], ...]

    def macros_without(self) -> dict[str, str]:
        """Return the changed files of the dbt project."""
        return {path: text for path, text in self._files().items() if not path.startswith(_PACKAGE)}

    def package_without(self, folder: Path) -> Path | None:
        """Write a copy of the Python package without the guard into a folder; None if it is not changed."""
        changed = {path: text for path, text in self._files().items() if path.startswith(_PACKAGE)}
        if not changed:
            return None
        shutil.copytree(REPOSITORY / _PACKAGE, folder / "onerow", ignore=shutil.ignore_patterns("__pycache__"))
        for path, text in changed.items():
            (folder / "onerow" / path.removeprefix(_PACKAGE)).write_text(text, encoding="utf-8")
        return folder

    def _files(self) -> dict[str, str]:
        files: dict[str, str] = {}
        for path, guard, instead in self.replaced:
            text = files.get(path) or (REPOSITORY / path).read_text(encoding="utf-8")
            assert guard in text, f"{path} does not hold {guard!r} any more"
            files[path] = text.replace(guard, instead)
        return files


GUARDS = {
    "unique-index": Guard(
        "one row a key",
        "the unique index of a mart, and the `on conflict` that needs it",
        (
            ("macros/strategies/ensure_unique_index.sql", "if is_there then", "if true then"),
            ("macros/strategies/upsert_rows.sql", "{%- if not is_empty %}", "{%- if false %}"),
        ),
    ),
    "version-guard": Guard(
        "no row lost",
        "the condition that only a newer state is written",
        (
            (
                "macros/strategies/is_newer.sql",
                "{%- elif not load.version -%}",
                "{%- elif true -%}",
            ),
        ),
    ),
    "one-transaction": Guard(
        "no row lost",
        "one transaction for claim and load: the claims are committed as they are made",
        (
            (
                "macros/ledger/claim_batches.sql",
                "{%- do onerow.read_batches(",
                "{%- do run_query('commit') -%}{%- do run_query('begin') -%}{%- do onerow.read_batches(",
            ),
        ),
    ),
    "claim": Guard(
        "consumed once",
        "the condition that a claimed batch is not claimed again",
        (("macros/ledger/claim_batches.sql", "and c.row_count >= b.row_count", "and false"),),
    ),
    "outcomes": Guard(
        "outcomes accounted",
        "the count of what was not written",
        (("macros/ledger/counted_outcomes.sql", "'modified', 'written')", "'modified', 'written', 'stale')"),),
    ),
    "landing-once": Guard(
        "landed once",
        "the look for a batch of the same content",
        (
            (
                "scripts/onerow/landing/land.py",
                "batch_id=delivery.batch_id or sha256,\n                    content",
                "batch_id=str(__import__('time').time_ns()),\n                    content",
            ),
        ),
    ),
    "landing-transaction": Guard(
        "landed once",
        "one transaction for a landing",
        (
            (
                "scripts/onerow/landing/land.py",
                "with connection.transaction():\n                registered",
                "with __import__('contextlib').nullcontext():\n                registered",
            ),
        ),
    ),
    "replay-transaction": Guard(
        "letters once",
        "one transaction for a replay: the letters are marked after it",
        (
            (
                "scripts/onerow/dead_letters/transaction.py",
                "with connection.transaction():",
                "with __import__('contextlib').nullcontext():",
            ),
        ),
    ),
    "temporary": Guard(
        "nothing left",
        "that what a load keeps aside is temporary",
        (
            (
                "macros/materializations/take_delivery.sql",
                "'create temporary table ' ~ load.written",
                "'create table ' ~ load.written",
            ),
            ("macros/materializations/take_delivery.sql", "row_count bigint) on commit drop'", "row_count bigint)'"),
        ),
    ),
    "clear-errors": Guard(
        "errors are clear",
        "the errors of the server, told as onerow's own",
        (
            ("scripts/onerow/commands/options.py", "except psycopg.OperationalError", "except ZeroDivisionError"),
            (
                "scripts/onerow/landing/land.py",
                "except psycopg.Error as error:",
                "except ZeroDivisionError as error:",
            ),
            ("scripts/onerow/ledger/setup.py", "except psycopg.Error as error:", "except ZeroDivisionError as error:"),
        ),
    ),
    "retry": Guard(
        "a retry succeeds",
        "the look whether the ledger is there before it is made",
        (("macros/ledger/ledger_ddl.sql", "if version < 1 then", "if true then"),),
    ),
}


def see_each_violated(seed: int, seconds: float) -> int:
    """Run once without each guard, until the invariant that it stands for is violated, and print a table of them.

    Returns 0 if each one was, else 1.
    """
    rows = []
    for name, guard in GUARDS.items():
        print(f"without {name}: {guard.what}", file=sys.stderr, flush=True)
        options = ["--seed", str(seed), "--seconds", str(seconds), "--without", name]
        run = subprocess.run([sys.executable, "-m", "chaos", *options], capture_output=True, text=True, check=False)
        seen = re.search(rf"^violated: {guard.invariant} \(\d+\), after (\d+) s$", run.stdout, re.MULTILINE)
        rows.append((name, guard.invariant, f"{seen[1]} s" if seen else "NOT SEEN"))
        if not seen:
            print(run.stdout + run.stderr, file=sys.stderr, flush=True)
    for row in [("without", "violated", "after"), *rows]:
        print("{:21}{:20}{:>9}".format(*row))
    return int(any(after == "NOT SEEN" for *_, after in rows))
