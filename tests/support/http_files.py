"""A web server on the loopback interface with fixed answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class QuietHandler(BaseHTTPRequestHandler):
    """Tests speak for themselves."""

    def log_message(self, *_args: object) -> None:
        """Log nothing."""


@contextmanager
def http_files(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Serve ``answers`` by path, 404 for others; yields the URL of the root, without a slash at its end."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path, Answer(status=404))
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    with serving(Handler) as url:
        yield url


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port; yields the URL of the root, without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def closed_port() -> Iterator[str]:
    """The URL of a port on which nobody listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
    yield url
