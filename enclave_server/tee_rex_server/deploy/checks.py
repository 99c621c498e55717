"""A host seen from outside, as clients see it: attested with the expected PCRs, and made to prove."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import AttestationPolicy
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.errors import ServerError, TeeRexError, UnusableEnvironmentError
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.attestation import AllowedProvers, examine_server
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.trust import AttestedKey, KeyTrust
from tee_rex.revocations import Revocations
from tee_rex.transaction.request import ProofRequest, ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex_server.errors import deploy as errors
from tee_rex_server.vsock import Cid

if TYPE_CHECKING:
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.remote.trust import TrustedKey
    from tee_rex.transaction.events import ProofEvent, ProofListener
    from tee_rex_server.deploy.fleet import FleetHost, Release

START_SECONDS: Final = 300.0
"""For a start with all uploads; an enclave on EC2 takes seconds, and its bb and CRS arrive from its host."""
PROOF_SECONDS: Final = 600.0
_LOOK_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class OutsideChecks:
    """installation: of the bb that verifies the proofs of smoke tests."""

    installation: DownloadingInstallation
    start_seconds: float = START_SECONDS
    proof_seconds: float = PROOF_SECONDS

    async def runs(self, host: FleetHost, cid: int, release: Release) -> bool:
        """Whether the enclave attests itself with the release's PCRs now."""
        try:
            await self._attest(host, cid, release)
        except TeeRexError:
            return False
        return True

    async def attest(self, host: FleetHost, cid: int, release: Release) -> None:
        """Wait until the enclave attests itself, for a fresh nonce each time.

        Raises at once an AttestationError of what answers, such as PCR_MISMATCH; ENCLAVE_NOT_ATTESTED when
        nothing does in time.
        """
        deadline = time.monotonic() + self.start_seconds
        while True:
            try:
                await self._attest(host, cid, release)
            except (ServerError, UnusableEnvironmentError) as error:
                if time.monotonic() >= deadline:
                    raise errors.ENCLAVE_NOT_ATTESTED(
                        enclave=f"{host.name}/{Cid(cid).name}",
                        seconds=self.start_seconds,
                        reason=error.message,
                    ) from error
            else:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def prove(self, host: FleetHost, cid: int | None, release: Release) -> None:
        """Have the sample proved, and verify the proof: in one enclave, draining or not, or in any.

        Raises what a proof in TEE mode raises, and SMOKE_TEST_FAILED.
        """
        steps = ExecutionSteps.from_bytes(account_deployment(release.setups[0]))
        request = ProofRequest.recognised(steps)
        pins = self.installation.pins
        trust = AttestedKey(
            (_pcrs(release),),
            AllowedProvers.pinned(pins),
            aws_nitro_root(),
            _now,
            revocations=lambda: Revocations.known(self.installation.paths),
        )
        trusted = trust if cid is None else _OneEnclave(trust, _url_of(host, cid))
        backend = RemoteBackend(ServerUrl.parse(host.url), trusted, self.installation, trust_env=True)
        try:
            async with asyncio.timeout(self.proof_seconds):
                result = await backend.prove(request, _unwatched)
        except TimeoutError as error:
            raise errors.PROOF_NOT_IN_TIME(host=host.name, seconds=self.proof_seconds) from error
        if not result.verified:
            raise errors.PROOF_NOT_VERIFIED(host=host.name)

    async def _attest(self, host: FleetHost, cid: int, release: Release) -> None:
        revoked = Revocations.known(self.installation.paths)
        allowed = AllowedProvers.pinned(self.installation.pins)
        policy = AttestationPolicy(
            builds=(_pcrs(release),),
            provers=allowed.under(release.setups[0], revoked.bb),
            revoked_builds=revoked.enclave_builds,
        )
        async with ServerConnection.open(_url_of(host, cid), trust_env=True) as connection:
            examination = await examine_server(connection, policy, root=aws_nitro_root(), now=_now)
        examination.require()


@dataclass(frozen=True, slots=True)
class _OneEnclave(KeyTrust):
    """The attested key of one enclave; the host forwards to it what is encrypted to that key."""

    mode: ClassVar = ProvingMode.TEE
    trust: AttestedKey
    enclave: ServerUrl

    async def key(
        self, connection: ServerConnection, request: ProofRequest, listener: ProofListener
    ) -> TrustedKey:
        """Raises as AttestedKey does."""
        del connection
        async with ServerConnection.open(self.enclave, trust_env=True) as its_own:
            return await self.trust.key(its_own, request, listener)


def _url_of(host: FleetHost, cid: int) -> ServerUrl:
    return ServerUrl.parse(f"{host.url.rstrip('/')}/enclaves/{Cid(cid).name}")


def _pcrs(release: Release) -> ExpectedPcrs:
    return ExpectedPcrs.from_hex(release.pcr0, release.pcr1, release.pcr2)


def _unwatched(_event: ProofEvent) -> None:
    """Nobody looks at the progress."""


def _now() -> datetime:
    return datetime.now(UTC)
