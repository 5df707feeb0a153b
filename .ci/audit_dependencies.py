"""Look the versions of requirements.lock up among the known vulnerabilities of PyPI. Called by `make lint`.

Says what it finds, and that it was skipped where the service cannot be asked. It fails only with ONEROW_AUDIT=required,
for a job of its own: what becomes known today must not break the build of what was checked in yesterday.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
# Versions and hashes are in the lock: nothing is resolved and nothing installed.
AS_LOCKED = ["--requirement", "requirements.lock", "--disable-pip", "--require-hashes"]
LIMITS = ["--timeout", "10", "--progress-spinner", "off"]


def main() -> int:
    """Ask, print what was found, and return the exit code."""
    asked = subprocess.run(  # noqa: S603 - our own tool, with words of ours
        [PIP_AUDIT, *AS_LOCKED, *LIMITS, "--format", "json"], capture_output=True, text=True, check=False
    )
    try:
        dependencies = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        return unknown((asked.stderr.strip().splitlines() or ["no reason was given"])[-1])
    return judged(dependencies)


def judged(dependencies: list[dict[str, Any]]) -> int:
    """Print what is known of the dependencies, and return the exit code."""
    vulnerable = [(each, found) for each in dependencies for found in each.get("vulns", [])]
    for each, found in vulnerable:
        fixed = ", ".join(found["fix_versions"]) or "no version yet"
        print(f"{each['name']} {each['version']}: {found['id']}, fixed in {fixed}")
    missing = [each["name"] for each in dependencies if "skip_reason" in each]
    if vulnerable:
        return failure()
    if missing:
        return unknown(f"{len(missing)} of {len(dependencies)} packages are not known there, such as {missing[0]}")
    print(f"{len(dependencies)} dependencies, no known vulnerability")
    return 0


def unknown(reason: str) -> int:
    """Say that there was no audit, and return the exit code."""
    print(f"SKIPPED: dependencies were not audited: {reason}")
    return failure()


def failure() -> int:
    """Return the exit code of an audit that has not come out well."""
    return 1 if os.environ.get("ONEROW_AUDIT") == "required" else 0


if __name__ == "__main__":
    sys.exit(main())
