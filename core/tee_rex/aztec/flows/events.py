"""The events of a flow. A step's events: started, its phases, ended; PROVE begins before SIMULATE ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tee_rex.aztec.flows.report import (
    FlowStep,
    NetworkReport,
    Preparation,
    SimulationReport,
    StepPhase,
    StepReport,
)
from tee_rex.errors.report import ErrorReport
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import ProofEvent
from tee_rex.transaction.report import ProofReport


@dataclass(frozen=True, slots=True)
class PreparationStarted:
    """A preparation before the first step begins; downloads report themselves as TaskProgress."""

    preparation: Preparation


@dataclass(frozen=True, slots=True)
class PreparationEnded:
    """A preparation has succeeded."""

    preparation: Preparation
    ms: float


@dataclass(frozen=True, slots=True)
class NetworkFound:
    """The node has responded, and flows can run on its network."""

    network: NetworkReport


@dataclass(frozen=True, slots=True)
class FlowPlanned:
    """The steps of the flow, known once the wallet is open."""

    steps: tuple[FlowStep, ...]


@dataclass(frozen=True, slots=True)
class FlowStepStarted:
    """Step ``index`` (from 0) of ``count`` begins."""

    step: FlowStep
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class StepPhaseStarted:
    """A phase of a step begins."""

    step: FlowStep
    phase: StepPhase


@dataclass(frozen=True, slots=True)
class StepPhaseEnded:
    """A phase of a step has succeeded."""

    step: FlowStep
    phase: StepPhase
    ms: float


@dataclass(frozen=True, slots=True)
class TransactionSimulated:
    """The wallet has simulated the transaction; follows the end of SIMULATE."""

    step: FlowStep
    simulation: SimulationReport


@dataclass(frozen=True, slots=True)
class ProofProgress:
    """An event of the prover during a step's proof."""

    step: FlowStep
    event: ProofEvent


@dataclass(frozen=True, slots=True)
class TransactionProved:
    """The proof is made; follows the end of PROVE."""

    step: FlowStep
    proof: ProofReport


@dataclass(frozen=True, slots=True)
class TransactionSent:
    """The node has accepted the transaction; follows the end of SEND.

    explorer_url: None on local networks.
    """

    step: FlowStep
    transaction: str
    explorer_url: str | None


@dataclass(frozen=True, slots=True)
class TransactionConfirmed:
    """The transaction is in a block; follows the end of CONFIRM."""

    step: FlowStep
    transaction: str
    block: int


@dataclass(frozen=True, slots=True)
class FlowStepEnded:
    """A step has succeeded."""

    report: StepReport
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class WalletRetried:
    """The wallet could not be opened; it is tried again with a cleared store.

    attempt: the number of the attempt that failed, from 1. attempts: how many there are at most.
    """

    attempt: int
    attempts: int
    error: ErrorReport


FlowEvent: TypeAlias = (
    PreparationStarted
    | PreparationEnded
    | NetworkFound
    | FlowPlanned
    | FlowStepStarted
    | StepPhaseStarted
    | StepPhaseEnded
    | TransactionSimulated
    | ProofProgress
    | TransactionProved
    | TransactionSent
    | TransactionConfirmed
    | FlowStepEnded
    | WalletRetried
    | TaskProgress
)
"""TaskProgress is of work outside a proof; within one it is wrapped in ProofProgress."""

FlowListener: TypeAlias = Callable[[FlowEvent], None]
