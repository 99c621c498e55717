from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.patience import PATIENCE
from tee_rex_server.enclave.log import (
    MAX_LINE_BYTES,
    MAX_READERS,
    MAX_RING_BYTES,
    LogRing,
    LogServer,
    log_line,
)


def test_whole_lines_are_kept() -> None:
    ring = LogRing()
    assert ring.write(b"one\ntw") == b"one\n"
    assert ring.write(b"o\n") == b"two\n"
    assert ring.content() == b"one\ntwo\n"


def test_the_oldest_lines_go_first() -> None:
    ring = LogRing(max_bytes=8)
    ring.write(b"one\ntwo\nthree\n")
    assert ring.content() == b"three\n"


@given(st.lists(st.binary(max_size=3 * MAX_LINE_BYTES), max_size=20))
def test_the_ring_is_bounded_and_loses_no_line_break(writes: list[bytes]) -> None:
    ring = LogRing(max_bytes=4 * MAX_LINE_BYTES)
    for data in writes:
        ring.write(data)
        content = ring.content()
        assert len(content) <= 4 * MAX_LINE_BYTES + 1
        assert not content or content.endswith(b"\n")
        assert all(len(line) <= MAX_LINE_BYTES for line in content.split(b"\n"))


def test_an_endless_line_does_not_stay_in_memory() -> None:
    ring = LogRing()
    for _ in range(1000):
        ring.write(b"x" * 1000)
    assert len(ring._incomplete) <= MAX_LINE_BYTES


def test_the_first_process_writes_json() -> None:
    line = json.loads(log_line("started", seconds=1.5))
    assert (line["event"], line["seconds"], line["process"]) == ("started", 1.5, "init")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[tuple[LogServer, socket.socket, Path]]:
    """The log, the end that the server writes to, and where readers connect."""
    address = tmp_path / "log"
    source, server = socket.socketpair()
    with source, server, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        served = LogServer(LogRing(), source, listener)
        yield served, server, address
        served.close()


def _reader(address: Path) -> socket.socket:
    reader = socket.socket(socket.AF_UNIX)
    reader.connect(str(address))
    reader.settimeout(PATIENCE)
    return reader


def test_a_reader_gets_the_last_lines_and_new_ones(log: tuple[LogServer, socket.socket, Path]) -> None:
    kept, server, address = log
    server.sendall(b"before\n")
    kept.serve_once(5)
    with _reader(address) as reader:
        kept.serve_once(5)  # it is accepted
        kept.serve_once(5)  # and gets the ring
        assert reader.recv(100) == b"before\n"
        server.sendall(b"after\n")
        kept.serve_once(5)
        assert reader.recv(100) == b"after\n"
    kept.serve_once(5)
    assert kept._readers == {}


def test_readers_are_few(log: tuple[LogServer, socket.socket, Path]) -> None:
    kept, _server, address = log
    readers = [_reader(address) for _ in range(MAX_READERS + 1)]
    for _ in range(2 * len(readers)):
        kept.serve_once(0.01)
    assert readers[-1].recv(1) == b""
    assert len(kept._readers) == MAX_READERS
    for reader in readers:
        reader.close()


def test_a_reader_that_does_not_read_is_dropped(log: tuple[LogServer, socket.socket, Path]) -> None:
    kept, server, address = log
    with _reader(address) as reader:
        kept.serve_once(5)
        server.settimeout(PATIENCE)
        sent = 0
        while kept._readers and sent < 20 * MAX_RING_BYTES:
            sent += server.send(b"x" * 1000 + b"\n")
            kept.serve_once(0)
        assert kept._readers == {}
        assert sent < 20 * MAX_RING_BYTES
        assert reader.recv(10) == b"x" * 10


def test_a_reader_that_disconnects_while_a_line_is_written_is_dropped(
    log: tuple[LogServer, socket.socket, Path],
) -> None:
    kept, server, address = log
    gone = [_reader(address) for _ in range(MAX_READERS)]
    for _ in range(2 * MAX_READERS):
        kept.serve_once(0.01)
    assert len(kept._readers) == MAX_READERS
    server.sendall(b"line\n")  # the log hears of it and of the readers' leaving in one look
    for reader in gone:
        reader.close()
    for _ in range(MAX_READERS):
        kept.serve_once(0.01)
    assert kept._readers == {}
    assert kept._ring.content() == b"line\n"


_TENDING = """
import os, socket, sys, time
from tee_rex_server.enclave.init import _supervise
from tee_rex_server.enclave.log import LogRing
from tee_rex_server.enclave.log import LogServer
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
source, server_end = socket.socketpair()
server = os.fork()
if server == 0:
    source.close()
    if os.fork() == 0:  # an orphan, as a bb whose server was killed
        time.sleep(0.1)
        os._exit(0)
    os.write(server_end.fileno(), b"line\\n")
    time.sleep(0.3)
    os._exit(3)
server_end.close()
ring = LogRing()
beats, _ = socket.socketpair()
print(_supervise(LogServer(ring, source, listener), server, beats), ring.content().decode().strip())
"""

_HANGING = """
import asyncio, os, signal, socket, sys, time
from tee_rex_server.enclave import server as enclave_server
from tee_rex_server.enclave.init import _supervise
from tee_rex_server.enclave.log import LogRing, LogServer
enclave_server.BEAT_SECONDS = 0.05
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
source, server_end = socket.socketpair()
beats, server_beats = socket.socketpair()
server = os.fork()
if server == 0:
    async def serve():
        beating = asyncio.create_task(enclave_server.beat(server_beats))
        await asyncio.sleep(2)
        if sys.argv[2] == "hang":
            time.sleep(60)  # the event loop stands still
        if sys.argv[2] == "pause":  # of both, as of a machine that is suspended
            time.sleep(0.2)  # so that the last beat has been read
            os.kill(os.getppid(), signal.SIGSTOP)
            time.sleep(3)
            os.kill(os.getppid(), signal.SIGCONT)
            time.sleep(0.2)  # so that the first process runs first
            await asyncio.sleep(1)
    asyncio.run(serve())
    os._exit(3)
server_end.close()
server_beats.close()
ring = LogRing()
begin = time.monotonic()
status = _supervise(LogServer(ring, source, listener), server, beats, max_silence_seconds=1)
print(status, ring.content().decode().count("server hangs"), time.monotonic() - begin < 30)
"""


@pytest.mark.parametrize(
    ("how", "printed"), [("hang", "-9 1 True"), ("end", "3 0 True"), ("pause", "3 0 True")]
)
def test_a_server_whose_loop_alone_stands_still_is_killed(tmp_path: Path, how: str, printed: str) -> None:
    command = [sys.executable, "-c", _HANGING, str(tmp_path / "log"), how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == printed


def test_the_first_process_ends_with_the_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TENDING, str(tmp_path / "log")],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ},
        check=True,
    )
    assert done.stdout.split() == ["3", "line"]
