"""Enclave image files (EIF, version 4): what the Nitro hypervisor, and QEMU, start.

Source: AWS's aws-nitro-enclaves-image-format. Everything is big-endian. A header of 548 bytes holds where
each section begins and how long its payload is; each section is a head of 12 bytes and its payload. A CRC-32
(zlib's) over all but itself ends the header.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from tee_rex_server.image.errors import EifMalformedError, ImageTooLargeError

Bytes: TypeAlias = bytes | memoryview

MAX_EIF_BYTES: Final = 4 << 30
"""Of a file that is read or written: an enclave of 16 GB would be needed to start it."""
MAX_CMDLINE_BYTES: Final = 4096
MAX_METADATA_BYTES: Final = 1 << 20
MAX_SIGNATURE_BYTES: Final = 1 << 16
MAX_SECTIONS: Final = 32

_MAGIC: Final = b".eif"
_VERSION: Final = 4
_ARM64: Final = 1
_HEADER: Final = struct.Struct(f">4sHHQQHH{MAX_SECTIONS}Q{MAX_SECTIONS}QI")
"""Magic, version, flags, default memory and CPUs, reserved, number of sections, offsets, sizes, reserved."""
_CRC: Final = struct.Struct(">I")
_SECTION: Final = struct.Struct(">HHQ")
"""Kind, flags, size of the payload."""


class SectionKind(IntEnum):
    """What a section holds."""

    KERNEL = 1
    CMDLINE = 2
    RAMDISK = 3
    SIGNATURE = 4
    METADATA = 5


_MAX_BYTES: Final = {
    SectionKind.CMDLINE: MAX_CMDLINE_BYTES,
    SectionKind.METADATA: MAX_METADATA_BYTES,
    SectionKind.SIGNATURE: MAX_SIGNATURE_BYTES,
}


@dataclass(frozen=True, slots=True)
class Eif:
    """The parts of an image.

    cmdline: the kernel's, without a final NUL. ramdisks: at least one. metadata: JSON. signature: CBOR, see
    signature.py. default_memory (bytes) and default_cpus are used when whoever starts it names none.
    Metadata and signature are not measured.
    """

    kernel: Bytes
    cmdline: bytes
    ramdisks: tuple[Bytes, ...]
    metadata: bytes | None = None
    signature: bytes | None = None
    default_memory: int = 1 << 30
    default_cpus: int = 2
    arm64: bool = False


def eif_parts(eif: Eif) -> Iterator[Bytes]:
    """The file, in pieces that need no copy; raises ImageTooLargeError."""
    sections: list[tuple[SectionKind, Bytes]] = [
        (SectionKind.KERNEL, eif.kernel),
        (SectionKind.CMDLINE, eif.cmdline),
    ]
    if eif.metadata is not None:
        sections.append((SectionKind.METADATA, eif.metadata))
    sections += [(SectionKind.RAMDISK, ramdisk) for ramdisk in eif.ramdisks]
    if eif.signature is not None:
        sections.append((SectionKind.SIGNATURE, eif.signature))
    if len(sections) > MAX_SECTIONS or not eif.ramdisks:
        raise ValueError("an image has at least one ramdisk, and at most 32 sections")
    for kind, payload in sections:
        if len(payload) > _MAX_BYTES.get(kind, MAX_EIF_BYTES):
            raise ImageTooLargeError(f"Its section {kind.name.lower()} has {len(payload):,} bytes.")
    header = _header(eif, [len(payload) for _kind, payload in sections])
    heads = [_SECTION.pack(kind, 0, len(payload)) for kind, payload in sections]
    crc = zlib.crc32(header)
    for head, (_kind, payload) in zip(heads, sections, strict=True):
        crc = zlib.crc32(payload, zlib.crc32(head, crc))
    yield header
    yield _CRC.pack(crc)
    for head, (_kind, payload) in zip(heads, sections, strict=True):
        yield head
        yield payload


def _header(eif: Eif, sizes: Sequence[int]) -> bytes:
    offsets = []
    end = _HEADER.size + _CRC.size
    for size in sizes:
        offsets.append(end)
        end += _SECTION.size + size
    if end > MAX_EIF_BYTES:
        raise ImageTooLargeError(f"It would have {end:,} bytes; at most {MAX_EIF_BYTES:,} are allowed.")
    unused = [0] * (MAX_SECTIONS - len(sizes))
    return _HEADER.pack(
        _MAGIC,
        _VERSION,
        _ARM64 if eif.arm64 else 0,
        eif.default_memory,
        eif.default_cpus,
        0,
        len(sizes),
        *offsets,
        *unused,
        *sizes,
        *unused,
        0,
    )


def read_eif(untrusted: Bytes) -> Eif:
    """Take a whole file apart, without copying its large sections; raises EifMalformedError.

    Nothing may be left over: sections follow each other without a gap, to the end of the file.
    """
    whole = memoryview(untrusted)
    if len(whole) > MAX_EIF_BYTES:
        raise EifMalformedError(f"It has {len(whole):,} bytes, more than an enclave could start.")
    if len(whole) < _HEADER.size + _CRC.size or bytes(whole[:4]) != _MAGIC:
        raise EifMalformedError("It does not begin with an EIF header.")
    _magic, version, flags, memory, cpus, reserved, count, *numbers, unused = _HEADER.unpack_from(whole)
    if version != _VERSION:
        raise EifMalformedError(f"Its format has the version {version}; only version {_VERSION} is known.")
    if flags & ~_ARM64 or reserved or unused:
        raise EifMalformedError("Its header has values that no EIF of this version has.")
    if not 1 <= count <= MAX_SECTIONS:
        raise EifMalformedError(f"Its header names {count} sections.")
    offsets, sizes = numbers[:MAX_SECTIONS], numbers[MAX_SECTIONS:]
    if any(offsets[count:]) or any(sizes[count:]):
        raise EifMalformedError("Its header has values that no EIF of this version has.")
    sections = _sections(whole, offsets[:count], sizes[:count])
    _check_crc(whole)
    return _assembled(sections, memory, cpus, arm64=bool(flags & _ARM64))


def _sections(
    whole: memoryview, offsets: Sequence[int], sizes: Sequence[int]
) -> list[tuple[SectionKind, memoryview]]:
    sections = []
    end = _HEADER.size + _CRC.size
    for offset, size in zip(offsets, sizes, strict=True):
        if offset != end or size > len(whole) - _SECTION.size - offset:
            raise EifMalformedError("Its sections do not follow each other, or do not fit into the file.")
        number, flags, own_size = _SECTION.unpack_from(whole, offset)
        begin = offset + _SECTION.size
        end = begin + size
        try:
            kind = SectionKind(number)
        except ValueError:
            raise EifMalformedError(f"It has a section of the unknown kind {number}.") from None
        if flags or own_size != size:
            raise EifMalformedError(f"Its header and its section {kind.name.lower()} contradict each other.")
        if size > _MAX_BYTES.get(kind, MAX_EIF_BYTES):
            raise EifMalformedError(f"Its section {kind.name.lower()} has {size:,} bytes.")
        sections.append((kind, whole[begin:end]))
    if end != len(whole):
        raise EifMalformedError(f"{len(whole) - end:,} bytes follow its last section.")
    return sections


def _check_crc(whole: memoryview) -> None:
    crc = zlib.crc32(whole[_HEADER.size + _CRC.size :], zlib.crc32(whole[: _HEADER.size]))
    if _CRC.unpack_from(whole, _HEADER.size) != (crc,):
        raise EifMalformedError("Its checksum does not match: it was cut, changed or damaged.")


def _assembled(
    sections: Sequence[tuple[SectionKind, memoryview]], memory: int, cpus: int, *, arm64: bool
) -> Eif:
    of_kind: dict[SectionKind, list[memoryview]] = {kind: [] for kind in SectionKind}
    for kind, payload in sections:
        of_kind[kind].append(payload)
    first_two = [kind for kind, _payload in sections[:2]]
    repeated = [kind for kind, found in of_kind.items() if kind != SectionKind.RAMDISK and len(found) > 1]
    if first_two != [SectionKind.KERNEL, SectionKind.CMDLINE] or repeated:
        raise EifMalformedError("It has not one kernel and one command line at its begin.")
    if not of_kind[SectionKind.RAMDISK]:
        raise EifMalformedError("It has no ramdisk.")
    cmdline = bytes(of_kind[SectionKind.CMDLINE][0])
    if b"\0" in cmdline:
        raise EifMalformedError("Its kernel command line has a NUL.")
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
