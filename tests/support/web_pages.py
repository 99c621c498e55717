"""Websites as browsers see them: files of this repository, from an origin that is not the prover's."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "docs" / "examples" / "browser"


class _Files(SimpleHTTPRequestHandler):
    """Cross-origin isolated, as dapps are that prove in WebAssembly with threads."""

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def serving_pages(tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve the repository on 127.0.0.1 as ``python -m http.server`` does; yields the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=ROOT)) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
