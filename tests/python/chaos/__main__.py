"""Run it: python -m chaos --seed 7 --seconds 120. Exit code 0: no violation; 3: some were found."""

import argparse
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from chaos import surroundings
from chaos.clocks import find_libfaketime
from chaos.foreign import JOURNAL
from chaos.guards import GUARDS, Guard, see_each_violated
from chaos.machine import Machine
from chaos.project import chaos_project
from chaos.proxy import Proxy
from chaos.run import LOCK_TIMEOUT_SECONDS, Chaos, Figures

_SCRATCH = "ONEROW_CHAOS_FOLDER"
_EACH = "each"
_SHOWN = 3
_LONGEST = 4_000


def main() -> int:
    """Parse, enter the surroundings, run, print."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="what is drawn; by default new")
    parser.add_argument("--seconds", type=float, default=120, help="how long faults happen")
    parser.add_argument("--without", choices=[*GUARDS, _EACH], help="a guard that is taken out, or one after the other")
    options = parser.parse_args()
    if options.without == _EACH:
        return see_each_violated(options.seed, options.seconds)
    guard = GUARDS.get(options.without)
    if not surroundings.is_inside():
        folder = Path(tempfile.mkdtemp(prefix="onerow-chaos-"))
        os.environ[_SCRATCH] = str(folder)
        surroundings.enter(guard.package_without(folder / "package") if guard else None)
    folder = Path(os.environ[_SCRATCH])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        figures = _run(options, guard, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(_summary(figures))
    return 3 if figures.violations else 0


def _run(options: argparse.Namespace, guard: Guard | None, folder: Path) -> Figures:
    libfaketime = find_libfaketime()
    machine = Machine(folder, may_mount=surroundings.may_mount(), libfaketime=libfaketime)
    try:
        print(f"seed {options.seed}, {options.seconds:g} s" + (f", without {options.without}" if guard else ""))
        print("disk full: " + ("a small disk" if machine.has_small_disk else "a trigger and temp_file_limit"))
        print(
            "clock steps: " + ("of the server and of programs" if libfaketime else "none (apt-get install libfaketime)")
        )
        with machine.connect() as connection:
            connection.execute(JOURNAL)
        proxy = Proxy(machine.login.port)
        project = chaos_project(machine.login, proxy.port, folder / "run", LOCK_TIMEOUT_SECONDS, guard, libfaketime)
        began = time.monotonic()

        def say(who: str, what: str) -> None:
            print(f"{time.monotonic() - began:6.1f}  {who:10} {what}", flush=True)

        try:
            # Without a guard the project's own tests would stop a build before the invariants are looked at.
            verb = "run" if guard else "build"
            chaos = Chaos(options.seed, machine, proxy, project, folder=folder / "delivered", say=say, verb=verb)
            return chaos.run(options.seconds, guard.invariant if guard else None)
        finally:
            project.close()
            proxy.close()
    finally:
        machine.close()


def _summary(figures: Figures) -> str:
    results = ("succeeded", "failed", "killed")
    lines = ["", f"{'runs':12}" + "".join(f"{result:>10}" for result in results)]
    for kind in sorted({kind for kind, _ in figures.runs}):
        lines.append(f"{kind:12}" + "".join(f"{figures.runs[kind, result]:>10}" for result in results))
    totals = [sum(count for (_, each), count in figures.runs.items() if each == result) for result in results]
    lines.append(f"{'all':12}" + "".join(f"{total:>10}" for total in totals))
    lines += ["", "faults: " + _listed(figures.faults), "failed of: " + _listed(figures.causes)]
    lines += [_listed(figures.rows), f"{figures.retried} failed runs retried at the end", ""]
    for invariant, contradictions in figures.violations.items():
        after = figures.violated_after[invariant]
        lines += [f"violated: {invariant} ({len(contradictions)}), after {after:.0f} s"]
        lines += [f"  {each[:_LONGEST]}" for each in contradictions[:_SHOWN]]
    crashes = sum(figures.faults[kind] for kind in ("crash", "kill server process"))
    kills = figures.faults["kill"]
    lines.append(
        f"{sum(figures.runs.values())} runs, {kills} kills, {crashes} crashes, {figures.rows['rows landed']:,} rows: "
        f"{sum(map(len, figures.violations.values()))} violations"
    )
    return "\n".join(lines)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "none"


if __name__ == "__main__":
    sys.exit(main())
