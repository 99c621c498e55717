"""The wallet's process: Node with the bridge, started apart, and always ended."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tee_rex.aztec.errors import BridgeCrashedError, BridgeStartError
from tee_rex.system.memory import forbid_core_dump, peak_resident_bytes, resident_bytes

_STDERR_LINES_KEPT: Final = 100
_STDERR_LINE_BYTES: Final = 4096
_DROPPED_BYTES: Final = 1 << 20
_SECONDS_TO_EXIT: Final = 5.0
# What Node needs of the environment: proxies, certificates, and where temporary files go.
_PASSED_ON: Final = (
    *("PATH", "HOME", "TMPDIR", "LANG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_LOOPBACK: Final = "localhost,127.0.0.1,[::1]"


@dataclass(frozen=True, slots=True)
class BridgeCommand:
    """The command line of the bridge, and the folder it is started in."""

    argv: tuple[str, ...]
    folder: Path


class BridgeProcess:
    """One running bridge: its standard streams are the connection, its own group ends it whole."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._stderr: deque[bytes] = deque(maxlen=_STDERR_LINES_KEPT)
        self._stderr_kept = asyncio.create_task(self._keep_stderr())
        assert process.stdin is not None  # noqa: S101  # both were asked for as pipes
        assert process.stdout is not None  # noqa: S101
        self.writer = process.stdin
        self.reader = process.stdout

    @classmethod
    async def start(
        cls, command: BridgeCommand, environ: Mapping[str, str], held: Sequence[int] = ()
    ) -> BridgeProcess:
        """Start it; raises BridgeStartError. It ends by itself when its standard input does.

        held: file descriptors that it inherits and keeps open.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command.argv,
                cwd=command.folder,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment(environ),
                pass_fds=held,
                start_new_session=True,  # a group of its own, and deaf to the terminal's Ctrl-C
            )
        except OSError as error:
            raise BridgeStartError(f"Its program cannot be run ({error.strerror}).") from error
        forbid_core_dump(process.pid)
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    @property
    def diagnostics(self) -> str:
        """The last lines on stderr."""
        return b"\n".join(self._stderr).decode(errors="replace")

    @property
    def peak_memory_bytes(self) -> int:
        """The most resident memory so far; where no system call tells, that of now."""
        peak = peak_resident_bytes(self.pid)
        return resident_bytes(self.pid) if peak is None else peak

    async def ended(self) -> BridgeCrashedError:
        """Wait for the end of a process that has closed its pipe, and say how it ended.

        One that does not end by itself is ended after 5 seconds.
        """
        if not await self.wait(_SECONDS_TO_EXIT):
            self.kill()
            await self.wait(_SECONDS_TO_EXIT)
            return BridgeCrashedError(
                "It closed its connection and did not exit.", diagnostics=self.diagnostics
            )
        code = await self._process.wait()
        how = f"It received {signal.Signals(-code).name}" if code < 0 else f"It ended with exit code {code}"
        return BridgeCrashedError(f"{how}.", diagnostics=self.diagnostics)

    def kill(self) -> None:
        """End it and everything in its group now."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End it and wait for its end; safe to call twice, and when cancelled."""
        self.kill()
        if not self.writer.transport.is_closing():
            self.writer.transport.abort()
        # Process.wait returns when the pipes are at their end, and a pipe that nobody reads never is.
        reading = asyncio.create_task(self._read_to_the_end())
        try:
            await self.wait(_SECONDS_TO_EXIT)
        finally:
            reading.cancel()
            self._stderr_kept.cancel()

    async def wait(self, seconds: float) -> bool:
        """Whether it has ended by itself within so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
        return self._process.returncode is not None

    async def _read_to_the_end(self) -> None:
        with suppress(OSError):
            while await self.reader.read(_DROPPED_BYTES):
                pass

    async def _keep_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None  # noqa: S101  # asked for as a pipe above
        while piece := await stream.read(_STDERR_LINE_BYTES):
            self._stderr.extend(piece.splitlines())


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """The bridge's environment: nothing that could change what it does but proxies and certificates."""
    passed = {name: own[name] for name in _PASSED_ON if own.get(name)}
    bypass = ",".join(filter(None, (own.get("no_proxy") or own.get("NO_PROXY"), _LOOPBACK)))
    return passed | {
        "NODE_USE_ENV_PROXY": "1",
        "NODE_USE_SYSTEM_CA": "1",
        "NO_PROXY": bypass,
        "no_proxy": bypass,
    }
