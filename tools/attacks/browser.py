"""Web pages and programs that attack ``tee-rex listen`` over this machine's loopback interface."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import psutil

from attacks.mutants import mutant
from attacks.programs import temporary, until
from attacks.record import Attack, Record
from support.listen_process import ListenProcess, listen_process
from support.local_prover import is_valid_answer, mock_request
from support.recorded_steps import mock_transaction

_STEPS = mock_transaction()
_SITE = "https://dapp.example"
_PROOF_SECONDS = 300.0
_MOST_GROWTH_MB = 50
_LEFT_OPEN = 150
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3})")
_REFUSALS = {400, 403, 404, 405, 408, 413, 429, 500}
_HOSTS = (
    *(b"rebound.example:%d", b"127.0.0.1", b"localhost", b"localhost:1", b"127.0.0.2:%d", b"[::2]:%d"),
    *(b"user@localhost:%d", b"localhost:%d@x.example", b"localhost.x.example:%d", b"", b"\xff:%d"),
)
_ORIGINS = (
    *(b"null", b"https://stranger.example", b"https://dapp.example/", b"https://dapp.example.", b"file://"),
    *(b"https://dapp.example:0", b"https://dapp.example\x0b", b"https://" + b"a" * 5_000, b"\xff", b""),
)
_LENGTHS = (b"x", b"-1", b"+5", b"5, 6", b"9" * 40, b"52428801", b"0x5", b"")


class _Hostile:
    """Requests that no honest client sends, each followed by what it must be answered with."""

    def __init__(self, listener: ListenProcess, seed: int) -> None:
        self._chance = random.Random(seed)
        port = urlsplit(listener.url).port
        assert port is not None
        self.port = port
        self._open: list[socket.socket] = []

    def send_one(self) -> tuple[str, bytes]:
        """The kind of request, and what came back."""
        kind = self._chance.choice(
            ("host", "origin", "length", "body", "large", "smuggled", "slow", "half-closed", "gone", "noise")
        )
        return kind, getattr(self, "_" + kind.replace("-", "_"))()

    def close(self) -> None:
        """Close the connections that were left open."""
        for one in self._open:
            one.close()

    def _head(self, *lines: bytes, host: bytes | None = None, target: bytes = b"POST /prove") -> bytes:
        name = b"127.0.0.1:%d" % self.port if host is None else host
        return b"\r\n".join((target + b" HTTP/1.1", b"Host: " + name, *lines, b"", b""))

    def _connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 30)

    def _answer(self, *parts: bytes, shut: bool = False) -> bytes:
        received = b""
        with self._connected() as one, suppress(OSError):
            for part in parts:
                one.sendall(part)
            if shut:
                one.shutdown(socket.SHUT_WR)
            while b"\r\n\r\n" not in received:
                piece = one.recv(65536)
                if not piece:
                    break
                received += piece
        return received

    def _host(self) -> bytes:
        host = self._chance.choice(_HOSTS)
        host = host % self.port if b"%d" in host else host
        return self._answer(self._head(b"Content-Length: 0", host=host))

    def _origin(self) -> bytes:
        origin = self._chance.choice(_ORIGINS)
        return self._answer(self._head(b"Origin: " + origin, b"Content-Length: %d" % len(_STEPS)) + _STEPS)

    def _length(self) -> bytes:
        return self._answer(self._head(b"Content-Length: " + self._chance.choice(_LENGTHS)), b"abc")

    def _body(self) -> bytes:
        """Damaged steps of a site that may prove."""
        body = mutant(self._chance, _STEPS)
        version = self._chance.choice((b"4.1.2", b"5.0.0", b"..", b"99.0.0", b"\xff"))
        lines = (b"Origin: " + _SITE.encode(), b"x-aztec-version: " + version)
        if version == b"5.0.0":  # what bb itself would have to refuse takes its time: only what is no steps
            body = body[: len(body) // 2]
        return self._answer(self._head(*lines, b"Content-Length: %d" % len(body)) + body)

    def _large(self) -> bytes:
        """More than was declared, or more than is accepted, in chunks."""
        chunk = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
        count = 52 if self._chance.random() < 0.02 else 2
        return self._answer(self._head(b"Transfer-Encoding: chunked"), *[chunk] * count, b"0\r\n\r\n")

    def _smuggled(self) -> bytes:
        lines = (b"Content-Length: 5", b"Transfer-Encoding: chunked")
        return self._answer(self._head(*lines), b"0\r\n\r\nGET /health HTTP/1.1\r\n\r\n")

    def _slow(self) -> bytes:
        """Left open in the middle of a head or of a body."""
        with suppress(OSError):
            one = self._connected()
            body = self._head(b"Content-Length: 1000") + b"x"
            one.sendall(self._chance.choice((b"GET /health HTTP/1.1\r\nX: a", body, b"P")))
            self._open.append(one)
        if len(self._open) > _LEFT_OPEN:
            self._open.pop(0).close()
        return b""

    def _half_closed(self) -> bytes:
        return self._answer(self._head(b"Content-Length: %d" % len(_STEPS)), _STEPS[:1000], shut=True)

    def _gone(self) -> bytes:
        """Reset at once after a whole request."""
        with suppress(OSError), self._connected() as one:
            one.sendall(self._head(b"Content-Length: %d" % len(_STEPS)) + _STEPS)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return b""

    def _noise(self) -> bytes:
        return self._answer(self._chance.randbytes(200) + b"\r\n\r\n")


def _pages(record: Record) -> None:
    """Hosts, origins, lengths, bodies, slow, half-closed and vanishing clients; then an honest proof."""
    count = record.count(50_000, least=1_000)
    with temporary() as folder, listen_process(f"--allow={_SITE}", TMPDIR=str(folder)) as listener:
        process = psutil.Process(listener.process.pid)
        record.expect(_proved(listener), "no proof before")
        _attack(listener, record, seed=0, count=200)  # every part of the program has run once
        before, files = process.memory_info().rss, process.num_fds()
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(_attack, listener, record, 1 + one, count // 4) for one in range(4)]:
                done.result()
        record.expect(until(lambda: process.num_fds() <= files + 5, 60), "connections are left open")
        grown = (process.memory_info().rss - before) / 1e6
        record.notes.append(f"memory grew by {grown:.0f} MB")
        record.expect(grown < _MOST_GROWTH_MB, "memory grows")
        record.expect(httpx2.get(f"{listener.url}/health", timeout=10).is_success, "no answer afterwards")
        record.expect(until(lambda: len(listener.bb_pids()) <= 1, 60), "a bb is left running")
        record.expect(_proved(listener), "no right proof afterwards")
        record.expect(not listener.named("bug"), "a bug in the log")
        record.expect(listener.stop() == 0, "it does not end cleanly")


def _attack(listener: ListenProcess, record: Record, seed: int, count: int) -> None:
    hostile = _Hostile(listener, seed)
    faults: Counter[str] = Counter()
    for _ in range(count):
        kind, received = hostile.send_one()
        statuses = {int(status) for status in _ANSWER.findall(received)}
        if not statuses <= _REFUSALS:
            faults[f"{kind}: answered {sorted(statuses)}"] += 1
    hostile.close()
    record.merge(count, faults)


def _proved(listener: ListenProcess) -> bool:
    """Whether an honest site gets a right proof; what the attack left in flight has its time to end."""
    answer = None

    def ask() -> bool:
        nonlocal answer
        headers = {"Origin": _SITE, "x-aztec-version": "5.0.0"}
        answer = httpx2.post(f"{listener.url}/prove", content=_STEPS, headers=headers, timeout=_PROOF_SECONDS)
        return answer.status_code != 429

    until(ask, 60)
    if answer is None or not answer.is_success:
        return False
    return asyncio.run(is_valid_answer(answer.json()["proof"], mock_request()))


ATTACKS = (Attack("pages", "hostile requests to the listener for websites, then an honest proof", _pages),)
