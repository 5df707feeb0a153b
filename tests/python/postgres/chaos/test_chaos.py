"""The short cut of `make chaos`: the same run, for some seconds."""

import os
import re
import subprocess
import sys

import pytest

from harness.dbt_project import REPOSITORY

# Its faults: steps of the server's and a program's clock, a full disk, a cut-off, two kills, an ambush, and a crash.
_SEED = 1855
_SECONDS = 12
_TOTAL = re.compile(r"(?P<runs>\d+) runs, (?P<kills>\d+) kills, (?P<crashes>\d+) crashes, (?P<rows>[\d,]+) rows: ")


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_while_everything_breaks(record_property):
    """Landings, builds, replays, reconciliations and other writers, killed and cut off. Guards: chaos/guards.py."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests/python")}
    command = [sys.executable, "-m", "chaos", "--seed", str(_SEED), "--seconds", str(_SECONDS)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=580)
    assert run.returncode == 0, run.stdout + run.stderr
    total = _TOTAL.search(run.stdout)
    record_property("figures", total[0])
    assert "0 violations" in run.stdout
    assert min(int(total[what].replace(",", "")) for what in ("kills", "crashes", "rows")) > 0, run.stdout
