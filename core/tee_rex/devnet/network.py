"""A local network: started, looked at, ended."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.aztec.networks import LOCAL_CHAIN
from tee_rex.aztec.node import NodeInfo
from tee_rex.devnet.bounded_log import last_lines
from tee_rex.devnet.errors import (
    DevnetElsewhereError,
    DevnetEndedError,
    DevnetNotReadyError,
    DevnetStillRunsError,
    NotEnoughMemoryError,
    UnexpectedNetworkError,
)
from tee_rex.devnet.node_answer import ask_node
from tee_rex.devnet.ports import DEFAULT_NODE_PORT, l1_port, node_port
from tee_rex.devnet.programs import LOOPBACK, network_programs
from tee_rex.devnet.run_folder import MARK, Plan, ProcessIdentity, RunFolder, RunState
from tee_rex.devnet.supervisor import WITH_PARENT
from tee_rex.system.child_process import environment_for_programs
from tee_rex.system.files import disk_errors, exclusive
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.text import printable
from tee_rex.system.threads import finish_in_thread
from tee_rex.transaction.trusted_setup import NetworkCircuits, TrustedSetup, recognise_network

if TYPE_CHECKING:
    import psutil

    from tee_rex.devnet.packages import PreparedPackages

DEFAULT_WAIT_SECONDS = 300.0
"""A quiet machine needs 30 to 45 s."""
_USUAL_START_SECONDS = 45
_SECONDS_BETWEEN_LOOKS = 0.5
# Measured while the node starts: 0.9 GB, with 0.3 GB for forge and 0.15 GB for anvil and bb.
_MEMORY_NEEDED = 1_800_000_000
_SECONDS_TO_FORK = 60.0
_LOG_LINES_SHOWN = 12
_MAX_LINE_LENGTH = 200


class Condition(StrEnum):
    """DOWN: not there. STARTING: not ready yet. READY: answers. BROKEN: parts of it have ended or hang."""

    DOWN = "down"
    STARTING = "starting"
    READY = "ready"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a network listens, on this machine alone. l1: None for anvil's default or any free one."""

    node: int = DEFAULT_NODE_PORT
    l1: int | None = None

    def require_free(self) -> None:
        """Raise PortInUseError unless a network can listen there."""
        node_port(self.node)
        l1_port(self.l1)


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """A look at the network; what is not known is None.

    detail: plain words. processes: ids of those that run, by program. memory_bytes: resident, of all of them.
    """

    condition: Condition
    detail: str
    setup: TrustedSetup
    logs: Path
    aztec_version: str | None = None
    node_url: str | None = None
    l1_url: str | None = None
    processes: Mapping[str, int] = field(default_factory=dict)
    memory_bytes: int = 0


class Devnet:
    """The local network of one trusted setup; one of a folder can run at a time.

    folder: absolute; for its logs, its state and what says which processes are its own.
    """

    def __init__(self, folder: Path, setup: TrustedSetup) -> None:
        """Take a folder that may have been used before, also by a process that was killed."""
        self._run = RunFolder(folder)
        self._setup = setup

    async def up(
        self,
        packages: PreparedPackages,
        ports: Ports | None = None,
        progress: ProgressListener = ignore_progress,
        *,
        wait_seconds: float = DEFAULT_WAIT_SECONDS,
        lifeline: int | None = None,
    ) -> NetworkStatus:
        """Start the network and wait until it is ready; one that is ready is left as it is.

        ports: None takes those of the network that runs, else the defaults. lifeline: the read end of a pipe;
        the network ends when its other end is closed. What is broken is ended first. Cancelled or failing, it
        leaves no process and no state. Raises UnusableEnvironmentError leaves of ``tee_rex.devnet.errors``,
        DevnetElsewhereError, DiskFullError, DiskNotWritableError.
        """
        with disk_errors(self._run.path):
            await finish_in_thread(self._run.path.mkdir, parents=True, exist_ok=True)
            async with exclusive(self._run.lock):
                status = await self.status()
                if status.condition is Condition.READY:
                    if ports is not None:
                        self.require_ports(status, ports.node, ports.l1)
                    return status
                await self._end(keep_state=False)
                await asyncio.to_thread(_require_memory)
                try:
                    return await self._start(packages, ports or Ports(), progress, wait_seconds, lifeline)
                except BaseException:
                    await asyncio.shield(self._end(keep_state=False))
                    raise

    async def down(self, *, keep_state: bool = False) -> bool:
        """End the network, whatever is left of it, and remove its state; the logs stay.

        keep_state: leave the folder of L1's and L2's data, to be looked at, until the next start. Returns
        whether there was anything to end. Raises DevnetStillRunsError.
        """
        there = bool(await asyncio.to_thread(self._run.members)) or self._run.plan() is not None
        await self._end(keep_state=keep_state)
        return there

    async def status(self) -> NetworkStatus:
        """Look at its processes, and ask its node."""
        plan, state = self._run.plan(), self._run.state()
        logs = self._run.log("aztec").parent
        members = await asyncio.to_thread(self._run.members)
        if plan is None or state is None:
            if members:
                detail = f"{len(members)} processes of an earlier network are left."
                return NetworkStatus(Condition.BROKEN, detail, self._setup, logs)
            return NetworkStatus(Condition.DOWN, "No local network runs.", self._setup, logs)
        answer = await ask_node(plan.node_url)
        condition, detail = _judge(plan, state, answer)
        return NetworkStatus(
            condition,
            detail,
            plan.setup,
            logs,
            plan.aztec_version,
            plan.node_url,
            plan.l1_url,
            {name: identity.pid for name, identity in _identities(state).items() if identity.alive},
            await asyncio.to_thread(_resident_bytes, members),
        )

    @staticmethod
    def require_ports(status: NetworkStatus, node: int | None, l1: int | None) -> None:
        """Check that a network that runs is where it is wanted, if anywhere; raises DevnetElsewhereError."""
        for name, url, port in (("It", status.node_url, node), ("Its L1", status.l1_url, l1)):
            if port is not None and url != f"http://{LOOPBACK}:{port}":
                raise DevnetElsewhereError(f"{name} is at {url}.")

    async def _start(
        self,
        packages: PreparedPackages,
        ports: Ports,
        progress: ProgressListener,
        wait_seconds: float,
        lifeline: int | None,
    ) -> NetworkStatus:
        node, l1 = node_port(ports.node), l1_port(ports.l1)
        programs = network_programs(packages, self._run.scratch, node_port=node, l1_port=l1)
        plan = Plan(
            packages.setup,
            str(packages.version),
            f"http://{LOOPBACK}:{node}",
            f"http://{LOOPBACK}:{l1}",
            programs,
        )
        self._run.write_plan(plan)
        await finish_in_thread(self._start_supervisor, lifeline)
        begin = time.monotonic()
        while (elapsed := time.monotonic() - begin) < wait_seconds:
            progress(_start_progress(int(elapsed)))
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            if not await asyncio.to_thread(self._supervisor_runs):
                raise self._ended()
            if (answer := await ask_node(plan.node_url)) is not None:
                _require_expected(plan, answer)
                progress(_start_progress(int(elapsed), ready=True))
                return await self.status()
        raise DevnetNotReadyError(
            f"It did not answer within {wait_seconds:.0f} seconds. {self._log_tail('aztec')}"
        )

    def _start_supervisor(self, lifeline: int | None) -> None:
        """Start a process that outlives this one; it is nobody's child, so that nobody has to collect it."""
        command = [*supervisor_command(), str(self._run.path), *([] if lifeline is None else [WITH_PARENT])]
        try:
            with self._run.log("supervisor").open("wb") as log:
                subprocess.run(  # noqa: S603  # our own program
                    command,
                    check=True,
                    timeout=_SECONDS_TO_FORK,
                    stdin=subprocess.DEVNULL if lifeline is None else lifeline,
                    stdout=log,
                    stderr=log,
                    cwd=self._run.path,
                    env={**environment_for_programs(os.environ), MARK: str(self._run.path)},
                    start_new_session=True,
                )
        except subprocess.SubprocessError as error:
            raise DevnetEndedError(
                f"Its supervisor does not start ({type(error).__name__}). {self._log_tail('supervisor')}"
            ) from error

    def _supervisor_runs(self) -> bool:
        state = self._run.state()
        return bool(self._run.members()) if state is None else state.supervisor.alive

    def _ended(self) -> DevnetEndedError:
        if self._run.plan() is None:
            return DevnetEndedError(
                "It was ended by another command (tee-rex devnet down).", hint="Start it again."
            )
        state = self._run.state()
        if state is None or state.ended is None:
            return DevnetEndedError(f"Its supervisor ended. {self._log_tail('supervisor')}")
        program, code = state.ended.program, state.ended.code
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return DevnetEndedError(f"{program} ended with {how}. {self._log_tail(program)}")

    def _log_tail(self, program: str) -> str:
        log = self._run.log(program)
        lines = [printable(line, _MAX_LINE_LENGTH) for line in last_lines(log, _LOG_LINES_SHOWN)]
        if not lines:
            return f"Its log {log} is empty."
        return "\n  | ".join((f"The end of {log}:", *lines))

    async def _end(self, *, keep_state: bool) -> None:
        def end() -> None:
            try:
                self._run.forget_plan()  # so that a start in another process knows who ended it
                self._run.end_all()
            except TimeoutError as error:
                raise DevnetStillRunsError(f"{error}.") from error
            self._run.clean(keep_state=keep_state)

        await finish_in_thread(end)


def supervisor_command() -> tuple[str, ...]:
    """How the supervisor is started; a frozen build has no ``-m``, and does it by a hidden command."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "devnet", "supervise")
    return (sys.executable, "-P", "-m", "tee_rex.devnet.supervisor")


@contextmanager
def lifeline() -> Iterator[int]:
    """The read end of a pipe whose other end closes with the block, or with this process."""
    read_end, write_end = os.pipe()
    try:
        yield read_end
    finally:
        os.close(write_end)
        os.close(read_end)


@asynccontextmanager
async def running_devnet(
    folder: Path,
    packages: PreparedPackages,
    ports: Ports | None = None,
    progress: ProgressListener = ignore_progress,
) -> AsyncIterator[NetworkStatus]:
    """A network of one's own that ends with the block, and with this process even if that is killed."""
    devnet = Devnet(folder, packages.setup)
    with lifeline() as read_end:
        try:
            yield await devnet.up(packages, ports, progress, lifeline=read_end)
        finally:
            await asyncio.shield(devnet.down())


def _identities(state: RunState) -> Mapping[str, ProcessIdentity]:
    return {"supervisor": state.supervisor, **state.programs}


def _judge(plan: Plan, state: RunState, answer: NodeInfo | None) -> tuple[Condition, str]:
    if state.ended is not None:
        return Condition.BROKEN, f"{state.ended.program} has ended with code {state.ended.code}."
    dead = [name for name, identity in _identities(state).items() if not identity.alive]
    if dead:
        return Condition.BROKEN, f"{' and '.join(dead)} ended unexpectedly."
    if answer is None:
        return Condition.STARTING, "It does not answer yet."
    if not _is_expected(plan, answer):
        return Condition.BROKEN, f"Another node answers at {plan.node_url}."
    return Condition.READY, f"Aztec {answer.node_version} answers."


def _is_expected(plan: Plan, answer: NodeInfo) -> bool:
    expected = NetworkCircuits(plan.aztec_version, plan.setup)
    return answer.chain_id == LOCAL_CHAIN and recognise_network(answer.vk_tree_root or "") == expected


def _require_expected(plan: Plan, answer: NodeInfo) -> None:
    if not _is_expected(plan, answer):
        circuits = recognise_network(answer.vk_tree_root or "")
        found = f"{circuits.setup} ones" if circuits else "others"
        raise UnexpectedNetworkError(
            f"Aztec {answer.node_version} on chain {answer.chain_id} answers at {plan.node_url}, "
            f"with {found} in place of the {plan.setup} verification keys."
        )


def _require_memory() -> None:
    import psutil

    available = psutil.virtual_memory().available
    if available < _MEMORY_NEEDED:
        raise NotEnoughMemoryError(
            f"{available / 1e9:.1f} GB are available; the network takes up to {_MEMORY_NEEDED / 1e9:.1f} GB."
        )


def _resident_bytes(members: Sequence[psutil.Process]) -> int:
    import psutil

    total = 0
    for process in members:
        with suppress(psutil.Error):
            total += int(process.memory_info().rss)
    return total


def _start_progress(elapsed: int, *, ready: bool = False) -> TaskProgress:
    label = "Starting anvil and Aztec's node"
    later_than_usual = elapsed >= _USUAL_START_SECONDS
    total = elapsed if ready else None if later_than_usual else _USUAL_START_SECONDS
    return TaskProgress("devnet.start", label, elapsed, total, "seconds")
