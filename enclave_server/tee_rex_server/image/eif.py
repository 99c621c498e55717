"""Writing enclave image files; ``tee_rex.attestation.eif`` has the format, reads and measures them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from tee_rex.attestation import eif as eif_format
from tee_rex.attestation.eif import MAX_EIF_BYTES, MAX_SECTIONS, Bytes, Eif, SectionKind
from tee_rex_server.errors.image import IMAGE_TOO_LARGE, SECTION_TOO_LARGE


def eif_parts(eif: Eif) -> Iterator[Bytes]:
    """The file, in pieces that need no copy; raises IMAGE_TOO_LARGE."""
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
        if len(payload) > eif_format.MAX_BYTES.get(kind, MAX_EIF_BYTES):
            limit = eif_format.MAX_BYTES.get(kind, MAX_EIF_BYTES)
            raise SECTION_TOO_LARGE(section=kind.name.lower(), size=len(payload), limit=limit)
    header = _header(eif, [len(payload) for _kind, payload in sections])
    heads = [eif_format.SECTION.pack(kind, 0, len(payload)) for kind, payload in sections]
    crc = zlib.crc32(header)
    for head, (_kind, payload) in zip(heads, sections, strict=True):
        crc = zlib.crc32(payload, zlib.crc32(head, crc))
    yield header
    yield eif_format.CRC.pack(crc)
    for head, (_kind, payload) in zip(heads, sections, strict=True):
        yield head
        yield payload


def _header(eif: Eif, sizes: Sequence[int]) -> bytes:
    offsets = []
    end = eif_format.HEADER.size + eif_format.CRC.size
    for size in sizes:
        offsets.append(end)
        end += eif_format.SECTION.size + size
    if end > MAX_EIF_BYTES:
        raise IMAGE_TOO_LARGE(size=end, limit=MAX_EIF_BYTES)
    unused = [0] * (MAX_SECTIONS - len(sizes))
    return eif_format.HEADER.pack(
        eif_format.MAGIC,
        eif_format.VERSION,
        eif_format.ARM64 if eif.arm64 else 0,
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
