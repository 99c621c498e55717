"""The parts of a flow for unit tests: scripted bridges, and a prover that makes proofs in form only."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from support import scripted_bridge
from support.proving_server import some_proof
from support.recorded_steps import development_deployment
from tee_rex.aztec.wallet.process import BridgeCommand
from tee_rex.provers import Prover
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction import events
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def scripted(folder: Path, behaviour: str = "") -> BridgeCommand:
    """The command of a scripted bridge; ``folder`` holds what several runs of it share."""
    folder.mkdir(exist_ok=True)
    steps = folder / "steps"
    if not steps.exists():
        recorded = ExecutionSteps.from_bytes(development_deployment()).steps
        steps.write_bytes(scripted_bridge.joined([step.to_bytes() for step in recorded]))
    return BridgeCommand(
        (sys.executable, "-S", "-E", scripted_bridge.__file__, behaviour, str(steps), str(folder)), folder
    )


class ScriptedBridges:
    """A BridgeProvider; behaviours: of one start after another, the last for ever."""

    def __init__(self, folder: Path, *behaviours: str) -> None:
        """Nothing has started."""
        self.folder = folder
        self._behaviours = list(behaviours or ("",))

    async def command(
        self, setup: TrustedSetup, version: AztecVersion, progress: ProgressListener
    ) -> BridgeCommand:
        """How the next one is started."""
        return scripted(self.folder, self._behaviours[0])


class FormBackend(ProverBackend):
    """Makes proofs in form only. gate: proofs wait until it is set; error: what comes instead of a proof."""

    def __init__(self, mode: ProvingMode = ProvingMode.LOCAL) -> None:
        """Its gate is open."""
        self.mode = mode
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.requests: list[ProofRequest] = []
        self.proving = 0

    async def prove(self, request: ProofRequest, listener: events.ProofListener) -> ProofResult:
        """Wait for the gate."""
        self.requests.append(request)
        self.proving += 1
        try:
            listener(events.PhaseStarted(events.Phase.ACCUMULATE))
            await request.steps.ended()
            await self.gate.wait()
            listener(events.PhaseEnded(events.Phase.ACCUMULATE, 3.0))
        finally:
            self.proving -= 1
        if self.error is not None:
            raise self.error
        timings = events.ProofTimings(
            (events.CircuitTiming("hiding_kernel", 1.0, 2.0),),
            3.0,
            6.0,
            7.0,
            (events.PhaseTiming(events.Phase.ACCUMULATE, 3.0),),
        )
        return ProofResult(some_proof(), self.mode, request.setup, request.version, None, True, timings, None)

    async def close(self) -> None:
        """Nothing is kept."""

    def prover(self) -> Prover:
        """A prover with only this backend."""
        return Prover(lambda _mode: self, self.mode)


def bridges_running(folder: Path) -> list[int]:
    """Our children that have ``folder`` in their command line."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended, a zombie too
            if str(folder) in " ".join(child.cmdline()):
                found.append(child.pid)
    return found
