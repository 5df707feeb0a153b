"""What is played: a load of each strategy and kind beside another session."""

from collections.abc import Sequence

from postgres.interleavings.sessions import Loader, write
from postgres.interleavings.tester import Tester
from postgres.interleavings.turns import Session
from postgres.interleavings.world import World

# How the mart is loaded: it is not there, it has consumed a batch and another one waits, or it is made anew.
KINDS = ("first", "incremental", "refresh")
OTHERS = ("load", "landing", "replay", "insert", "update", "delete")

_REFRESH = ("--full-refresh",)


class Stage:
    """The start of every interleaving, and the sessions."""

    def __init__(self, world: World, loaders: Sequence[Loader], kind: str):
        self.world = world
        self.loaders = loaders
        self._arguments = _REFRESH if kind == "refresh" else ()
        world.land_first()
        if kind != "first":
            self._load_now()
        world.land_second()
        world.save()

    def tester(self, other: str) -> Tester:
        """Return the tester of a load beside another session: one of OTHERS, or "incremental", a load of that kind."""

        def start() -> Sequence[Session]:
            self.world.restore()
            # The shorter one first: of two orders that are the same it is the later one that is left out.
            load = self.loaders[0].run("load", self.world.strategy, *self._arguments)
            return self._start(other), load

        return Tester(self.world.database, start, self.world.look)

    def _start(self, other: str) -> Session:
        world, loader = self.world, self.loaders[1]
        match other:
            case "load":
                return loader.run("other load", world.strategy, *self._arguments)
            case "incremental":
                return loader.run("other load", world.strategy)
            case "landing":
                return write(other, world.database, world.landing_third)
            case "replay":
                return write(other, world.database, world.replay)
        return write(f"foreign {other}", world.database, world.foreign(other))

    def _load_now(self) -> None:
        session = self.loaders[0].run("load", self.world.strategy)
        while session.outcome is None:
            session.hear()
            if session.is_ready:
                session.go()
        assert session.outcome == "succeeded", session.outcome
