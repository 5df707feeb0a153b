"""TLS in front of a server that is built without it, as the embedded one: begun PostgreSQL's way, then bytes."""

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LENGTH = 8
_SSL_REQUEST = struct.pack("!ii", _LENGTH, 80877103)
_GSS_REQUEST = struct.pack("!ii", _LENGTH, 80877104)


class TlsProxy:
    """Where it listens, and the names in the certificates that clients have shown, oldest first."""

    def __init__(self, port: int):
        self.port = port
        self.clients: list[str] = []


@contextmanager
def tls_proxy(port: int, certificate: Path, key: Path, root: Path) -> Iterator[TlsProxy]:
    """Take TLS connections of clients whose certificate `root` has signed, and no others, for the server at `port`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=root)
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_REQUIRED
    # So that a client without a certificate is told within the handshake, not by a connection that ends.
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                asked = self.request.recv(_LENGTH, socket.MSG_WAITALL)
                if asked == _GSS_REQUEST:
                    self.request.sendall(b"N")
                    asked = self.request.recv(_LENGTH, socket.MSG_WAITALL)
                if asked != _SSL_REQUEST:
                    return  # in plain text: it is not spoken to
                self.request.sendall(b"S")
                with (
                    context.wrap_socket(self.request, server_side=True) as client,
                    socket.create_connection(("127.0.0.1", port)) as server,
                ):
                    names = dict(part for [part] in client.getpeercert()["subject"])
                    proxy.clients.append(names["commonName"])
                    back = threading.Thread(target=pump, args=(server, client))
                    back.start()
                    pump(client, server)
                    back.join()

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    listening = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    proxy = TlsProxy(listening.server_address[1])
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        listening.shutdown()
        listening.server_close()
