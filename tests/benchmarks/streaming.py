"""Proofs that start before the witness is complete, against those that wait for it, on one network.

Every round prints its ratios, so that a run that is interrupted has figures too.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from support.devnet import prepared_packages
from support.local_prover import real_backend, real_installation
from support.ports import free_ports
from support.proving_server import server_process
from support.real_flows import flow_on, ignore_flow_events
from support.remote_client import now
from tee_rex.aztec.flows.plan import FlowPlan, FlowRecord
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep
from tee_rex.aztec.flows.step import TransactionStep
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.wallet.client import BridgeClient
from tee_rex.aztec.wallet.data import AccountKeys, WalletData
from tee_rex.aztec.wallet.protocol import OpenedWallet, SentTransaction, WalletAccount
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.bb.store import BbCommand
from tee_rex.devnet.network import running_devnet
from tee_rex.errors import FlowError
from tee_rex.errors.catalogue.aztec import PROOF_NOT_MADE
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.session import BbSession
from tee_rex.provers import Prover
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import TrustOnFirstUse
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.events import PhaseClock, ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.transaction.steps import ExecutionSteps

_ROUNDS: Final = 5
_FLOW_ROUNDS: Final = 3


class _Whole(ProverBackend):
    """A backend that waits for all steps first, as every prover did."""

    def __init__(self, backend: ProverBackend) -> None:
        self._backend = backend

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        await request.steps.ended()
        return await self._backend.prove(request, listener)

    async def close(self) -> None:
        await self._backend.close()


class _OneCoreLess(LocalBackend):
    """The embedded prover, whose bb leaves a core to the wallet while steps are still to come."""

    _releasing: asyncio.Task[None] | None = None

    async def _session(
        self, command: BbCommand, request: ProofRequest, points: int, phases: PhaseClock
    ) -> BbSession:
        session = await super()._session(command, request, points, phases)
        cores = os.sched_getaffinity(0)
        if not request.steps.complete and len(cores) > 1:
            _run_on(session.pid, [*cores][1:])
            self._releasing = asyncio.create_task(self._release(session.pid, request.steps, cores))
        return session

    @staticmethod
    async def _release(pid: int, steps: ExecutionSteps, cores: Collection[int]) -> None:
        await steps.ended()
        _run_on(pid, cores)


def _run_on(pid: int, cores: Collection[int]) -> None:
    """Let all threads of a process, and those that they start, run on these cores only."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(int(thread.name), cores)


class _Unsent(TransactionStep):
    """A transaction that is proved and not sent, so that it can be made again at once."""

    async def prove(self, request: ProofRequest) -> bytes:
        await super().prove(request)
        raise PROOF_NOT_MADE()


@dataclass(frozen=True)
class _Wallet:
    """A wallet after a token flow. transactions: what to ask its bridge for."""

    bridge: BridgeClient
    network: Network
    node: AztecNode
    transactions: Mapping[FlowStep, tuple[str, dict[str, object]]]

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, folder: Path) -> AsyncIterator[_Wallet]:
        async with AztecNode.open(url) as node:
            network = Network.accepted(await node.info())
            data = WalletData.of_network(
                Paths(folder, folder), network.setup, network.info.chain_id, network.info.rollup_address
            )
            bridges = InstalledBridges(Paths.from_environment(os.environ))
            command = await bridges.command(network.setup, network.version, ignore_progress)
            async with data.in_use():
                data.use_chain(await node.chain_marker())
                bridge = await BridgeClient.start(command)
                try:
                    yield await cls._after_a_flow(bridge, network, node, data, url)
                finally:
                    await bridge.close()

    @classmethod
    async def _after_a_flow(
        cls, bridge: BridgeClient, network: Network, node: AztecNode, data: WalletData, url: str
    ) -> _Wallet:
        store = {"nodeUrl": url, "dataDirectory": str(data.store_folder)}
        await bridge.call("open", OpenedWallet, {**store, "proofs": True, "sponsoredFpcSalt": "0"})
        record = FlowRecord(FlowKind.TOKEN, ProvingMode.LOCAL)
        prover = _prover(real_backend(), ProvingMode.LOCAL)
        await FlowPlan(record, ignore_flow_events, prover, node, network, bridge, data).execute()
        assert record.token is not None
        keys = AccountKeys.generate()
        another = await bridge.call("addAccount", WalletAccount, {"secret": keys.secret, "salt": keys.salt})
        first, second = (account.address for account in record.accounts)
        transfer: dict[str, object] = {"token": record.token.address, "from": first, "to": second}
        return cls(
            bridge,
            network,
            node,
            {
                FlowStep.DEPLOY_ACCOUNT: ("deployAccount", {"address": another.address}),
                FlowStep.TRANSFER: ("transfer", {**transfer, "amount": "1"}),
            },
        )


def _prover(backend: ProverBackend, mode: ProvingMode) -> Prover:
    return Prover(lambda _mode: backend, mode)


@dataclass
class _Proofs:
    """Proofs of one transaction by one backend: seconds from its request to its proof, and what they took.

    peaks: of bb's memory, in bytes; none for proofs of a server.
    """

    step: FlowStep
    mode: ProvingMode
    backend: Callable[[], ProverBackend]
    seconds: list[float] = field(default_factory=list)
    overlaps_ms: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    restarts: int = 0

    async def make(self, wallet: _Wallet) -> None:
        method, params = wallet.transactions[self.step]
        prover = _prover(self.backend(), self.mode)
        run = _Unsent(self.step, ignore_flow_events, prover, wallet.network, wallet.node)
        run.begin()
        begin = time.perf_counter()
        try:
            await wallet.bridge.transaction(method, SentTransaction, run, params)
        except FlowError as error:
            if error.code != PROOF_NOT_MADE.code:
                raise
        self.seconds.append(time.perf_counter() - begin)
        report = run.report()
        assert report.proof is not None
        self.restarts += report.proof.restarts
        self.overlaps_ms.append(report.overlap_ms or 0.0)
        if report.proof.peak_memory_bytes is not None:
            self.peaks.append(report.proof.peak_memory_bytes)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass
class _Comparison:
    """The same transaction streamed and whole, in turn."""

    name: str
    step: FlowStep
    mode: ProvingMode
    backend: Callable[[], ProverBackend]

    def __post_init__(self) -> None:
        self.whole = _Proofs(self.step, self.mode, lambda: _Whole(self.backend()))
        self.streamed = _Proofs(self.step, self.mode, self.backend)

    async def round(self, number: int, wallet: _Wallet) -> None:
        order = (self.whole, self.streamed) if number % 2 else (self.streamed, self.whole)
        for proofs in order:
            await proofs.make(wallet)
        whole, streamed = self.whole.seconds[-1], self.streamed.seconds[-1]
        _say(number, self.name, f"{streamed / whole:.3f} ({streamed:.2f} s over {whole:.2f} s)")


def _say(number: int, name: str, figures: str) -> None:
    print(f"  round {number}: {name} {figures}, load {os.getloadavg()[0]:.1f}", flush=True)


async def _flow(url: str, backend: ProverBackend) -> FlowReport:
    with tempfile.TemporaryDirectory() as wallet:
        flow = flow_on(url, FlowKind.TOKEN, Path(wallet, "wallet"), backend=backend)
        return await flow.run(ignore_flow_events)


def _seconds(report: FlowReport) -> float:
    """Of all steps, without the blocks that the network takes its time for."""
    return ((report.steps_ms or 0.0) - sum(step.confirm_ms or 0.0 for step in report.steps)) / 1000


async def measure() -> dict[str, float]:
    """Ratios of medians, from the request of a transaction to its proof; the flow without its blocks.

    one_core_less: bb leaves a core to the wallet while it simulates, over bb on all cores; both streamed.
    wrong_predictions: of all proofs here. overlap: while the wallet simulated and the proof was made.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        packages = await prepared_packages()
        network = await stack.enter_async_context(running_devnet(folder / "network", packages, free_ports()))
        server = stack.enter_context(server_process())
        assert network.node_url is not None
        trust = TrustOnFirstUse(KnownServers(folder / "known-servers.json"), now)
        remote = RemoteBackend(ServerUrl.parse(server.url), trust, real_installation())
        account, transfer = FlowStep.DEPLOY_ACCOUNT, FlowStep.TRANSFER
        local = ProvingMode.LOCAL
        comparisons = [
            local_account := _Comparison("local_account", account, local, real_backend),
            local_transfer := _Comparison("local_transfer", transfer, local, real_backend),
            _Comparison("remote_account", account, ProvingMode.REMOTE, lambda: remote),
            _Comparison("remote_transfer", transfer, ProvingMode.REMOTE, lambda: remote),
        ]
        options = LocalOptions(usable_cores())
        less = _Proofs(account, local, lambda: _OneCoreLess(real_installation(), options))
        async with _Wallet.on(network.node_url, folder / "wallet") as wallet:
            for number in range(1, _ROUNDS + 1):
                for one in comparisons:
                    await one.round(number, wallet)
                await less.make(wallet)
                ratio = less.seconds[-1] / local_account.streamed.seconds[-1]
                _say(number, "one_core_less", f"{ratio:.3f}")
        whole, streamed = [], []
        for number in range(1, _FLOW_ROUNDS + 1):
            whole.append(await _flow(network.node_url, _Whole(real_backend())))
            streamed.append(await _flow(network.node_url, real_backend()))
            _say(number, "token_flow", f"{_seconds(streamed[-1]) / _seconds(whole[-1]):.3f}")
    proofs = [*(one for pair in comparisons for one in (pair.whole, pair.streamed)), less]
    of_flows = [step.proof for report in (*whole, *streamed) for step in report.steps if step.proof]
    restarts = sum(one.restarts for one in proofs) + sum(one.restarts for one in of_flows)
    streamed_peaks, whole_peaks = (
        [*first.peaks, *second.peaks]
        for first, second in (
            (local_account.streamed, local_transfer.streamed),
            (local_account.whole, local_transfer.whole),
        )
    )
    return {
        **{f"{one.name}_streamed_over_whole": one.streamed.median / one.whole.median for one in comparisons},
        "token_flow_streamed_over_whole": statistics.median(map(_seconds, streamed))
        / statistics.median(map(_seconds, whole)),
        "local_account_one_core_less_over_all": less.median / local_account.streamed.median,
        "local_account_whole_s": local_account.whole.median,
        "local_transfer_whole_s": local_transfer.whole.median,
        "overlap_ms_median": statistics.median(local_account.streamed.overlaps_ms),
        "wrong_predictions": float(restarts),
        "peak_memory_streamed_over_whole": statistics.median(streamed_peaks) / statistics.median(whole_peaks),
    }
