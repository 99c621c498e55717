"""Proofs that start before the witness is complete, against those that wait for it, on one network."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from support.devnet import prepared_packages
from support.local_prover import real_backend, real_installation
from support.ports import free_ports
from support.proving_server import server_process
from support.real_flows import flow_on
from support.remote_client import now
from tee_rex.aztec.flows.events import FlowEvent, FlowStepStarted, TransactionProved
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep
from tee_rex.devnet.network import running_devnet
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import TrustOnFirstUse
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode

_ROUNDS = 5


class _Whole(ProverBackend):
    """A backend that waits for all steps first, as every prover did."""

    def __init__(self, backend: ProverBackend) -> None:
        self._backend = backend

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        await request.steps.ended()
        return await self._backend.prove(request, listener)

    async def close(self) -> None:
        await self._backend.close()


@dataclass
class _Runs:
    """Flows of one kind and backend: seconds from each step's request to its proof, and their reports."""

    kind: FlowKind
    mode: ProvingMode
    backend: Callable[[], ProverBackend]
    seconds: dict[FlowStep, list[float]] = field(default_factory=dict)
    reports: list[FlowReport] = field(default_factory=list)
    _requested: float = 0.0

    async def run(self, url: str) -> None:
        with tempfile.TemporaryDirectory() as wallet:
            flow = flow_on(url, self.kind, Path(wallet, "wallet"), backend=self.backend(), mode=self.mode)
            self.reports.append(await flow.run(self._on_event))

    def _on_event(self, event: FlowEvent) -> None:
        if isinstance(event, FlowStepStarted):
            self._requested = time.perf_counter()
        elif isinstance(event, TransactionProved):
            self.seconds.setdefault(event.step, []).append(time.perf_counter() - self._requested)

    def median(self, step: FlowStep) -> float:
        return statistics.median(self.seconds[step])

    @property
    def flow_ms(self) -> float:
        """The steps, without the blocks that the network takes its time for."""
        return statistics.median(
            (one.steps_ms or 0.0) - sum(step.confirm_ms or 0.0 for step in one.steps) for one in self.reports
        )

    @property
    def proofs(self) -> list[tuple[int, int]]:
        """Restarts and peak memory of bb of each proof."""
        made = [step.proof for one in self.reports for step in one.steps if step.proof]
        return [(proof.restarts, proof.peak_memory_bytes or 0) for proof in made]


async def measure() -> dict[str, float]:
    """Ratios of medians, from the request of a transaction to its proof; the flow without its blocks.

    wrong_predictions: of all flows here. overlap: while the wallet simulated and the proof was made.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        packages = await prepared_packages()
        network = await stack.enter_async_context(running_devnet(folder / "network", packages, free_ports()))
        server = stack.enter_context(server_process())
        assert network.node_url is not None
        trust = TrustOnFirstUse(KnownServers(folder / "known-servers.json"), now)
        remote = RemoteBackend(ServerUrl.parse(server.url), trust, real_installation())
        local = ProvingMode.LOCAL
        whole = _Runs(FlowKind.TOKEN, local, lambda: _Whole(real_backend()))
        streamed = _Runs(FlowKind.TOKEN, local, real_backend)
        remote_whole = _Runs(FlowKind.ACCOUNT, ProvingMode.REMOTE, lambda: _Whole(remote))
        remote_streamed = _Runs(FlowKind.ACCOUNT, ProvingMode.REMOTE, lambda: remote)
        runs = (whole, streamed, remote_whole, remote_streamed)
        for _ in range(_ROUNDS):
            for one in runs:
                await one.run(network.node_url)
    account, transfer = FlowStep.DEPLOY_ACCOUNT, FlowStep.TRANSFER
    overlaps = [step.overlap_ms or 0.0 for one in streamed.reports for step in one.steps if step.proof]
    return {
        "local_account_streamed_over_whole": streamed.median(account) / whole.median(account),
        "local_transfer_streamed_over_whole": streamed.median(transfer) / whole.median(transfer),
        "remote_account_streamed_over_whole": remote_streamed.median(account) / remote_whole.median(account),
        "token_flow_streamed_over_whole": streamed.flow_ms / whole.flow_ms,
        "local_account_whole_s": whole.median(account),
        "overlap_ms_median": statistics.median(overlaps),
        "wrong_predictions": float(sum(restarts for one in runs for restarts, _ in one.proofs)),
        "peak_memory_streamed_over_whole": statistics.median(memory for _, memory in streamed.proofs)
        / statistics.median(memory for _, memory in whole.proofs),
    }
