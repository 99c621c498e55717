"""Labels of a proof while it runs: what it is doing, and how long it should still take."""

from __future__ import annotations

from tee_rex.transaction.events import BytesSent, Phase, QueuePosition, RetryScheduled
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.expected_times import expected_ms, is_late, remaining_seconds
from tee_rex_app.model.runs import FlowState, RunStage, RunState
from tee_rex_app.text import formats, labels
from tee_rex_app.text.translation import tr


def doing(run: RunState) -> str:
    """What a running proof is doing."""
    if run.stage is RunStage.CANCELLING:
        return tr("Cancelling…")
    if run.silent_since is not None:
        return tr("The server does not respond")
    if run.task is not None:
        return formats.task_text(run.task)
    if run.news is not None:
        return _news(run)
    last = len(run.blocks) - 1
    if run.current is not None and not run.blocks[run.current].done:
        if last == 0:
            return tr("Proving a Noir circuit")
        if run.current == last:
            return labels.phase_name(Phase.FINAL_PROOF)
        if _may_be_final(run):
            return tr("Proving · last circuit and final proof")
        return tr("Proving · circuit {index} of {count}").format(index=run.current + 1, count=last)
    return labels.phase_doing(run.phase) if run.phase is not None else tr("Reading the steps")


def circuit(run: RunState) -> str:
    """The name of the circuit that is being proved; empty for other work."""
    if run.current is None or run.blocks[run.current].done or _may_be_final(run):
        return ""
    return run.blocks[run.current].name if run.current < len(run.blocks) - 1 else ""


def _may_be_final(run: RunState) -> bool:
    """Whether a server makes the last circuit or the final proof: some do not say which."""
    return run.phase is Phase.PROVING and run.current == len(run.blocks) - 2


def left(run: RunState | FlowState, now: float) -> str:
    """How long a running proof or flow should still take; empty where nothing is known of it."""
    proof = run if isinstance(run, RunState) else run.proof
    if proof is not None and proof.silent_since is not None:
        silent = formats.whole_seconds((now - proof.silent_since) * 1000)
        return tr("for {time}, retrying").format(time=silent)
    if is_late(run, now):
        return tr("longer than expected")
    remaining = remaining_seconds(run, now)
    if remaining is not None:
        return formats.about_left(remaining)
    if isinstance(run, FlowState):
        if not run.expected_ms:
            return tr("first time on this computer")
        return "" if run.steps else _then(run)
    if run.current is None:
        return _then(run) if run.measured_here else ""
    if all(block.done for block in run.blocks):
        return "" if run.task is not None else tr("almost done")
    return tr("measuring…") if expected_ms(run) is not None else ""


def expected(sample: RunState, usual_ms: float | None) -> str:
    """How long a proof of the sample should take, before it begins; empty where nothing is known of it.

    usual_ms: as its mode's card says.
    """
    ms = usual_ms or expected_ms(sample)
    if ms is None:
        return ""
    if usual_ms or sample.measured_here:
        return tr("about {time}").format(time=formats.estimate(ms))
    if sample.mode is ProvingMode.LOCAL:
        return tr("about {time} on two idle cores").format(time=formats.estimate(ms))
    return ""


def _then(run: RunState | FlowState) -> str:
    """After the work that comes first."""
    ms = expected_ms(run)
    return "" if ms is None else tr("then about {time}").format(time=formats.estimate(ms))


def _news(run: RunState) -> str:
    """What a server said of the phase."""
    phase = "" if run.phase is None else labels.phase_doing(run.phase)
    match run.news:
        case BytesSent(sent, total) if total:
            return f"{phase} · {100 * sent // total} %"
        case QueuePosition(position, float(seconds)):
            time = formats.estimate(1000 * seconds)
            if not position:
                return tr("{phase} · next, in about {time}").format(phase=phase, time=time)
            return tr("{phase} · {count} ahead, about {time}").format(phase=phase, count=position, time=time)
        case QueuePosition(position) if position:
            return tr("{phase} · {count} ahead").format(phase=phase, count=position)
        case RetryScheduled():
            return tr("The server is busy: trying again")
        case _:
            return phase
