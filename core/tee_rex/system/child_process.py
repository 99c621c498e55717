"""Child processes that never outlive their caller: bb, Aztec's wallet, helper programs (npm, apt)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tee_rex.errors import Message, message
from tee_rex.system.files import bytes_below
from tee_rex.system.job_objects import Job, kernel32
from tee_rex.system.memory import forbid_core_dump_of
from tee_rex.system.threads import read_in_thread, wait_until_done

_SECONDS_TO_DIE = 5.0
"""After SIGKILL. A killed group closes its pipes at once; the bound is for a hung file system."""
_STDERR_BYTES_KEPT = 64 * 1024
_PIECE_BYTES = 64 * 1024
_MAX_OUTPUT_BYTES = 16 << 20
_SECONDS_BETWEEN_SIZES = 0.2
_SECONDS_BETWEEN_MEMORY_SAMPLES = 0.1
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_APART = 0x0800_0000 | 0x0000_0200 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW, which a program for consoles would open, and CREATE_NEW_PROCESS_GROUP."""


class ChildProcess:
    """A program in its own process group, on Windows in its own job object, which is killed as a whole.

    Its standard input is a pipe that ends when this process does, however that happens; Windows then kills
    the program, too. The terminal's Ctrl-C does not reach it. A crash never dumps its memory, which can hold
    the witness. The end of its stderr is kept. Every wait is bounded.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Use :meth:`start`. Raises OSError."""
        forbid_core_dump_of(process.pid)
        self._job = Job(process.pid, kernel32()) if sys.platform == "win32" else None
        assert process.stdin is not None  # noqa: S101  # asked for as a pipe
        self._process = process
        self._stderr = bytearray()
        self._keeping_stderr = asyncio.create_task(self._keep_stderr())
        self._watching_memory: asyncio.Task[None] | None = None
        self._peak_seen = 0
        self._passed_memory_limit = False
        self.stdin = process.stdin

    @classmethod
    async def start(
        cls,
        argv: Sequence[str | Path],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        keep_stdout: bool = False,
        inherited: Sequence[int] = (),
    ) -> ChildProcess:
        """Start ``argv``; raises OSError. Cancelled meanwhile, it leaves nothing running.

        keep_stdout: for the caller to read; else it is discarded. inherited: file descriptors that the
        program keeps open.
        """
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *argv,
                cwd=cwd,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE if keep_stdout else asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=inherited,
                start_new_session=True,
                creationflags=_APART,
            )
        )
        try:
            process = await asyncio.shield(starting)
            try:
                return cls(process)
            except OSError:
                process.kill()
                raise
        except asyncio.CancelledError:
            # asyncio itself would kill the program alone, and then wait for pipes that its children hold.
            await wait_until_done(starting)
            if not starting.cancelled() and starting.exception() is None:
                await cls(starting.result()).close()
            raise

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.returncode is None

    @property
    def stdout(self) -> asyncio.StreamReader:
        """What it writes to stdout, if that was asked for."""
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdout

    @property
    def stderr(self) -> bytes:
        """The last 64 KiB of what it wrote to stderr."""
        return bytes(self._stderr)

    @property
    def peak_memory_bytes(self) -> int:
        """The most resident memory so far; only sampled where Linux does not record it."""
        peak = peak_resident_bytes(self.pid)
        return max(self._peak_seen, resident_bytes(self.pid) if peak is None else peak)

    @property
    def passed_memory_limit(self) -> bool:
        """Whether it was killed because of :meth:`watch_memory`."""
        return self._passed_memory_limit

    def watch_memory(self, limit: int | None) -> None:
        """Sample its resident memory ten times a second; kill it when that exceeds ``limit`` bytes."""
        if limit is not None or peak_resident_bytes(self.pid) is None:
            self._watching_memory = asyncio.create_task(self._watch_memory(limit))

    async def wait(self, seconds: float) -> bool:
        """Wait until it has ended and all of its stderr has been read; whether it ended in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.wait([self._keeping_stderr])
                self._end_stdin()  # Process.wait returns when all pipes are closed
                await self._process.wait()
        return not self.running

    async def wait_or_kill(self, seconds: float) -> int | None:
        """The exit code of a process that should be ending; None if it had to be killed after ``seconds``."""
        if await self.wait(seconds):
            return self.returncode
        self.kill()
        await self.wait(_SECONDS_TO_DIE)
        return None

    def kill(self) -> None:
        """Kill everything in its group that has not ended."""
        if self.running or not self._keeping_stderr.done():  # children hold the pipe of one that has ended
            if self._job is not None:
                self._job.kill()
            elif sys.platform != "win32":
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Kill it and wait for its end; safe to call twice, and when cancelled."""
        self.kill()
        self._end_stdin()
        reading = [self._keeping_stderr]
        if self._process.stdout is not None:
            # asyncio never closes a full pipe that nobody reads.
            reading.append(asyncio.create_task(self._discard(self._process.stdout)))
        try:
            await self.wait(_SECONDS_TO_DIE)
            await asyncio.wait(reading, timeout=_SECONDS_TO_DIE)
        finally:
            if self._job is not None:
                self._job.close()
            for task in (*reading, *filter(None, [self._watching_memory])):
                task.cancel()

    def _end_stdin(self) -> None:
        if not self.stdin.transport.is_closing():
            self.stdin.transport.abort()

    @staticmethod
    async def _discard(stream: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while await stream.read(_PIECE_BYTES):
                pass

    async def _keep_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None  # noqa: S101  # asked for as a pipe
        with suppress(OSError):
            while piece := await stream.read(_PIECE_BYTES):
                self._stderr += piece
                del self._stderr[:-_STDERR_BYTES_KEPT]

    async def _watch_memory(self, limit: int | None) -> None:
        while self.running:
            resident = resident_bytes(self.pid)
            self._peak_seen = max(self._peak_seen, resident)
            if limit is not None and resident > limit:
                self._passed_memory_limit = True
                self.kill()
                return
            await asyncio.sleep(_SECONDS_BETWEEN_MEMORY_SAMPLES)


@dataclass(frozen=True, slots=True)
class Finished:
    """The result of a program that ran to its end. stderr: its last 64 KiB."""

    returncode: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program that fetches may use: bytes of resident memory, and of files in its working folder."""

    memory: int
    disk: int


class BoundsExceededError(Exception):
    """A program used more than its bounds, and was killed."""


async def run_to_end(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    seconds: float,
    temporary: Path | None = None,
    bounds: Bounds | None = None,
    inherited: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program and collect its output; raises TimeoutError, or OSError when it cannot be started.

    temporary: its TMPDIR, for programs that leave temporary files when they are killed. inherited: file
    descriptors that it keeps open. environment: all of it, by default that of programs. bounds: for programs
    that take what a server sends them, which can have no end; raises BoundsExceededError. After the time
    limit, and when cancelled, the whole group is killed and its pipes closed, so that no part of it writes
    anything afterwards.
    """
    environment = dict(environment_for_programs(os.environ) if environment is None else environment)
    if temporary is not None:
        environment["TMPDIR"] = str(temporary)
    child = await ChildProcess.start(
        argv, cwd=cwd, environment=environment, keep_stdout=True, inherited=inherited
    )
    watching = asyncio.create_task(_watch(child, cwd, bounds))
    try:
        async with asyncio.timeout(seconds):
            stdout = await _read_output(child)
            await child.wait(seconds)
    finally:
        watching.cancel()
        await child.close()
        await asyncio.wait([watching])
    if child.passed_memory_limit or len(stdout) > _MAX_OUTPUT_BYTES or _too_large(watching):
        raise BoundsExceededError
    assert child.returncode is not None  # noqa: S101
    return Finished(child.returncode, stdout, child.stderr)


async def _read_output(child: ChildProcess) -> bytes:
    output = bytearray()
    while piece := await child.stdout.read(_PIECE_BYTES):
        output += piece
        if len(output) > _MAX_OUTPUT_BYTES:
            child.kill()
            break
    return bytes(output)


async def _watch(child: ChildProcess, folder: Path, bounds: Bounds | None) -> bool:
    """Kill the program when it exceeds its bounds; whether its files did."""
    if bounds is None:
        return False
    child.watch_memory(bounds.memory)
    while True:
        begin = time.monotonic()
        if await read_in_thread(bytes_below, folder) > bounds.disk:
            child.kill()
            return True
        # Most of the time is the program's: counting 40,000 files takes a second.
        await asyncio.sleep(max(_SECONDS_BETWEEN_SIZES, 5 * (time.monotonic() - begin)))


def _too_large(watching: asyncio.Task[bool]) -> bool:
    return not watching.cancelled() and watching.result()


def environment_for_programs(own: Mapping[str, str]) -> dict[str, str]:
    """This process's environment for programs that are not part of it.

    A frozen build (PyInstaller) points LD_LIBRARY_PATH at its own libraries, which the system's programs
    must not load, and keeps the former value. Node would leave a cache in the temporary folder, and trusts
    the system's certificates (a company's own, say) only when told to.
    """
    environment = {**own, "NODE_DISABLE_COMPILE_CACHE": "1", "NODE_USE_SYSTEM_CA": "1"}
    if getattr(sys, "frozen", False):
        environment.pop("LD_LIBRARY_PATH", None)
        if "LD_LIBRARY_PATH_ORIG" in own:
            environment["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH_ORIG"]
    return environment


def dying_with_parent() -> Callable[[], None] | None:
    """On Linux: what a child calls before it becomes a program, to be killed with the thread that made it.

    For programs that the end of their standard input does not end.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    # Loaded here and not between fork and exec, where little is allowed.
    return partial(ctypes.CDLL(None).prctl, _PR_SET_PDEATHSIG, signal.SIGKILL)


def exit_reason(returncode: int | None) -> Message:
    """How a process ended, as a sentence; None for one that had to be killed (see ``wait_or_kill``)."""
    if returncode is None:
        return message("It closed its connection but did not exit.")
    if returncode >= 0:
        return message("It exited with code {code}.", code=returncode)
    return message("It was terminated by {signal}.", signal=signal_name(returncode))


def signal_name(returncode: int) -> str:
    """The signal that terminated a process ("SIGKILL"), from its negative exit code."""
    try:
        return signal.Signals(-returncode).name
    except ValueError:  # a real-time signal
        return f"signal {-returncode}"


def resident_bytes(pid: int) -> int:
    """Resident memory of a process now; 0 when it has ended."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def processes_killed_for_memory(statistics: Path = Path("/proc/vmstat")) -> int:
    """How many processes Linux has killed because memory ran out, in this machine or a container of it.

    0 where the system does not tell.
    """
    with suppress(OSError):
        for line in statistics.read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def peak_resident_bytes(pid: int) -> int | None:
    """Peak resident memory of a process, 0 when it has ended; None where the system does not record it."""
    if sys.platform != "linux":
        return None
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
