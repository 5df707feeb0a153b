"""A web server on this machine that takes what is posted to it, and answers as a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What it does with a request beside taking it: an HTTP status to answer, or a function that is called first.
Answer = int | Callable[[], int]


class Receiver:
    """What was posted, oldest first; answers come in the order given, the last one for good."""

    def __init__(self, *answers: Answer):
        self.posted: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.url = ""
        self._answers = answers

    def answer(self, path: str, body: bytes) -> int:
        """Take a request and return the status to answer."""
        self.paths.append(path)
        self.posted.append(json.loads(body))
        answer = self._answers[min(len(self.posted), len(self._answers)) - 1]
        return answer if isinstance(answer, int) else answer()


@contextmanager
def receiving(*answers: Answer) -> Iterator[Receiver]:
    """Run a receiver; it answers 200 unless told otherwise."""
    receiver = Receiver(*(answers or (200,)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.answer(self.path, body)
            try:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
            except OSError:
                pass  # whoever asked has not waited

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/services/SECRET"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
