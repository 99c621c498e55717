"""Asking a server to attest itself (``GET /attestation``), and examining what it sends."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tee_rex.attestation.examination import Examination, UntrustedAttestation, examine, new_nonce
from tee_rex.attestation.provers import Prover
from tee_rex.errors import AttestationError
from tee_rex.errors.catalogue.attestation import NO_TEE, UNREADABLE_BASE64
from tee_rex.errors.catalogue.servers import SERVER_ANSWER_NO_DOCUMENT, SERVER_TIMED_OUT
from tee_rex.http_client.answers import decoded
from tee_rex.system.platform import Platform
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.protocol import ATTESTATION_PATH, AttestationAnswer

if TYPE_CHECKING:
    from cryptography import x509

    from tee_rex.attestation.checks import AttestationPolicy
    from tee_rex.bb.pins import BbPins
    from tee_rex.http_client.connection import ServerConnection

MAX_ANSWER_BYTES: Final = 65_536
"""Ample for the largest document, key and manifest in base64, and the JSON around them."""
ANSWER_SECONDS: Final = 30.0
"""For connecting and the whole answer; an enclave makes a document in milliseconds."""
_ENCLAVE_PLATFORMS: Final = (Platform.AMD64_LINUX, Platform.ARM64_LINUX)


@dataclass(frozen=True, slots=True)
class AllowedProvers:
    """The prover binaries that may see a witness; development ones only under the development setup.

    approved_by_user: those that the user vouches for; the others are pinned.
    """

    genuine: frozenset[Prover]
    development: frozenset[Prover] = frozenset()
    approved_by_user: frozenset[Prover] = frozenset()

    @classmethod
    def pinned(cls, pins: BbPins) -> AllowedProvers:
        """Every bb that this release has proved with and that an enclave can run."""
        by_setup = {
            setup: frozenset(
                Prover(str(version), digest)
                for platform in _ENCLAVE_PLATFORMS
                for version, digest in pins.pinned(setup, platform).items()
                if pins.versions[version].proved_for_real
            )
            for setup in TrustedSetup
        }
        return cls(by_setup[TrustedSetup.GENUINE], by_setup[TrustedSetup.DEVELOPMENT])

    def under(self, setup: TrustedSetup, revoked: Collection[str]) -> frozenset[Prover]:
        """Those allowed when proving under this setup. revoked: SHA-256 of executables that are not."""
        allowed = self.genuine | self.development if setup is TrustedSetup.DEVELOPMENT else self.genuine
        return frozenset(one for one in allowed if one.sha256 not in revoked)


async def examine_server(
    connection: ServerConnection,
    policy: AttestationPolicy,
    *,
    root: x509.Certificate,
    now: Callable[[], datetime],
) -> Examination:
    """Ask a server to attest itself for a fresh nonce, and examine its answer.

    A refusal is in the examination, also that the server has no TEE. Raises what ServerConnection and
    ``answers.refusal`` raise when the server does not answer.
    """
    nonce = new_nonce()
    try:
        untrusted = await fetch_attestation(connection, nonce)
    except AttestationError as refusal:
        return Examination.refused(refusal, at=now())
    at = now()
    return await read_in_thread(examine, untrusted, policy, nonce=nonce, root=root, at=at)


async def fetch_attestation(connection: ServerConnection, nonce: bytes) -> UntrustedAttestation:
    """What a server sends to attest itself for ``nonce`` (32 bytes).

    Raises as ServerConnection and ``answers.refusal`` do; NO_TEE for a server without a TEE; UNREADABLE when
    the document is not base64.
    """
    answer = decoded(await _get(connection, nonce), AttestationAnswer)
    if answer.mode == "standard":
        raise NO_TEE()
    if answer.attestation_document is None:
        raise SERVER_ANSWER_NO_DOCUMENT()
    return UntrustedAttestation(
        document=_from_base64(answer.attestation_document),
        key=None if answer.public_key is None else answer.public_key.encode(),
        manifest=None if answer.prover_manifest is None else _from_base64(answer.prover_manifest),
    )


async def _get(connection: ServerConnection, nonce: bytes) -> bytes:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await connection.exchange(
                "GET", ATTESTATION_PATH, limit=MAX_ANSWER_BYTES, query={"nonce": nonce.hex()}
            )
    except TimeoutError as error:
        raise SERVER_TIMED_OUT(seconds=ANSWER_SECONDS) from error
    return answer.expect(HTTPStatus.OK)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UNREADABLE_BASE64() from error
