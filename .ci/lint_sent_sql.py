"""Lint macros by what they compile to: all SQL that real runs of dbt send to the server. Called by `make lint`.

sqlfluff's dbt templater leaves macro files out, and in models the output of macros. So two runs are made, a first build
and an incremental one, and what dbt's log says was sent is parsed and linted under `.ci/sent_sql.sqlfluff`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter

BATCHES = Path("examples/batches/devices")
LOG = Path(os.environ["DBT_LOG_PATH"]) / "dbt.log"
JSON_LOG = ["--quiet", "--log-level-file", "debug", "--log-format-file", "json"]
# Whatever differs from run to run: suffixes of scratch tables, and oids. Equal statements are linted once.
VARYING = re.compile(r"(?<=_)[0-9a-f]{12}\b|(?<=tmp)\d+|\b\d{5,}\b")
DBTS_OWN = ("BEGIN", "COMMIT")
COMMENT = re.compile(r"/\* \{.*?\} \*/", re.DOTALL)


def main() -> int:
    """Make the runs, lint what they sent, and return the exit code."""
    for file in ("01_full.csv", "05_duplicates.jsonl"):
        run("onerow", "land", "--profiles-dir", os.environ["DBT_PROFILES_DIR"], "devices", str(BATCHES / file))
        run("dbt", *JSON_LOG, "run")
    linter = Linter(config=FluffConfig.from_path(".ci", extra_config_path=".ci/sent_sql.sqlfluff"))
    statements = dict(sent())
    violations = 0
    for statement, node in statements.items():
        lines = statement.splitlines()
        for violation in linter.lint_string(f"{statement}\n").get_violations():
            violations += 1
            print(f"{node}: {violation.rule_code()} {violation.desc()}\n    {lines[violation.line_no - 1].strip()}")
    print(f"{len(statements)} statements sent, {violations} violations")
    return 1 if violations or not statements else 0


def run(*command: str) -> None:
    """Run a command; end with what it printed if it fails."""
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # noqa: S603 - ours
    if finished.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{finished.stdout}")


def sent() -> Iterator[tuple[str, str]]:
    """Yield each statement of the log, with the name of the node that sent it."""
    for line in LOG.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["info"]["name"] == "SQLQuery":
            statement = VARYING.sub("0", COMMENT.sub("", event["data"]["sql"])).strip()
            if statement not in DBTS_OWN:
                yield statement, event["data"].get("node_info", {}).get("node_name") or "on-run-start"


if __name__ == "__main__":
    sys.exit(main())
