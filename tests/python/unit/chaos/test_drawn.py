"""What is drawn from a seed is drawn again from the same seed, whatever the timing."""

from itertools import islice

from chaos.actors import actors
from chaos.deliveries import SOURCES, Deliveries
from chaos.faults import drawn

_NEED_NO_DATABASE = ("land 1", "land 2", "build 1", "build 2", "foreign 1")


def commands(seed, folder, in_turn):
    """The first commands of each actor, drawn one actor after the other or in turn."""
    everybody = [
        each for each in actors(seed, Deliveries(seed, folder), None, "build") if each.name in _NEED_NO_DATABASE
    ]
    said = {actor.name: [] for actor in everybody}
    order = everybody * 20 if in_turn else [actor for actor in everybody for _ in range(20)]
    for actor in order:
        said[actor.name].append(str(next(actor.commands)))
    return said


def test_commands_do_not_depend_on_who_comes_first(tmp_path):
    """Guard: a stream of its own for each actor."""
    assert commands(7, tmp_path / "a", in_turn=True) == commands(7, tmp_path / "b", in_turn=False)
    assert commands(7, tmp_path / "c", in_turn=True) != commands(8, tmp_path / "d", in_turn=True)


def test_files_do_not_depend_on_who_asks_first(tmp_path):
    """Guard: a stream of its own for each file."""
    one, other = Deliveries(7, tmp_path / "one"), Deliveries(7, tmp_path / "other")
    numbers = [(source, number) for number in range(9) for source in SOURCES]
    forward = [one.delivery(*number) for number in numbers]
    backward = [other.delivery(*number) for number in reversed(numbers)]
    contents = [each.file.read_bytes() for each in forward]
    assert contents == [each.file.read_bytes() for each in reversed(backward)]
    assert [each.options for each in forward] == [each.options for each in reversed(backward)]
    assert len(set(contents)) == 18


def test_each_kind_of_fault_comes_in_every_deck():
    """Guard: the deck."""
    faults = list(islice(drawn(7), 46))
    assert faults == list(islice(drawn(7), 46))
    assert {fault.kind for fault in faults[:23]} == {fault.kind for fault in faults[23:]}
    assert len({fault.kind for fault in faults}) == 13
