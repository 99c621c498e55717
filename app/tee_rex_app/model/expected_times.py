"""How long the parts of a proof should take, and how much time remains."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tee_rex.transaction.report import ProofReport
from tee_rex_app.model.runs import Block, FlowState, RunState

# Seconds for load and accumulate; measured with bb 4 on two idle cores.
_USUAL_SECONDS = {
    "MultiCallEntrypoint:entrypoint": 0.52,
    "private_kernel_init": 0.64,
    "SchnorrAccount:constructor": 0.15,
    "SchnorrAccount:entrypoint": 0.66,
    "SponsoredFPC:sponsor_unconditionally": 0.13,
    "private_kernel_inner": 1.34,
    "private_kernel_reset": 1.47,
    "private_kernel_tail": 1.54,
    "hiding_kernel": 1.37,
}
_UNKNOWN_CIRCUIT_SECONDS = 0.6
_FINAL_PROOF_SECONDS = 6.28
_RUNS_COUNTED = 5
"""Recent runs only: the machine may have become faster or slower."""

ALMOST_FULL = 0.96
"""A block that takes longer than expected stops here; full means done."""


def expected_blocks(
    circuits: Sequence[str], earlier: Sequence[ProofReport], final_name: str
) -> tuple[tuple[Block, ...], bool]:
    """The blocks of a proof of these circuits, and whether their times come from earlier runs here.

    earlier: reports of proofs in the same mode, newest first.
    """
    alike = [
        report
        for report in earlier
        if tuple(c.name for c in report.circuits) == tuple(circuits) and report.final_proof_ms is not None
    ][:_RUNS_COUNTED]
    if alike:
        each = zip(*([c.load_ms + c.accumulate_ms for c in report.circuits] for report in alike), strict=True)
        times = [median(times) for times in each]
        final = median(report.final_proof_ms or 0.0 for report in alike)
    else:
        times = [_USUAL_SECONDS.get(name, _UNKNOWN_CIRCUIT_SECONDS) * 1000 for name in circuits]
        final = _FINAL_PROOF_SECONDS * 1000
    blocks = (*map(Block, circuits, times), Block(final_name, final))
    return blocks, bool(alike)


def filled(run: RunState, index: int, now: float) -> float:
    """The completed fraction of a block, 0 to 1."""
    block = run.blocks[index]
    if block.done:
        return 1.0
    if index != run.current or not run.active:
        return 0.0
    spent_ms = (now - run.current_since) * 1000
    return min(ALMOST_FULL, spent_ms / max(1.0, block.expected_ms * _pace(run)))


def share_done(run: RunState | FlowState, now: float) -> float | None:
    """The completed fraction of a proof or flow, 0 to 1, by expected times; None while it is unknown."""
    if isinstance(run, RunState):
        total = sum(block.expected_ms for block in run.blocks)
        done = sum(filled(run, index, now) * block.expected_ms for index, block in enumerate(run.blocks))
        return done / total if total and run.task is None else None
    if run.usual_ms:
        return min(ALMOST_FULL, (now - run.started) * 1000 / run.usual_ms)
    if not run.steps:
        return None
    of_proof = (share_done(run.proof, now) if run.proof is not None else None) or 0.0
    return (sum(step.spent_ms is not None for step in run.steps) + of_proof) / len(run.steps)


def remaining_seconds(run: RunState, now: float) -> float | None:
    """The remaining time at the pace so far; None while the pace is unknown."""
    if not run.blocks or not (run.measured_here or len(_measured(run)) > 1):
        return None
    pace = _pace(run)
    left = 0.0
    for index, block in enumerate(run.blocks):
        if not block.done:
            spent = (now - run.current_since) * 1000 if index == run.current else 0.0
            left += max(0.0, block.expected_ms * pace - spent)
    return left / 1000


def _pace(run: RunState) -> float:
    """Time taken divided by time expected, of measured blocks; 1 while there are none."""
    measured = _measured(run)
    expected = sum(block.expected_ms for block, _ in measured)
    return sum(spent_ms for _, spent_ms in measured) / expected if expected else 1.0


def _measured(run: RunState) -> list[tuple[Block, float]]:
    return [(block, block.spent_ms) for block in run.blocks if block.spent_ms is not None]
