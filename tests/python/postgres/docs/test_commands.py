"""The commands that the docs show run as they are written, with the files that the docs show."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import REPOSITORY

# A fenced block, and the paragraph before it: a file's block is preceded by the file's name.
_BLOCK = re.compile(r"(?P<before>[^\n]*(?:\n[^\n]+)*)\n\n```(?P<language>\w+)\n(?P<text>.*?)```\n", re.DOTALL)
_FENCE = re.compile(r"^```\w", re.MULTILINE)
_DOCS = sorted(path.relative_to(REPOSITORY) for path in (REPOSITORY / "docs").rglob("*.md"))
_FILE = re.compile(r"`((?:models|\.\./shop)/[\w./]+)`")


def script(document: Path) -> str:
    """Return all blocks of a document as one bash script: shell blocks as written, files as files."""
    parts = ["set -euo pipefail"]
    text = document.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    assert len(blocks) == len(_FENCE.findall(text)), f"{document}: a block without a line of text before it is not read"
    for block in blocks:
        text = block["text"]
        if block["language"] == "shell":
            parts.append(text)
        elif block["language"] in ("yaml", "sql", "python") and (names := _FILE.findall(block["before"])):
            parts.append(f"cat > '{names[-1]}' <<'__END_OF_FILE__'\n{text}__END_OF_FILE__")
    return "\n".join(parts)


def run(document: str, clone: Path, *afterwards: str, **environment: str) -> str:
    """Run a document's script in the clone, then `afterwards`, and return what it printed."""
    # `make demo` and `make test` have tests of their own; here they would start this one again.
    lines = [line for line in script(REPOSITORY / document).splitlines() if not line.startswith("make ")]
    done = subprocess.run(
        ["bash", "-c", "\n".join([*lines, *afterwards])],
        cwd=clone,
        env={**os.environ, "COLUMNS": "100", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_commands_of_the_readme_run(clone: Path, database: Database) -> None:
    """Guard: README.md names options, targets and variables that exist."""
    login = database.login
    output = run(
        "README.md",
        clone,
        # The source and mart that it ends with.
        "dbt run --select +invoices --target server",
        ONEROW_HOST=login.host,
        ONEROW_PORT=str(login.port),
        ONEROW_USER=login.user,
        ONEROW_PASSWORD=login.password,
        ONEROW_DBNAME=login.dbname,
        ONEROW_SSLMODE="prefer",
        ONEROW_SSLROOTCERT="",
    )
    # Reconciled twice, in the folder's own database and in this one, each time with all five marts of the project.
    assert len(re.findall(r"^devices +all equal", output, re.MULTILINE)) == 2, output
    assert output.count("all equal") == 10, output
    assert database.value("select count(*) from marts.devices") == 3370
    assert database.value("select count(*) from marts.invoices") == 0


def test_the_tutorial_comes_out_as_it_says(clone: Path) -> None:
    """Guard: files and commands of the tutorial fit together."""
    output = run("docs/tutorial/first-mart.md", clone)
    assert "2 new, 1 superseded, 2 rejected" in output
    assert re.search(r"A-1\W+120", output), output
    assert "already landed as batch 1" in output
    assert "nothing to load" in output
    assert "all equal" in output


def test_a_batch_is_quarantined_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to, among them the one that `quarantine` prints."""
    output = run("docs/how-to/quarantine-a-batch.md", clone)
    replay = "dbt run --full-refresh --select devices"
    assert f"Already consumed by devices. To build anew without it: {replay}\n" in output
    assert f"\n{replay}\n" in (REPOSITORY / "docs/how-to/quarantine-a-batch.md").read_text(encoding="utf-8")
    assert "Batch 2 of devices is released." in output
    assert output.count("all equal") == 2


def test_a_changed_schema_is_met_as_the_docs_say(clone: Path) -> None:
    """Guard: options of the contract, and a column that is read from where it has landed, before and after."""
    output = run("docs/how-to/changed-schema.md", clone)
    assert "inbox/new.csv: new columns, kept in _unexpected: unit" in output
    assert "inbox/renamed.csv: it lacks shows, and the contract of meters refuses that." in output
    assert "the type of the contract of meters: read_at is timestamptz." in output
    assert output.count("refused, exit code 1") == 2
    assert re.search(r"M-1 +\| kWh", output), output
    assert re.search(r"M-2 +\| m3", output), output


def test_dead_letters_are_replayed_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to, and what they lead to."""
    output = run("docs/how-to/replay-dead-letters.md", clone)
    assert "Batch 2 of devices delivers 2 dead letters of batch 1 again." in output
    assert "Batch 3 of devices delivers 2 dead letters of batch 1 again." in output
    assert re.search(r"before +in batch 1: missing:reported_at; replayed 20", output), output
    assert "2 dead letters of batch 3 of devices discarded." in output
    assert output.count("all equal") == 2


def test_a_load_is_planned_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to; the load does what its plan has said."""
    output = run("docs/how-to/plan-a-load.md", clone)
    [said] = re.findall(r"^devices  (.*modified.*) {2}\S", output, re.MULTILINE)[:1]
    assert f"upsert: {said}" in output
    assert "ends with 3" in output
    assert "devices  nothing to load" in output


def test_the_report_is_read_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to; the fault is in the report, and gone after the remedy."""
    output = run("docs/how-to/read-the-report.md", clone)
    assert "Written: onerow_report.html" in output
    assert output.count("ends with 3") == 2
    assert "devices  DIFFERENCES since" in output
    assert "equal in 1 of 3 runs" in output
    assert "quarantined rows" in output
    for file in ("onerow_report.html", "report.html"):
        assert "<title>Reconciliation: all equal" in (clone / file).read_text(encoding="utf-8")


def test_a_difference_is_alerted_on_as_the_docs_say(clone: Path) -> None:
    """Guard: commands and variables of the how-to."""
    output = run("docs/how-to/alert-on-a-difference.md", clone)
    assert re.search(r'^onerow_mart_equal\{model="devices",relation="[^"]+"\} 1$', output, re.MULTILINE), output
    assert "Written: junit.xml" in output
    assert "was not delivered" not in output
    assert 'failures="0"' in (clone / "junit.xml").read_text(encoding="utf-8")


def test_a_table_of_another_loader_is_loaded_as_the_docs_say(clone: Path) -> None:
    """Guard: what the page sets is enough; three deliveries, two of them the same, are one row an order."""
    output = run("docs/how-to/load-a-table-of-another-loader.md", clone)
    assert re.search(r"\| +1 \| paid", output), output
    assert re.search(r"\| +2 \| placed", output), output
    assert "shop_orders  all equal" in output


def test_roles_get_what_the_docs_say(clone: Path) -> None:
    output = run("docs/how-to/least-privilege.md", clone)
    assert 'grant insert on "landing"."devices" to "etl";' in output
    assert 'grant usage on schema "marts" to "analysts";' in output


def test_a_model_is_proved_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to; what the page says of merge is what the proof finds."""
    output = run("docs/how-to/prove-a-model.md", clone)
    assert re.search(r"^devices  incremental, upsert.* 2 of landing.devices", output, re.MULTILINE), output
    assert len(re.findall(r"^.*(?:twice|load|order|row a key|once|again|refresh) +held", output, re.MULTILINE)) == 9, (
        output
    )
    assert re.search(r"^in another order +failed", output, re.MULTILINE), output
    assert re.search(r"^several runs at once +failed", output, re.MULTILINE), output
    assert "ends with 3" in output
    assert "<title>Proof: failed</title>" in (clone / "proof.html").read_text(encoding="utf-8")


def test_duplicates_are_repaired_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to, and the one that the error of the load names."""
    output = run("docs/how-to/repair-duplicates.md", clone)
    assert "onerow dedupe audit fleet, then onerow dedupe apply fleet" in output
    assert output.count("DUPLICATES") == output.count("ends with 3") == 1
    [removed] = re.findall(r"Run 1 on \S+fleet: ([\d,]+) rows removed", output)
    assert f"is undone; put back are {removed} rows" in output
    assert re.search(r"of 1 OK created .*fleet .*upsert: .*unchanged", output), output


def test_two_sides_are_compared_as_the_docs_say(clone: Path) -> None:
    """Guard: commands of the how-to, and what they lead to."""
    output = run("docs/how-to/compare-two-databases-or-files.md", clone)
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert output.count("exit code 3") == 3
    assert len([line for line in lines if line.startswith("copied:marts.devices all equal")]) == 2, output
    assert "modified rows 626 +626" in lines, output
    assert "modified rows 0 0" in lines
    assert "withdrawn keys 1,850" in lines


def test_a_project_uses_onerow_as_a_package_as_the_docs_say(clone: Path) -> None:
    """Guard: what the page makes a project set is enough, also where the clone has a blank in its name."""
    (clone.parent / "onerow").symlink_to(clone)
    output = run("docs/how-to/use-as-a-package.md", clone)
    assert "1 new, 1 superseded, 1 rejected" in output
    assert "nothing to load" in output
    assert "parcels  all equal" in output
    assert len(re.findall("PASS .*one_row_per_key_parcels_", output)) == 2
    assert output.count("ERROR=0") == 2


def test_the_two_commands_of_the_readme_are_there(clone: Path) -> None:
    """Guard: the Makefile has the targets that README.md names."""
    commands = re.findall(r"^make (\w+)$", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["demo", "test"]
    subprocess.run(["make", "--dry-run", *commands], cwd=clone, check=True, capture_output=True)


@pytest.mark.parametrize("document", [Path("README.md"), *_DOCS], ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    """Guard: files that the docs point at exist."""
    folder = (REPOSITORY / document).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (REPOSITORY / document).read_text(encoding="utf-8"))
    assert [link for link in links if not (folder / link).exists()] == []
