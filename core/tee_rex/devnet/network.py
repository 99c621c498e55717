"""A local network: starting, inspecting and stopping it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tee_rex.aztec.networks import LOCAL_CHAIN
from tee_rex.aztec.node import AztecNode, NodeInfo
from tee_rex.devnet.packages import devnet_version
from tee_rex.devnet.ports import Ports
from tee_rex.devnet.programs import LOOPBACK, network_programs
from tee_rex.devnet.run_folder import MARK, Plan, ProcessIdentity, RunFolder, RunState, last_lines
from tee_rex.devnet.supervisor import WITH_PARENT
from tee_rex.errors import Message, UnusableEnvironmentError, message
from tee_rex.errors.catalogue import devnet as errors
from tee_rex.errors.tree import NodeError
from tee_rex.settings.paths import Paths
from tee_rex.system.child_process import environment_for_programs, signal_name
from tee_rex.system.files import disk_errors, exclusive
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.transaction.generations import NetworkCircuits, generation_of, recognise_network
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    import psutil

    from tee_rex.devnet.packages import PreparedPackages

DEFAULT_WAIT_SECONDS = 300.0
"""An idle machine needs 30 to 45 s."""
_SECONDS_BETWEEN_POLLS = 0.5
MEMORY_NEEDED = 1_800_000_000
"""Bytes. Measured while the node starts: 0.9 GB, with 0.3 GB for forge and 0.15 GB for anvil and bb."""
_SECONDS_TO_FORK = 60.0
_ANSWER_SECONDS = 10.0
_LOG_LINES_SHOWN = 12
_MAX_LINE_LENGTH = 200


class Condition(StrEnum):
    """DOWN: not running. STARTING: not ready yet. READY: answers. BROKEN: parts of it have ended or hang."""

    DOWN = "down"
    STARTING = "starting"
    READY = "ready"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """The network's state now; what is not known is None.

    processes: ids of those that run, by program. memory_bytes: resident, of all of them. since: when it was
    started, UTC.
    """

    condition: Condition
    detail: Message
    setup: TrustedSetup
    logs: Path
    aztec_version: str | None = None
    node_url: str | None = None
    l1_url: str | None = None
    processes: Mapping[str, int] = field(default_factory=dict)
    memory_bytes: int = 0
    since: datetime | None = None


class Devnet:
    """The local network of one trusted setup; only one can run in a folder at a time.

    folder: absolute; for its logs, its state and the list of its processes.
    """

    def __init__(self, folder: Path, setup: TrustedSetup) -> None:
        """Take a folder that may have been used before, also by a process that was killed."""
        self._run = RunFolder(folder)
        self._setup = setup

    @classmethod
    def of_user(cls, paths: Paths, setup: TrustedSetup) -> Devnet:
        """The one of the user's data folder, which the command line and the app share."""
        return cls(paths.devnet_dir(setup) / str(devnet_version()) / "run", setup)

    @property
    def folder(self) -> Path:
        """Where its logs and its state are."""
        return self._run.path

    @property
    def started(self) -> bool:
        """Whether it was started and not stopped since, as its plan says: a look at one small file."""
        return self._run.plan() is not None

    @property
    def alive(self) -> bool:
        """Whether all its programs run; its node is not asked."""
        state = self._run.state()
        return (
            self.started
            and state is not None
            and state.ended is None
            and all(identity.alive for identity in _identities(state).values())
        )

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

        1. Lock the folder, and return the status of a network that is ready.
        2. Stop what is left of a broken one.
        3. Check the free memory and the ports, and write the plan.
        4. Start the supervisor, which starts the programs.
        5. Poll the node until it answers with the expected verification keys.

        ports: None for those of a running network, else the defaults. lifeline: the read end of a pipe; the
        network stops when the other end is closed. Cancelled or failing, it leaves no process and no state.
        Raises the errors of ``errors.catalogue.devnet``, DISK_FULL, DISK_NOT_WRITABLE.
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
                await read_in_thread(_require_memory)
                try:
                    return await self._start(packages, ports or Ports(), progress, wait_seconds, lifeline)
                except BaseException:
                    await asyncio.shield(self._end(keep_state=False))
                    raise

    async def down(self, *, keep_state: bool = False) -> bool:
        """Stop the network, whatever is left of it, and remove its state; the logs stay.

        keep_state: leave L1's and L2's data for inspection until the next start. Returns whether there was
        anything to stop. Raises DEVNET_STILL_RUNS, DISK_NOT_WRITABLE.
        """
        existed = bool(await read_in_thread(self._run.members)) or self._run.plan() is not None
        with disk_errors(self._run.path):
            await self._end(keep_state=keep_state)
        return existed

    async def status(self) -> NetworkStatus:
        """Inspect its processes and ask its node."""
        plan, state = self._run.plan(), self._run.state()
        logs = self._run.log("aztec").parent
        members = await read_in_thread(self._run.members)
        if plan is None or state is None:
            if members:
                detail = message("Processes of an earlier network: {count}.", count=len(members))
                return NetworkStatus(Condition.BROKEN, detail, self._setup, logs)
            detail = message("No local network is running.")
            return NetworkStatus(Condition.DOWN, detail, self._setup, logs)
        answer = await _ask_node(plan.node_url)
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
            await read_in_thread(_resident_bytes, members),
            datetime.fromtimestamp(state.supervisor.started, UTC),
        )

    @staticmethod
    def require_ports(status: NetworkStatus, node: int | None, l1: int | None) -> None:
        """Check that a running network has the ports that were asked for; raises DEVNET_RUNS_ELSEWHERE."""
        for elsewhere, url, port in (
            (errors.DEVNET_RUNS_ELSEWHERE, status.node_url, node),
            (errors.L1_RUNS_ELSEWHERE, status.l1_url, l1),
        ):
            if port is not None and url != f"http://{LOOPBACK}:{port}":
                raise elsewhere(url=url or "")

    async def _start(
        self,
        packages: PreparedPackages,
        ports: Ports,
        progress: ProgressListener,
        wait_seconds: float,
        lifeline: int | None,
    ) -> NetworkStatus:
        node, l1 = ports.choose()
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
            progress(_start_progress(elapsed))
            await asyncio.sleep(_SECONDS_BETWEEN_POLLS)
            if not await read_in_thread(self._supervisor_runs):
                raise self._ended()
            if (answer := await _ask_node(plan.node_url)) is not None:
                _require_expected(plan, answer)
                return await self.status()
        raise errors.DEVNET_NOT_READY(seconds=wait_seconds, log=self._log_tail("aztec"))

    def _start_supervisor(self, lifeline: int | None) -> None:
        """Start a process that outlives this one; it detaches, so that it need not be reaped."""
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
            raise errors.SUPERVISOR_NOT_STARTED(
                reason=type(error).__name__, log=self._log_tail("supervisor")
            ) from error

    def _supervisor_runs(self) -> bool:
        state = self._run.state()
        return bool(self._run.members()) if state is None else state.supervisor.alive

    def _ended(self) -> UnusableEnvironmentError:
        if self._run.plan() is None:
            return errors.DEVNET_STOPPED()
        state = self._run.state()
        if state is None or state.ended is None:
            return errors.SUPERVISOR_ENDED(log=self._log_tail("supervisor"))
        program, code = state.ended.program, state.ended.code
        if code < 0:
            return errors.DEVNET_PROGRAM_KILLED(
                program=program, signal=signal_name(code), log=self._log_tail(program)
            )
        return errors.DEVNET_ENDED(program=program, code=code, log=self._log_tail(program))

    def _log_tail(self, program: str) -> Message:
        log = self._run.log(program)
        lines = last_lines(log, _LOG_LINES_SHOWN)
        if not lines:
            return message("Its log {log} is empty.", log=str(log))
        shown = message("The end of {log}:", log=str(log))
        for line in lines:
            shown = message("{before}\n  | {line}", before=shown, line=line[:_MAX_LINE_LENGTH])
        return shown

    async def _end(self, *, keep_state: bool) -> None:
        def end() -> None:
            self._run.forget_plan()  # so that a start in another process knows what stopped it
            self._run.end_all()
            self._run.clean(keep_state=keep_state)

        await finish_in_thread(end)


def supervisor_command() -> tuple[str, ...]:
    """The command that starts the supervisor.

    A frozen build has no ``-m`` but a hidden command of ``tee-rex``, which lies beside the app too.
    """
    if getattr(sys, "frozen", False):
        return (str(Path(sys.executable).with_name("tee-rex")), "devnet", "supervise")
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
    """A network that stops with the block, and with this process even if that is killed."""
    devnet = Devnet(folder, packages.setup)
    with lifeline() as read_end:
        try:
            yield await devnet.up(packages, ports, progress, lifeline=read_end)
        finally:
            await asyncio.shield(devnet.down())


def _identities(state: RunState) -> Mapping[str, ProcessIdentity]:
    return {"supervisor": state.supervisor, **state.programs}


def _judge(plan: Plan, state: RunState, answer: NodeInfo | None) -> tuple[Condition, Message]:
    if state.ended is not None:
        program, code = state.ended.program, state.ended.code
        if code < 0:
            return Condition.BROKEN, message(
                "{program} was terminated by {signal}.", program=program, signal=signal_name(code)
            )
        return Condition.BROKEN, message("{program} exited with code {code}.", program=program, code=code)
    dead = [name for name, identity in _identities(state).items() if not identity.alive]
    if dead:
        return Condition.BROKEN, message("{programs} stopped unexpectedly.", programs=", ".join(dead))
    if answer is None:
        return Condition.STARTING, message("The node does not answer yet.")
    if not _is_expected(plan, answer):
        return Condition.BROKEN, message("Another node answers at {url}.", url=plan.node_url)
    return Condition.READY, message("Aztec {version} answers.", version=answer.node_version)


async def _ask_node(url: str) -> NodeInfo | None:
    """What the node at ``url`` (with a port) says about itself; None while it is not ready or not there."""
    address = urlsplit(url)
    with suppress(TimeoutError, OSError, NodeError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            # A client takes 30 ms of a core to make, and the port is closed for most of the start.
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            async with AztecNode.open(url) as node:
                return await node.info() if await node.is_ready() else None
    return None


def _is_expected(plan: Plan, answer: NodeInfo) -> bool:
    expected = NetworkCircuits(generation_of(AztecVersion.parse(plan.aztec_version)), plan.setup)
    return answer.chain_id == LOCAL_CHAIN and recognise_network(answer.vk_tree_root or "") == expected


def _require_expected(plan: Plan, answer: NodeInfo) -> None:
    if not _is_expected(plan, answer):
        circuits = recognise_network(answer.vk_tree_root or "")
        raise errors.UNEXPECTED_NETWORK(
            version=answer.node_version,
            chain=answer.chain_id,
            url=plan.node_url,
            found=circuits.setup if circuits else "unknown",
            setup=plan.setup,
        )


def _require_memory() -> None:
    import psutil

    available = psutil.virtual_memory().available
    if available < MEMORY_NEEDED:
        raise errors.NOT_ENOUGH_MEMORY(available_gb=available / 1e9, needed_gb=MEMORY_NEEDED / 1e9)


def _resident_bytes(members: Sequence[psutil.Process]) -> int:
    import psutil

    total = 0
    for process in members:
        with suppress(psutil.Error):
            total += int(process.memory_info().rss)
    return total


def _start_progress(elapsed: float) -> TaskProgress:
    return TaskProgress("devnet.start", "Starting anvil and Aztec's node", int(elapsed), None, "seconds")
