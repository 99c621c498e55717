from __future__ import annotations

import hashlib
import struct

import pytest

from aztec.development_copy import SitesNotFoundError, find_sites, genuine_commitments
from support.installed import installed_bb
from support.recorded_steps import V4, V5
from tee_rex.bb.pins import BbPins
from tee_rex.crs import bn254
from tee_rex.crs.crs import CrsPins
from tee_rex.crs.development import with_development_setup
from tee_rex.transaction.trusted_setup import TrustedSetup

G2 = CrsPins.shipped(TrustedSetup.GENUINE).g2
NAME = "lagrange_last"
X, Y = (coordinate.encode() for coordinate in genuine_commitments()[NAME])
SHIFT = 0x1000
_HEADER_BYTES = 64 + 56


def executable(content: bytes) -> bytes:
    """An ELF file with one segment, which is the whole file."""
    header = bytearray(_HEADER_BYTES)
    header[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<Q", header, 32, 64)
    struct.pack_into("<HH", header, 54, 56, 1)
    length = len(header) + len(content)
    struct.pack_into("<IIQQQQQQ", header, 64, 1, 5, 0, SHIFT, SHIFT, length, length, 0x1000)
    return bytes(header) + content


def storing(string: int, at: int, characters: bytes) -> bytes:
    """``movups string(%rip), %xmm0`` and ``movw $characters, 0x40(%rax)``; at: their place."""
    load = b"\x0f\x10\x05" + struct.pack("<i", string - (at + 7))
    return load + b"\x66\xc7\x40\x40" + characters


def small_bb(away: int = 0) -> bytes:
    """What a bb has of the setup, and nothing else: two strings, two instructions, and tau * G2.

    away: from the first string, where the first instruction looks for it.
    """
    strings = X + b"\0" + Y + b"\0"
    at = _HEADER_BYTES + len(strings) + len(G2)
    code = storing(_HEADER_BYTES + away, at, X[-2:])
    code += storing(_HEADER_BYTES + len(X) + 1, at + len(code), Y[-2:])
    return executable(strings + G2 + code)


def test_commitments_are_points_of_the_curve() -> None:
    for coordinates in genuine_commitments().values():
        x, y = (int(coordinate, 16) for coordinate in coordinates)
        assert (y * y - x * x * x - 3) % bn254.FIELD_MODULUS == 0


def test_sites_of_a_small_bb() -> None:
    bb = small_bb()
    sites = find_sites(bb, V4)
    assert sites.constants == {"g2": (bb.index(G2),)}
    assert sites.strings == {NAME: (bb.index(X), bb.index(Y))}
    assert [bb[place : place + 2] for place in sites.immediates[NAME]] == [X[-2:], Y[-2:]]
    copy = with_development_setup(bb, sites)
    assert hashlib.sha256(copy).hexdigest() == sites.sha256
    assert (X in copy, Y in copy, G2 in copy) == (False, False, False)
    assert len(copy) == len(bb)


@pytest.mark.parametrize(
    ("bb", "reason"),
    [
        (small_bb().replace(G2, bytes(128)), "g2 is not in it"),
        (small_bb().replace(X, bytes(66)), "the coordinates of lagrange_last"),
        (small_bb() + X + b"\0", "the coordinates of lagrange_last"),
        (small_bb().replace(X, bytes(66)).replace(Y, bytes(66)), "no known commitment"),
        (small_bb().replace(b"\x66\xc7\x40\x40", b"\x66\xc7\x40\x41"), "0 instructions"),
        (small_bb(away=64), "0 instructions"),
        (small_bb(away=-1), "0 instructions"),
        (b"MZ" + small_bb(), "no 64-bit ELF"),
        (b"\x7fELF\x02\x01", "not readable"),
        (small_bb()[:70], "not readable"),
    ],
)
def test_a_bb_that_has_them_elsewhere_is_not_copied(bb: bytes, reason: str) -> None:
    with pytest.raises(SitesNotFoundError, match=reason):
        find_sites(bb, V4)


def test_a_bb_that_reads_points_itself_has_more() -> None:
    with pytest.raises(SitesNotFoundError, match="g2_sha256, g1_x, g1_y"):
        find_sites(small_bb(), V5)


@pytest.mark.integration
async def test_sites_of_the_real_bb() -> None:
    pins = BbPins.shipped()
    bb = (await installed_bb()).executable.path.read_bytes()
    assert find_sites(bb, V4) == pins.versions[pins.default_version].development_bb
