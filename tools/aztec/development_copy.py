"""Finding what a bb has of the trusted setup, so that a development copy of it can be made.

``tee_rex.crs.development`` says what there is. The values are looked for, so nothing here depends on a
version: constants and strings by their content, and the end of each string by the instruction that stores it
right after its beginning was loaded. What is found is a guess until a copy proves and the genuine bb refuses
that proof.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tee_rex.bb.pins import DevelopmentCopy
from tee_rex.crs.crs import CrsPins
from tee_rex.crs.development import with_development_setup
from tee_rex.transaction.generations import Generation
from tee_rex.transaction.trusted_setup import TrustedSetup

# The genuine tau * G, which is the second point of the ceremony's points, as bb has it.
_G1_X: Final = bytes.fromhex("2d360628289ff943ff6bd1a87bbe4e62abe7fb61ba83effd266f22bdcf31e6f9")
_G1_Y: Final = bytes.fromhex("26b92a79e563c3f48252cce7feeca2f0f8d33dcb4ef7b0643bf07bd405700aaa")

_LAST_HANDED_POINTS: Final = 4
"""The bb of later generations reads its points from files, and compares the first ones with these."""

_STORE: Final = b"\x66\xc7\x40\x40"
"""``movw $immediate, 0x40(%rax)``: the last two of a string's 66 characters, after 64 of them."""
_STRING_BYTES: Final = 64
_BYTES_BEFORE_STORE: Final = 32
"""In which the other 64 were loaded; 21 in every known bb."""

_ELF: Final = b"\x7fELF\x02\x01"
_LOADED: Final = 1
"""PT_LOAD: a segment that is loaded into memory."""
_MAX_SEGMENTS: Final = 64
_SEGMENT: Final = struct.Struct("<IIQQQQQQ")


class SitesNotFoundError(ValueError):
    """The bb does not have the trusted setup where every known one has it."""


def genuine_commitments() -> Mapping[str, tuple[str, str]]:
    """The genuine coordinates of each commitment, 66 characters each, as they are compiled into bb 4.1.2.

    Those of one row (``lagrange_last``, ``lagrange_result_row`` …) are points of the ceremony themselves.
    """
    content = Path(__file__).with_name("commitments.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, tuple[str, str]])


def find_sites(bb: bytes, generation: Generation) -> DevelopmentCopy:
    """The sites in a genuine bb for Linux on x86-64, and the digest of the copy; takes about a second.

    Raises SitesNotFoundError.
    """
    addresses = ExecutableAddresses(bb)
    g2 = CrsPins.shipped(TrustedSetup.GENUINE).g2
    values = {"g2": g2}
    if generation.number > _LAST_HANDED_POINTS:
        values |= {"g2_sha256": hashlib.sha256(g2).digest(), "g1_x": _G1_X, "g1_y": _G1_Y}
    constants = {name: tuple(_all(bb, value)) for name, value in values.items()}
    if missing := [name for name, places in constants.items() if not places]:
        raise SitesNotFoundError(f"{', '.join(missing)} is not in it")
    strings, immediates = {}, {}
    for name, coordinates in genuine_commitments().items():
        found = [tuple(_all(bb, f"{coordinate}\0".encode())) for coordinate in coordinates]
        if not any(found):
            continue  # this release does not have the commitment
        if [len(places) for places in found] != [1, 1]:
            raise SitesNotFoundError(f"the coordinates of {name} are not once in it")
        (x,), (y,) = found
        strings[name] = (x, y)
        immediates[name] = (
            _immediate(bb, addresses, x, coordinates[0]),
            _immediate(bb, addresses, y, coordinates[1]),
        )
    if not strings:
        raise SitesNotFoundError("no known commitment is in it")
    sites = DevelopmentCopy("0" * 64, constants, strings, immediates)
    digest = hashlib.sha256(with_development_setup(bb, sites)).hexdigest()
    return msgspec.structs.replace(sites, sha256=digest)


def _immediate(bb: bytes, addresses: ExecutableAddresses, string: int, characters: str) -> int:
    """Where the end of a string is in an instruction, of the string at this offset of the file."""
    target = addresses.of(string)
    found = [
        place + len(_STORE)
        for place in _all(bb, _STORE + characters[_STRING_BYTES:].encode())
        if any(target <= address < target + _STRING_BYTES for address in addresses.referred_to_before(place))
    ]
    if len(found) != 1:
        raise SitesNotFoundError(f"{len(found)} instructions store the end of {characters[:10]}…")
    return found[0]


def _all(content: bytes, wanted: bytes) -> Iterator[int]:
    place = content.find(wanted)
    while place >= 0:
        yield place
        place = content.find(wanted, place + 1)


class ExecutableAddresses:
    """Where the bytes of an executable are in memory."""

    def __init__(self, executable: bytes) -> None:
        """Read its segments (the ELF specification, "Program Header"); raises SitesNotFoundError."""
        self._executable = executable
        try:
            if not executable.startswith(_ELF):
                raise SitesNotFoundError("it is no 64-bit ELF executable")
            (table,) = struct.unpack_from("<Q", executable, 32)
            size, count = struct.unpack_from("<HH", executable, 54)
            if size != _SEGMENT.size or count > _MAX_SEGMENTS:
                raise SitesNotFoundError("its segments are not readable")
            segments = [_SEGMENT.unpack_from(executable, table + index * size) for index in range(count)]
        except (struct.error, OverflowError) as error:
            raise SitesNotFoundError("its segments are not readable") from error
        self._segments: list[tuple[int, int, int]] = [
            (offset, offset + length, address - offset)
            for kind, _flags, offset, address, _physical, length, _in_memory, _alignment in segments
            if kind == _LOADED
        ]

    def of(self, offset: int) -> int:
        """The address of a place in the file; raises SitesNotFoundError for one that is not loaded."""
        for start, end, shift in self._segments:
            if start <= offset < end:
                return offset + shift
        raise SitesNotFoundError("a site is not loaded into memory")

    def referred_to_before(self, offset: int) -> Iterator[int]:
        """What instructions shortly before a place would refer to, relative to themselves."""
        for place in range(max(0, offset - _BYTES_BEFORE_STORE), offset - 3):
            distance = int.from_bytes(self._executable[place : place + 4], "little", signed=True)
            yield self.of(place) + 4 + distance
