"""Messages of the log, in the user's language."""

from __future__ import annotations

from collections.abc import Callable

from tee_rex.aztec.flows.report import FlowKind, FlowStep, Preparation
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.log.event_log import Level, LogEntry
from tee_rex_app.log.journal import SEPARATOR
from tee_rex_app.model.services import Lock, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Notice, Success
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


def _missing(entry: LogEntry) -> str:
    parts = map(translated, entry.field("parts").split(SEPARATOR))
    return tr("Still missing: {things}").format(things=SEPARATOR.join(parts))


def _fix(entry: LogEntry) -> str:
    return labels.fix_name(Fix(entry.field("fix")))


def _service(entry: LogEntry) -> str:
    name = ServiceName(entry.field("service"))
    status = labels.service_status(ServiceState(name, ServiceStatus(entry.field("status"))))
    told = f"{labels.service_name(name)}: {status}"
    more = " · ".join(translated(value) for key in ("address", "detail") if (value := entry.text(key)))
    return f"{told} · {more}" if more else told


def _checking(entry: LogEntry) -> str:
    name = ServiceName(entry.field("service"))
    status = labels.service_status(ServiceState(name, ServiceStatus.CHECKING))
    return f"{labels.service_name(name)}: {status}"


def _locked(entry: LogEntry) -> str:
    mode = ProvingMode(entry.field("mode"))
    return f"{labels.mode_name(mode)}: {labels.lock_reason(Lock(entry.field('reason')), mode)}"


def _read(entry: LogEntry) -> str:
    count = tr("%n circuit(s)", "", int(entry.field("circuits")))
    return f"{count} · {_setup(entry.field('setup'))}"


def _error(entry: LogEntry) -> str:
    title, message = translated(entry.text("title")), translated(entry.text("message"))
    return " ".join(part for part in (f"{title}.", message, f"({entry.field('code')})") if part)


def _update_failed(entry: LogEntry) -> str:
    title, message = translated(entry.text("title")), translated(entry.text("message"))
    return tr("Updates: {reason}").format(reason=f"{title}. {message}")


def _flow_name(entry: LogEntry) -> str:
    return flow_labels.flow_name(FlowKind(entry.field("kind")))


def _step_name(entry: LogEntry) -> str:
    return flow_labels.step_name(FlowStep(entry.field("step")))


def _crash(entry: LogEntry) -> str:
    text = tr("Internal error: {error}, {place}")
    return text.format(error=entry.field("error"), place=entry.field("place"))


def _origin(entry: LogEntry) -> str:
    origin = entry.field("origin")
    return origin if "://" in origin else tr("A program")


def _setup(setup: str) -> str:
    return tr("development setup") if setup == TrustedSetup.DEVELOPMENT else tr("genuine setup")


def _source(entry: LogEntry) -> str:
    return labels.source_name(entry.field("source"))


def _mode(entry: LogEntry) -> str:
    return labels.mode_name(ProvingMode(entry.field("mode")))


def _time(entry: LogEntry) -> str:
    return formats.seconds(float(entry.field("ms") or 0))


def _time_or_done(entry: LogEntry) -> str:
    """A server does not say how long a circuit takes."""
    return _time(entry) if entry.field("ms") else tr("done")


def _digest(entry: LogEntry) -> str:
    digest = entry.field("sha256")
    return f"{digest[:4]}…{digest[-4:]}" if digest else ""


_SENTENCES: dict[str, Callable[[LogEntry], str]] = {
    "app.started": lambda entry: tr("TEE-Rex {version} started").format(version=entry.field("version")),
    "app.ended": lambda _entry: tr("TEE-Rex is closing"),
    "app.crash": _crash,
    "app.native-crash": lambda _entry: tr(
        "TEE-Rex quit unexpectedly last time; stack traces are in the log folder"
    ),
    "log.not-kept": lambda entry: tr("The log is not saved: {reason}").format(reason=entry.field("reason")),
    "setup.found": lambda entry: f"{translated(entry.text('part'))}: {translated(entry.text('detail'))}",
    "setup.missing": _missing,
    "setup.complete": lambda _entry: tr("This computer is ready to prove"),
    "setup.queued": _fix,
    "setup.bringing": _fix,
    "service.changed": _service,
    "service.checking": _checking,
    "attestation.accepted": lambda entry: tr("Enclave attested: {detail}").format(
        detail=entry.field("detail")
    ),
    "attestation.refused": lambda entry: tr("Enclave refused: {detail}").format(detail=entry.field("detail")),
    "network.starting": lambda _entry: tr("The local network is starting"),
    "network.running": lambda entry: tr("The local network runs at {address}").format(
        address=entry.field("address")
    ),
    "network.stopping": lambda _entry: tr("The local network is stopping"),
    "network.off": lambda _entry: tr("No local network is running"),
    "mode.locked": _locked,
    "mode.unlocked": lambda entry: tr("{mode} mode unlocked").format(mode=_mode(entry)),
    "mode.chosen": lambda entry: tr("Mode: {mode}").format(mode=_mode(entry)),
    "proof.started": lambda entry: tr("Proving {source} · {mode}").format(
        source=_source(entry), mode=_mode(entry)
    ),
    "proof.read": _read,
    "proof.phase": lambda entry: labels.phase_name(entry.field("phase")),
    "proof.task": lambda entry: formats.task_name(entry.field("task")),
    "proof.circuit": lambda entry: tr("Circuit {index} of {count}, {name}: {time}").format(
        index=entry.field("index"),
        count=entry.field("count"),
        name=entry.field("name"),
        time=_time_or_done(entry),
    ),
    "proof.final": lambda entry: tr("Final proof and self-check: {time}").format(time=_time_or_done(entry)),
    "proof.noir-circuit": lambda entry: tr("Noir circuit: {time}").format(time=_time_or_done(entry)),
    "proof.server-silent": lambda _entry: tr("The server does not respond"),
    "proof.server-answers": lambda _entry: tr("The server responds again"),
    "proof.cancelling": lambda _entry: tr("Cancelling"),
    "proof.cancelled": lambda entry: tr("{source}: cancelled after {time}").format(
        source=_source(entry), time=_time(entry)
    ),
    "proof.failed": lambda entry: tr("{source}: failed after {time}").format(
        source=_source(entry), time=_time(entry)
    ),
    "proof.verified": lambda entry: tr("{source}: proved and verified in {time}, proof {digest}").format(
        source=_source(entry), time=_time(entry), digest=_digest(entry)
    ),
    "proof.unverified": lambda entry: tr("{source}: proved in {time}, not verified here").format(
        source=_source(entry), time=_time(entry)
    ),
    "flow.started": lambda entry: tr("{flow} started · {mode}").format(
        flow=_flow_name(entry), mode=_mode(entry)
    ),
    "flow.network": lambda entry: tr("Network: chain {chain} · {setup}").format(
        chain=entry.field("chain"), setup=_setup(entry.field("setup"))
    ),
    "flow.preparing": lambda entry: flow_labels.preparation_name(Preparation(entry.field("preparation"))),
    "flow.wallet-retried": lambda entry: tr("Reopening the wallet, attempt {number}").format(
        number=entry.field("attempt")
    ),
    "flow.step": lambda entry: tr("Step {index} of {count}: {step}").format(
        index=entry.field("index"), count=entry.field("count"), step=_step_name(entry)
    ),
    "flow.sent": lambda entry: tr("{step}: sent as {transaction}").format(
        step=_step_name(entry), transaction=entry.field("transaction")
    ),
    "flow.confirmed": lambda entry: tr("{step}: confirmed in block {block}").format(
        step=_step_name(entry), block=entry.field("block")
    ),
    "flow.step-ended": lambda entry: f"{_step_name(entry)}: {_time(entry)}",
    "flow.done": lambda entry: tr("{flow} finished in {time}").format(
        flow=_flow_name(entry), time=_time(entry)
    ),
    "flow.cancelled": lambda entry: tr("{source}: cancelled after {time}").format(
        source=_flow_name(entry), time=_time(entry)
    ),
    "flow.failed": lambda entry: tr("{source}: failed after {time}").format(
        source=_flow_name(entry), time=_time(entry)
    ),
    "sites.listening": lambda entry: tr("Websites can ask for proofs on port {port}").format(
        port=entry.field("port")
    ),
    "sites.not-listening": lambda entry: tr("Websites cannot ask for proofs: {reason}").format(
        reason=translated(entry.text("reason"))
    ),
    "site.asks": lambda entry: tr("{origin} asks to prove · {mode}").format(
        origin=entry.field("origin"), mode=_mode(entry)
    ),
    "site.allowed": lambda entry: tr("{origin} was allowed").format(origin=entry.field("origin")),
    "site.denied": lambda entry: tr("{origin} was denied").format(origin=entry.field("origin")),
    "site.not-answered": lambda entry: tr("{origin} got no answer").format(origin=entry.field("origin")),
    "site.revoked": lambda entry: tr("{origin} may no longer prove").format(origin=entry.field("origin")),
    "site.refused": lambda entry: tr("{origin} was refused: {reason}").format(
        origin=_origin(entry), reason=entry.field("reason")
    ),
    "site.not-trusted": lambda _entry: tr(
        "A browser does not trust TEE-Rex's certificate: enable HTTPS on the Sites page, then restart it"
    ),
    "site.downloads": lambda entry: tr("{origin} asks for Aztec {version}: downloading its prover").format(
        origin=_origin(entry), version=entry.field("version")
    ),
    "site.failed": lambda entry: tr("{origin} got no proof: {reason}").format(
        origin=_origin(entry), reason=entry.field("reason")
    ),
    "https.enabled": lambda _entry: tr("Browsers now trust TEE-Rex's certificate"),
    "https.disabled": lambda _entry: tr("TEE-Rex's certificate was removed from browsers"),
    "update.checked": lambda entry: tr("Checked for updates; the newest release is {version}").format(
        version=entry.field("version")
    ),
    "update.available": lambda entry: tr("TEE-Rex {version} is available").format(
        version=entry.field("version")
    ),
    "update.ready": lambda entry: tr("TEE-Rex {version} is ready to install").format(
        version=entry.field("version")
    ),
    "update.pins": lambda entry: tr("New list of provers and enclave builds, number {number}").format(
        number=entry.field("number")
    ),
    "update.failed": _update_failed,
    "update.went-back": lambda entry: tr("TEE-Rex {version} did not start").format(
        version=entry.field("version")
    ),
    "error": _error,
    "notice": lambda entry: labels.notice(Notice(entry.field("kind")))[0],
    "success": lambda entry: labels.success(Success(entry.field("kind")))[0],
    "library.message": lambda entry: f"{entry.field('library')}: {entry.field('message')}",
}
