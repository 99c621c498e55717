"""bb as an operating-system process: started apart, watched, and always ended with all it started."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from tee_rex.bb.store import BbCommand, BbExecutable
from tee_rex.errors import ErrorKind, ProvingError, TeeRexError, message
from tee_rex.errors.catalogue import proving as errors
from tee_rex.system.child_process import (
    BoundsExceededError,
    ChildProcess,
    exit_reason,
    processes_killed_for_memory,
    run_to_end,
    signal_name,
)
from tee_rex.system.files import PrivateFolder, remove_abandoned, sha256_of
from tee_rex.system.platform import processor_flags
from tee_rex.system.text import os_reason
from tee_rex.system.threads import finish_in_thread, in_thread, read_in_thread

PROOF_MEMORY_MB = 300
"""What bb may take for an account deployment; 272 MB were measured, rounded up for people."""

_SECONDS_TO_EXIT = 5.0
"""bb 4 answers SIGSEGV and SIGBUS by closing its socket and calling exit, which waits for ever when the
signal came in the middle of malloc."""
_SCHEMA_SECONDS = 20.0
_FOLDER_PREFIX = "tee-rex-bb-"
_SOCKET = "bb.sock"
_PROGRAM = "bb.exe" if sys.platform == "win32" else "bb"
_SYSTEM_FOLDER = "SYSTEMROOT"
"""Without it, programs get no random numbers and no sockets from Windows."""
OVER_PIPES = sys.platform == "win32"
"""bb for Windows has no Unix sockets; there its messages go over its standard streams."""
_OPEN_FILES = Path("/proc/self/fd")
"""Where Linux has names for a process's open files; missing elsewhere, and in a chroot without /proc."""
_MAX_SOCKET_PATH_BYTES = 100
"""Unix socket paths hold 108 bytes on Linux and 104 on macOS."""

_INSTRUCTIONS = MappingProxyType(
    {"adx": "ADX", "avx": "AVX", "avx2": "AVX2", "bmi1": "BMI1", "bmi2": "BMI2", "movbe": "MOVBE"}
)
"""What bb for x86-64 is compiled for (clang's -march=skylake), by Linux's names.

On a processor that QEMU emulates without any one of them, bb 4.1.2 and bb 5.0.0 end with SIGILL, most of them
before they do anything.
"""
_CAUGHT_A_FAULT = (1, None)
"""bb 4 and 5 exit so on SIGSEGV and SIGBUS; bb 4 hangs while it exits in about 5 of 50 tries (None)."""


_STATUSES: Mapping[int, str] = MappingProxyType(
    {0xC000_001D: "SIGILL", 0xC000_0409: "SIGABRT", 0xC000_013A: "SIGKILL", 0xC000_0017: "SIGABRT"}
)
"""Exit codes of Windows (ntstatus.h), by what they are elsewhere: STATUS_ILLEGAL_INSTRUCTION,
STATUS_STACK_BUFFER_OVERRUN, which abort() has, STATUS_CONTROL_C_EXIT, STATUS_NO_MEMORY."""
_ENDS: Mapping[str, ErrorKind[ProvingError]] = MappingProxyType(
    {
        "SIGHUP": errors.BB_STOPPED,
        "SIGTERM": errors.BB_STOPPED,
        "SIGXCPU": errors.BB_OUT_OF_PROCESSOR_TIME,
        "SIGKILL": errors.BB_KILLED,
        "SIGABRT": errors.BB_ABORTED,
        "SIGILL": errors.BB_CRASHED_BY_SIGILL,
    }
)


@dataclass(frozen=True, slots=True)
class Zeros:
    """A file of ``most`` zero bytes, which take no room on the disk; where the system limits files, fewer.

    least: without as many, bb is not started.
    """

    most: int
    least: int


FileContent: TypeAlias = bytes | memoryview | Zeros


class BbProcess:
    """One running ``bb msgpack run`` with a private folder (0700) that holds its socket and what it runs.

    What runs is the file that was checked, whatever its name stands for by then. bb asks the kernel to kill
    it when its parent ends. Its folder is also its CRS_PATH, so that it uses the Grumpkin points that it
    generates, and never somebody's unchecked file. The witness goes through the socket, or a pipe, and is
    never in a file.
    """

    def __init__(
        self, child: ChildProcess, folder: PrivateFolder, memory_limit: int | None, *, over_pipes: bool
    ) -> None:
        """Use :meth:`start`."""
        self._over_pipes = over_pipes
        self._child = child
        self._folder = folder
        self._memory_limit = memory_limit
        self._cleaning = asyncio.create_task(
            read_in_thread(remove_abandoned, _FOLDER_PREFIX, folder.path.parent)
        )
        self._killed_for_memory_before = processes_killed_for_memory()
        child.watch_memory(memory_limit)

    @classmethod
    async def start(
        cls,
        bb: BbCommand,
        *,
        threads: int,
        memory_limit: int | None = None,
        files: Mapping[str, FileContent] = MappingProxyType({}),
        room: int = 0,
        over_pipes: bool = OVER_PIPES,
    ) -> BbProcess:
        """Start bb with ``threads`` threads and a minimal environment; raises BB_START_FAILED.

        memory_limit: resident bytes above which bb is killed (sampled ten times a second). files: by name, to
        put into its folder first. room: bytes that bb itself will write. over_pipes: its messages go over its
        standard streams instead of a Unix socket.
        """
        folder = _private_folder(with_socket=not over_pipes)
        environment = {**_environment(folder.path), "HARDWARE_CONCURRENCY": str(threads)}
        program = folder.path / _PROGRAM
        command: list[str | Path] = [*bb.loader, program, "msgpack", "run"]
        if not over_pipes:
            command += ["--input", folder.path / _SOCKET]
        try:
            await finish_in_thread(_write_files, files, room, folder.path)
            inherited = await _place(bb.executable, program)
            child = await ChildProcess.start(
                command,
                cwd=folder.path,
                environment=environment,
                keep_stdout=over_pipes,
                inherited=inherited,
            )
        except OSError as error:
            folder.remove()
            raise errors.BB_NOT_RUNNABLE(reason=os_reason(error)) from error
        except BaseException:
            folder.remove()
            raise
        return cls(child, folder, memory_limit, over_pipes=over_pipes)

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._child.running

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._child.returncode

    @property
    def passed_memory_limit(self) -> bool:
        """Whether it was killed for using too much memory."""
        return self._child.passed_memory_limit

    @property
    def socket_path(self) -> Path:
        """Where bb listens once it is up."""
        return self._folder.path / _SOCKET

    async def open_streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Its messages; raises FileNotFoundError or ConnectionRefusedError before it listens."""
        if sys.platform == "win32" or self._over_pipes:
            return self._child.stdout, self._child.stdin
        return await asyncio.open_unix_connection(self.socket_path)

    @property
    def folder(self) -> Path:
        """Where its private folder is."""
        return self._folder.path.parent

    def file(self, name: str) -> Path:
        """A file in its folder."""
        return self._folder.path / name

    @property
    def diagnostics(self) -> str:
        """The end of what it wrote to stderr; it can hold values of the transaction."""
        return self._child.stderr.decode(errors="replace").strip()

    @property
    def peak_memory_bytes(self) -> int:
        """The most resident memory so far."""
        return self._child.peak_memory_bytes

    async def ended(self) -> TeeRexError:
        """Wait for the end of a process that has closed its socket, and return the error that explains it.

        It is killed if it does not exit within 5 seconds.
        """
        code = await self._child.wait_or_kill(_SECONDS_TO_EXIT)
        if self.passed_memory_limit:
            limit_mb = (self._memory_limit or 0) / 1e6
            return errors.MEMORY_LIMIT(limit_mb=limit_mb, needed_mb=PROOF_MEMORY_MB)
        if _signal(code) == "SIGKILL" and processes_killed_for_memory() > self._killed_for_memory_before:
            return errors.BB_KILLED_FOR_MEMORY(diagnostics=self.diagnostics)
        return _end(code, self.diagnostics)

    def lacks_room(self, name: str, size: int) -> bool:
        """Whether its folder's disk has no room for a file of ``size`` bytes that it has to write there."""
        try:
            written = self.file(name).stat().st_size
        except OSError:
            written = 0
        return shutil.disk_usage(self._folder.path).free < size - written

    async def close(self) -> None:
        """Kill bb, wait for its end, and remove its folder; safe to call twice, and when cancelled."""
        try:
            await self._child.close()
        finally:
            self._cleaning.cancel()
            self._folder.remove()


def missing_instructions() -> tuple[str, ...]:
    """The instructions that bb needs and this processor lacks; () where the system does not list them."""
    flags = processor_flags()
    return tuple(name for flag, name in _INSTRUCTIONS.items() if flags and flag not in flags)


def _signal(code: int | None) -> str:
    """The signal, or Windows' equal to it, that ended a process with this exit code; "" if none did."""
    if code is None:
        return ""
    return signal_name(code) if code < 0 else _STATUSES.get(code, "")


def _end(code: int | None, diagnostics: str) -> TeeRexError:
    """What a bb that ended by itself, or was ended, is reported as; None: it had to be killed."""
    if _signal(code) == "SIGILL" and (missing := missing_instructions()):
        return errors.BB_LACKS_INSTRUCTIONS(missing=", ".join(missing), diagnostics=diagnostics)
    kind = _ENDS.get(_signal(code), errors.BB_CRASHED)
    if code == 0:
        kind = errors.BB_STOPPED  # bb 4 and 5 end so on SIGTERM and SIGINT
    reason = exit_reason(code)
    if code in _CAUGHT_A_FAULT:
        reason = message("{reason} bb does so after SIGSEGV and SIGBUS.", reason=reason)
    return kind(reason=reason, diagnostics=diagnostics)


def _write_files(files: Mapping[str, FileContent], room: int, folder: Path) -> None:
    """Write them into bb's folder, where ``room`` bytes must then be left. Blocking.

    Raises BB_FOLDER_FULL, or BB_FILES_LIMITED where the file system or a limit of this process forbids files
    of that length.
    """
    needed = room + sum(len(content) for content in files.values() if not isinstance(content, Zeros))
    least = max((one.least if isinstance(one, Zeros) else len(one) for one in files.values()), default=0)
    try:
        for name, content in files.items():
            if isinstance(content, Zeros):
                _write_zeros(folder / name, content)
            else:
                (folder / name).write_bytes(content)
        _require_room(folder, room)
    except OSError as error:
        limited = error.errno == errno.EFBIG
        kind = errors.BB_FILES_LIMITED if limited else errors.BB_FOLDER_FULL
        raise kind(
            folder=str(folder.parent), megabytes=(least if limited else needed) / 1e6, reason=os_reason(error)
        ) from error


def _require_room(folder: Path, room: int) -> None:
    """Raises OSError."""
    if shutil.disk_usage(folder).free < room:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _write_zeros(path: Path, zeros: Zeros) -> None:
    """Raises OSError."""
    count = zeros.most
    with path.open("xb") as file:
        while True:
            try:
                file.truncate(count)
            except OSError as error:
                if error.errno != errno.EFBIG or count // 2 < zeros.least:
                    raise
                count //= 2
            else:
                return


async def bb_schema(bb: BbCommand) -> bytes:
    """What ``bb msgpack schema`` prints, in 8 to 48 ms; empty if it fails.

    Raises BB_START_FAILED, or what explains the signal that ended it.
    """
    folder = _private_folder(with_socket=False)
    try:
        program = folder.path / _PROGRAM
        inherited = await _place(bb.executable, program)
        finished = await run_to_end(
            [*bb.loader, program, "msgpack", "schema"],
            cwd=folder.path,
            seconds=_SCHEMA_SECONDS,
            inherited=inherited,
            environment=_environment(folder.path),
        )
    except TimeoutError:
        raise errors.BB_NOT_READY(seconds=_SCHEMA_SECONDS) from None
    except OSError as error:
        raise errors.BB_NOT_RUNNABLE(reason=os_reason(error)) from error
    except BoundsExceededError:
        return b""
    finally:
        folder.remove()
    if finished.returncode < 0:
        raise _end(finished.returncode, finished.stderr.decode(errors="replace").strip())
    return finished.stdout if finished.returncode == 0 else b""


def _environment(folder: Path) -> dict[str, str]:
    """All that bb sees: its folder is its home, too."""
    environment = dict.fromkeys(("HOME", "TMPDIR", "CRS_PATH"), str(folder))
    if sys.platform == "win32":
        environment |= dict.fromkeys(("USERPROFILE", "TEMP", "TMP"), str(folder))
        environment[_SYSTEM_FOLDER] = os.environ.get(_SYSTEM_FOLDER, r"C:\Windows")
    return environment


async def _place(bb: BbExecutable, program: Path) -> tuple[int, ...]:
    """Make the checked bb executable as ``program``; returns the descriptors that bb must inherit for that.

    Linux runs an open file, by the name that it gives the child's descriptor; other systems get a copy, which
    is compared with the SHA-256 again. Raises OSError.
    """
    name = _OPEN_FILES / str(bb.file.descriptor)
    if sys.platform == "linux" and name.exists():  # on Windows, anybody may make a folder C:\proc
        await finish_in_thread(program.symlink_to, name)
        return (bb.file.descriptor,)
    await finish_in_thread(bb.file.copy_to, program)
    if await in_thread(partial(sha256_of, program)) != bb.sha256:
        raise OSError(errno.EBUSY, "It was changed meanwhile")
    return ()


def _private_folder(*, with_socket: bool) -> PrivateFolder:
    try:
        folder = PrivateFolder(_FOLDER_PREFIX)
        if with_socket and len(os.fsencode(folder.path / _SOCKET)) > _MAX_SOCKET_PATH_BYTES:
            folder.remove()
            folder = PrivateFolder(_FOLDER_PREFIX, Path("/tmp"))  # noqa: S108  # a new folder, 0700
    except OSError as error:
        raise errors.NO_TEMPORARY_FOLDER(reason=os_reason(error)) from error
    return folder
