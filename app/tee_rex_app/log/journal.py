"""Logs changes of the state: set-up, services, modes, circuits, proofs, errors."""

from __future__ import annotations

from collections.abc import Callable

from tee_rex.doctor import Finding, Verdict
from tee_rex.updates.client import UpdateState
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.model.local_network import LocalNetwork, NetworkStage
from tee_rex_app.model.runs import FlowState, FlowStepState, RunStage, RunState
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Notice, State, Store
from tee_rex_app.model.updates import Updates

_UPDATE_EVENTS = {UpdateState.AVAILABLE: "update.available", UpdateState.READY: "update.ready"}
_SERVICE_LEVELS = {
    ServiceStatus.CHECKING: Level.DEBUG,
    ServiceStatus.READY: Level.DONE,
    ServiceStatus.NOT_CONFIGURED: Level.INFO,
    ServiceStatus.NOT_OFFERED: Level.INFO,
    ServiceStatus.INCOMPLETE: Level.WARNING,
    ServiceStatus.UNREACHABLE: Level.WARNING,
    ServiceStatus.REFUSED: Level.WARNING,
    ServiceStatus.WRONG_CLOCK: Level.WARNING,
    ServiceStatus.WRONG_VERSION: Level.WARNING,
    ServiceStatus.FAILED: Level.WARNING,
}
SEPARATOR = "; "
"""Between the names of missing parts, which contain commas."""
_WARNINGS = (Notice.HISTORY_STARTED_ANEW, Notice.SETTINGS_STARTED_ANEW, Notice.CRASHED_LAST_TIME)


class Journal:
    """Compares each state with the previous one and logs the differences."""

    def __init__(self, log: EventLog, store: Store, clock: Callable[[], float]) -> None:
        """clock: seconds, the one of the runs in the state."""
        self._log = log
        self._clock = clock
        self._before = store.state
        self._settled = {
            service.name: service
            for service in store.state.services
            if service.status is not ServiceStatus.CHECKING
        }
        self._store = store
        store.changed.connect(self._see)

    def _see(self, now: State) -> None:
        before, self._before = self._before, now
        if now.setup is not before.setup:
            self._setup(before, now)
        if now.services is not before.services:
            self._services(before, now)
        if now.local_network.stage is not before.local_network.stage:
            self._local_network(now.local_network)
        if now.updates is not before.updates:
            self._updates(before.updates, now.updates)
        if now.modes is not before.modes or now.mode is not before.mode:
            self._modes(before, now)
        if now.run is not before.run:
            self._run(before.run, now.run)
        if now.flow is not before.flow:
            self._flow(before.flow, now.flow)
        if now.problem is not None and now.problem is not before.problem:
            problem = now.problem
            self._log.write(
                Level.ERROR,
                "error",
                code=problem.code,
                title=problem.title,
                message=problem.message,
                hint=problem.hint,
            )
        if now.notice is not None and now.notice is not before.notice:
            level = Level.WARNING if now.notice in _WARNINGS else Level.INFO
            self._log.write(level, "notice", kind=now.notice)
        if now.success is not None and now.success is not before.success:
            self._log.write(Level.DONE, "success", kind=now.success)

    # --- parts of the state ------------------------------------------------------------------------------

    def _setup(self, before: State, now: State) -> None:
        known = {item.finding.id: item.finding for item in before.setup.items or ()}
        for item in now.setup.items or ():
            finding = item.finding
            earlier = known.get(finding.id)
            if earlier is None or _told(earlier) != _told(finding):
                self._log.write(
                    Level.DEBUG,
                    "setup.found",
                    part=finding.name,
                    verdict=finding.verdict,
                    detail=finding.detail,
                )
        if now.setup.items is not None and now.setup.items is not before.setup.items:
            missing = [item.finding.name for item in now.setup.missing]
            if before.setup.items is None or missing != [item.finding.name for item in before.setup.missing]:
                if missing:
                    self._log.write(Level.INFO, "setup.missing", parts=SEPARATOR.join(missing))
                else:
                    self._log.write(Level.DONE, "setup.complete")
        for fix in now.setup.fixing:
            if fix not in before.setup.fixing:
                self._log.write(Level.DEBUG, "setup.queued", fix=fix)
        if now.setup.fixing[:1] != before.setup.fixing[:1]:
            for fix in now.setup.fixing[:1]:
                self._log.write(Level.INFO, "setup.bringing", fix=fix)

    def _services(self, before: State, now: State) -> None:
        old = {service.name: service for service in before.services}
        for service in now.services:
            if service == old.get(service.name):
                continue
            if service.status is ServiceStatus.CHECKING:
                self._log.write(Level.DEBUG, "service.checking", service=service.name)
                continue
            if self._settled.get(service.name) != service:
                self._settled[service.name] = service
                self._service(service)

    def _service(self, service: ServiceState) -> None:
        judged = (ServiceStatus.READY, ServiceStatus.REFUSED, ServiceStatus.WRONG_CLOCK)
        if service.name is ServiceName.TEE and service.status in judged:
            accepted = service.status is ServiceStatus.READY
            self._log.write(
                Level.DONE if accepted else Level.WARNING,
                "attestation.accepted" if accepted else "attestation.refused",
                address=service.address,
                detail=service.detail,
            )
            return
        self._log.write(
            _SERVICE_LEVELS[service.status],
            "service.changed",
            service=service.name,
            status=service.status,
            **({"address": service.address} if service.address else {}),
            **({"detail": service.detail} if service.detail else {}),
        )

    def _local_network(self, network: LocalNetwork) -> None:
        match network.stage:
            case NetworkStage.STARTING:
                self._log.write(Level.INFO, "network.starting")
            case NetworkStage.RUNNING:
                self._log.write(Level.DONE, "network.running", address=network.node_url)
            case NetworkStage.STOPPING:
                self._log.write(Level.INFO, "network.stopping")
            case NetworkStage.OFF | NetworkStage.ASKED:
                self._log.write(Level.DEBUG, "network.off")

    def _updates(self, before: Updates, now: Updates) -> None:
        report = now.report
        if report is not None and report is not before.report:
            known = before.report
            same = known is not None and (known.state, known.newest) == (report.state, report.newest)
            event = _UPDATE_EVENTS.get(report.state)
            if event is None:
                self._log.write(Level.DEBUG, "update.checked", version=report.newest)
            elif not same:
                self._log.write(Level.INFO, event, version=report.newest)
            if known is not None and known.pins != report.pins:
                self._log.write(Level.INFO, "update.pins", number=report.pins)
        failure = now.failure
        if failure is not None and failure is not before.failure:
            self._log.write(Level.WARNING, "update.failed", title=failure.title, message=failure.message)
        if now.failed_version and not before.failed_version:
            self._log.write(Level.WARNING, "update.went-back", version=now.failed_version)

    def _modes(self, before: State, now: State) -> None:
        old = {mode.mode: mode.lock for mode in before.modes}
        for mode in now.modes:
            if mode.lock != old.get(mode.mode):
                if mode.lock is None:
                    self._log.write(Level.INFO, "mode.unlocked", mode=mode.mode)
                else:
                    self._log.write(Level.INFO, "mode.locked", mode=mode.mode, reason=mode.lock)
        if now.mode is not before.mode:
            self._log.write(Level.INFO, "mode.chosen", mode=now.mode)

    # --- a proof -----------------------------------------------------------------------------------------

    def _run(self, before: RunState | None, now: RunState | None) -> None:
        if now is None:
            return
        if before is None or before.started != now.started:
            if not now.active:  # shown again, because no run came of a later one
                return
            self._log.write(Level.INFO, "proof.started", source=now.source, mode=now.mode)
            before = None
        if now.setup is not None and (before is None or before.setup is None):
            self._log.write(
                Level.INFO,
                "proof.read",
                circuits=max(1, len(now.blocks) - 1),
                setup=now.setup,
                source=now.source,
            )
        if now.phase is not None and (before is None or before.phase is not now.phase):
            self._log.write(Level.DEBUG, "proof.phase", phase=now.phase)
        if before is not None and now.blocks is not before.blocks:
            self._blocks(before, now)
        if now.task is not None and (
            before is None or before.task is None or before.task.task != now.task.task
        ):
            self._log.write(Level.DEBUG, "proof.task", task=now.task.task)
        self._silence(before, now)
        if before is not None and now.stage is not before.stage:
            self._stage(now)

    def _silence(self, before: RunState | None, now: RunState) -> None:
        silent = before is not None and before.silent_since is not None
        if now.silent_since is not None and not silent:
            self._log.write(Level.WARNING, "proof.server-silent")
        elif now.silent_since is None and silent and now.active:
            self._log.write(Level.INFO, "proof.server-answers")

    def _blocks(self, before: RunState, now: RunState) -> None:
        count = len(now.blocks) - 1
        if len(before.blocks) != len(now.blocks) or now.blocks is before.blocks:
            return
        for index, (old, new) in enumerate(zip(before.blocks, now.blocks, strict=True)):
            if old.done or not new.done:
                continue
            time = {} if new.spent_ms is None else {"ms": str(round(new.spent_ms))}
            if index < count:
                self._log.write(
                    Level.INFO, "proof.circuit", index=index + 1, count=count, name=new.name, **time
                )
            else:
                self._log.write(Level.INFO, "proof.final" if count else "proof.noir-circuit", **time)

    def _stage(self, run: RunState) -> None:
        ms = round(((run.ended or self._clock()) - run.started) * 1000)
        match run.stage:
            case RunStage.CANCELLING:
                self._log.write(Level.INFO, "proof.cancelling")
            case RunStage.CANCELLED:
                self._log.write(Level.INFO, "proof.cancelled", source=run.source, ms=ms)
            case RunStage.FAILED:
                self._log.write(Level.ERROR, "proof.failed", source=run.source, mode=run.mode, ms=ms)
            case RunStage.DONE:
                self._done(run, ms)
            case RunStage.RUNNING:
                pass

    def _done(self, run: RunState, ms: int) -> None:
        report = run.report
        verified = report is not None and report.verified is True
        proof = report.proof if report is not None else None
        self._log.write(
            Level.DONE if verified else Level.WARNING,
            "proof.verified" if verified else "proof.unverified",
            source=run.source,
            mode=run.mode,
            ms=ms,
            **({"sha256": proof.sha256} if proof is not None else {}),
            **({"setup": run.setup} if run.setup is not None else {}),
        )

    # --- a flow ------------------------------------------------------------------------------------------

    def _flow(self, before: FlowState | None, now: FlowState | None) -> None:
        if now is None:
            return
        if before is None or before.started != now.started:
            if not now.active:
                return
            self._log.write(Level.INFO, "flow.started", kind=now.kind, mode=now.mode)
            before = None
        if now.preparation is not None and (before is None or before.preparation is not now.preparation):
            self._log.write(Level.DEBUG, "flow.preparing", preparation=now.preparation)
        if now.network is not None and (before is None or before.network is None):
            self._log.write(Level.INFO, "flow.network", chain=now.network.chain_id, setup=now.network.crs)
        if before is not None and now.wallet_attempt != before.wallet_attempt:
            self._log.write(Level.WARNING, "flow.wallet-retried", attempt=now.wallet_attempt)
        if before is not None and now.steps is not before.steps:
            self._steps(before, now)
        if before is not None and before.proof is not None and now.proof is not None:
            self._blocks(before.proof, now.proof)
            self._silence(before.proof, now.proof)
        if before is not None and now.stage is not before.stage:
            self._flow_stage(now)

    def _steps(self, before: FlowState, now: FlowState) -> None:
        known = {one.step: one for one in before.steps}
        for number, one in enumerate(now.steps, start=1):
            old = known.get(one.step, FlowStepState(one.step))
            if one.started is not None and old.started is None:
                count = len(now.steps)
                self._log.write(Level.INFO, "flow.step", step=one.step, index=number, count=count)
            if one.transaction is not None and old.transaction is None:
                link = one.explorer_url or ""
                self._log.write(
                    Level.INFO, "flow.sent", link=link, step=one.step, transaction=one.transaction
                )
            if one.block is not None and old.block is None:
                self._log.write(Level.INFO, "flow.confirmed", step=one.step, block=one.block)
            if one.spent_ms is not None and old.spent_ms is None:
                self._log.write(Level.INFO, "flow.step-ended", step=one.step, ms=round(one.spent_ms))

    def _flow_stage(self, flow: FlowState) -> None:
        ms = round(((flow.ended or self._clock()) - flow.started) * 1000)
        match flow.stage:
            case RunStage.CANCELLING:
                self._log.write(Level.INFO, "proof.cancelling")
            case RunStage.CANCELLED:
                self._log.write(Level.INFO, "flow.cancelled", kind=flow.kind, ms=ms)
            case RunStage.FAILED:
                self._log.write(Level.ERROR, "flow.failed", kind=flow.kind, mode=flow.mode, ms=ms)
            case RunStage.DONE:
                self._log.write(Level.DONE, "flow.done", kind=flow.kind, mode=flow.mode, ms=ms)
            case RunStage.RUNNING:
                pass


def _told(finding: Finding) -> tuple[Verdict, str]:
    """What people read of a finding: amounts that round to the same are the same."""
    return finding.verdict, str(finding.detail)
