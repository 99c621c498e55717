"""A local network of two small programs in place of anvil and Aztec's node: real processes, ready at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tee_rex.devnet import network
from tee_rex.devnet.packages import PreparedPackages, devnet_version
from tee_rex.devnet.programs import Program
from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.trusted_setup import TrustedSetup

# A child of its own shows that programs end with all that they started.
_L1 = """
import socket, subprocess, sys, time
port, = map(int, sys.argv[1:])
subprocess.Popen(["sleep", "1000"], start_new_session=True)
server = socket.create_server(("127.0.0.1", port))
while True:
    server.accept()[0].close()
"""
_NODE = """
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
port, answer, root = int(sys.argv[1]), sys.argv[2], sys.argv[3]
class Handler(BaseHTTPRequestHandler):
    def reply(self, body):
        self.send_response(200)
        self.send_header("x-aztec-l2CircuitsVkTreeRoot", root)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.reply(b"OK")
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.reply(answer.encode())
print("listening", flush=True)
HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
_NODE_THAT_FAILS = "import sys; print('Error: no \\x1b[31mforge'); sys.exit(7)"
_NODE_THAT_IS_SILENT = "import time; time.sleep(1000)"


def packages(setup: TrustedSetup = TrustedSetup.DEVELOPMENT) -> PreparedPackages:
    """Names of packages that are never looked at."""
    return PreparedPackages(setup, devnet_version(), Path("/nonexistent"), Path("/nonexistent/node"))


def root_of(setup: TrustedSetup) -> str:
    """The root of the local network's verification keys under a setup."""
    return generation_of(devnet_version()).vk_tree_roots[setup]


@dataclass(frozen=True, slots=True)
class SmallNetwork:
    """Stands in for ``network_programs``. node: the source of the program that plays the node."""

    node: str = _NODE
    root: str = root_of(TrustedSetup.DEVELOPMENT)
    chain_id: int = 31337

    def __call__(
        self, packages: PreparedPackages, scratch: Path, *, node_port: int, l1_port: int
    ) -> tuple[Program, ...]:
        scratch.mkdir(parents=True)
        (scratch / "data").write_text("state of L1 and L2")
        info = {
            "nodeVersion": str(packages.version),
            "l1ChainId": self.chain_id,
            "rollupVersion": 1,
            "l1ContractAddresses": {"rollupAddress": "0x" + 40 * "1"},
            "realProofs": False,
        }
        answer = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "result": info}).decode()
        return (
            _program("anvil", l1_port, _L1, ()),
            _program("aztec", node_port, self.node, (answer, self.root)),
        )


def _program(name: str, port: int, source: str, arguments: Sequence[str]) -> Program:
    argv = (sys.executable, "-I", "-c", source, str(port), *arguments)
    return Program(name, argv, {"PATH": "/usr/bin:/bin"}, port)


FAILING = SmallNetwork(_NODE_THAT_FAILS)
SILENT = SmallNetwork(_NODE_THAT_IS_SILENT)


def use(monkeypatch: pytest.MonkeyPatch, small: SmallNetwork) -> None:
    """Let Devnet start these programs, for which any memory is enough."""
    monkeypatch.setattr(network, "network_programs", small)
    monkeypatch.setattr(network, "MEMORY_NEEDED", 0)
