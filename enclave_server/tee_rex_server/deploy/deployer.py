"""Bringing all enclaves of a fleet to one release, one at a time, and back by itself where that fails."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import ServerBusyError
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex_server.deploy.fleet import Deployment, FleetState
from tee_rex_server.deploy.host import HostStatus
from tee_rex_server.errors import deploy as errors
from tee_rex_server.vsock import Cid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tee_rex_server.deploy.aws import Claim, ReleaseStore
    from tee_rex_server.deploy.fleet import Fleet, FleetHost, Release
    from tee_rex_server.deploy.host import HostEnclave

_SHORT_SECONDS: Final = 60.0
_DRAIN_SECONDS: Final = 840.0
"""Two minutes more than a host takes at most."""
_FETCH_SECONDS: Final = 900.0
_START_SECONDS: Final = 300.0


class HostCommands(Protocol):
    """Runs the commands of ``tee-rex-server host`` on a host."""

    async def run(
        self,
        host: FleetHost,
        command: str,
        *,
        seconds: float,
        url: str = "",
        check: Callable[[], None] | None = None,
    ) -> bytes:
        """The command's output; raises HOST_COMMAND_FAILED, and what ``check`` raises before it is sent."""


class Checks(Protocol):
    """A host as seen from outside; see ``checks.OutsideChecks``."""

    async def runs(self, host: FleetHost, cid: int, release: Release) -> bool:
        """Whether the enclave attests itself with the release's PCRs now."""

    async def attest(self, host: FleetHost, cid: int, release: Release) -> None:
        """Wait until it does."""

    async def prove(self, host: FleetHost, cid: int | None, release: Release) -> None:
        """Have a proof made, and verify it."""


class Step(msgspec.Struct, frozen=True):
    """What was done. enclave: such as ``a/cid-16``; a host, or empty for the fleet. seconds: it took.

    skipped: why it was not done, if so.
    """

    name: str
    enclave: str
    seconds: float
    skipped: str = ""


class Replacement(msgspec.Struct, frozen=True):
    """What ``plan`` says of one enclave. runs: what it was attested to run; unknown for any other image.

    todo: what has to be done with it; "serve" lets one that has the release attest, prove and have clients
    again. service: whether other enclaves of its host serve while it is replaced.
    """

    host: str
    cid: int
    runs: Literal["target", "current", "unknown"]
    todo: Literal["nothing", "serve", "replace"]
    service: bool


class Plan(msgspec.Struct, frozen=True):
    """What ``apply`` would do. unfinished: the target of a deployment that was interrupted."""

    target: Release
    current: Release | None
    unfinished: Release | None
    enclaves: tuple[Replacement, ...]


class EnclaveReport(msgspec.Struct, frozen=True):
    """One enclave. attested: whether it proved from outside, just now, to run the current release."""

    host: str
    cid: int
    attested: bool
    ready: bool
    draining: bool
    image: str | None


class FleetReport(msgspec.Struct, frozen=True):
    """The output of ``status``."""

    state: FleetState
    enclaves: tuple[EnclaveReport, ...]


@dataclass(slots=True)
class Deployer:
    """Changes a fleet. report: called after each step. by: the person or job, for others to read.

    For each enclave: its host keeps new clients away and waits until it is idle (drain); starts it from the
    new image; it attests itself to this machine with the expected PCRs and a fresh nonce, and makes a proof;
    then its host lets clients in again (serve). What an enclave runs is never taken from a record: an enclave
    is done when it attests itself, has the right image for its next start, and serves. So a deployment that
    was killed is resumed by doing it again.
    """

    fleet: Fleet
    store: ReleaseStore
    hosts: HostCommands
    checks: Checks
    by: str
    report: Callable[[Step], None]
    _step: str = field(default="resume", init=False)

    async def plan(self, target: Release) -> Plan:
        """What ``apply`` would do; changes nothing. Raises HOST_COMMAND_FAILED."""
        state, _etag, _age = await self.store.state()
        replacements = []
        for host in self.fleet.hosts:
            for cid in host.cids:
                present, _others = await self._known(host, cid)
                runs: Literal["target", "current", "unknown"] = "unknown"
                if await self.checks.runs(host, cid, target):
                    runs = "target"
                elif state.current is not None and await self.checks.runs(host, cid, state.current):
                    runs = "current"
                todo: Literal["nothing", "serve", "replace"] = "replace"
                if runs == "target" and present.image == target.sha256:
                    todo = "serve" if present.draining else "nothing"
                replacements.append(Replacement(host.name, cid, runs, todo, len(host.cids) > 1))
        unfinished = None if state.deployment is None else state.deployment.target
        return Plan(target, state.current, unfinished, tuple(replacements))

    async def status(self) -> FleetReport:
        """What the bucket knows, and what each enclave is, asked for now."""
        state, _etag, _age = await self.store.state()
        found = []
        for host in self.fleet.hosts:
            known = {one.cid: one for one in (await self._status(host)).enclaves}
            for cid in host.cids:
                attested = state.current is not None and await self.checks.runs(host, cid, state.current)
                one = known.get(cid)
                found.append(
                    EnclaveReport(
                        host.name,
                        cid,
                        attested,
                        one is not None and one.ready,
                        one is not None and one.draining,
                        None if one is None else one.image,
                    )
                )
        return FleetReport(state, tuple(found))

    async def apply(self, target: Release, image: Path) -> None:
        """Bring every enclave to ``target``; on a failure bring all back and raise DEPLOYMENT_ROLLED_BACK.

        SMOKE_TEST_REFUSED instead where nothing but a host's limit kept it from making a proof.
        An interrupted deployment of the same release goes on, forwards or backwards. Raises
        DEPLOYMENT_RUNNING, DEPLOYMENT_UNFINISHED, ROLLBACK_FAILED, DEPLOYMENT_TAKEN_OVER.
        """

        def begin(state: FleetState) -> Deployment:
            unfinished = state.deployment
            if unfinished is None:
                # Deployed again, to a host that was added: there is nothing to go back to but itself.
                return Deployment(target, state.current, self.by)
            if unfinished.target != target:
                kind = errors.ROLLBACK_UNFINISHED if unfinished.taking_back else errors.DEPLOYMENT_UNFINISHED
                raise kind(release=str(unfinished.target))
            return msgspec.structs.replace(unfinished, by=self.by, held=True)

        async with self.store.claimed(begin) as claim:
            if _of(claim).going_back:
                await self._go_back(claim, errors.GOING_BACK_INTERRUPTED())
            await self._forwards(claim, lambda: self.store.upload(target, image))

    async def roll_back(self) -> Release | None:
        """Bring every enclave to the previous release, or back from an interrupted deployment.

        Interrupted, it goes on. Returns what they run; None where nothing had been deployed before. Raises
        NOTHING_TO_ROLL_BACK, DEPLOYMENT_RUNNING, ROLLBACK_FAILED, DEPLOYMENT_TAKEN_OVER.
        """

        def begin(state: FleetState) -> Deployment:
            unfinished = state.deployment
            if unfinished is not None:
                going_back = unfinished.going_back or not unfinished.taking_back
                return msgspec.structs.replace(unfinished, going_back=going_back, by=self.by, held=True)
            if state.previous is None:
                raise errors.NOTHING_TO_ROLL_BACK()
            return Deployment(state.previous, state.current, self.by, taking_back=True)

        async with self.store.claimed(begin) as claim:
            deployment = _of(claim)
            if deployment.going_back:
                await self._all_back(claim)
                return deployment.back
            await self._forwards(claim, None)
            return deployment.target

    async def _forwards(self, claim: Claim, upload: Callable[[], Awaitable[None]] | None) -> None:
        deployment = _of(claim)
        target, back = deployment.target, deployment.back
        try:
            if upload is not None:
                with self._doing("upload", ""):
                    await upload()
            for host in self.fleet.hosts:
                await self._fetch(claim, host, target)
            for host in self.fleet.hosts:
                for cid in host.cids:
                    await self._bring(claim, host, cid, target)
            for host in self.fleet.hosts:
                await self._prove(claim, host, None, target)
        except errors.StateChangedError:
            raise  # the fleet is another deployer's
        except TeeRexError as cause:
            await self._go_back(claim, cause)
        previous = claim.state.previous if back == target else back
        # Taken back twice would go forwards again, to what was just given up.
        await claim.write(FleetState(target, None if deployment.taking_back else previous))

    async def _go_back(self, claim: Claim, cause: TeeRexError) -> None:
        """Bring all enclaves back, then raise why."""
        step = self._step
        await claim.write(
            msgspec.structs.replace(
                claim.state, deployment=msgspec.structs.replace(_of(claim), going_back=True)
            )
        )
        back = _of(claim).back
        await self._all_back(claim, (step, cause))
        if back is None:
            raise errors.DEPLOYMENT_FAILED_FIRST(step=step, reason=cause.message) from cause
        if isinstance(cause, ServerBusyError):
            raise errors.SMOKE_TEST_REFUSED(
                step=step, reason=cause.message, release=str(back), retry_after=cause.retry_after
            ) from cause
        raise errors.DEPLOYMENT_ROLLED_BACK(step=step, reason=cause.message, release=str(back)) from cause

    async def _all_back(self, claim: Claim, cause: tuple[str, TeeRexError] | None = None) -> None:
        """Every enclave that can be; raises ROLLBACK_FAILED for the others, and the deployment stays.

        cause: the step that failed before, and why.
        """
        back = _of(claim).back
        left: list[str] = []
        problems: list[tuple[str, TeeRexError]] = []
        if back is None:
            await claim.write(msgspec.structs.replace(claim.state, deployment=None))
            return
        for host in self.fleet.hosts:
            missing = {cid: f"{host.name}/{Cid(cid).name}" for cid in reversed(host.cids)}
            try:
                await self._fetch(claim, host, back, if_absent=True)
            except errors.StateChangedError:
                raise
            except TeeRexError as error:
                problems.append((self._step, error))
                left += missing.values()
                continue
            for cid, name in missing.items():
                try:
                    await self._bring(claim, host, cid, back)
                except errors.StateChangedError:
                    raise
                except TeeRexError as error:
                    problems.append((self._step, error))
                    left.append(name)
        if problems:
            raise _not_back(problems[0], cause, str(back), left) from problems[0][1]
        await claim.write(msgspec.structs.replace(claim.state, deployment=None))

    async def _bring(self, claim: Claim, host: FleetHost, cid: int, release: Release) -> None:
        """One enclave to a release, if it is not there already; no proof is made on the way back."""
        name = f"{host.name}/{Cid(cid).name}"
        with self._doing("look", name):
            present, others = await self._known(host, cid)
            runs = present.image == release.sha256 and await self.checks.runs(host, cid, release)
            if runs and not present.draining:
                return
            serves = present.ready and not present.draining
            if not runs and serves and others and not any(one.ready and not one.draining for one in others):
                raise errors.OTHERS_NOT_READY(host=host.name, enclave=Cid(cid).name)
        if not runs:
            await self._command(claim, "drain", host, f"drain {cid}", name, _DRAIN_SECONDS)
            await self._command(claim, "start", host, f"start {cid} {release.sha256}", name, _START_SECONDS)
        with self._doing("attest", name):
            await self.checks.attest(host, cid, release)
        if not _of(claim).going_back:
            await self._prove(claim, host, cid, release)
        await self._command(claim, "serve", host, f"serve {cid}", name, _SHORT_SECONDS)

    async def _prove(self, claim: Claim, host: FleetHost, cid: int | None, release: Release) -> None:
        """A smoke test; one on the way to the release before may be refused, by a host that counts proofs."""
        name = host.name if cid is None else f"{host.name}/{Cid(cid).name}"
        started = time.monotonic()
        try:
            with self._doing("prove", name):
                await self.checks.prove(host, cid, release)
        except ServerBusyError as error:
            if not _of(claim).taking_back:
                raise
            self.report(Step("prove", name, time.monotonic() - started, skipped=error.message))

    async def _fetch(
        self, claim: Claim, host: FleetHost, release: Release, *, if_absent: bool = False
    ) -> None:
        with self._doing("fetch", host.name):
            if if_absent and release.sha256 in (await self._status(host)).images:
                return
            await claim.require()
            url = await self.store.url(release)
            pcrs = f"{release.pcr0} {release.pcr1} {release.pcr2}"
            command = f"fetch {release.sha256} {release.bytes} {pcrs}"
            await self.hosts.run(host, command, seconds=_FETCH_SECONDS, url=url, check=claim.check)

    async def _command(
        self, claim: Claim, step: str, host: FleetHost, command: str, name: str, seconds: float
    ) -> None:
        with self._doing(step, name):
            await claim.require()
            await self.hosts.run(host, command, seconds=seconds, check=claim.check)

    async def _known(self, host: FleetHost, cid: int) -> tuple[HostEnclave, list[HostEnclave]]:
        """What a host says of an enclave and of its others; raises HOST_COMMAND_FAILED if it lacks it."""
        enclaves = {one.cid: one for one in (await self._status(host)).enclaves}
        found = enclaves.pop(cid, None)
        if found is None:
            raise errors.HOST_COMMAND_FAILED(
                host=host.name, command="status", reason=f"Its proxy knows no enclave {Cid(cid).name}."
            )
        return found, [*enclaves.values()]

    async def _status(self, host: FleetHost) -> HostStatus:
        output = await self.hosts.run(host, "status", seconds=_SHORT_SECONDS)
        try:
            return decode_json(output, HostStatus)
        except UndecodableError:
            raise errors.HOST_COMMAND_FAILED(
                host=host.name, command="status", reason="Its answer is not that of this release."
            ) from None

    @contextmanager
    def _doing(self, step: str, enclave: str) -> Iterator[None]:
        """Report a step when it is done; an error that it raises then names it."""
        self._step = f"{step} {enclave}".strip()
        started = time.monotonic()
        yield
        self.report(Step(step, enclave, time.monotonic() - started))


def _of(claim: Claim) -> Deployment:
    """What a claim is for; only at its end there is none."""
    deployment = claim.state.deployment
    if deployment is None:
        raise ValueError("the deployment has ended")
    return deployment


def _not_back(
    first: tuple[str, TeeRexError], cause: tuple[str, TeeRexError] | None, release: str, left: list[str]
) -> TeeRexError:
    """ROLLBACK_FAILED. first: the first step of going back that failed. cause: what failed before it."""
    step, reason = first[0], first[1].message
    enclaves = ", ".join(left)
    if cause is None:
        return errors.ROLLBACK_FAILED(step=step, reason=reason, release=release, enclaves=enclaves)
    return errors.ROLLBACK_FAILED_AFTER(
        failed_step=cause[0],
        cause=cause[1].message,
        step=step,
        reason=reason,
        release=release,
        enclaves=enclaves,
    )
