"""What the host's proxy costs each request: the same requests through it, and past it, turn by turn.

Client, proxy, adapter and the enclave's server are processes of their own; every request has a connection
of its own, with and without the proxy. Nothing is emulated, so all of it is as fast as on EC2.
"""

from __future__ import annotations

import asyncio
import http
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import psutil

from support.vsock_http import VsockAnswer, ask
from tee_rex.openpgp import PublicKey, encrypt
from tee_rex_server.vsock import HTTP_PORT, VhostSocket

_ROUNDS = 200
_LARGE_ROUNDS = 20
_LARGE_BYTES = 20_000_000
_CONCURRENT = 50
_START_SECONDS = 120.0
_CONTENT_TYPE = "application/octet-stream"


Way: TypeAlias = Callable[[str, str, bytes], Awaitable[VsockAnswer]]


def measure() -> dict[str, float]:
    """Milliseconds a request: medians of alternating rounds, and processor time of the proxy."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder, "u")
        stack.enter_context(_running("support.adapter_process", str(path)))
        enclave = ("serve", f"--vsock-port={HTTP_PORT}", "--crs=development", "--rate-limit=off")
        stack.enter_context(_running("support.enclave_process", str(path), *enclave))
        proxy = ("proxy", f"--vsock-socket={path}", "--port=0", "--no-uploads", "--rate-limit=off")
        log, process = stack.enter_context(_running("tee_rex_server", *proxy))
        port = _port(log)
        return asyncio.run(_measure(VhostSocket(path), port, process))


@contextmanager
def _running(*command: str) -> Iterator[tuple[Path, psutil.Process]]:
    """A process and the file that gets its log."""
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stderr=log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        try:
            yield Path(log.name), psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def _port(log: Path) -> int:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        for line in log.read_text().splitlines():
            if '"event": "listening"' in line:
                return int(json.loads(line)["port"])
        time.sleep(0.05)
    raise AssertionError("the proxy does not start")


async def _measure(enclave: VhostSocket, port: int, proxy: psutil.Process) -> dict[str, float]:
    async def past(method: str, target: str, body: bytes) -> VsockAnswer:
        return await ask(await enclave.connect(HTTP_PORT), method, target, body, content_type=_CONTENT_TYPE)

    async def through(method: str, target: str, body: bytes) -> VsockAnswer:
        stream = await asyncio.open_connection("127.0.0.1", port)
        return await ask(stream, method, target, body, content_type=_CONTENT_TYPE)

    armored = await _published_key(through)
    key = PublicKey.parse_armored(armored, at=datetime.now(UTC))
    no_steps = bytes(encrypt(key, bytes(_LARGE_BYTES)))  # read, decrypted and refused

    figures: dict[str, float] = {}
    before = sum(proxy.cpu_times()[:2])
    small_past, small_through = await _alternating(
        past, through, "GET", "/encryption-public-key", b"", _ROUNDS
    )
    figures["proxy_cpu_ms_a_request"] = (sum(proxy.cpu_times()[:2]) - before) / _ROUNDS * 1000
    figures["key_past_proxy_ms"] = small_past
    figures["key_through_proxy_ms"] = small_through
    figures["proxy_overhead_ms"] = small_through - small_past

    large_past, large_through = await _alternating(
        past, through, "POST", "/v1/proofs", no_steps, _LARGE_ROUNDS
    )
    figures["20_mb_past_proxy_ms"] = large_past
    figures["20_mb_through_proxy_ms"] = large_through
    figures["20_mb_through_over_past"] = large_through / large_past

    for name, way in (("past", past), ("through", through)):
        begin = time.perf_counter()
        for _ in range(4):
            await asyncio.gather(*(way("GET", "/encryption-public-key", b"") for _ in range(_CONCURRENT)))
        figures[f"{_CONCURRENT}_at_once_{name}_proxy_ms_a_request"] = (
            (time.perf_counter() - begin) * 1000 / (4 * _CONCURRENT)
        )
    return figures


async def _alternating(
    past: Way, through: Way, method: str, target: str, body: bytes, rounds: int
) -> tuple[float, float]:
    """The medians of both ways."""
    times: dict[Way, list[float]] = {past: [], through: []}
    for _ in range(rounds):
        for way, taken in times.items():
            begin = time.perf_counter()
            await way(method, target, body)
            taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times[past]), statistics.median(times[through])


async def _published_key(through: Way) -> str:
    end = time.monotonic() + _START_SECONDS
    while True:
        answer = await through("GET", "/encryption-public-key", b"")
        if answer.status == http.HTTPStatus.OK:
            return str(answer.json()["publicKey"])
        if time.monotonic() > end:
            raise AssertionError("the enclave does not start")
        await asyncio.sleep(0.2)
