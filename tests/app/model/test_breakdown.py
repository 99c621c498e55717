from __future__ import annotations

from support.app_runs import OVERLAP_MS, flows
from tee_rex.aztec.flows.report import FlowKind, FlowReport
from tee_rex.transaction.report import CircuitReport, PhaseReport, ProofReport
from tee_rex_app.model.breakdown import (
    Span,
    SpanKind,
    TimeRole,
    in_lanes,
    leaves,
    merged,
    spans_of,
    spans_of_flow,
    sums_by_role,
)

CIRCUITS = (CircuitReport("a", 1.0, 9.0), CircuitReport("b", 5.0, 15.0))


def test_phases_are_consecutive_and_contain_their_circuits() -> None:
    total = spans_of(
        ProofReport(
            mode="local",
            circuits=CIRCUITS,
            final_proof_ms=50.0,
            total_ms=100.0,
            phases=(
                PhaseReport("prepare", 10.0),
                PhaseReport("accumulate", 30.0),
                PhaseReport("final-proof", 50.0),
            ),
        )
    )
    assert total is not None
    assert [(s.name, s.start_ms, s.ms) for s in total.children] == [
        ("prepare", 0.0, 10.0),
        ("accumulate", 10.0, 30.0),
        ("final-proof", 40.0, 50.0),
    ]
    assert [(s.name, s.start_ms) for s in total.children[1].children] == [("a", 10.0), ("b", 20.0)]
    assert [leaf.name for leaf in leaves(total)] == ["prepare", "a", "b", "final-proof"]


def test_a_servers_final_proof_is_part_of_its_proving_phase() -> None:
    total = spans_of(
        ProofReport(
            mode="remote",
            circuits=CIRCUITS,
            final_proof_ms=50.0,
            total_ms=120.0,
            phases=(
                PhaseReport("encrypt", 5.0),
                PhaseReport("proving", 90.0),
                PhaseReport("verify", 9.0),
                PhaseReport("of another version", 1.0),
            ),
        )
    )
    assert total is not None
    roles = [span.role for span in total.children]
    assert roles == [TimeRole.SEND, TimeRole.PROVE, TimeRole.VERIFY, TimeRole.READY]
    assert total.children[1].children[-1].kind is SpanKind.FINAL_PROOF


def test_a_failure_has_no_breakdown() -> None:
    assert spans_of(ProofReport(mode="local")) is None


def test_a_flow_contains_steps_and_their_phases() -> None:
    total = spans_of_flow(flows()[0].flow or FlowReport(flow=FlowKind.TOKEN, mode="local"))
    assert total is not None
    ready, first, *rest = total.children
    assert ready.kind is SpanKind.PREPARATIONS
    assert len(rest) == 5
    simulate, prove, send, confirm = first.children
    assert [span.name for span in first.children] == ["simulate", "prove", "send", "confirm"]
    assert simulate.start_ms == first.start_ms == ready.ms
    assert simulate.children[0].kind is SpanKind.SYNC
    assert prove.children[0].start_ms == prove.start_ms
    assert simulate.start_ms + simulate.ms - prove.start_ms == OVERLAP_MS
    assert send.start_ms == prove.start_ms + prove.ms
    assert send.start_ms + send.ms == confirm.start_ms
    assert first.ms >= confirm.start_ms + confirm.ms - first.start_ms
    for simulates in (True, False):
        starts = [one.start_ms for one in leaves(total) if (one.role is TimeRole.SIMULATE) is simulates]
        assert starts == sorted(starts)
    assert sum(sums_by_role(total).values()) <= total.ms + 5 * OVERLAP_MS + 1e-6


def test_a_chart_has_two_lanes_while_the_wallet_simulates_and_the_proof_is_made() -> None:
    spans = [
        Span(SpanKind.FUNCTION, "a", TimeRole.SIMULATE, 0.0, 10.0),
        Span(SpanKind.CIRCUIT, "b", TimeRole.PROVE, 4.0, 3.0),
        Span(SpanKind.CIRCUIT, "c", TimeRole.PROVE, 8.0, 6.0),
        Span(SpanKind.PHASE, "send", TimeRole.SEND, 14.0, 1.0),
    ]
    cut = [(one.role.value, one.start_ms, one.ms, lane) for one, lane in in_lanes(spans)]
    assert cut == [
        ("simulate", 0.0, 4.0, None),
        ("simulate", 4.0, 3.0, 0),
        ("simulate", 7.0, 1.0, None),
        ("simulate", 8.0, 2.0, 0),
        ("prove", 4.0, 3.0, 1),
        ("prove", 8.0, 2.0, 1),
        ("prove", 10.0, 4.0, None),
        ("send", 14.0, 1.0, None),
    ]
    full = sum(ms for _, _, ms, lane in cut if lane != 1)
    assert full == 15.0, "both lanes together are as long as the run"


def test_what_was_waited_for_the_wallet_is_nobodys_time() -> None:
    circuits = (CircuitReport("a", 1.0, 9.0, 5.0), CircuitReport("b", 1.0, 9.0, 15.0))
    phases = (PhaseReport("prepare", 3.0), PhaseReport("accumulate", 40.0), PhaseReport("final-proof", 7.0))
    report = ProofReport(mode="local", circuits=circuits, total_ms=50.0, phases=phases, final_proof_ms=7.0)
    total = spans_of(report)
    assert total is not None
    assert [(one.start_ms, one.ms) for one in total.children[1].children] == [(8.0, 10.0), (33.0, 10.0)]
    assert sums_by_role(total)[TimeRole.PROVE] == 27.0


def test_what_a_restart_cost_comes_before_the_circuits() -> None:
    circuits = (CircuitReport("a", 1.0, 9.0),)
    phases = (PhaseReport("accumulate", 40.0), PhaseReport("final-proof", 7.0))
    report = ProofReport(
        mode="local", circuits=circuits, total_ms=47.0, phases=phases, final_proof_ms=7.0, restarts=1
    )
    total = spans_of(report)
    assert total is not None
    assert [(one.start_ms, one.ms) for one in total.children[0].children] == [(30.0, 10.0)]


def test_a_flow_without_completed_steps_has_no_breakdown() -> None:
    assert spans_of_flow(FlowReport(flow=FlowKind.ACCOUNT, mode="local")) is None


def test_adjacent_spans_of_a_role_can_be_merged() -> None:
    parts = [
        Span(SpanKind.CIRCUIT, "a", TimeRole.PROVE, 0.0, 10.0),
        Span(SpanKind.CIRCUIT, "b", TimeRole.PROVE, 10.0, 5.0),
        Span(SpanKind.PHASE, "send", TimeRole.SEND, 15.0, 1.0),
        Span(SpanKind.CIRCUIT, "c", TimeRole.PROVE, 16.0, 4.0),
    ]
    assert [(one.role, one.start_ms, one.ms) for one in merged(parts)] == [
        (TimeRole.PROVE, 0.0, 15.0),
        (TimeRole.SEND, 15.0, 1.0),
        (TimeRole.PROVE, 16.0, 4.0),
    ]
    assert merged([]) == []
