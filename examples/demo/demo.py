"""What `make demo` runs: the same batches through dbt's own default strategy and through onerow, side by side.

Every figure is queried from the database that the demo starts for itself. Exit code 1 if onerow does not keep its word.
"""

import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
from figures import Figures, StockFigures, relation
from gate import Gate, GateError
from rich import box
from rich.console import Console
from rich.table import Table
from stage import CommandFailedError, Stage, open_stage

from onerow.errors import OnerowError
from onerow.project.project import Project

BATCHES = Path("examples/batches/devices")
INBOX = Path("inbox")
STOCK = Path("examples/demo/stock_dbt")
ONEROW = Path()
# The project has other marts than the one that the demo is about.
_RUN = {STOCK: ("dbt", "run"), ONEROW: ("dbt", "run", "--select", "+devices")}

# A loader without a ledger appends whatever it is given. It takes the rows from landing, so that both sides load what
# was read from the files once; lines that are no rows stay behind.
_MAKE_RAW = """
create schema raw;
create table raw.devices as select 0::bigint as load_no, l.* from landing.devices as l where false
"""
_APPEND_TO_RAW = """
insert into raw.devices
select (select coalesce(max(r.load_no), 0) + 1 from raw.devices as r), l.*
from landing.devices as l
where l._batch_no = %s
"""
_REFUSED = """
select
    array_to_string(d.reasons, ', '),
    count(*),
    (array_agg(format('batch %s, line %s', d.batch_no, d.line_number) order by d.batch_no, d.line_number))[1]
from onerow.dead_letters as d
group by d.reasons
order by d.reasons
"""

_BROKEN_BATCH = "select batch_no from onerow.batches where location like '%%04_broken.csv'"
# Two times that are none, and what they should have been.
_CORRECTED_LINES = ("5", "162")
_CORRECTIONS = {"+25:00": "+02:00", "03.05.2026 10:00": "2026-05-03T10:00:00Z"}


@dataclass(frozen=True)
class Case:
    """A figure of both marts, and what onerow promises."""

    name: str
    stock: int
    onerow: int
    promised: int

    @property
    def kept(self) -> bool:
        """Whether onerow kept its word."""
        return self.onerow == self.promised


class Demo:
    """The parts of the demo, in the order in which they are played. Each shows its commands and its figures."""

    def __init__(self, stage: Stage, project: Project, connection: psycopg.Connection):
        self.stage = stage
        self.project = project
        self.connection = connection
        self.cases: list[Case] = []

    def play(self) -> bool:
        """Play all parts and tell whether onerow kept its word in each."""
        self.first_delivery()
        self.retry()
        self.two_runs_at_once()
        self.dead_letters()
        self.replay()
        self.reconcile()
        self.side_by_side()
        kept = all(case.kept for case in self.cases)
        self.stage.say("onerow kept its word in every case." if kept else "onerow did not keep its word.")
        return kept

    def first_delivery(self) -> None:
        """Land the first batch and build both marts from it."""
        shutil.copytree(self.stage.folder / BATCHES, self.stage.folder / INBOX)
        self.stage.heading("1. A first delivery")
        self._land("01_full.csv")
        self.connection.execute(_MAKE_RAW)
        self._append_to_raw(1)
        self._dbt_run(STOCK)
        self._dbt_run(ONEROW)

        staging = relation(self.stage.folder, "model.onerow.stg_devices")
        self.stock_mart = relation(self.stage.folder / STOCK, "model.stock.devices")
        self.onerow_mart = relation(self.stage.folder, "model.onerow.devices")
        self.stock = StockFigures(self.connection, self.stock_mart, staging)
        self.onerow = Figures(self.connection, self.onerow_mart, staging)

    def retry(self) -> None:
        """Deliver the first batch again, under another name."""
        self.stage.heading("2. The same delivery again")
        mark = self.onerow.mark()
        without_key = self.stock.without_key(), self.onerow.without_key()
        self._land("02_full_retry.csv.gz")
        self._append_to_raw(1)
        self._dbt_run(STOCK)
        self._dbt_run(ONEROW)
        self._compare(
            "The same delivery again: rows written", self.stock.written_since(mark), self.onerow.written_since(mark)
        )
        self._compare(
            "The same delivery again: rows without a key added",
            self.stock.without_key() - without_key[0],
            self.onerow.without_key() - without_key[1],
        )

    def two_runs_at_once(self) -> None:
        """Land what is left, and let two runs load it at the same time."""
        self.stage.heading("3. Four more batches, and two runs at once")
        self.stage.say("The run that loads first is held before it commits until the other is seen to wait for it.")
        landed = len(self._batches())
        self._land("03_delta.jsonl.gz", "04_broken.csv", "05_duplicates.jsonl", "06_late.csv.gz")
        for batch_no in self._batches()[landed:]:
            self._append_to_raw(batch_no)
        self.stage.say("What onerow is about to do with them, before it does it:")
        self.stage.show(self.stage.run("onerow", "plan", "devices"))
        self._dbt_run_twice(STOCK, self.stock_mart)
        self._dbt_run_twice(ONEROW, self.onerow_mart)
        stock, onerow = self.stock, self.onerow
        self._compare("Two runs at once, both exit 0: devices doubled", stock.loaded_twice(), onerow.doubled())
        self._compare("Several states in one run: devices with several rows", stock.unfolded(), onerow.doubled())
        self._compare("Old states that arrive late: devices set back", stock.set_back(), onerow.set_back())
        self._compare("No key: rows in the mart", stock.without_key(), onerow.without_key())
        self._compare("No real time: rows in the mart", stock.without_time(), onerow.without_time())
        devices = onerow.devices_delivered()
        self._compare(f"{devices:,} devices delivered: rows in the mart", stock.rows(), onerow.rows(), promised=devices)

    def dead_letters(self) -> None:
        """Show what was refused, and why."""
        self.stage.heading("4. What was refused: dead letters")
        table = Table(box=box.SIMPLE, pad_edge=False)
        table.add_column("reasons")
        table.add_column("rows or lines", justify="right")
        table.add_column("the first of them")
        for reasons, count, first in self.connection.execute(_REFUSED):
            table.add_row(reasons, f"{count:,}", first)
        self.stage.console.print(table)

    def replay(self) -> None:
        """Correct two of them, and deliver them again."""
        self.stage.heading("5. Corrected and delivered again")
        [(batch_no,)] = self.connection.execute(_BROKEN_BATCH)
        letters = self.stage.run("onerow", "dead-letters", "export", "devices", str(batch_no), *_CORRECTED_LINES)
        for wrong, right in _CORRECTIONS.items():
            letters = letters.replace(wrong, right)
        (self.stage.folder / "corrected.jsonl").write_text(letters, encoding="utf-8")
        corrected = ", ".join(f"{right} for {wrong}" for wrong, right in _CORRECTIONS.items())
        self.stage.say(f"In corrected.jsonl: {corrected}")
        self.stage.show(self.stage.run("onerow", "dead-letters", "replay", "devices", "--file", "corrected.jsonl"))
        self.stage.show_loads(self.stage.run("dbt", "run", "--select", "devices"))

    def reconcile(self) -> None:
        """Let onerow prove it."""
        self.stage.heading("6. The proof")
        self.stage.show(self.stage.run("onerow", "reconcile", "devices"))

    def side_by_side(self) -> None:
        """Show all that was compared."""
        self.stage.heading("7. Side by side")
        table = Table(box=box.SIMPLE, pad_edge=False)
        table.add_column("case")
        table.add_column("dbt's default", justify="right", style="yellow")
        table.add_column("onerow", justify="right", style="green")
        for case in self.cases:
            onerow = f"{case.onerow:,}" if case.kept else f"[red]{case.onerow:,}, not {case.promised:,}"
            table.add_row(case.name, f"{case.stock:,}", onerow)
        self.stage.console.print(table)

    def _compare(self, name: str, stock: int, onerow: int, promised: int = 0) -> None:
        self.cases.append(Case(name, stock, onerow, promised))

    def _land(self, *names: str) -> None:
        self.stage.show(self.stage.run("onerow", "land", "devices", *(str(INBOX / name) for name in names)))

    def _batches(self) -> list[int]:
        return [row[0] for row in self.connection.execute("select batch_no from onerow.batches order by batch_no")]

    def _append_to_raw(self, batch_no: int) -> None:
        self.connection.execute(_APPEND_TO_RAW, [batch_no])

    def _dbt_run(self, project: Path) -> None:
        self.stage.show_loads(self.stage.run(*_RUN[project], cwd=project))

    def _dbt_run_twice(self, project: Path, mart: str) -> None:
        """Run dbt twice at once: the first to load is held inside its transaction until the other waits for it."""
        with self.project.connect("onerow demo: gate") as connection:
            connection.autocommit = True
            gate = Gate(connection)
            with gate.hold(mart):
                runs = [self.stage.start(*_RUN[project], cwd=project) for _ in range(2)]
                first = gate.wait_until_held(runs)
                gate.wait_until_waiting_for(first, runs)
            self.stage.show_loads(*(self.stage.finish(run) for run in runs))
            gate.remove(mart)


def main() -> int:
    """Play the demo on this terminal and return its exit code."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with open_stage(console) as stage:
            project = Project(stage.folder, profiles_dir=stage.folder)
            with project.connect("onerow demo") as connection:
                connection.autocommit = True
                kept = Demo(stage, project, connection).play()
    except (OnerowError, CommandFailedError, GateError) as error:
        console.print(f"demo: {error}", style="red", markup=False)
        return 1
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
