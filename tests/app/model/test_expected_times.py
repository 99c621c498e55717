from __future__ import annotations

from dataclasses import replace

import pytest

from support.app_runs import CIRCUIT_SECONDS, FINAL_SECONDS, report, request
from support.app_states import flow_proving
from tee_rex.aztec.flows.report import FlowStep, StepReport
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    CircuitTiming,
    FinalProofStarted,
    Phase,
    PhaseStarted,
    ProofEvent,
    ServerSilent,
)
from tee_rex.transaction.report import CircuitReport, PhaseReport, ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.expected_times import (
    ALMOST_FULL,
    expected_block,
    expected_blocks,
    filled,
    is_late,
    proving_ms,
    remaining_seconds,
    share_done,
    step_ms,
)
from tee_rex_app.model.runs import FlowStepState, RunState
from tee_rex_app.services.followers import RunFollower
from tee_rex_app.text.formats import about_left, estimate, seconds, whole_seconds

NAMES = request().steps.function_names
SLOW_SERVER = (0.0, 4.1, 9.2, 10.4, 22.2, 28.5, 39.9, 40.7, 50.3, 60.0, 72.9, 82.7, 128.3)
"""Seconds: when a real server, whose two cores were busy, began each circuit and the final proof; the end."""


def alike(a_ms: float, final_ms: float) -> ProofReport:
    return ProofReport(mode="local", circuits=(CircuitReport("a", 0.0, a_ms),), final_proof_ms=final_ms)


class Proof:
    """A proof of the sample, followed by what a prover tells, at a clock of its own."""

    def __init__(self, *earlier: ProofReport, server: bool = True) -> None:
        self.now = 100.0
        self.server = server
        blocks, measured = expected_blocks(NAMES, earlier, "final")
        mode = ProvingMode.REMOTE if server else ProvingMode.LOCAL
        run = RunState(source="x", mode=mode, started=self.now, blocks=blocks, measured_here=measured)
        self._follower = RunFollower(run, lambda: self.now)
        self.hear(PhaseStarted(Phase.PROVING if server else Phase.ACCUMULATE))

    @property
    def run(self) -> RunState:
        return self._follower.run

    @property
    def left(self) -> float | None:
        return remaining_seconds(self.run, self.now)

    def hear(self, event: ProofEvent) -> None:
        self._follower.on_event(event)

    def prove(self, circuits: range, pace: float) -> None:
        """Circuits from begin to end, and the beginning of what follows them."""
        for index in circuits:
            self.hear(CircuitStarted(index, len(NAMES), NAMES[index]))
            self.now += CIRCUIT_SECONDS[index] * pace
            if not self.server:
                timing = CircuitTiming(NAMES[index], 0.0, CIRCUIT_SECONDS[index] * pace * 1000)
                self.hear(CircuitEnded(index, len(NAMES), timing))
        after = circuits.stop
        self.hear(
            FinalProofStarted() if after == len(NAMES) else CircuitStarted(after, len(NAMES), NAMES[after])
        )


def test_without_earlier_runs_known_circuits_have_their_usual_times() -> None:
    blocks, measured = expected_blocks(["private_kernel_init", "Mine:run"], [], "final")
    assert not measured
    assert [block.expected_ms for block in blocks] == [640.0, 600.0, 6280.0]


def test_expected_times_are_the_median_of_earlier_runs() -> None:
    runs = [alike(100, 10), alike(300, 30), alike(200, 20), ProofReport(mode="local")]
    blocks, measured = expected_blocks(["a"], runs, "final")
    assert measured
    assert [block.expected_ms for block in blocks] == [200.0, 20.0]
    assert not expected_blocks(["b"], runs, "final")[1]


def test_of_a_noir_circuit_nothing_is_expected_but_what_earlier_ones_took() -> None:
    assert expected_block([alike(100, 10)], "Noir circuit").expected_ms is None
    earlier = [ProofReport(mode="local", final_proof_ms=ms) for ms in (900.0, 500.0, 700.0)]
    assert expected_block(earlier, "Noir circuit").expected_ms == 700.0


def test_a_block_that_takes_longer_than_expected_stops_almost_full() -> None:
    proof = Proof(report(1.0))
    proof.prove(range(3), 1.0)
    assert filled(proof.run, 2, proof.now) == 1.0
    assert filled(proof.run, 3, proof.now + 0.64) == pytest.approx(0.5)
    assert filled(proof.run, 3, proof.now + 60) == ALMOST_FULL
    assert filled(proof.run, 4, proof.now + 60) == 0.0


@pytest.mark.parametrize("server", [False, True])
@pytest.mark.parametrize("pace", [0.3, 1.0, 12.0])
@pytest.mark.parametrize("known", [False, True])
def test_the_estimate_follows_the_pace_by_the_clock(*, server: bool, pace: float, known: bool) -> None:
    proof = Proof(*([report(1.0)] if known else []), server=server)
    proof.prove(range(8), pace)
    truth = (sum(CIRCUIT_SECONDS[8:]) + FINAL_SECONDS) * pace
    assert proof.left == pytest.approx(truth, rel=0.3)
    proof.prove(range(8, 11), pace)
    assert proof.left == pytest.approx(FINAL_SECONDS * pace, rel=0.3)
    if server:
        assert all(block.done and block.spent_ms is None for block in proof.run.blocks[:-1])


@pytest.mark.parametrize("says_final", [True, False])
@pytest.mark.parametrize("earlier", [[], [report(1.0)]], ids=["first", "quicker before"])
def test_over_a_whole_proof_on_a_slow_server_the_estimate_is_close(
    earlier: list[ProofReport], *, says_final: bool
) -> None:
    proof, begun, end = Proof(*earlier), 100.0, SLOW_SERVER[-1]
    errors, without = [], 0
    for second in range(int(end)):
        proof.now = begun + second
        for index, at in enumerate(SLOW_SERVER[:-1]):
            if second - 1 < at <= second:
                proof.now = begun + at
                if index < len(NAMES):
                    proof.hear(CircuitStarted(index, len(NAMES), NAMES[index]))
                elif says_final:
                    proof.hear(FinalProofStarted())
        proof.now = begun + second
        if proof.left is None:
            without += 1
        else:
            errors.append(abs(proof.left - (end - second)))
    assert sum(errors) / len(errors) < 0.1 * end
    assert without <= 10


def test_before_there_is_a_pace_nothing_is_estimated_by_reference_times() -> None:
    proof = Proof()
    proof.prove(range(1), 1.0)
    assert proof.left is None
    proof.prove(range(1, 2), 1.0)
    assert proof.left == pytest.approx(sum(CIRCUIT_SECONDS[2:]) + FINAL_SECONDS, rel=0.2)


def test_circuits_that_were_never_seen_to_begin_do_not_count_for_the_pace() -> None:
    proof = Proof()
    proof.prove(range(6, 8), 3.0)
    assert proof.left == pytest.approx((sum(CIRCUIT_SECONDS[8:]) + FINAL_SECONDS) * 3, rel=0.2)


def test_a_block_that_overruns_raises_the_estimate_and_never_freezes_it() -> None:
    proof = Proof(report(1.0))
    proof.prove(range(3), 1.0)
    shown = [remaining_seconds(proof.run, proof.now + after) or 0.0 for after in (0, 1, 2, 5, 10, 20)]
    assert shown[0] > shown[1]
    assert shown[2:] == sorted(shown[2:])
    assert shown[-1] > 5 * shown[0]


def test_a_last_part_that_takes_far_longer_than_expected_has_no_figure() -> None:
    proof = Proof(report(1.0))
    proof.prove(range(11), 1.0)
    assert remaining_seconds(proof.run, proof.now + FINAL_SECONDS - 1) == pytest.approx(1.0, abs=0.1)
    assert remaining_seconds(proof.run, proof.now + FINAL_SECONDS + 1) == 0.0
    assert is_late(proof.run, proof.now + 2 * FINAL_SECONDS)
    assert remaining_seconds(proof.run, proof.now + 2 * FINAL_SECONDS) is None


def test_of_a_server_that_does_not_say_so_the_last_circuit_may_be_the_final_proof() -> None:
    proof = Proof(report(1.0))
    proof.prove(range(10), 1.0)
    whole = CIRCUIT_SECONDS[10] + FINAL_SECONDS
    assert remaining_seconds(proof.run, proof.now + 4) == pytest.approx(whole - 4, rel=0.1)
    assert filled(proof.run, 10, proof.now + 4) == ALMOST_FULL
    assert 0.3 < filled(proof.run, 11, proof.now + 4) < 0.6


def test_while_the_server_is_silent_nothing_moves() -> None:
    proof = Proof(report(1.0))
    proof.prove(range(3), 1.0)
    share = share_done(proof.run, proof.now + 0.5)
    proof.now += 3.5
    proof.hear(ServerSilent(3.0))
    assert share_done(proof.run, proof.now) == share
    assert share_done(proof.run, proof.now + 60) == share


def test_times_of_zero_from_a_server_are_no_reason_to_fail() -> None:
    circuits = tuple(CircuitReport(name, 0.0, 0.0) for name in NAMES)
    proof = Proof(ProofReport(mode="remote", circuits=circuits, final_proof_ms=0.0))
    proof.prove(range(11), 1.0)
    assert share_done(proof.run, proof.now + 1) is not None


def test_a_flow_is_estimated_by_the_pace_of_its_steps() -> None:
    flow = flow_proving()
    began, steps = flow.started, []
    for at, step in enumerate(flow.steps):
        done = at < 3
        steps.append(
            FlowStepState(step.step, began + 50.0 * at if at <= 3 else None, 50_000.0 if done else None)
        )
    flow = replace(flow, steps=tuple(steps), current=FlowStep.MINT)
    now = began + 150.0 + 20.0  # twice as slow as expected
    assert remaining_seconds(flow, now) == pytest.approx(30.0 + 50.0 + 0.8, rel=0.1)
    assert share_done(flow, now) == pytest.approx((75 + 10) / 125.4, rel=0.1)
    assert remaining_seconds(replace(flow, expected_ms={}), now) is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (0.4, "almost done"),
        (13.2, "about 13 s left"),
        (43.0, "about 45 s left"),
        (58.0, "about 1:00 left"),
        (93.0, "about 1:30 left"),
        (187.0, "about 3:10 left"),
        (700.0, "about 12 min left"),
    ],
)
def test_the_remaining_time_is_shown_as_precisely_as_it_is_known(left: float, words: str) -> None:
    assert about_left(left) == words


def test_a_duration_has_one_form_everywhere() -> None:
    measured = [seconds(ms) for ms in (85, 420, 19_300, 59_940, 59_960, 107_600, 193_000, 3_725_000)]
    assert measured == ["85 ms", "0.42 s", "19.3 s", "59.9 s", "1:00", "1:48", "3:13", "1:02:05"]
    assert [whole_seconds(ms) for ms in (400, 12_300, 59_600, 107_600)] == ["0 s", "12 s", "1:00", "1:48"]
    assert [estimate(ms) for ms in (20, 420, 960, 6_280, 16_900, 23_000)] == [
        "0.1 s",
        "0.4 s",
        "1 s",
        "6 s",
        "17 s",
        "25 s",
    ]


def test_what_a_proof_downloads_is_no_proving_time() -> None:
    phases = {
        "prepare": 50_000.0,
        "start": 300.0,
        "accumulate": 9_000.0,
        "final-proof": 6_000.0,
        "verify": 400.0,
    }
    newcomers = ProofReport(mode="local", phases=tuple(PhaseReport(*phase) for phase in phases.items()))
    assert proving_ms(newcomers) == 15_300.0
    assert proving_ms(ProofReport(mode="local")) is None
    step = StepReport(step=FlowStep.MINT, total_ms=60_000.0, proof=newcomers)
    assert step_ms(step) == 10_000.0
    assert step_ms(StepReport(step=FlowStep.MINT)) is None
    assert step_ms(StepReport(step=FlowStep.CHECK_BALANCES, total_ms=350.0)) == 350.0
