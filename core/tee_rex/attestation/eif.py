"""Enclave image files (EIF, version 4), which the Nitro hypervisor and QEMU start: reading, measuring.

Source: AWS's aws-nitro-enclaves-image-format. Everything is big-endian. A header of 548 bytes holds the
offset of each section and the size of its payload; each section is a head of 12 bytes and its payload. The
header ends with a CRC-32 (zlib's) over everything else.

A measurement is a platform configuration register (PCR), SHA-384(48 zero bytes ‖ SHA-384(measured bytes)): a
register that was extended once. Source: AWS's Nitro Enclaves user guide, "Cryptographic attestation".
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha384
from typing import Final, TypeAlias

Bytes: TypeAlias = bytes | memoryview

MAX_EIF_BYTES: Final = 4 << 30
"""Starting a larger image would need an enclave of 16 GB."""
PCR_BYTES: Final = 48
UNSIGNED_PCR8: Final = bytes(PCR_BYTES)
"""PCR8 of an image without a signature."""
MAX_CMDLINE_BYTES: Final = 4096
MAX_METADATA_BYTES: Final = 1 << 20
MAX_SIGNATURE_BYTES: Final = 1 << 16
MAX_SECTIONS: Final = 32

MAGIC: Final = b".eif"
VERSION: Final = 4
ARM64: Final = 1
HEADER: Final = struct.Struct(f">4sHHQQHH{MAX_SECTIONS}Q{MAX_SECTIONS}QI")
"""Magic, version, flags, default memory and CPUs, reserved, number of sections, offsets, sizes, reserved."""
CRC: Final = struct.Struct(">I")
SECTION: Final = struct.Struct(">HHQ")
"""Kind, flags, size of the payload."""


class EifError(Exception):
    """A file is not a valid enclave image; the text is a clause about "it"."""


class SectionKind(IntEnum):
    """The content of a section."""

    KERNEL = 1
    CMDLINE = 2
    RAMDISK = 3
    SIGNATURE = 4
    METADATA = 5


MAX_BYTES: Final = {
    SectionKind.CMDLINE: MAX_CMDLINE_BYTES,
    SectionKind.METADATA: MAX_METADATA_BYTES,
    SectionKind.SIGNATURE: MAX_SIGNATURE_BYTES,
}


@dataclass(frozen=True, slots=True)
class Eif:
    """The parts of an image; metadata and signature are not measured.

    cmdline: the kernel's, without a final NUL. ramdisks: at least one. metadata: JSON. signature: CBOR, see
    signature.py of the server's ``image``. default_memory (bytes) and default_cpus apply unless the enclave
    is started with others.
    """

    kernel: Bytes
    cmdline: bytes
    ramdisks: tuple[Bytes, ...]
    metadata: bytes | None = None
    signature: bytes | None = None
    default_memory: int = 1 << 30
    default_cpus: int = 2
    arm64: bool = False


def read_eif(untrusted: Bytes) -> Eif:
    """Parse a whole file, without copying its large sections; raises EifError.

    Strict: sections follow each other without a gap, to the end of the file.
    """
    whole = memoryview(untrusted)
    if len(whole) > MAX_EIF_BYTES:
        raise EifError("it is larger than any image that an enclave can start")
    if len(whole) < HEADER.size + CRC.size or bytes(whole[:4]) != MAGIC:
        raise EifError("it has no EIF header")
    _magic, version, flags, memory, cpus, reserved, count, *numbers, unused = HEADER.unpack_from(whole)
    if version != VERSION:
        raise EifError(f"its format has version {version}, but only version {VERSION} is supported")
    if flags & ~ARM64 or reserved or unused:
        raise EifError("its header has values that format version 4 does not allow")
    if not 1 <= count <= MAX_SECTIONS:
        raise EifError(f"its header announces {count} sections")
    offsets, sizes = numbers[:MAX_SECTIONS], numbers[MAX_SECTIONS:]
    if any(offsets[count:]) or any(sizes[count:]):
        raise EifError("its header has values that format version 4 does not allow")
    sections = _sections(whole, offsets[:count], sizes[:count])
    _check_crc(whole)
    return _assembled(sections, memory, cpus, arm64=bool(flags & ARM64))


def _sections(
    whole: memoryview, offsets: Sequence[int], sizes: Sequence[int]
) -> list[tuple[SectionKind, memoryview]]:
    sections = []
    end = HEADER.size + CRC.size
    for offset, size in zip(offsets, sizes, strict=True):
        if offset != end or size > len(whole) - SECTION.size - offset:
            raise EifError("its sections overlap, leave gaps, or exceed the file")
        number, flags, own_size = SECTION.unpack_from(whole, offset)
        start = offset + SECTION.size
        end = start + size
        try:
            kind = SectionKind(number)
        except ValueError:
            raise EifError(f"it has a section of the unknown kind {number}") from None
        if flags or own_size != size:
            raise EifError(f"its header and its section {kind.name.lower()} contradict each other")
        if size > MAX_BYTES.get(kind, MAX_EIF_BYTES):
            raise EifError(f"its section {kind.name.lower()} has {size:,} bytes")
        sections.append((kind, whole[start:end]))
    if end != len(whole):
        raise EifError("there is data after its last section")
    return sections


def _check_crc(whole: memoryview) -> None:
    crc = zlib.crc32(whole[HEADER.size + CRC.size :], zlib.crc32(whole[: HEADER.size]))
    if CRC.unpack_from(whole, HEADER.size) != (crc,):
        raise EifError("its checksum does not match, so it is truncated, changed or damaged")


def _assembled(
    sections: Sequence[tuple[SectionKind, memoryview]], memory: int, cpus: int, *, arm64: bool
) -> Eif:
    of_kind: dict[SectionKind, list[memoryview]] = {kind: [] for kind in SectionKind}
    for kind, payload in sections:
        of_kind[kind].append(payload)
    first_two = [kind for kind, _payload in sections[:2]]
    repeated = [kind for kind, found in of_kind.items() if kind != SectionKind.RAMDISK and len(found) > 1]
    if first_two != [SectionKind.KERNEL, SectionKind.CMDLINE] or repeated:
        raise EifError("it does not start with one kernel and one command line")
    if not of_kind[SectionKind.RAMDISK]:
        raise EifError("it has no ramdisk")
    cmdline = bytes(of_kind[SectionKind.CMDLINE][0])
    if b"\0" in cmdline:
        raise EifError("its kernel command line contains a NUL")
    metadata, signature = (
        bytes(of_kind[kind][0]) if of_kind[kind] else None
        for kind in (SectionKind.METADATA, SectionKind.SIGNATURE)
    )
    return Eif(
        of_kind[SectionKind.KERNEL][0],
        cmdline,
        tuple(of_kind[SectionKind.RAMDISK]),
        metadata,
        signature,
        memory,
        cpus,
        arm64,
    )


@dataclass(frozen=True, slots=True)
class ImagePcrs:
    """The registers that an attestation document of this running image holds, 48 bytes each.

    pcr0: the whole image. pcr1: kernel, command line and first ramdisk. pcr2: the other ramdisks.
    """

    pcr0: bytes
    pcr1: bytes
    pcr2: bytes


def extended_once(parts: Iterable[Bytes]) -> bytes:
    """A register (48 bytes) after it was extended once, with the digest of these bytes."""
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


def signer_pcr(certificate_der: bytes) -> bytes:
    """PCR8 of an image that is signed with this certificate."""
    return extended_once((certificate_der,))
