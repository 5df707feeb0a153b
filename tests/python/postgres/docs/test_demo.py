"""What `make demo` runs."""

import os
import re
import subprocess
from pathlib import Path

from harness.dbt_project import REPOSITORY


def test_the_demo_keeps_its_word_and_prints_what_the_readme_shows(clone: Path) -> None:
    """Guard: Demo.play's verdict is the exit code; no figure of README.md is made up."""
    done = subprocess.run(
        [clone / ".venv/bin/python", clone / "examples/demo/demo.py"],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    [transcript] = re.findall(r"```text\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert transcript in printed + "\n"
