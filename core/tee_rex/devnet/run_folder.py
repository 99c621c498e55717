"""The folder of one network: its plan, state, logs, and the processes that belong to it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tee_rex.devnet.programs import Program
from tee_rex.errors.catalogue.devnet import DEVNET_STILL_RUNS
from tee_rex.system.files import open_regular, remove_unfinished, replacing
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    import psutil

T = TypeVar("T")

MARK = "TEE_REX_DEVNET"
"""Environment variable of every process of a network; its value is the network's folder."""

_MAX_FILE_BYTES = 1 << 20
_MAX_LOG_BYTES = 4 << 20
_LOG_TAIL_BYTES = 1 << 14
# create_time() is derived from the wall clock, which may be adjusted meanwhile.
_CLOCK_TOLERANCE_SECONDS = 2.0
_SECONDS_TO_DIE = 10.0
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # the kernel's place for it


class ProcessIdentity(msgspec.Struct, frozen=True):
    """A process id and when that process began (seconds since 1970), because ids are reused."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity:
        """The identity of a running process."""
        import psutil

        return cls(pid, psutil.Process(pid).create_time())

    @property
    def alive(self) -> bool:
        """Whether that very process runs; a zombie does not."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_TOLERANCE_SECONDS
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


class Plan(msgspec.Struct, frozen=True):
    """The programs that the supervisor runs, in this order, and the description of the network."""

    setup: TrustedSetup
    aztec_version: str
    node_url: str
    l1_url: str
    programs: tuple[Program, ...]


class Ended(msgspec.Struct, frozen=True):
    """The program whose end ended the network. code: its exit code, negative for a signal."""

    program: str
    code: int


class RunState(msgspec.Struct, frozen=True):
    """The processes that the supervisor has started so far, and how they ended."""

    supervisor: ProcessIdentity
    programs: dict[str, ProcessIdentity] = {}
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One network's folder; ``path`` is absolute, because it marks the processes."""

    path: Path

    @property
    def scratch(self) -> Path:
        """Everything that anvil and the node write: the state of L1 and L2."""
        return self.path / "state"

    @property
    def lock(self) -> Path:
        """Held while the network is started."""
        return self.path / "lock"

    @property
    def _plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def _state(self) -> Path:
        return self.path / "processes.json"

    def log(self, program: str) -> Path:
        """The log of one program, or of "supervisor"."""
        return self.path / "logs" / f"{program}.log"

    def write_plan(self, plan: Plan) -> None:
        """Store the plan; an earlier run must have been cleaned up."""
        self.log("supervisor").parent.mkdir(parents=True, exist_ok=True)
        _write(self._plan, msgspec.json.encode(plan))

    def plan(self) -> Plan | None:
        """The plan of a network that runs, or was not cleaned up."""
        return _read(self._plan, Plan)

    def forget_plan(self) -> None:
        """Declare that no network should run here any more."""
        self._plan.unlink(missing_ok=True)

    def write_state(self, state: RunState) -> None:
        """Store the processes."""
        _write(self._state, msgspec.json.encode(state))

    def state(self) -> RunState | None:
        """What the supervisor wrote last; None before that and after ``clean``."""
        return _read(self._state, RunState)

    def members(self) -> list[psutil.Process]:
        """All processes of this network, also those whose parent has ended."""
        import psutil

        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == str(self.path):
                    found.append(process)
        return found

    def end_all(self) -> None:
        """Kill every process of this network except the caller; they have nothing to save.

        Blocks until none is left, at most ten seconds. Raises DEVNET_STILL_RUNS.
        """
        import psutil

        state = self.state()
        pids = {identity.pid for identity in state.programs.values()} if state else set()
        deadline = time.monotonic() + _SECONDS_TO_DIE
        while members := [one for one in self.members() if one.pid != os.getpid()]:
            # In a loop, because one may have started another meanwhile.
            if time.monotonic() > deadline:
                raise DEVNET_STILL_RUNS(pid=members[0].pid)
            for process in members:
                pids.add(process.pid)
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(members, timeout=0.5)
        _remove_shared_memory(pids)

    def clean(self, *, keep_state: bool) -> None:
        """Remove what an ended network left, except its logs and, with ``keep_state``, its state."""
        self.forget_plan()
        self._state.unlink(missing_ok=True)
        for file in (self._plan, self._state):
            remove_unfinished(file)  # the supervisor may have been killed while it wrote
        if not keep_state:
            shutil.rmtree(self.scratch, ignore_errors=True)


class BoundedLog:
    """A log file; at ``max_bytes`` it becomes ``<name>.1``, replacing an older one."""

    def __init__(self, path: Path, max_bytes: int = _MAX_LOG_BYTES) -> None:
        """Start with an empty file."""
        self._path = path
        self._max_bytes = max_bytes
        self._file = path.open("wb", buffering=0)

    def write(self, content: bytes) -> None:
        """Append a piece of a program's output, of any length.

        What does not fit on a full disk is lost: a program whose output is not read would block.
        """
        with suppress(OSError):
            if self._file.closed:  # the last rotation failed
                self._file = self._path.open("ab", buffering=0)
            elif self._file.tell() + len(content) > self._max_bytes:
                self._file.close()
                self._path.replace(previous(self._path))
                self._file = self._path.open("wb", buffering=0)
            self._file.write(content)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def previous(log: Path) -> Path:
    """The path of the older half of a log."""
    return log.with_name(f"{log.name}.1")


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log that are not blank; none just after its rotation."""
    try:
        with open_regular(log) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _LOG_TAIL_BYTES))
            text = file.read(_LOG_TAIL_BYTES).decode(errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]


def _remove_shared_memory(node_pids: Iterable[int]) -> None:
    """bb.js names the memory it shares with bb after Node's process id; a killed Node leaves it (5 MB)."""
    if sys.platform == "win32":
        return
    for pid in node_pids:
        for file in _SHARED_MEMORY.glob(f"bb-sync-{pid}-*"):
            with suppress(OSError):
                if file.stat().st_uid == os.getuid():
                    file.unlink()


def _write(file: Path, content: bytes) -> None:
    with replacing(file) as new:
        new.write_bytes(content)


def _read(file: Path, form: type[T]) -> T | None:
    try:
        with open_regular(file) as opened:
            return decode_json(opened.read(_MAX_FILE_BYTES), form)
    except (OSError, UndecodableError):
        return None
