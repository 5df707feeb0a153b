"""Who works on the database: each draws its commands from a stream of its own, so that timing changes none of them."""

import functools
import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from chaos import foreign
from chaos.clocks import Clock
from chaos.deliveries import SOURCES, Deliveries, drawn_row
from chaos.forked import Forked
from chaos.machine import Machine
from harness.dbt_project import DbtProject
from harness.processes import Running

_THREADS = ("--threads", "4")
RECONCILE = ("onerow", "reconcile", "devices", "device_readings")
SELECTED = ("--select", "+devices", "+devices_shared", "+device_readings")
# A rebuild from landing would rightly take away what other writers have put there.
_REFRESH = ("--full-refresh", "--select", "+devices", "+device_readings")


@dataclass(frozen=True)
class Command:
    """What an actor runs: its words, which say all of it, and the files that it lands."""

    words: tuple[str, ...]
    files: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """Show it, with the names of files alone."""
        return " ".join(Path(word).name if "/" in word else word for word in self.words)


@dataclass(frozen=True)
class Actor:
    """Runs one command after the other. None: there is nothing to do at the moment."""

    name: str
    pauses: random.Random
    commands: Iterator[Command | None]
    # What its programs take for the time.
    clock: Clock


def build(verb: str, *words: str) -> Command:
    """Return `dbt build`, or another verb of dbt."""
    return Command(("dbt", verb, *_THREADS, *words))


def actors(seed: int, deliveries: Deliveries, machine: Machine, verb: str) -> list[Actor]:
    """Return everybody who works at once. `verb` is what dbt is asked to do."""

    def actor(name: str, commands: Callable[[random.Random], Iterator[Command | None]]) -> Actor:
        clock = Clock(deliveries.folder.parent / f"clock of {name}")
        return Actor(name, _stream(seed, f"{name}:pause"), commands(_stream(seed, name)), clock)

    return [
        actor("land 1", lambda draw: _landings(draw, deliveries, 0)),
        actor("land 2", lambda draw: _landings(draw, deliveries, 1)),
        actor("build 1", lambda draw: _builds(draw, verb)),
        actor("build 2", lambda draw: _builds(draw, verb)),
        actor("reconcile", lambda _: itertools.repeat(Command(RECONCILE))),
        actor("replay", lambda draw: _replays(draw, machine, deliveries.folder)),
        actor("foreign 1", lambda _: (Command(("foreign", str(number))) for number in itertools.count(0, 2))),
        actor("foreign 2", lambda _: (Command(("foreign", str(number))) for number in itertools.count(1, 2))),
    ]


def start(project: DbtProject, seed: int, command: Command, clock: Clock) -> Running:
    """Start a command in a process of its own."""
    match command.words[0]:
        case "dbt":
            return project.start_dbt(*command.words[1:], env=clock.settings)
        case "onerow":
            return project.start_onerow(*command.words[1:], env=clock.settings)
    output = project.scratch / f"foreign{command.words[1]}"
    write = functools.partial(foreign.write, project.login, str(seed))
    return Forked(lambda args: write(int(args[0])), command.words, output)


def _stream(seed: int, name: str) -> random.Random:
    return random.Random(f"{seed}:{name}")  # noqa: S311 - drawn to be repeated


def _landings(draw: random.Random, deliveries: Deliveries, first: int) -> Iterator[Command]:
    """Every second file is this actor's; now and then it delivers again what either of the two has delivered."""
    fresh = dict.fromkeys(SOURCES, first)
    while True:
        [source] = draw.choices(SOURCES, (60, 40))
        # What a sender says of a file of readings is said of that one alone.
        count = draw.randint(1, 3) if source == "devices" else 1
        known = fresh[source]
        if known > 1 and draw.random() < 0.25:
            numbers = draw.sample(range(known), k=min(known, count))
        else:
            numbers = [known + 2 * i for i in range(count)]
            fresh[source] = numbers[-1] + 2
        delivered = [deliveries.delivery(source, number) for number in numbers]
        files = tuple(each.file for each in delivered)
        yield Command(("onerow", "land", source, *map(str, files), *delivered[0].options), files)


def _builds(draw: random.Random, verb: str) -> Iterator[Command]:
    """Of the whole project, which takes longest, of the marts that are delivered, and anew."""
    while True:
        yield build(verb, *draw.choices(((), SELECTED, _REFRESH), (10, 75, 15))[0])


def _replays(draw: random.Random, machine: Machine, folder: Path) -> Iterator[Command | None]:
    """Deliver letters again as they are, or with corrections."""
    for number in itertools.count():
        is_corrected, count = draw.random() < 0.7, draw.randint(1, 12)
        letters = _open_letters(machine)
        if not letters:
            yield None
            continue
        if not is_corrected:
            yield Command(("onerow", "dead-letters replay", "devices", str(letters[0][0])))
            continue
        corrections = [
            {"_batch_no": batch_no, "_line_number": line, **drawn_row(draw)} for batch_no, line in letters[:count]
        ]
        file = folder / f"corrections{number:04}.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in corrections), encoding="utf-8")
        yield Command(("onerow", "dead-letters replay", "devices", "--file", str(file)))


def _open_letters(machine: Machine) -> list[tuple[int, int]]:
    query = (
        "select batch_no, line_number from onerow.dead_letters"
        " where source = 'devices' and status = 'open' and natural_key is not null order by 1, 2 limit 100"
    )
    try:
        with machine.connect() as connection:
            return connection.execute(query).fetchall()
    except psycopg.Error:
        return []  # no ledger yet, or no server
