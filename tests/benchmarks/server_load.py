"""A proving server under load: a process of its own, with the real bb under the development setup."""

from __future__ import annotations

import asyncio
import gzip
import random
import socket
import statistics
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2
import psutil

from support.local_prover import is_valid_deployment
from support.proving_server import (
    BINARY,
    JSON,
    PROVE_HEAD,
    ServerProcess,
    job_body,
    json_body,
    prove_json,
    published_key,
    server_process,
    wait_until,
)
from support.recorded_steps import development_deployment, wire, wire_step
from tee_rex.openpgp import PublicKey, encrypt
from tee_rex.transaction.steps import MAX_INFLATED_BYTES, MAX_STEPS_BYTES, ExecutionSteps
from tee_rex.wire.protocol import MAX_JSON_BODY_BYTES

STEPS = development_deployment()
_PROOF_SECONDS = 300.0
_MEGABYTE = 1e6

_SLOTS = 2
_QUEUED = 50
_HEALTH_SECONDS = 12.0
_HEALTH_PAUSE_SECONDS = 0.02

_BAD_REQUESTS = 1000
_LARGE_REQUESTS = 20
_SLOW_BODIES = 20


def measure() -> dict[str, float]:
    """Latency of health checks, and what bad requests leave behind."""
    return measure_health_latency() | measure_bad_requests()


def measure_health_latency() -> dict[str, float]:
    """Milliseconds of ``GET /health`` while two proofs run and fifty clients wait for a slot."""
    with server_process(f"--slots={_SLOTS}", "--threads-per-proof=1", f"--queue={_QUEUED}") as server:
        return asyncio.run(_health_latency(server))


async def _health_latency(server: ServerProcess) -> dict[str, float]:
    with httpx2.Client(base_url=server.url) as client:
        body = prove_json(published_key(client), STEPS)
    limits = httpx2.Limits(max_connections=_SLOTS + _QUEUED)
    async with httpx2.AsyncClient(base_url=server.url, timeout=_PROOF_SECONDS, limits=limits) as clients:
        waiting = [
            asyncio.create_task(clients.post("/prove", content=body, headers=JSON))
            for _ in range(_SLOTS + _QUEUED)
        ]
        try:
            return await asyncio.to_thread(_ask_for_health, server)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)


def _ask_for_health(server: ServerProcess) -> dict[str, float]:
    times = []
    with httpx2.Client(base_url=server.url) as client:
        wait_until(lambda: len(server.bb_pids()) == _SLOTS, seconds=60)
        wait_until(lambda: client.get("/health").json()["queue_length"] == _QUEUED, seconds=60)
        end = time.monotonic() + _HEALTH_SECONDS
        while time.monotonic() < end:
            begin = time.perf_counter()
            health = client.get("/health").json()
            times.append((time.perf_counter() - begin) * 1000)
            assert (health["slots_busy"], health["queue_length"]) == (_SLOTS, _QUEUED)
            time.sleep(_HEALTH_PAUSE_SECONDS)
    return {
        "health_requests": float(len(times)),
        "health_p50_ms": statistics.median(times),
        "health_p99_ms": statistics.quantiles(times, n=100)[-1],
        "health_max_ms": max(times),
    }


def measure_bad_requests() -> dict[str, float]:
    """A thousand bad requests of every kind: what they cost the server's memory, and whether it still proves.

    Among them: what is not HTTP, bodies that are malformed, compressed, cut off, too slow, too large or not
    encrypted, encrypted data that is no transaction, transactions that bb refuses, gzip bombs.
    """
    with (
        server_process(f"--queue={2 * _SLOW_BODIES}", "--request-memory=4000") as server,
        httpx2.Client(base_url=server.url, timeout=_PROOF_SECONDS) as client,
        ThreadPoolExecutor(_SLOW_BODIES) as pool,
    ):
        process = psutil.Process(server.process.pid)
        before = process.memory_info().rss
        begin = time.monotonic()
        key = published_key(client)
        slow = [pool.submit(_send_slowly, server.url) for _ in range(_SLOW_BODIES)]
        statuses = [bad.send(client) for bad in _bad_requests(key)]
        statuses += [one.result() for one in slow]
        seconds = time.monotonic() - begin
        after = process.memory_info().rss
        assert server.bb_pids() == []
        answer = client.post("/prove", content=prove_json(key, STEPS), headers=JSON)
        assert not any('"event": "bug"' in line for line in server.log)
    return {
        "bad_requests": float(len(statuses)),
        "bad_requests_refused": float(sum(status in _REFUSALS for status in statuses)),
        "bad_requests_s": seconds,
        "memory_before_mb": before / _MEGABYTE,
        "memory_growth_mb": (after - before) / _MEGABYTE,
        "next_proof_valid": float(asyncio.run(is_valid_deployment(answer.json()["proof"]))),
    }


_NO_ANSWER = 0
"""What a request is refused with that is cut off by its own client, or is not HTTP for long."""
_REFUSALS = {_NO_ANSWER, 400, 404, 405, 408, 413, 415, 429}


@dataclass(frozen=True, slots=True)
class _Bad:
    """A bad request over HTTP."""

    path: str = "/prove"
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=lambda: JSON)
    method: str = "POST"

    def send(self, client: httpx2.Client) -> int:
        """The status of its answer."""
        with suppress(httpx2.TransportError):
            return client.request(self.method, self.path, content=self.body, headers=self.headers).status_code
        return _NO_ANSWER


@dataclass(frozen=True, slots=True)
class _BadBytes:
    """What is sent on a connection that is closed thereafter."""

    sent: bytes

    def send(self, client: httpx2.Client) -> int:
        """The status of an answer that comes at once."""
        with (
            suppress(OSError),
            socket.create_connection((client.base_url.host, client.base_url.port)) as peer,
        ):
            peer.settimeout(0.05)
            peer.sendall(self.sent)
            return int(peer.recv(12)[9:12] or _NO_ANSWER)
        return _NO_ANSWER


def _bad_requests(key: PublicKey) -> Iterator[_Bad | _BadBytes]:
    chance = random.Random(1)
    small: list[_Bad | _BadBytes] = [*_malformed(key, chance), *_hostile_transactions(key), *_not_http(key)]
    large = [*_large(key)]
    for number in range(_BAD_REQUESTS - _SLOW_BODIES):
        if number % (_BAD_REQUESTS // _LARGE_REQUESTS) == 0:
            yield large[number // (_BAD_REQUESTS // _LARGE_REQUESTS) % len(large)]
        else:
            yield small[number % len(small)]


def _malformed(key: PublicKey, chance: random.Random) -> Iterator[_Bad]:
    for body in (b"", b"{", b"[]", b'{"data":1}', b'{"data":"?"}', b'{"data":"\xff"}', b"[" * 200_000):
        yield _Bad(body=body)
    message = bytes(encrypt(key, STEPS))
    flipped = bytearray(message)
    flipped[chance.randrange(len(flipped))] ^= 1
    for body in (chance.randbytes(5000), message[:-1], message + b"x", bytes(flipped), STEPS):
        yield _Bad(body=json_body(body))
        yield _Bad("/v1/proofs", body, BINARY)
    for plaintext in (b"", chance.randbytes(5000), STEPS[:-1], wire(wire_step()), wire(*[wire_step()] * 600)):
        yield _Bad(body=prove_json(key, plaintext))
        yield _Bad("/v1/proofs", bytes(encrypt(key, plaintext)), BINARY)
    yield _Bad("/v1/proofs", job_body(key, bb_sha256=bytes(32)), BINARY)
    for headers in ({}, {"Content-Type": "text/plain"}, JSON | {"Content-Encoding": "gzip"}):
        yield _Bad(body=gzip.compress(bytes(100_000)), headers=headers)
    for version in ("../../../etc", "9.9.9", "4.1.2\t", "v4.1.2", "x" * 5000):
        yield _Bad(body=prove_json(key, STEPS), headers=JSON | {"X-Aztec-Version": version})
    for method, path in (
        *(("GET", "/prove"), ("GET", "/nothing"), ("GET", "/attestation?nonce=zz")),
        *(
            ("GET", f"/v1/proofs/{'0' * 32}"),
            ("DELETE", "/v1/proofs/1"),
            ("GET", f"/v1/proofs/{'1' * 32}/events"),
        ),
    ):
        yield _Bad(path, method=method)


def _hostile_transactions(key: PublicKey) -> Iterator[_Bad]:
    last = ExecutionSteps.from_bytes(STEPS).steps[-1]
    bomb = gzip.compress(bytes(MAX_INFLATED_BYTES + 1))
    for changes in ({}, {"witness": b"no gzip"}, {"witness": bomb}, {"bytecode": bomb}):
        yield _Bad(body=prove_json(key, wire(wire_step(vk=last.verification_key, **changes))))


def _not_http(key: PublicKey) -> Iterator[_BadBytes]:
    body = prove_json(key, STEPS)
    for sent in (
        b"",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000,
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half",
        PROVE_HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        PROVE_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[:500_000],
        PROVE_HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        PROVE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ):
        yield _BadBytes(sent)


def _large(key: PublicKey) -> Iterator[_Bad]:
    yield _Bad(body=bytes(MAX_JSON_BODY_BYTES + 1))
    yield _Bad(body=_Endless())
    yield _Bad(body=json_body(bytes(MAX_STEPS_BYTES)))
    yield _Bad(body=prove_json(key, bytes(MAX_STEPS_BYTES)))
    yield _Bad("/v1/proofs", bytes(encrypt(key, b"\x9f" + bytes(MAX_STEPS_BYTES))), BINARY)


class _Endless:
    """A body without announced length that goes on until nobody takes it."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield bytes(_MAX_PIECE)


_MAX_PIECE = 1 << 20


def _send_slowly(url: str) -> int:
    address = httpx2.URL(url)
    with socket.create_connection((address.host, address.port)) as peer:
        peer.sendall(PROVE_HEAD + b"Content-Length: 3000000\r\n\r\n")
        peer.settimeout(1)
        while True:
            peer.sendall(b"x")
            with suppress(TimeoutError):
                return int(peer.recv(12)[9:12])
