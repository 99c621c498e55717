"""Reasons to encrypt to a server's key: it is pinned, known since first use, or attested."""

from __future__ import annotations

import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tee_rex.attestation.checks import MAX_AGE, AttestationPolicy, listed_versions, prover_for
from tee_rex.errors.catalogue.attestation import POLICY_MISSING, PROVER_SETUP_ABSENT
from tee_rex.errors.catalogue.servers import (
    FINGERPRINT_INVALID,
    FLEET_SIGNATURE_INVALID,
    SERVER_KEY_MISMATCH,
)
from tee_rex.http_client.answers import decoded
from tee_rex.openpgp import PublicKey
from tee_rex.remote.attestation import AllowedProvers, examine_server
from tee_rex.revocations import Revocations
from tee_rex.transaction.events import AttestationExamined
from tee_rex.transaction.request import BbIdentity, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.protocol import PUBLIC_KEY_PATH
from tee_rex.wire.tickets import FleetKeyAnswer, fleet_fingerprint, fleet_statement

if TYPE_CHECKING:
    from cryptography import x509

    from tee_rex.attestation.builds import ExpectedPcrs
    from tee_rex.attestation.provers import Prover
    from tee_rex.http_client.connection import ServerConnection
    from tee_rex.remote.known_servers import KnownServers
    from tee_rex.transaction.events import AttestationReport, ProofListener
    from tee_rex.transaction.request import ProofRequest

_MAX_KEY_ANSWER_BYTES: Final = 8_192
"""An armored key has at most 4,096 bytes."""
_FINGERPRINT: Final = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that this proof's witness may be encrypted to.

    bb: the attested bb that must prove, None when nothing is attested. attestation: the evidence.
    """

    public_key: PublicKey
    bb: BbIdentity | None = None
    attestation: AttestationReport | None = None


class KeyTrust(ABC):
    """One reason to trust a key, without a fallback."""

    mode: ClassVar[ProvingMode]

    @abstractmethod
    async def key(
        self, connection: ServerConnection, request: ProofRequest, listener: ProofListener
    ) -> TrustedKey:
        """Fetch the server's key and check it; when this raises a TeeRexError, nothing may be sent."""


@dataclass(frozen=True, slots=True)
class PinnedKey(KeyTrust):
    """The key whose fingerprint the caller knows: remote mode."""

    mode: ClassVar = ProvingMode.REMOTE
    fingerprint: str
    now: Callable[[], datetime]

    @classmethod
    def parse(cls, text: str, now: Callable[[], datetime]) -> PinnedKey:
        """Read 40 hexadecimal digits, spaces between them allowed; raises FINGERPRINT_INVALID."""
        fingerprint = text.replace(" ", "").lower()
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise FINGERPRINT_INVALID()
        return cls(fingerprint, now)

    async def key(
        self, connection: ServerConnection, request: ProofRequest, listener: ProofListener
    ) -> TrustedKey:
        """Raises SERVER_KEY_MISMATCH, and what fetching and parsing the key can raise."""
        del request, listener
        published = await _published_key(connection, self.now())
        self.require(published.fingerprint)
        return TrustedKey(published.key)

    def require(self, found: str) -> None:
        """Raise SERVER_KEY_MISMATCH for another fingerprint."""
        if not hmac.compare_digest(found, self.fingerprint):
            raise SERVER_KEY_MISMATCH(found=found, expected=self.fingerprint)


@dataclass(frozen=True, slots=True)
class TrustOnFirstUse(KeyTrust):
    """The key that the server had when it was first used: remote mode."""

    mode: ClassVar = ProvingMode.REMOTE
    servers: KnownServers
    now: Callable[[], datetime]

    async def key(
        self, connection: ServerConnection, request: ProofRequest, listener: ProofListener
    ) -> TrustedKey:
        """Raises SERVER_KEY_CHANGED, and what fetching and parsing the key can raise."""
        del request, listener
        at = self.now()
        published = await _published_key(connection, at)
        await self.servers.compare_or_remember(connection.server, published.fingerprint, at)
        return TrustedKey(published.key)


@dataclass(frozen=True, slots=True)
class AttestedKey(KeyTrust):
    """The key inside an attestation that the caller's policy accepts: TEE mode.

    builds: the approved ones. provers: the bb binaries that may see a witness. root: the only trust anchor.
    nonce_required: False for servers that ignore nonces; a document may then be an old one, replayed.
    revocations: what neither may be, asked anew for every key.
    """

    mode: ClassVar = ProvingMode.TEE
    builds: tuple[ExpectedPcrs, ...]
    provers: AllowedProvers
    root: x509.Certificate
    now: Callable[[], datetime]
    nonce_required: bool = True
    max_age: timedelta = MAX_AGE
    revocations: Callable[[], Revocations] = Revocations

    def __post_init__(self) -> None:
        if all(build.pcr0 is None for build in self.builds):
            raise POLICY_MISSING()

    async def key(
        self, connection: ServerConnection, request: ProofRequest, listener: ProofListener
    ) -> TrustedKey:
        """Raises an AttestationError, PINS_DAMAGED, and what fetching and parsing the key can raise."""
        revoked = self.revocations()
        policy = AttestationPolicy(
            builds=self.builds,
            provers=self.provers.under(request.setup, revoked.bb),
            aztec_version=request.version,
            nonce_required=self.nonce_required,
            max_age=self.max_age,
            revoked_builds=revoked.enclave_builds,
        )
        examination = await examine_server(connection, policy, root=self.root, now=self.now)
        report = examination.report()
        listener(AttestationExamined(report))
        attested = examination.require()
        return TrustedKey(
            PublicKey.parse_armored(attested.public_key, at=examination.at),
            _attested_bb(attested.provers, self.provers, request),
            report,
        )


async def require_expected_key(
    connection: ServerConnection, pinned: str, servers: KnownServers, now: Callable[[], datetime]
) -> None:
    """Raise what the next proof in remote mode would raise for the server's key; nothing is remembered.

    The server is not asked where no key is expected of it. pinned: a fingerprint; empty for none.
    """
    known = None if pinned else servers.key_of(connection.server)
    if not pinned and known is None:
        return
    found = (await _published_key(connection, now())).fingerprint
    if known is not None:
        known.require(found, connection.server)
    else:
        PinnedKey.parse(pinned, now).require(found)


@dataclass(frozen=True, slots=True)
class _PublishedKey:
    """A server's key, and the fingerprint to know the server by: of that key, or of its fleet's."""

    key: PublicKey
    fingerprint: str


async def _published_key(connection: ServerConnection, at: datetime) -> _PublishedKey:
    answer = await connection.exchange("GET", PUBLIC_KEY_PATH, limit=_MAX_KEY_ANSWER_BYTES)
    published = decoded(answer.expect(HTTPStatus.OK), FleetKeyAnswer)
    key = PublicKey.parse_armored(published.public_key, at=at)
    if not published.fleet_key:
        return _PublishedKey(key, key.fingerprint)
    try:
        fleet = Ed25519PublicKey.from_public_bytes(published.fleet_key)
        fleet.verify(published.signature, fleet_statement(published.public_key))
    except (ValueError, InvalidSignature):
        raise FLEET_SIGNATURE_INVALID() from None
    return _PublishedKey(key, fleet_fingerprint(published.fleet_key))


def _attested_bb(carried: tuple[Prover, ...], allowed: AllowedProvers, request: ProofRequest) -> BbIdentity:
    """The carried bb that proves the steps; all carried ones are allowed."""
    fitting = allowed.development if request.setup is TrustedSetup.DEVELOPMENT else allowed.genuine
    prover = prover_for([prover for prover in carried if prover in fitting], request.version)
    if prover is None:
        raise PROVER_SETUP_ABSENT(
            version=str(request.version), setup=str(request.setup), carried=listed_versions(carried)
        )
    return BbIdentity(AztecVersion.parse(prover.version), prover.sha256, prover in allowed.approved_by_user)
