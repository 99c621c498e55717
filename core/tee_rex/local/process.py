"""bb as an operating-system process: started apart, watched, and always ended with all it started."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tee_rex.local.errors import (
    BbAbortedError,
    BbCrashedError,
    BbEndedError,
    BbKilledError,
    BbStartError,
    MemoryLimitError,
)
from tee_rex.system.memory import forbid_core_dump, peak_resident_bytes, resident_bytes
from tee_rex.system.private_folder import PrivateFolder, remove_abandoned

_STDERR_BYTES_KEPT = 64 * 1024
_STDERR_PIECE_BYTES = 4096
_MEMORY_WATCH_SECONDS = 0.1
_SECONDS_TO_EXIT = 5.0
"""bb 4.1.2 answers SIGSEGV and SIGBUS by closing its socket and calling exit, which waits for ever when the
signal came in the middle of malloc."""
_SECONDS_TO_DIE = 5.0
"""After SIGKILL; only a hung file system can take longer."""
_FOLDER_PREFIX = "tee-rex-bb-"
_SOCKET = "bb.sock"
_MAX_SOCKET_PATH_BYTES = 100
"""Unix socket paths hold 108 bytes on Linux and 104 on macOS."""


class BbProcess:
    """One running ``bb msgpack run`` with a private folder (0700) that holds nothing but its socket.

    bb asks the kernel to end it when its parent ends; its folder is also its CRS_PATH, so that the
    Grumpkin points it generates are its own and never somebody's unchecked file.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, folder: PrivateFolder, memory_limit: int | None
    ) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._folder = folder
        self._memory_limit = memory_limit
        self._passed_memory_limit = False
        self._peak_seen = 0
        self._stderr = bytearray()
        self._keeping_stderr = asyncio.create_task(self._keep_stderr())
        self._watchers = [
            self._keeping_stderr,
            asyncio.create_task(asyncio.to_thread(remove_abandoned, _FOLDER_PREFIX, folder.path.parent)),
        ]
        if memory_limit is not None or peak_resident_bytes(process.pid) is None:
            self._watchers.append(asyncio.create_task(self._watch_memory()))

    @classmethod
    async def start(cls, argv: Sequence[str], *, threads: int, memory_limit: int | None = None) -> BbProcess:
        """Start bb with ``threads`` threads and an environment of its own; raises BbStartError.

        memory_limit: resident bytes after which bb is ended (sampled ten times a second).
        """
        folder = _private_folder()
        environment: Mapping[str, str] = {
            "HOME": str(folder.path),
            "TMPDIR": str(folder.path),
            "CRS_PATH": str(folder.path),
            "HARDWARE_CONCURRENCY": str(threads),
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                *("msgpack", "run", "--input", str(folder.path / _SOCKET)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                limit=_STDERR_PIECE_BYTES,
                env=environment,
                cwd=folder.path,
                start_new_session=True,  # a group of its own: ended whole, and deaf to the terminal's Ctrl-C
            )
        except OSError as error:
            folder.remove()
            raise BbStartError(f"Its program cannot be run ({error.strerror}).") from error
        except BaseException:
            folder.remove()
            raise
        forbid_core_dump(process.pid)
        return cls(process, folder, memory_limit)

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    @property
    def socket_path(self) -> Path:
        """Where bb listens once it is up."""
        return self._folder.path / _SOCKET

    @property
    def generated_grumpkin_points(self) -> Path:
        """Where bb leaves the Grumpkin points that it had to generate."""
        return self._folder.path / "grumpkin_g1.flat.dat"

    @property
    def diagnostics(self) -> str:
        """The end of what it wrote to stderr; it can hold values of the transaction."""
        return self._stderr.decode(errors="replace").strip()

    @property
    def peak_memory_bytes(self) -> int:
        """The most resident memory so far."""
        return max(self._peak_seen, peak_resident_bytes(self.pid) or 0)

    async def ended(self) -> BbEndedError | MemoryLimitError:
        """Wait for the end of a process that has closed its socket, and say why in an error's form.

        One that does not end by itself is ended after 5 seconds.
        """
        exited = await self._ends_within(_SECONDS_TO_EXIT)
        self.kill()
        await self._ends_within(_SECONDS_TO_DIE)
        await asyncio.wait([self._keeping_stderr], timeout=_SECONDS_TO_DIE)
        code = self._process.returncode
        if self._passed_memory_limit:
            return MemoryLimitError(f"It used more than {(self._memory_limit or 0) / 1e6:,.0f} MB.")
        if not exited or code is None:
            return BbCrashedError("It closed its connection and did not exit.", diagnostics=self.diagnostics)
        if code == -signal.SIGKILL:
            return BbKilledError("It received SIGKILL.", diagnostics=self.diagnostics)
        if code == -signal.SIGABRT:
            return BbAbortedError("It ended with SIGABRT.", diagnostics=self.diagnostics)
        if code < 0:
            return BbCrashedError(
                f"It ended with {signal.Signals(-code).name}.", diagnostics=self.diagnostics
            )
        return BbCrashedError(f"It ended with exit code {code}.", diagnostics=self.diagnostics)

    def kill(self) -> None:
        """End bb and everything in its group now, unless it has ended."""
        if self.running:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End bb, wait for its end, and remove its folder; safe to call twice, and when cancelled."""
        self.kill()
        try:
            await self._ends_within(_SECONDS_TO_DIE)
        finally:
            for watcher in self._watchers:
                watcher.cancel()
            self._folder.remove()

    async def _ends_within(self, seconds: float) -> bool:
        """Whether it has ended, and closed its stderr, before so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
        return not self.running

    async def _keep_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None  # noqa: S101  # asked for as a pipe above
        while piece := await stream.read(_STDERR_PIECE_BYTES):
            self._stderr += piece
            del self._stderr[:-_STDERR_BYTES_KEPT]

    async def _watch_memory(self) -> None:
        while self.running:
            resident = resident_bytes(self.pid)
            self._peak_seen = max(self._peak_seen, resident)
            if self._memory_limit is not None and resident > self._memory_limit:
                self._passed_memory_limit = True
                self.kill()
                return
            await asyncio.sleep(_MEMORY_WATCH_SECONDS)


def _private_folder() -> PrivateFolder:
    try:
        folder = PrivateFolder(_FOLDER_PREFIX)
        if len(os.fsencode(folder.path / _SOCKET)) > _MAX_SOCKET_PATH_BYTES:
            folder.remove()
            folder = PrivateFolder(_FOLDER_PREFIX, Path("/tmp"))  # noqa: S108  # a name in it that nobody has
    except OSError as error:
        raise BbStartError(
            f"No temporary folder can be made ({error.strerror}).",
            hint="Free some disk space, or point TMPDIR to a folder that can be written.",
        ) from error
    return folder
