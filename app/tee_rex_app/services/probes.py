"""Probes of the configured servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import msgspec

from tee_rex.aztec.networks import LOCAL_CHAIN, Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.support import NetworkSupport
from tee_rex.errors import AttestationError, InputError, TeeRexError
from tee_rex.errors.catalogue.aztec import NODE_STALLED
from tee_rex.errors.catalogue.servers import SERVER_KEY_CHANGED, SERVER_KEY_MISMATCH, SERVER_TIMED_OUT
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
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
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
_OF_KEYS = (SERVER_KEY_CHANGED.code, SERVER_KEY_MISMATCH.code)


class _Health(msgspec.Struct):
    available_versions: list[str] = []


@dataclass(frozen=True, slots=True)
class ServiceProbe:
    """Probes a service once; a failure becomes its status.

    sample: the transaction that a server must be able to prove. installation: what this app proves with.
    check_key: raises what the next proof on a server would raise for its key.
    """

    sample: ProofRequest
    installation: Installation
    check_key: Callable[[ServerConnection], Awaitable[None]] | None = None

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
            network = Network.accepted(info, self.installation.pins.circuits)
            support = await read_in_thread(NetworkSupport.of, network, self.installation)
        except InputError as error:
            status, problem = _not_accepted(error), Problem.of(error)
            return replace(service, status=status, detail=f"{detail}. {_reason(error)}", problem=problem)
        detail = f"{detail} · {labels.setup_name(support.network.setup)}"
        service = replace(service, setup=support.network.setup)
        if support.obstacle is not None:
            # A damaged bb, or none for this computer, says nothing about versions: a server may prove.
            unknown = isinstance(support.obstacle, BbNotPinnedError)
            status = ServiceStatus.WRONG_VERSION if unknown else ServiceStatus.READY
            problem = Problem.of(support.obstacle)
            told = f"{detail}. {_reason(support.obstacle)}"
            return replace(service, status=status, detail=told, problem=problem)
        if support.approved_by_user:
            bb = tr("{bb} (approved by you)").format(bb=f"bb {support.bb}")
            detail = f"{detail} · {bb}"
        return replace(service, status=ServiceStatus.READY, detail=detail)

    async def _remote(self, service: ServiceState) -> ServiceState:
        async with _connection(service) as connection:
            answer = await connection.exchange("GET", HEALTH_PATH, limit=_MAX_ANSWER_BYTES)
            known = decoded(answer.expect(_HTTP_OK), _Health).available_versions
            if self.check_key is not None:
                await self.check_key(connection)
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
            problem = Problem.of(examination.refusal)
            return replace(service, status=ServiceStatus.REFUSED, detail=detail, problem=problem)
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
        silent = NODE_STALLED if service.name is ServiceName.NODE else SERVER_TIMED_OUT
        problem = Problem.of(silent(seconds=ANSWER_SECONDS))
        return replace(service, status=ServiceStatus.UNREACHABLE, detail=detail, problem=problem)
    except TeeRexError as error:
        detail, status = translated(error.message_parts), ServiceStatus.UNREACHABLE
        if isinstance(error, AttestationError):
            detail, status = f"{translated(error.title)}. {detail}", ServiceStatus.REFUSED
        elif error.code in _OF_KEYS:  # there is no room for fingerprints
            detail, status = f"{translated(error.title)}.", ServiceStatus.REFUSED
        return replace(service, status=status, detail=detail, problem=Problem.of(error))


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
