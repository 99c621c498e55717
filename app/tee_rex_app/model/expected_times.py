"""How long the parts of a proof or a flow should take, and how much time remains.

All of it is estimated, and never shown as measured. The pace is that of the parts that are done, by the clock
of this computer: a server says only what it begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from tee_rex.aztec.flows.report import StepReport
from tee_rex.transaction.events import Phase
from tee_rex.transaction.report import ProofReport
from tee_rex_app.model.runs import RUNS_FOR_USUAL, Block, FlowState, RunState

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

_MAY_INSTALL = (Phase.PREPARE, Phase.VERIFY)

ALMOST_FULL = 0.96
"""A block that takes longer than expected stops here; full means done."""
_WEIGHT_OF_EARLIER_RUNS = 0.02
"""As a share of the whole: without it, the first short circuit would double the estimate."""
_LATE_FROM = 1.25
_LATE_SECONDS = 1.0
"""A last part that takes so many times as long as expected, and so much longer, may end whenever it likes."""


def expected_blocks(
    circuits: Sequence[str], earlier: Sequence[ProofReport], final_name: str
) -> tuple[tuple[Block, ...], bool]:
    """The blocks of a proof of these circuits, and whether their times come from earlier runs here.

    earlier: reports of proofs in the same mode, newest first.
    """
    times = _earlier_times(circuits, earlier)
    if times is None:
        usual = [_USUAL_SECONDS.get(name, _UNKNOWN_CIRCUIT_SECONDS) for name in circuits]
        expected = [seconds * 1000 for seconds in (*usual, _FINAL_PROOF_SECONDS)]
    else:
        expected = times
    return tuple(map(Block, (*circuits, final_name), expected)), times is not None


def expected_block(earlier: Sequence[ProofReport], name: str) -> Block:
    """The block of a Noir circuit, which can be of any size: without earlier ones, nothing is expected."""
    times = _earlier_times((), earlier)
    return Block(name, None if times is None else times[0])


def _earlier_times(circuits: Sequence[str], earlier: Sequence[ProofReport]) -> list[float] | None:
    """The median milliseconds of each circuit and the final proof in earlier proofs of the same circuits."""
    alike = [
        [*(circuit.load_ms + circuit.accumulate_ms for circuit in report.circuits), report.final_proof_ms]
        for report in earlier
        if tuple(circuit.name for circuit in report.circuits) == tuple(circuits)
        and report.final_proof_ms is not None
    ][:RUNS_FOR_USUAL]
    return [median(times) for times in zip(*alike, strict=True)] if alike else None


def proving_ms(report: ProofReport) -> float | None:
    """The time of a proof without the phases in which bb and the CRS may have been downloaded.

    None for a report without phases.
    """
    return sum(one.ms for one in report.phases if one.name not in _MAY_INSTALL) if report.phases else None


def step_ms(step: StepReport) -> float | None:
    """The time of a flow's step, without what may have been downloaded for its proof; None before its end."""
    if step.total_ms is None:
        return None
    phases = () if step.proof is None else step.proof.phases
    return step.total_ms - sum(one.ms for one in phases if one.name == Phase.PREPARE)


def filled(run: RunState, index: int, now: float) -> float:
    """The completed fraction of a block, 0 to 1; of a run that was stopped, at its end."""
    if run.blocks[index].done:
        return 1.0
    course = _course_of(run)
    if course is None:
        return 0.0
    now = now if run.ended is None else run.ended
    spent_ms = course.spent_ms(_until(run, now))
    if course.joined and index > course.current:  # the final proof, perhaps: see _course_of
        spent_ms -= course.paced_ms(run.blocks[index - 1].expected_ms or 0.0)
    elif index != course.current:
        return 0.0
    expected_ms = course.paced_ms(run.blocks[index].expected_ms or 0.0)
    return min(ALMOST_FULL, max(0.0, spent_ms) / max(1.0, expected_ms))


def share_done(run: RunState | FlowState, now: float) -> float | None:
    """The completed fraction of a proof or flow, 0 to 1, by expected times; None while it is unknown."""
    if isinstance(run, RunState):
        expected = _expected(block.expected_ms for block in run.blocks)
        if not expected or run.task is not None:
            return None
        done = sum(filled(run, index, now) * ms for index, ms in enumerate(expected))
        return done / sum(expected)
    if not run.steps:
        return None
    course = _course_of(run)
    if course is not None and course.known:
        return course.share(now)
    of_proof = (share_done(run.proof, now) if run.proof is not None else None) or 0.0
    return (sum(step.spent_ms is not None for step in run.steps) + of_proof) / len(run.steps)


def remaining_seconds(run: RunState | FlowState, now: float) -> float | None:
    """The remaining time at the pace so far; None while nothing is known of it."""
    course = _course_of(run)
    if course is None or not course.known:
        return None
    now = _until(run, now)
    return None if course.is_late(now) else course.left_ms(now) / 1000


def is_late(run: RunState | FlowState, now: float) -> bool:
    """Whether the last part takes so much longer than expected that nothing is known of its end."""
    course = _course_of(run)
    return course is not None and course.known and course.is_late(_until(run, now))


def expected_ms(run: RunState | FlowState) -> float | None:
    """The expected milliseconds of a proof or flow, or of its rest; of a proof by reference if need be."""
    if isinstance(run, FlowState):
        return sum(run.expected_ms.values()) or None
    expected = _expected(block.expected_ms for block in run.blocks if not block.done)
    return sum(expected) or None


@dataclass(frozen=True, slots=True)
class _Course:
    """Parts that follow each other.

    expected: milliseconds of each. current: the index of the one in progress. first: of the one that was the
    first seen to begin. begun, since: when that and the current one began, in seconds of the application's
    clock. earlier_runs: whether what is expected comes from them. joined: the last part is two blocks; see
    _course_of.
    """

    expected: tuple[float, ...]
    first: int
    current: int
    begun: float
    since: float
    earlier_runs: bool
    joined: bool = False

    @property
    def known(self) -> bool:
        """Whether an estimate rests on more than reference times."""
        return self.earlier_runs or self.current - self.first > 1

    @property
    def before(self) -> float:
        """Expected milliseconds of the parts that have been seen from begin to end."""
        return sum(self.expected[self.first : self.current])

    def spent_ms(self, now: float) -> float:
        """Of the current part."""
        return max(0.0, now - self.since) * 1000

    def paced_ms(self, expected_ms: float) -> float:
        """What a part should take at the pace of those before the current one."""
        weight = _WEIGHT_OF_EARLIER_RUNS * sum(self.expected) if self.earlier_runs else 0.0
        due = self.before + weight
        return expected_ms * ((self.since - self.begun) * 1000 + weight) / due if due else expected_ms

    def is_late(self, now: float) -> bool:
        if self.current < len(self.expected) - 1:
            return False
        latest_ms = _LATE_FROM * self.paced_ms(self.expected[-1]) + 1000 * _LATE_SECONDS
        return self.spent_ms(now) > latest_ms

    def left_ms(self, now: float) -> float:
        """A part that takes longer than expected slows down those after it."""
        spent, expected = self.spent_ms(now), self.expected[self.current]
        after = sum(self.expected[self.current + 1 :])
        own = self.paced_ms(expected)
        if spent <= own:
            return own - spent + self.paced_ms(after)
        slower = (self.paced_ms(self.before) + spent) / (self.before + expected)
        return max(self.paced_ms(after), after * slower)

    def share(self, now: float) -> float:
        own = self.expected[self.current]
        part = min(ALMOST_FULL, self.spent_ms(now) / max(1.0, self.paced_ms(own)))
        return (sum(self.expected[: self.current]) + part * own) / sum(self.expected)


def _course_of(run: RunState | FlowState) -> _Course | None:
    """None before the first part begins, after the last one, and where nothing is expected.

    Some servers do not say when the final proof begins: what they say of the last circuit holds for both.
    """
    if isinstance(run, FlowState):
        return _course_of_steps(run)
    expected = _expected(block.expected_ms for block in run.blocks)
    if not expected or run.current is None or run.paced_since is None or run.blocks[run.current].done:
        return None
    joined = run.phase is Phase.PROVING and run.current == len(expected) - 2
    if joined:
        expected = (*expected[:-2], expected[-2] + expected[-1])
    first, begun = run.paced_from, run.paced_since
    return _Course(expected, first, run.current, begun, run.current_since, run.measured_here, joined)


def _course_of_steps(flow: FlowState) -> _Course | None:
    expected = _expected(flow.expected_ms.get(step.step) for step in flow.steps)
    current = next((at for at, step in enumerate(flow.steps) if step.spent_ms is None), None)
    if not expected or current is None:
        return None
    begun, since = flow.steps[0].started, flow.steps[current].started
    if begun is None or since is None:
        return None
    return _Course(expected, 0, current, begun, since, earlier_runs=True)


def _expected(times: Iterable[float | None]) -> tuple[float, ...]:
    """All of them, or none; at least a millisecond each."""
    given = tuple(times)
    known = tuple(max(1.0, ms) for ms in given if ms is not None)
    return known if len(known) == len(given) else ()


def _until(run: RunState | FlowState, now: float) -> float:
    """Nothing is known of what a silent server does."""
    proof = run if isinstance(run, RunState) else run.proof
    return now if proof is None or proof.silent_since is None else min(now, proof.silent_since)
