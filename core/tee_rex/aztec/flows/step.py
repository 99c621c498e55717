"""One step of a flow: its phases, their times, and our own share of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tee_rex.aztec.flows import events
from tee_rex.aztec.flows import report as reports
from tee_rex.aztec.node import AztecNode, Receipt, TransactionStatus
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.tree import NodeError
from tee_rex.transaction.events import Phase, PhaseStarted, ProofEvent
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProofRequest, ProofResult, StreamedRequest
from tee_rex.transaction.steps import unnamed_kinds

if TYPE_CHECKING:
    from tee_rex.aztec.networks import Network
    from tee_rex.aztec.wallet.protocol import Simulation
    from tee_rex.provers import Prover

CONFIRM_SECONDS: Final = 600.0
POLL_SECONDS: Final = 1.0
LOCAL_POLL_SECONDS: Final = 0.25
_GRACE_SECONDS: Final = 10.0
"""For a node that does not know the transaction (several behind one address), or does not respond."""
_LIVE_GRACE_SECONDS: Final = 60.0
_KERNELS: Final = ("private_kernel", "hiding_kernel")
_OVERHEAD_PHASES: Final = frozenset(
    {
        Phase.PREPARE,
        Phase.SERIALIZE,
        Phase.FETCH_ATTESTATION,
        Phase.ENCRYPT,
        Phase.TRANSMIT,
        Phase.PROVED,
        Phase.RECEIVE,
    }
)
_BEFORE_PROOF: Final = frozenset({Phase.PREPARE, Phase.FETCH_ATTESTATION, Phase.SERIALIZE})
"""What is done, where steps are not proved as they come, while the wallet still makes them."""


class StepRun:
    """A step that runs."""

    def __init__(self, step: reports.FlowStep, listener: events.FlowListener) -> None:
        """Prepare a step; nothing has begun."""
        self.step = step
        self.balances: tuple[reports.BalanceReport, ...] = ()
        self._listener = listener
        self._begun = 0.0
        self._phase_begun: dict[reports.StepPhase, float] = {}
        self._total_ms: float | None = None
        self._simulation: reports.SimulationReport | None = None
        self._accounted_ms = 0.0

    def begin(self) -> None:
        """Start its clock."""
        self._begun = time.perf_counter()

    def end(self) -> None:
        """It has succeeded."""
        self._total_ms = (time.perf_counter() - self._begun) * 1000

    def report(self) -> reports.StepReport:
        """The report so far."""
        total = self._total_ms
        return reports.StepReport(
            step=self.step,
            simulate=self._simulation,
            total_ms=None if total is None else _rounded(total),
            overhead_ms=None if total is None else _rounded(max(0.0, total - self._accounted_ms)),
            balances=self.balances,
        )

    @contextmanager
    def simulating(self) -> Iterator[Callable[[float], None]]:
        """A step that only simulates; the caller passes the wallet's own time to the yielded function."""
        self._start(reports.StepPhase.SIMULATE)
        yield self._simulated_only
        self._finish(reports.StepPhase.SIMULATE)

    def _simulated_only(self, wallet_ms: float) -> None:
        self._accounted_ms += wallet_ms
        self._simulation = reports.SimulationReport(_rounded(wallet_ms))

    def _start(self, phase: reports.StepPhase) -> None:
        self._phase_begun[phase] = time.perf_counter()
        self._listener(events.StepPhaseStarted(self.step, phase))

    def _finish(self, phase: reports.StepPhase) -> float:
        ms = _rounded((time.perf_counter() - self._phase_begun[phase]) * 1000)
        self._listener(events.StepPhaseEnded(self.step, phase, ms))
        return ms


class TransactionStep(StepRun):
    """A step that sends a transaction; implements the bridge's TransactionHandler."""

    def __init__(
        self,
        step: reports.FlowStep,
        listener: events.FlowListener,
        prover: Prover,
        network: Network,
        node: AztecNode,
    ) -> None:
        """Prepare a step; nothing has begun. prover: makes its proof, if it needs one."""
        super().__init__(step, listener)
        self._prover = prover
        self._network = network
        self._node = node
        self._proof: ProofReport | None = None
        self._prove_ms: float | None = None
        self._overlap_ms: float | None = None
        self._send_ms: float | None = None
        self._confirm_ms: float | None = None
        self._transaction: str | None = None
        self._block: int | None = None

    def begin(self) -> None:
        """Start its clock and its simulation."""
        super().begin()
        self._start(reports.StepPhase.SIMULATE)

    def report(self) -> reports.StepReport:
        """The report so far."""
        from msgspec.structs import replace

        transaction = self._transaction
        return replace(
            super().report(),
            proof=self._proof,
            prove_ms=self._prove_ms,
            overlap_ms=self._overlap_ms,
            send_ms=self._send_ms,
            confirm_ms=self._confirm_ms,
            transaction=transaction,
            explorer_url=self._network.transaction_url(transaction) if transaction else None,
            block=self._block,
        )

    def simulated(self, simulation: Simulation) -> None:
        """The wallet has simulated the transaction."""
        self._accounted_ms += simulation.total_ms
        kernels = [f.ms for f in simulation.functions if f.name.startswith(_KERNELS)]
        self._simulation = reports.SimulationReport(
            total_ms=_rounded(simulation.total_ms),
            sync_ms=_rounded(simulation.sync_ms),
            functions=tuple(
                reports.FunctionReport(f.name, _rounded(f.ms))
                for f in simulation.functions
                if not f.name.startswith(_KERNELS)
            ),
            kernels_ms=_rounded(sum(kernels)),
        )
        proving = self._phase_begun.get(reports.StepPhase.PROVE)
        if proving is not None and self._prove_ms is None:
            self._overlap_ms = _rounded((time.perf_counter() - proving) * 1000)
        self._finish(reports.StepPhase.SIMULATE)
        self._listener(events.TransactionSimulated(self.step, self._simulation))

    def announced(self, circuits: int) -> StreamedRequest:
        """The steps are to come, while the wallet still simulates; raises an InputError."""
        network = self._network
        return StreamedRequest(unnamed_kinds(circuits), network.setup, network.version, network.circuits)

    async def prove(self, request: ProofRequest) -> bytes:
        """Make the proof in the prover's mode; raises TeeRexError."""
        result = await self._prover.prove(request, listener=self._on_event)
        self._proof = ProofReport.of_result(result)
        self._accounted_ms += max(0.0, bb_ms(result) - (self._overlap_ms or 0.0))
        self._prove_ms = self._finish(reports.StepPhase.PROVE)
        self._listener(events.TransactionProved(self.step, self._proof))
        return result.proof.to_wire()

    def sending(self, transaction: str, finish_ms: float) -> None:
        """The transaction is complete and goes to the node."""
        self._accounted_ms += finish_ms
        self._transaction = transaction
        self._start(reports.StepPhase.SEND)

    def sent(self, node_ms: float) -> None:
        """The node has accepted it, after ``node_ms``."""
        self._accounted_ms += node_ms
        self._send_ms = self._finish(reports.StepPhase.SEND)
        transaction = self._transaction or ""
        self._listener(
            events.TransactionSent(self.step, transaction, self._network.transaction_url(transaction))
        )

    async def wait_until_confirmed(self, transaction: str) -> None:
        """Wait until the transaction is in a block.

        Raises TransactionDroppedError, TransactionRevertedError, NodeError, and TRANSACTION_TIMED_OUT after
        10 minutes.
        """
        self._start(reports.StepPhase.CONFIRM)
        begun = time.perf_counter()
        poll_seconds = LOCAL_POLL_SECONDS if self._network.is_local else POLL_SECONDS
        grace = _GRACE_SECONDS if self._network.is_local else _LIVE_GRACE_SECONDS
        receipt = await wait_for_block(self._node, transaction, poll_seconds, grace, CONFIRM_SECONDS)
        self._accounted_ms += (time.perf_counter() - begun) * 1000
        self._block = receipt.block
        self._confirm_ms = self._finish(reports.StepPhase.CONFIRM)
        self._listener(events.TransactionConfirmed(self.step, transaction, receipt.block or 0))

    def _on_event(self, event: ProofEvent) -> None:
        begins = isinstance(event, PhaseStarted) and event.phase not in _BEFORE_PROOF
        if begins and reports.StepPhase.PROVE not in self._phase_begun:
            self._start(reports.StepPhase.PROVE)
        self._listener(events.ProofProgress(self.step, event))


async def wait_for_block(
    node: AztecNode, transaction: str, poll_seconds: float, grace_seconds: float, limit_seconds: float
) -> Receipt:
    """The receipt of a transaction in a checkpointed block; raises as ``wait_until_confirmed`` does.

    grace_seconds: how long the node may not respond, and how long it may not know the transaction.
    """
    begun = answered = known = time.monotonic()
    while True:
        now = time.monotonic()
        try:
            receipt = await node.receipt(transaction)
        except NodeError:
            if now - answered > grace_seconds:
                raise
        else:
            if receipt.reverted:
                raise errors.TRANSACTION_REVERTED(transaction=transaction, block=receipt.block or 0)
            if receipt.confirmed:
                return receipt
            answered = now
            if receipt.status is not TransactionStatus.DROPPED:
                known = now
            elif now - known > grace_seconds:
                raise errors.TRANSACTION_DROPPED(transaction=transaction)
        if now - begun > limit_seconds:
            raise errors.TRANSACTION_TIMED_OUT(transaction=transaction, minutes=limit_seconds / 60)
        await asyncio.sleep(poll_seconds)


def bb_ms(result: ProofResult) -> float:
    """The part of a proof's time that bb or the server spent."""
    return sum(timing.ms for timing in result.timings.phases if timing.phase not in _OVERHEAD_PHASES)


def _rounded(ms: float) -> float:
    return round(ms, 3)
