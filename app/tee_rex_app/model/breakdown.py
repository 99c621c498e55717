"""Where the time of a proof or a flow went, as a tree of time spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from tee_rex.aztec.flows.report import FlowReport, StepPhase, StepReport
from tee_rex.transaction.events import Phase
from tee_rex.transaction.report import ProofReport
from tee_rex_app.model.runs import RunRecord


class SpanKind(StrEnum):
    """What a span stands for.

    The name of a PHASE is a tee_rex.transaction.events.Phase; PREPARATION, STEP and STEP_PHASE have the
    flow report's values; FUNCTION and CIRCUIT their own names.
    """

    TOTAL = "total"
    PHASE = "phase"
    CIRCUIT = "circuit"
    FINAL_PROOF = "final-proof"
    PREPARATIONS = "preparations"
    PREPARATION = "preparation"
    STEP = "step"
    STEP_PHASE = "step-phase"
    SYNC = "sync"
    FUNCTION = "function"
    KERNELS = "kernels"


class TimeRole(StrEnum):
    """What time was spent on, in the order of a chart's legend; READY is preparation.

    VERIFY: a proof, on this machine. CONFIRM: a transaction, by the network.
    """

    READY = "ready"
    SIMULATE = "simulate"
    SEND = "send"
    PROVE = "prove"
    VERIFY = "verify"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Span:
    """A time span: start, from the run's beginning, and length in milliseconds."""

    kind: SpanKind
    name: str
    role: TimeRole
    start_ms: float
    ms: float
    children: tuple[Span, ...] = ()


_ROLES: Mapping[str, TimeRole] = {
    Phase.ACCUMULATE: TimeRole.PROVE,
    Phase.FINAL_PROOF: TimeRole.PROVE,
    Phase.PROVING: TimeRole.PROVE,
    Phase.FETCH_ATTESTATION: TimeRole.SEND,
    Phase.ENCRYPT: TimeRole.SEND,
    Phase.TRANSMIT: TimeRole.SEND,
    Phase.QUEUE: TimeRole.SEND,
    Phase.PROVED: TimeRole.SEND,
    Phase.RECEIVE: TimeRole.SEND,
    Phase.VERIFY: TimeRole.VERIFY,
}


def spans_of(report: ProofReport) -> Span | None:
    """The tree of a completed proof; None for the report of a failure.

    Phases follow each other, and so do circuits within a phase, but for what was waited for the wallet.
    """
    if report.total_ms is None:
        return None
    phases = []
    start = 0.0
    for phase in report.phases:
        role = _ROLES.get(phase.name, TimeRole.READY)
        children = _circuits(report, phase.name, start)
        phases.append(Span(SpanKind.PHASE, phase.name, role, start, phase.ms, children))
        start += phase.ms
    return Span(SpanKind.TOTAL, "", TimeRole.READY, 0.0, max(report.total_ms, start), tuple(phases))


def spans_of_run(run: RunRecord) -> Span | None:
    """The tree of a recorded run; None if there is nothing to break down."""
    return spans_of_report(run.flow or run.report)


def spans_of_report(report: ProofReport | FlowReport | None) -> Span | None:
    """The tree of a report; None if there is nothing to break down."""
    if isinstance(report, FlowReport):
        return spans_of_flow(report)
    return None if report is None else spans_of(report)


def spans_of_flow(flow: FlowReport) -> Span | None:
    """The tree of a flow, of a failed one up to its failure; None if no step ended."""
    if not any(step.total_ms for step in flow.steps):
        return None
    children: list[Span] = []
    start = 0.0
    preparation: list[_Part] = [
        (SpanKind.PREPARATION, part.name.value, TimeRole.READY, part.ms, ()) for part in flow.preparation
    ]
    if preparation:
        parts = _after_each_other(preparation, 0.0)
        start = parts[-1].start_ms + parts[-1].ms
        children.append(Span(SpanKind.PREPARATIONS, "", TimeRole.READY, 0.0, start, parts))
    for step in flow.steps:
        parts = _step_parts(step, start)
        spent = parts[-1].start_ms + parts[-1].ms - start if parts else 0.0
        ms = max(step.total_ms or 0.0, spent)
        children.append(Span(SpanKind.STEP, step.step.value, TimeRole.READY, start, ms, parts))
        start += ms
    return Span(SpanKind.TOTAL, "", TimeRole.READY, 0.0, max(flow.total_ms or 0.0, start), tuple(children))


_Part: TypeAlias = tuple[SpanKind, str, TimeRole, float, tuple["Span", ...]]


def _after_each_other(parts: list[_Part], start: float) -> tuple[Span, ...]:
    spans = []
    for kind, name, role, ms, children in parts:
        spans.append(Span(kind, name, role, start, ms, tuple(_moved(child, start) for child in children)))
        start += ms
    return tuple(spans)


def _moved(span: Span, by: float) -> Span:
    children = tuple(_moved(child, by) for child in span.children)
    return Span(span.kind, span.name, span.role, span.start_ms + by, span.ms, children)


def _step_parts(step: StepReport, start: float) -> tuple[Span, ...]:
    """Simulate, prove, send, confirm, up to where the step got; proving begins while it is simulated."""
    parts: list[_Part] = []
    simulated_ms = 0.0
    if step.simulate is not None:
        inner: list[_Part] = []
        if step.simulate.sync_ms is not None:
            inner.append((SpanKind.SYNC, "", TimeRole.SIMULATE, step.simulate.sync_ms, ()))
        inner += [
            (SpanKind.FUNCTION, function.name, TimeRole.SIMULATE, function.ms, ())
            for function in step.simulate.functions
        ]
        if step.simulate.kernels_ms is not None:
            inner.append((SpanKind.KERNELS, "", TimeRole.SIMULATE, step.simulate.kernels_ms, ()))
        below = _after_each_other(inner, 0.0)
        spent = sum(span.ms for span in below)
        simulated_ms = max(step.simulate.total_ms, spent)
        parts.append((SpanKind.STEP_PHASE, StepPhase.SIMULATE.value, TimeRole.SIMULATE, simulated_ms, below))
    if step.prove_ms is not None:
        total = spans_of(step.proof) if step.proof is not None else None
        below = total.children if total is not None else ()
        ms = max(step.prove_ms, sum(span.ms for span in below))
        parts.append((SpanKind.STEP_PHASE, StepPhase.PROVE.value, TimeRole.PROVE, ms, below))
    if step.send_ms is not None:
        parts.append((SpanKind.STEP_PHASE, StepPhase.SEND.value, TimeRole.SEND, step.send_ms, ()))
    if step.confirm_ms is not None:
        parts.append((SpanKind.STEP_PHASE, StepPhase.CONFIRM.value, TimeRole.CONFIRM, step.confirm_ms, ()))
    simulated = parts[:1] if step.simulate is not None else []
    overlap = min(step.overlap_ms or 0.0, simulated_ms)
    return (
        *_after_each_other(simulated, start),
        *_after_each_other(parts[len(simulated) :], start + simulated_ms - overlap),
    )


def leaves(span: Span) -> list[Span]:
    """The spans without children, in order of time."""
    if not span.children:
        return [span]
    return [leaf for child in span.children for leaf in leaves(child)]


def merged(spans: list[Span]) -> list[Span]:
    """Adjacent spans of the same role merged, for charts too small to show single circuits."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].role is span.role:
            last = joined.pop()
            end = max(last.start_ms + last.ms, span.start_ms + span.ms)
            joined.append(replace(last, ms=end - last.start_ms, children=()))
        else:
            joined.append(replace(span, children=()))
    return joined


def in_lanes(spans: list[Span]) -> list[tuple[Span, int | None]]:
    """The spans of a chart, cut where the wallet simulates while something else is done.

    Then its span is in lane 0 and the other in lane 1; else a span has the whole height (None).
    """
    cut: list[tuple[Span, int | None]] = []

    def add(span: Span, begin: float, end: float, lane: int | None) -> None:
        if end > begin:
            cut.append((replace(span, start_ms=begin, ms=end - begin, children=()), lane))

    for span in spans:
        simulates = span.role is TimeRole.SIMULATE
        at, end = span.start_ms, span.start_ms + span.ms
        others = [other for other in spans if (other.role is TimeRole.SIMULATE) is not simulates]
        for other in sorted(others, key=lambda one: one.start_ms):
            begin_both, end_both = max(at, other.start_ms), min(end, other.start_ms + other.ms)
            if end_both > begin_both:
                add(span, at, begin_both, None)
                add(span, begin_both, end_both, 0 if simulates else 1)
                at = end_both
        add(span, at, end, None)
    return cut


def sums_by_role(total: Span) -> dict[TimeRole, float]:
    """Milliseconds spent in each role."""
    sums: dict[TimeRole, float] = {}
    for leaf in leaves(total):
        sums[leaf.role] = sums.get(leaf.role, 0.0) + leaf.ms
    return {role: sums[role] for role in TimeRole if role in sums}


def _circuits(report: ProofReport, phase: str, start: float) -> tuple[Span, ...]:
    if phase not in (Phase.ACCUMULATE, Phase.PROVING):
        return ()
    children = []
    if report.restarts:  # what they cost comes before the circuits of the last attempt
        spent = sum(one.waited_ms + one.load_ms + one.accumulate_ms for one in report.circuits)
        final_ms = (report.final_proof_ms or 0.0) if phase == Phase.PROVING else 0.0
        start += max(0.0, sum(one.ms for one in report.phases if one.name == phase) - spent - final_ms)
    for circuit in report.circuits:
        ms = circuit.load_ms + circuit.accumulate_ms
        start += circuit.waited_ms
        children.append(Span(SpanKind.CIRCUIT, circuit.name, TimeRole.PROVE, start, ms))
        start += ms
    if phase == Phase.PROVING and report.final_proof_ms is not None:
        children.append(Span(SpanKind.FINAL_PROOF, "", TimeRole.PROVE, start, report.final_proof_ms))
    return tuple(children)
