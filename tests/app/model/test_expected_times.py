from __future__ import annotations

from dataclasses import replace

import pytest

from tee_rex.transaction.report import CircuitReport, ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.expected_times import ALMOST_FULL, expected_blocks, filled, remaining_seconds
from tee_rex_app.model.runs import Block, RunStage, RunState
from tee_rex_app.text.formats import about_left

RUN = RunState(
    source="x",
    mode=ProvingMode.LOCAL,
    setup=None,
    stage=RunStage.RUNNING,
    started=0.0,
    blocks=(Block("a", 1000.0), Block("b", 3000.0), Block("final", 6000.0)),
    current=0,
    measured_here=True,
)


def report(a_ms: float, final_ms: float) -> ProofReport:
    return ProofReport(mode="local", circuits=(CircuitReport("a", 0.0, a_ms),), final_proof_ms=final_ms)


def test_without_earlier_runs_known_circuits_have_their_usual_times() -> None:
    blocks, measured = expected_blocks(["private_kernel_init", "Mine:run"], [], "final")
    assert not measured
    assert [block.expected_ms for block in blocks] == [640.0, 600.0, 6280.0]


def test_expected_times_are_the_median_of_earlier_runs() -> None:
    runs = [report(100, 10), report(300, 30), report(200, 20), ProofReport(mode="local")]
    blocks, measured = expected_blocks(["a"], runs, "final")
    assert measured
    assert [block.expected_ms for block in blocks] == [200.0, 20.0]
    assert not expected_blocks(["b"], runs, "final")[1]


def test_a_block_that_takes_longer_than_expected_stops_almost_full() -> None:
    assert filled(RUN, 0, 0.5) == pytest.approx(0.5)
    assert filled(RUN, 0, 60.0) == ALMOST_FULL
    assert filled(RUN, 1, 0.5) == 0.0
    done = replace(RUN, blocks=(Block("a", 1000.0, done=True), *RUN.blocks[1:]))
    assert filled(done, 0, 0.0) == 1.0


def test_the_remaining_time_follows_the_pace_so_far() -> None:
    assert remaining_seconds(RUN, 0.5) == pytest.approx(9.5)
    twice_as_slow = replace(
        RUN, blocks=(Block("a", 1000.0, 2000.0, done=True), *RUN.blocks[1:]), current=1, current_since=2.0
    )
    assert remaining_seconds(twice_as_slow, 4.0) == pytest.approx(16.0)


def test_without_measurements_there_is_no_estimate_at_first() -> None:
    unknown = replace(RUN, measured_here=False)
    assert remaining_seconds(unknown, 0.5) is None
    done = tuple(replace(block, done=True) for block in RUN.blocks[:2])
    assert remaining_seconds(replace(unknown, blocks=(*done, RUN.blocks[2]), current=2), 0.5) is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "measuring…"),
        (0.4, "almost done"),
        (13.2, "about 13 s left"),
        (88.0, "about 90 s left"),
        (93.0, "about 2 min left"),
        (185.0, "about 3 min left"),
    ],
)
def test_the_remaining_time_is_shown_as_precisely_as_it_is_known(left: float | None, words: str) -> None:
    assert about_left(left) == words
