"""An EIF written apart from the writer, byte by byte after enclave images of AWS's tools."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

KERNEL, CMDLINE, RAMDISK, SIGNATURE, METADATA = 1, 2, 3, 4, 5


def eif_by_hand(
    sections: Sequence[tuple[int, bytes]],
    *,
    magic: bytes = b".eif",
    version: int = 4,
    flags: int = 0,
    memory: int = 1 << 30,
    cpus: int = 2,
    reserved: int = 0,
    gap: bytes = b"",
    after: bytes = b"",
    crc: int | None = None,
) -> bytes:
    """The file; gap: bytes between header and sections, after: bytes at its end."""
    body = b""
    offsets, sizes = [0] * 32, [0] * 32
    for number, (kind, payload) in enumerate(sections):
        if number < 32:
            offsets[number] = 548 + len(gap) + len(body)
            sizes[number] = len(payload)
        body += struct.pack(">HHQ", kind, 0, len(payload)) + payload
    header = magic + struct.pack(">HHQQHH", version, flags, memory, cpus, reserved, len(sections))
    header += b"".join(number.to_bytes(8, "big") for number in offsets)
    header += b"".join(number.to_bytes(8, "big") for number in sizes)
    header += bytes(4)
    assert len(header) == 544
    rest = gap + body + after
    return header + (zlib.crc32(header + rest) if crc is None else crc).to_bytes(4, "big") + rest


def with_right_crc(eif: bytes) -> bytes:
    """The same file with the checksum that belongs to it."""
    return eif[:544] + zlib.crc32(eif[:544] + eif[548:]).to_bytes(4, "big") + eif[548:]
