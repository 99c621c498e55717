"""``tee-rex-server proxy`` as a process, in front of an emulated enclave."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.proving_server import eventually

_STOP_SECONDS = 60


@dataclass(slots=True)
class HostProcess:
    """url: where it serves. log: its lines so far."""

    process: asyncio.subprocess.Process
    log: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def logged(self, event: str) -> dict[str, Any] | None:
        """The first line of one event."""
        return next((line for line in self.log if line["event"] == event), None)


@asynccontextmanager
async def host_process(vsock: Path, *arguments: str) -> AsyncIterator[HostProcess]:
    """Start it on a free port with the user's own data folder; it listens when the block begins."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tee_rex_server", "proxy", "--port=0", "--rate-limit=off", "--patience=300"),
        f"--vsock-socket={vsock}",
        *arguments,
        env=os.environ,
        stderr=asyncio.subprocess.PIPE,
    )
    host = HostProcess(process)
    reading = asyncio.create_task(_read(host))
    try:
        await eventually(lambda: host.logged("listening") or process.returncode is not None)
        listening = host.logged("listening")
        assert listening is not None, host.log
        host.url = f"http://127.0.0.1:{listening['port']}"
        yield host
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        await reading


async def _read(host: HostProcess) -> None:
    assert host.process.stderr is not None
    while line := await host.process.stderr.readline():
        try:
            host.log.append(json.loads(line))
        except ValueError:
            host.log.append({"event": "not JSON", "line": line.decode("utf-8", "replace")})
