"""The first step of an examination: whether a document is genuine, so that AWS vouches for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tee_rex.attestation.chain import common_name, verify_chain
from tee_rex.attestation.document import SIGNATURE_BYTES, AttestationDocument, CoseSign1
from tee_rex.errors.catalogue.attestation import CHAIN_OTHER_ENCLAVE, SIGNATURE_FAILED

_SEAL: Final = object()
_DEBUG_PCRS: Final = (0, 1, 2)
"""What Nitro measures of the image; it leaves them zero when it lets the operator look inside."""


@dataclass(frozen=True, slots=True)
class GenuineDocument:
    """A document that AWS vouches for; what it says need not be what the caller wants.

    chain: root first, the enclave's certificate last. checked_at: the moment it was checked for.
    Only verify_document makes one.
    """

    content: AttestationDocument
    chain: tuple[x509.Certificate, ...]
    checked_at: datetime
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only verify_document makes a GenuineDocument")

    @property
    def debug(self) -> bool:
        """Whether the enclave runs in debug mode: PCR0, 1 and 2 are all zero."""
        return not any(any(self.content.pcrs.get(index, b"")) for index in _DEBUG_PCRS)

    @property
    def age(self) -> timedelta:
        """How long before ``checked_at`` it was made; negative when it comes from the future."""
        return self.checked_at - self.content.made_at


def verify_document(untrusted: bytes, root: x509.Certificate, at: datetime) -> GenuineDocument:
    """Checks 1 to 10 of an attestation; the policy's checks follow in :mod:`tee_rex.attestation.examination`.

    Until the signature holds, the content serves only to find the key and to check it.

    untrusted: the raw document. root: the only trust anchor. at: now, aware.
    Raises an AttestationError: UNREADABLE, INVALID_COSE, INVALID_DOCUMENT, CHAIN_FAILED, SIGNATURE_FAILED.
    """
    # 1. Bounded length. 2. Strict CBOR. 3. The envelope: ES384, empty unprotected header, sizes.
    envelope = CoseSign1.read(untrusted)

    # 4. Exactly the nine fields. 5. Their types and limits.
    content = AttestationDocument.read(envelope.payload)

    # 6. The pinned root. 7. The chain, in the given order. 8. Valid now and when the document was made.
    chain = verify_chain((*content.cabundle, content.certificate), root=root, at=at, made_at=content.made_at)

    # 9. The certificate is this enclave's: AWS names it MODULE_ID.REGION.aws.
    if not common_name(chain[-1]).startswith(f"{content.module_id}."):
        raise CHAIN_OTHER_ENCLAVE()

    # 10. The enclave's signature over exactly the received bytes.
    _check_signature(envelope, chain)

    return GenuineDocument(content, chain, at, seal=_SEAL)


def _check_signature(envelope: CoseSign1, chain: Sequence[x509.Certificate]) -> None:
    key = chain[-1].public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - verify_chain accepts no other
    half = SIGNATURE_BYTES // 2
    # AWS makes both high and low s, so both are accepted; a document's hash cannot detect replays.
    r, s = (int.from_bytes(part, "big") for part in (envelope.signature[:half], envelope.signature[half:]))
    try:
        key.verify(encode_dss_signature(r, s), envelope.signed_bytes(), ec.ECDSA(hashes.SHA384()))
    except InvalidSignature as error:
        raise SIGNATURE_FAILED() from error
