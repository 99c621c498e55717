"""``tee-rex-server proxy`` as a process in front of an enclave, and other programs that log as it does."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.proving_server import eventually

_STOP_SECONDS = 60


@dataclass(slots=True)
class HostProcess:
    """url: where a host serves. log: the lines of its log so far."""

    process: asyncio.subprocess.Process
    log: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def logged(self, event: str) -> dict[str, Any] | None:
        """The first line of one event."""
        return next((line for line in self.log if line["event"] == event), None)


@asynccontextmanager
async def logged_process(*command: str, **environment: str) -> AsyncIterator[HostProcess]:
    """Run a Python module with its arguments; it is killed at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command), env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE
    )
    started = HostProcess(process)
    reading = asyncio.create_task(_read(started))
    try:
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


@asynccontextmanager
async def host_process(vsock: Path, *arguments: str) -> AsyncIterator[HostProcess]:
    """Start a proxy on a free port with the user's own data folder; it listens when the block begins."""
    command = ("tee_rex_server", "proxy", "--port=0", "--rate-limit=off", "--patience=300")
    async with logged_process(*command, f"--vsock-socket={vsock}", *arguments) as host:
        await eventually(lambda: host.logged("listening") or host.process.returncode is not None)
        listening = host.logged("listening")
        assert listening is not None, host.log
        host.url = f"http://127.0.0.1:{listening['port']}"
        try:
            yield host
        finally:
            if host.process.returncode is None:
                host.process.terminate()
                with suppress(TimeoutError):
                    await asyncio.wait_for(host.process.wait(), _STOP_SECONDS)


async def _read(host: HostProcess) -> None:
    assert host.process.stderr is not None
    while line := await host.process.stderr.readline():
        try:
            host.log.append(json.loads(line))
        except ValueError:
            host.log.append({"event": "not JSON", "line": line.decode("utf-8", "replace")})
