"""What a flow tells while it runs. Order of a step's events: started, then its phases, then ended."""

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
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import ProofEvent
from tee_rex.transaction.report import ErrorReport, ProofReport


@dataclass(frozen=True, slots=True)
class PreparationStarted:
    """Work before the first step; downloads tell of themselves as TaskProgress."""

    preparation: Preparation


@dataclass(frozen=True, slots=True)
class PreparationEnded:
    """It went well."""

    preparation: Preparation
    ms: float


@dataclass(frozen=True, slots=True)
class NetworkFound:
    """The node has answered and its network can be used."""

    network: NetworkReport


@dataclass(frozen=True, slots=True)
class FlowPlanned:
    """The steps that the flow will take, known once the wallet is open."""

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
    """A phase of a step has ended well."""

    step: FlowStep
    phase: StepPhase
    ms: float


@dataclass(frozen=True, slots=True)
class TransactionSimulated:
    """The wallet has run the transaction; comes with the end of SIMULATE."""

    step: FlowStep
    simulation: SimulationReport


@dataclass(frozen=True, slots=True)
class ProofProgress:
    """An event of the proof that a step waits for, as the prover tells it."""

    step: FlowStep
    event: ProofEvent


@dataclass(frozen=True, slots=True)
class TransactionProved:
    """The proof is made; comes with the end of PROVE."""

    step: FlowStep
    proof: ProofReport


@dataclass(frozen=True, slots=True)
class TransactionSent:
    """The node has taken the transaction; comes with the end of SEND.

    explorer_url: None on local networks.
    """

    step: FlowStep
    transaction: str
    explorer_url: str | None


@dataclass(frozen=True, slots=True)
class TransactionConfirmed:
    """The transaction is in a block; comes with the end of CONFIRM."""

    step: FlowStep
    transaction: str
    block: int


@dataclass(frozen=True, slots=True)
class FlowStepEnded:
    """A step has ended well."""

    report: StepReport
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class WalletRetried:
    """The wallet could not be opened and is tried again with its stale data cleared."""

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
"""TaskProgress tells of set-up work outside a proof; that within a proof comes in ProofProgress."""

FlowListener: TypeAlias = Callable[[FlowEvent], None]


def ignore_flow_events(_event: FlowEvent) -> None:
    """A listener for callers that want none."""
