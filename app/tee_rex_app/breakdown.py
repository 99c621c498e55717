"""Where the time of a run went, as a tree of spans along time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tee_rex.progress import Phase
from tee_rex.proof_report import ProofReport


class SpanKind(StrEnum):
    """What a span stands for; PHASE carries one of tee_rex.progress.Phase."""

    TOTAL = "total"
    PHASE = "phase"
    CIRCUIT = "circuit"
    FINAL_PROOF = "final-proof"


class TimeRole(StrEnum):
    """What time was spent on; the names of the chart's colours, READY being the neutral one."""

    READY = "ready"
    SEND = "send"
    PROVE = "prove"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: start and length in milliseconds from the run's beginning."""

    kind: SpanKind
    name: str
    role: TimeRole
    start_ms: float
    ms: float
    children: tuple[Span, ...] = ()


_ROLES = {
    Phase.ACCUMULATE: TimeRole.PROVE,
    Phase.FINAL_PROOF: TimeRole.PROVE,
    Phase.PROVING: TimeRole.PROVE,
    Phase.FETCH_ATTESTATION: TimeRole.SEND,
    Phase.ENCRYPT: TimeRole.SEND,
    Phase.TRANSMIT: TimeRole.SEND,
    Phase.QUEUE: TimeRole.SEND,
    Phase.PROVED: TimeRole.SEND,
    Phase.RECEIVE: TimeRole.SEND,
    Phase.VERIFY: TimeRole.CONFIRM,
}


def spans_of(report: ProofReport) -> Span | None:
    """The tree of a proof that was made; None for a report of a failure.

    Phases follow each other, and so do circuits within theirs.
    """
    if report.total_ms is None:
        return None
    phases = []
    start = 0.0
    for phase in report.phases:
        role = _ROLES.get(Phase(phase.name), TimeRole.READY) if phase.name in list(Phase) else TimeRole.READY
        children = _circuits(report, phase.name, start)
        phases.append(Span(SpanKind.PHASE, phase.name, role, start, phase.ms, children))
        start += phase.ms
    return Span(SpanKind.TOTAL, "", TimeRole.READY, 0.0, max(report.total_ms, start), tuple(phases))


def _circuits(report: ProofReport, phase: str, start: float) -> tuple[Span, ...]:
    if phase not in (Phase.ACCUMULATE, Phase.PROVING):
        return ()
    children = []
    for circuit in report.circuits:
        ms = circuit.load_ms + circuit.accumulate_ms
        children.append(Span(SpanKind.CIRCUIT, circuit.name, TimeRole.PROVE, start, ms))
        start += ms
    if phase == Phase.PROVING and report.final_proof_ms is not None:
        children.append(Span(SpanKind.FINAL_PROOF, "", TimeRole.PROVE, start, report.final_proof_ms))
    return tuple(children)
