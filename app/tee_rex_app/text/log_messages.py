"""Messages of the log, in the user's language."""

from __future__ import annotations

from collections.abc import Callable

from tee_rex.aztec.flows.report import FlowKind, FlowStep, Preparation
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.log.event_log import Level, LogEntry
from tee_rex_app.model.services import Lock, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Notice
from tee_rex_app.text import flow_labels, formats, labels
from tee_rex_app.text.translation import tr, translated


def level_name(level: Level) -> str:
    """A level in one short word."""
    return {
        Level.DEBUG: tr("detail"),
        Level.INFO: tr("info"),
        Level.DONE: tr("done"),
        Level.WARNING: tr("warning"),
        Level.ERROR: tr("error"),
    }[level]


def sentence(entry: LogEntry) -> str:
    """What happened. An event without a message shows its name and fields."""
    tell = _SENTENCES.get(entry.event)
    if tell is not None:
        try:
            return tell(entry)
        except ValueError:  # a field has a value unknown to this version
            pass
    return " ".join((entry.event, *(f"{name}={value}" for name, value in entry.fields)))


def _app_started(entry: LogEntry) -> str:
    return tr("TEE-Rex {version} started").format(version=entry.field("version"))


def _app_ended(_entry: LogEntry) -> str:
    return tr("TEE-Rex is closing")


def _found(entry: LogEntry) -> str:
    return f"{translated(entry.text('part'))}: {translated(entry.text('detail'))}"


def _missing(entry: LogEntry) -> str:
    return tr("Still missing: {things}").format(things=entry.field("parts"))


def _complete(_entry: LogEntry) -> str:
    return tr("This computer is ready to prove")


def _fix(entry: LogEntry) -> str:
    return labels.fix_name(Fix(entry.field("fix")))


def _service(entry: LogEntry) -> str:
    name = ServiceName(entry.field("service"))
    status = labels.service_status(ServiceState(name, ServiceStatus(entry.field("status"))))
    told = f"{labels.service_name(name)}: {status}"
    more = " · ".join(translated(value) for key in ("address", "detail") if (value := entry.text(key)))
    return f"{told} · {more}" if more else told


def _checking(entry: LogEntry) -> str:
    return tr("{service}: checking").format(service=labels.service_name(ServiceName(entry.field("service"))))


def _attested(entry: LogEntry) -> str:
    return tr("Enclave attested: {detail}").format(detail=entry.field("detail"))


def _refused(entry: LogEntry) -> str:
    return tr("Enclave refused: {detail}").format(detail=entry.field("detail"))


def _locked(entry: LogEntry) -> str:
    mode = ProvingMode(entry.field("mode"))
    return f"{labels.mode_name(mode)}: {labels.lock_reason(Lock(entry.field('reason')), mode)}"


def _unlocked(entry: LogEntry) -> str:
    return tr("{mode} mode unlocked").format(mode=_mode(entry))


def _chosen(entry: LogEntry) -> str:
    return tr("Mode: {mode}").format(mode=_mode(entry))


def _started(entry: LogEntry) -> str:
    return tr("Proving {source} · {mode}").format(source=_source(entry), mode=_mode(entry))


def _read(entry: LogEntry) -> str:
    count = tr("%n circuit(s)", "", int(entry.field("circuits")))
    return f"{count} · {_setup(entry.field('setup'))}"


def _phase(entry: LogEntry) -> str:
    return labels.phase_name(entry.field("phase"))


def _circuit(entry: LogEntry) -> str:
    return tr("Circuit {index} of {count}, {name}: {time}").format(
        index=entry.field("index"), count=entry.field("count"), name=entry.field("name"), time=_time(entry)
    )


def _final(entry: LogEntry) -> str:
    return tr("Final proof and self-check: {time}").format(time=_time(entry))


def _cancelling(_entry: LogEntry) -> str:
    return tr("Cancelling")


def _cancelled(entry: LogEntry) -> str:
    return tr("{source}: cancelled after {time}").format(source=_source(entry), time=_time(entry))


def _failed(entry: LogEntry) -> str:
    return tr("{source}: failed after {time}").format(source=_source(entry), time=_time(entry))


def _verified(entry: LogEntry) -> str:
    return tr("{source}: proved and verified in {time}, proof {digest}").format(
        source=_source(entry), time=_time(entry), digest=_digest(entry)
    )


def _unverified(entry: LogEntry) -> str:
    return tr("{source}: proved in {time}, not verified here").format(
        source=_source(entry), time=_time(entry)
    )


def _error(entry: LogEntry) -> str:
    title, message = translated(entry.text("title")), translated(entry.text("message"))
    return " ".join(part for part in (f"{title}.", message, f"({entry.field('code')})") if part)


def _notice(entry: LogEntry) -> str:
    return labels.notice(Notice(entry.field("kind")))[0]


def _flow_started(entry: LogEntry) -> str:
    return tr("{flow} started · {mode}").format(flow=_flow_name(entry), mode=_mode(entry))


def _network(entry: LogEntry) -> str:
    return tr("Network: chain {chain} · {setup}").format(
        chain=entry.field("chain"), setup=_setup(entry.field("setup"))
    )


def _preparing(entry: LogEntry) -> str:
    return flow_labels.preparation_name(Preparation(entry.field("preparation")))


def _wallet_retried(entry: LogEntry) -> str:
    return tr("Reopening the wallet, attempt {number}").format(number=entry.field("attempt"))


def _step(entry: LogEntry) -> str:
    return tr("Step {index} of {count}: {step}").format(
        index=entry.field("index"), count=entry.field("count"), step=_step_name(entry)
    )


def _sent(entry: LogEntry) -> str:
    return tr("{step}: sent as {transaction}").format(
        step=_step_name(entry), transaction=entry.field("transaction")
    )


def _confirmed(entry: LogEntry) -> str:
    return tr("{step}: confirmed in block {block}").format(step=_step_name(entry), block=entry.field("block"))


def _step_ended(entry: LogEntry) -> str:
    return f"{_step_name(entry)}: {_time(entry)}"


def _flow_done(entry: LogEntry) -> str:
    return tr("{flow} finished in {time}").format(flow=_flow_name(entry), time=_time(entry))


def _flow_cancelled(entry: LogEntry) -> str:
    return tr("{source}: cancelled after {time}").format(source=_flow_name(entry), time=_time(entry))


def _flow_failed(entry: LogEntry) -> str:
    return tr("{source}: failed after {time}").format(source=_flow_name(entry), time=_time(entry))


def _flow_name(entry: LogEntry) -> str:
    return flow_labels.flow_name(FlowKind(entry.field("kind")))


def _step_name(entry: LogEntry) -> str:
    return flow_labels.step_name(FlowStep(entry.field("step")))


def _crash(entry: LogEntry) -> str:
    text = tr("Internal error: {error}, {place}")
    return text.format(error=entry.field("error"), place=entry.field("place"))


def _native_crash(_entry: LogEntry) -> str:
    return tr("TEE-Rex quit unexpectedly last time; stack traces are in the log folder")


def _library(entry: LogEntry) -> str:
    return f"{entry.field('library')}: {entry.field('message')}"


def _task(entry: LogEntry) -> str:
    return formats.task_name(entry.field("task"))


def _setup(setup: str) -> str:
    return tr("development setup") if setup == TrustedSetup.DEVELOPMENT else tr("genuine setup")


def _source(entry: LogEntry) -> str:
    return labels.source_name(entry.field("source"))


def _mode(entry: LogEntry) -> str:
    return labels.mode_name(ProvingMode(entry.field("mode")))


def _time(entry: LogEntry) -> str:
    return formats.seconds(float(entry.field("ms") or 0))


def _digest(entry: LogEntry) -> str:
    digest = entry.field("sha256")
    return f"{digest[:4]}…{digest[-4:]}" if digest else ""


_SENTENCES: dict[str, Callable[[LogEntry], str]] = {
    "app.started": _app_started,
    "app.ended": _app_ended,
    "app.crash": _crash,
    "app.native-crash": _native_crash,
    "setup.found": _found,
    "setup.missing": _missing,
    "setup.complete": _complete,
    "setup.queued": _fix,
    "setup.bringing": _fix,
    "service.changed": _service,
    "service.checking": _checking,
    "attestation.accepted": _attested,
    "attestation.refused": _refused,
    "mode.locked": _locked,
    "mode.unlocked": _unlocked,
    "mode.chosen": _chosen,
    "proof.started": _started,
    "proof.read": _read,
    "proof.phase": _phase,
    "proof.task": _task,
    "proof.circuit": _circuit,
    "proof.final": _final,
    "proof.cancelling": _cancelling,
    "proof.cancelled": _cancelled,
    "proof.failed": _failed,
    "proof.verified": _verified,
    "proof.unverified": _unverified,
    "flow.started": _flow_started,
    "flow.network": _network,
    "flow.preparing": _preparing,
    "flow.wallet-retried": _wallet_retried,
    "flow.step": _step,
    "flow.sent": _sent,
    "flow.confirmed": _confirmed,
    "flow.step-ended": _step_ended,
    "flow.done": _flow_done,
    "flow.cancelled": _flow_cancelled,
    "flow.failed": _flow_failed,
    "error": _error,
    "notice": _notice,
    "library.message": _library,
}
