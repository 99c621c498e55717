from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from tee_rex.local.errors import BbCrashedError
from tee_rex.local.process import BbProcess

# bb 4.1.2 after a SIGSEGV in the middle of malloc: the socket is closed, and exit never returns.
CLOSES_AND_STAYS = """
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[-1])
listener.listen()
connection, _ = listener.accept()
print("a fault", file=sys.stderr, flush=True)
connection.close()
time.sleep(600)
"""


@pytest.fixture
def in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


async def test_a_process_that_closed_its_socket_and_does_not_exit_is_ended(
    in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tee_rex.local.process._SECONDS_TO_EXIT", 0.1)
    process = await BbProcess.start([sys.executable, "-c", CLOSES_AND_STAYS], threads=1)
    try:
        while not process.socket_path.exists():  # noqa: ASYNC110  # another process makes it
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_unix_connection(process.socket_path)
        assert await reader.read() == b""
        writer.close()
        error = await process.ended()
        assert isinstance(error, BbCrashedError)
        assert error.diagnostics == "a fault"
        assert not psutil.pid_exists(process.pid)
    finally:
        await process.close()
    assert list(in_tmp_path.iterdir()) == []
