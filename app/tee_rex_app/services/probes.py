"""Probes of the configured servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import msgspec

from tee_rex.aztec.networks import LOCAL_CHAIN, Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.support import NetworkSupport
from tee_rex.errors import AttestationError, InputError, TeeRexError
from tee_rex.errors.message import printable
from tee_rex.errors.tree import BbNotPinnedError, DevelopmentNetworkRefusedError, UnnamedKeysError
from tee_rex.http_client.answers import decoded
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local.installation import Installation
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.generations import Generation, generation_of
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.protocol import HEALTH_PATH
from tee_rex_app.model.attestation import AttestationRules, ExaminedAttestation
from tee_rex_app.model.services import ServiceState, ServiceStatus
from tee_rex_app.services.attestation import examine_service
from tee_rex_app.text import labels
from tee_rex_app.text.translation import tr, translated

POLL_SECONDS = 15.0
"""A restarted enclave is noticed before the user tries to prove."""
ANSWER_SECONDS = 8.0
_MAX_ANSWER_BYTES = 256 * 1024
_MAX_SHOWN = 40
_VERSIONS_SHOWN = 4
_HTTP_OK = 200


class _Health(msgspec.Struct):
    available_versions: list[str] = []


@dataclass(frozen=True, slots=True)
class ServiceProbe:
    """Probes a service once; a failure becomes its status.

    sample: the transaction that a server must be able to prove. installation: what this app proves with.
    """

    sample: ProofRequest
    installation: Installation

    async def node(self, service: ServiceState) -> ServiceState:
        """Ask an Aztec node for its network and version."""
        return await _answer_or_failure(service, self._node(service))

    async def remote(self, service: ServiceState) -> ServiceState:
        """Ask a proving server whether it proves for our version."""
        return await _answer_or_failure(service, self._remote(service))

    async def tee(
        self, service: ServiceState, rules: AttestationRules
    ) -> tuple[ServiceState, ExaminedAttestation | None]:
        """Request and examine an enclave's attestation; None if the request failed."""
        found: list[ExaminedAttestation] = []
        answer = await _answer_or_failure(service, self._tee(service, rules, found.append))
        return answer, found[-1] if found else None

    async def _node(self, service: ServiceState) -> ServiceState:
        async with AztecNode.open(service.address) as node:
            info = await node.info()
        optional = info.chain_id == LOCAL_CHAIN and not info.real_proofs
        proofs = tr("proofs optional") if optional else tr("proofs required")
        detail = tr("Aztec {version} · chain {chain} · {proofs}").format(
            version=info.node_version, chain=info.chain_id, proofs=proofs
        )
        service = replace(service, versions=(info.node_version,), setup=None)
        try:
            support = await read_in_thread(NetworkSupport.of, Network.accepted(info), self.installation)
        except InputError as error:
            return replace(service, status=_not_accepted(error), detail=f"{detail}. {_reason(error)}")
        detail = f"{detail} · {labels.setup_name(support.network.setup)}"
        service = replace(service, setup=support.network.setup)
        if support.obstacle is not None:
            # A damaged bb, or none for this computer, says nothing about versions: a server may prove.
            unknown = isinstance(support.obstacle, BbNotPinnedError)
            status = ServiceStatus.WRONG_VERSION if unknown else ServiceStatus.READY
            return replace(service, status=status, detail=f"{detail}. {_reason(support.obstacle)}")
        if support.approved_by_user:
            bb = tr("{bb} (approved by you)").format(bb=f"bb {support.bb}")
            detail = f"{detail} · {bb}"
        return replace(service, status=ServiceStatus.READY, detail=detail)

    async def _remote(self, service: ServiceState) -> ServiceState:
        async with _connection(service) as connection:
            answer = await connection.exchange("GET", HEALTH_PATH, limit=_MAX_ANSWER_BYTES)
        known = decoded(answer.expect(_HTTP_OK), _Health).available_versions
        shown = tuple(printable(version, _MAX_SHOWN) for version in known[:_VERSIONS_SHOWN])
        versions = ", ".join(shown)
        service = replace(service, versions=shown)
        needed = self.sample.steps.generation
        if known and not any(_is_of(version, needed) for version in known):
            detail = tr("It proves for Aztec {versions}; the sample needs {ours}.").format(
                versions=versions, ours=needed
            )
            return replace(service, status=ServiceStatus.WRONG_VERSION, detail=detail)
        return replace(service, status=ServiceStatus.READY, detail=f"Aztec {versions}" if versions else "")

    async def _tee(
        self, service: ServiceState, rules: AttestationRules, found: Callable[[ExaminedAttestation], None]
    ) -> ServiceState:
        async with _connection(service) as connection:
            examined = await examine_service(connection, self.sample, rules)
        found(examined)
        examination = examined.examination
        versions = tuple(prover.version for prover in examination.provers or ())
        service = replace(service, versions=versions)
        if examined.clock_ahead is not None:
            detail = labels.wrong_clock(examined.clock_ahead)
            return replace(service, status=ServiceStatus.WRONG_CLOCK, detail=detail)
        if examination.refusal is not None:
            detail = labels.refusal(examination)
            return replace(service, status=ServiceStatus.REFUSED, detail=detail)
        build = examined.approved
        detail = tr("Genuine Nitro, build {name}").format(name=build.name if build else "")
        return replace(service, status=ServiceStatus.READY, detail=detail)


async def _answer_or_failure(
    service: ServiceState, asking: Coroutine[None, None, ServiceState]
) -> ServiceState:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await asking
    except TimeoutError:
        detail = tr("No answer within {seconds} seconds.").format(seconds=f"{ANSWER_SECONDS:g}")
        return replace(service, status=ServiceStatus.UNREACHABLE, detail=detail)
    except AttestationError as error:
        return replace(
            service,
            status=ServiceStatus.REFUSED,
            detail=f"{translated(error.title)}. {translated(error.message_parts)}",
        )
    except TeeRexError as error:
        return replace(service, status=ServiceStatus.UNREACHABLE, detail=translated(error.message_parts))


def _not_accepted(error: InputError) -> ServiceStatus:
    """What is shown of a node whose network is not accepted."""
    if isinstance(error, DevelopmentNetworkRefusedError):
        return ServiceStatus.REFUSED
    return ServiceStatus.INCOMPLETE if isinstance(error, UnnamedKeysError) else ServiceStatus.WRONG_VERSION


def _reason(error: TeeRexError) -> str:
    """What is the matter, and what can be done."""
    return f"{translated(error.message_parts)} {translated(error.hint_parts.words)}".strip()


@asynccontextmanager
async def _connection(service: ServiceState) -> AsyncIterator[ServerConnection]:
    async with ServerConnection.open(ServerUrl.parse(service.address), trust_env=True) as connection:
        yield connection


def _is_of(untrusted_version: str, generation: Generation) -> bool:
    """Whether this is a version of that generation."""
    try:
        return generation_of(AztecVersion.parse(untrusted_version)) == generation
    except TeeRexError:
        return False
