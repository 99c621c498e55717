"""What a running network keeps in its folder, and which processes belong to it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tee_rex.devnet.programs import Program
from tee_rex.system.files import replacing
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    import psutil

T = TypeVar("T")

MARK = "TEE_REX_DEVNET"
"""Environment variable of every process of a network; its value is the network's folder."""

_MAX_FILE_BYTES = 1 << 20
# create_time() is derived from the wall clock, which may be adjusted meanwhile.
_CLOCK_TOLERANCE_SECONDS = 2.0
_SECONDS_TO_DIE = 10.0
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # the kernel's place for it


class ProcessIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A process id, and when that process began (seconds since 1970), because ids are used again."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity:
        """That of a process that runs."""
        import psutil

        return cls(pid, psutil.Process(pid).create_time())

    @property
    def alive(self) -> bool:
        """Whether that very process runs; not when it has ended and waits to be collected."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_TOLERANCE_SECONDS
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the supervisor shall run, in this order, and how the network is described."""

    setup: TrustedSetup
    aztec_version: str
    node_url: str
    l1_url: str
    programs: tuple[Program, ...]


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The program by whose end the network ended. code: exit code, negative for a signal."""

    program: str
    code: int


class RunState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the supervisor has started so far, and how that came to an end."""

    supervisor: ProcessIdentity
    programs: dict[str, ProcessIdentity] = {}
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One network's folder; ``path`` is absolute, because it marks the processes."""

    path: Path

    @property
    def scratch(self) -> Path:
        """All that anvil and the node write: the state of L1 and L2."""
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
        """The log of one program; "supervisor" is one of them."""
        return self.path / "logs" / f"{program}.log"

    def write_plan(self, plan: Plan) -> None:
        """Store the plan; nothing of an earlier run may be left."""
        self.log("supervisor").parent.mkdir(parents=True, exist_ok=True)
        _write(self._plan, msgspec.json.encode(plan))

    def plan(self) -> Plan | None:
        """The plan of the network that runs, or ran and was not cleaned up."""
        return _read(self._plan, Plan)

    def forget_plan(self) -> None:
        """From now on no network shall run here."""
        self._plan.unlink(missing_ok=True)

    def write_state(self, state: RunState) -> None:
        """Store what runs."""
        _write(self._state, msgspec.json.encode(state))

    def state(self) -> RunState | None:
        """What the supervisor has written last; None before it has, and after ``clean``."""
        return _read(self._state, RunState)

    def members(self) -> list[psutil.Process]:
        """Every process of this network, whoever its parent is now."""
        import psutil

        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == str(self.path):
                    found.append(process)
        return found

    def end_all(self) -> None:
        """End every process of this network but the caller; blocks until none is left, ten seconds at most.

        They have nothing to save, so they are killed. Raises TimeoutError.
        """
        import psutil

        state = self.state()
        pids = {identity.pid for identity in state.programs.values()} if state else set()
        deadline = time.monotonic() + _SECONDS_TO_DIE
        while members := [one for one in self.members() if one.pid != os.getpid()]:
            # Again and again, because one may have started another meanwhile.
            if time.monotonic() > deadline:
                raise TimeoutError(f"Process {members[0].pid} does not end")
            for process in members:
                pids.add(process.pid)
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(members, timeout=0.5)
        _remove_shared_memory(pids)

    def clean(self, *, keep_state: bool) -> None:
        """Remove what a network that has ended left, except its logs; ``keep_state``: and its state."""
        self.forget_plan()
        self._state.unlink(missing_ok=True)
        if not keep_state:
            shutil.rmtree(self.scratch, ignore_errors=True)


def _remove_shared_memory(node_pids: Iterable[int]) -> None:
    """bb.js names the memory it shares with bb after Node's process id; a killed Node leaves it (5 MB)."""
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
        with file.open("rb") as opened:
            return msgspec.json.decode(opened.read(_MAX_FILE_BYTES), type=form)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
