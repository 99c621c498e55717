"""The measurements (PCRs) of an enclave image, computed without starting it.

Source: AWS's Nitro Enclaves user guide, "Cryptographic attestation", and aws-nitro-enclaves-image-format.
A PCR is SHA-384(48 zero bytes ‖ SHA-384(what is measured)): a register that was extended once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha384
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tee_rex_server.image.eif import Bytes, Eif

PCR_BYTES: Final = 48
UNSIGNED_PCR8: Final = bytes(PCR_BYTES)
"""PCR8 of an image without a signature."""


@dataclass(frozen=True, slots=True)
class ImagePcrs:
    """What an attestation document holds when this image runs, 48 bytes each.

    pcr0: the whole image. pcr1: kernel, command line and first ramdisk. pcr2: the other ramdisks.
    """

    pcr0: bytes
    pcr1: bytes
    pcr2: bytes


def extended_once(parts: Iterable[Bytes]) -> bytes:
    """The register (48 bytes) after it was extended with the digest of these bytes."""
    digest = sha384()
    for part in parts:
        digest.update(part)
    return sha384(bytes(PCR_BYTES) + digest.digest()).digest()


def image_pcrs(eif: Eif) -> ImagePcrs:
    """PCR0 to PCR2; metadata and signature change none of them."""
    first, *others = eif.ramdisks
    return ImagePcrs(
        extended_once((eif.kernel, eif.cmdline, first, *others)),
        extended_once((eif.kernel, eif.cmdline, first)),
        extended_once(others),
    )


def role_pcr(role_arn: str) -> bytes:
    """PCR3 of an enclave whose parent instance has this IAM role (``arn:aws:iam::…:role/…``)."""
    return extended_once((role_arn.encode(),))


def instance_pcr(instance_id: str) -> bytes:
    """PCR4 of an enclave on this parent instance (``i-…``)."""
    return extended_once((instance_id.encode(),))


def signer_pcr(certificate_der: bytes) -> bytes:
    """PCR8 of an image that was signed with this certificate."""
    return extended_once((certificate_der,))
