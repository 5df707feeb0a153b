"""A TCP proxy between clients and server, in a process of its own, that delays, drops and cuts what it carries."""

import asyncio
import contextlib
import multiprocessing
import socket
from multiprocessing.connection import Connection

_CHUNK = 64 * 1024


class Proxy:
    """A proxy in front of a port of this machine. Clients connect to `port`."""

    def __init__(self, target_port: int):
        """Start it."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = listener.getsockname()[1]
        context = multiprocessing.get_context("fork")
        self._orders, orders = context.Pipe()
        self._process = context.Process(target=_serve, args=(listener, target_port, orders), daemon=True)
        self._process.start()
        listener.close()

    def cut(self, share: float) -> None:
        """Cut a share of the open connections (0 to 1, one at least) in the middle of the next thing they carry."""
        self._orders.send(("cut", share))

    def delay(self, seconds: float) -> None:
        """Hold back each chunk for so long; 0 ends it."""
        self._orders.send(("delay", seconds))

    def drop(self, share: float) -> None:
        """Swallow whatever a share of the open connections carries, until `flow`."""
        self._orders.send(("drop", share))

    def flow(self) -> None:
        """Carry everything again. Connections that have lost something are cut off."""
        self._orders.send(("flow", 0.0))

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()


def _serve(listener: socket.socket, target_port: int, orders: Connection) -> None:
    asyncio.run(_Carrier(target_port).run(listener, orders))


class _Carried:
    """One connection: both of its ends, and what is to happen to it."""

    def __init__(self, *writers: asyncio.StreamWriter):
        self.writers = writers
        self.is_cut = False
        self.is_dropped = False

    def abort(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class _Carrier:
    def __init__(self, target_port: int):
        self._target_port = target_port
        self._delay = 0.0
        # In the order of their beginning.
        self._open: dict[_Carried, None] = {}

    async def run(self, listener: socket.socket, orders: Connection) -> None:
        server = await asyncio.start_server(self._carry, sock=listener)
        asyncio.get_running_loop().add_reader(orders.fileno(), lambda: self._obey(*orders.recv()))
        await server.serve_forever()

    def _obey(self, order: str, number: float) -> None:
        some = list(self._open)[: 1 + int(number * len(self._open))]
        match order:
            case "delay":
                self._delay = number
            case "cut":
                for carried in some:
                    carried.is_cut = True
            case "drop":
                for carried in some:
                    carried.is_dropped = True
            case "flow":
                for carried in self._open:
                    if carried.is_dropped:
                        carried.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        carried = _Carried(writer, target_writer)
        self._open[carried] = None
        await asyncio.gather(self._pump(reader, target_writer, carried), self._pump(target_reader, writer, carried))
        del self._open[carried]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, carried: _Carried) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                if self._delay:
                    await asyncio.sleep(self._delay)
                if carried.is_dropped:
                    continue
                if carried.is_cut:
                    writer.write(chunk[: len(chunk) // 2])
                    await writer.drain()
                    break
                writer.write(chunk)
                await writer.drain()
        for each in carried.writers:
            each.close()
