"""The INSECURE development setup: its points, computed here, and the copy of bb that accepts them.

tau is public, so anyone can forge proofs under it. The copy is the genuine bb 4.1.2 for Linux on x86-64 with
the development setup's trust anchors.

Two anchors of the trusted setup are compiled into bb, and nothing else of it:

* the point tau * G2, 128 bytes in .rodata;
* the verification key of the Translator circuit, which is the same for every proof: ten commitments to fixed
  polynomials. Their coordinates are twenty strings of 66 characters ("0x" and 64 hex digits) in .rodata,
  one behind the other, each ended by a zero byte. The compiler moved the last two characters of each into
  an instruction in .text (``movw $immediate, 0x40(%rax)``), so these are exchanged there. Those in .rodata
  stay as they are: the linker lets other strings share that tail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tee_rex.bb.pins import BbPins
from tee_rex.crs import bn254
from tee_rex.crs.crs import POINT_BYTES, ChunkPin, CrsPins
from tee_rex.crs.store import WorkUnit
from tee_rex.errors.catalogue.bb import BB_NOT_COPYABLE
from tee_rex.system.platform import Platform
from tee_rex.system.threads import Checkpoint, in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

DEVELOPMENT_VERSION = AztecVersion(4, 1, 2)
DEVELOPMENT_PLATFORM = Platform.AMD64_LINUX

_G2_OFFSET = 0x29D65A0
_COORDINATES_OFFSET = 0x2941B91
_COORDINATE_CHARACTERS = 66
_CHARACTERS_IN_TEXT = 2

# Sizes of the Translator circuit, in rows.
_ROWS = 1 << 17
_MINI_CIRCUIT_ROWS = 1 << 13
_FIRST_RESULT_ROW = 8
_LAST_MINI_ROW = 8187
_FIRST_MASKING_ROW = _ROWS - 64
_SORTED_STEPS = 5462
_LARGEST_RANGE_VALUE = (1 << 14) - 1
_WIRES_SORTED_TOGETHER = 5

DEVELOPMENT_TAU = 0x055566667777888811112222333344440FEDCBA9876543211234567890ABCDEF


def powers_of_tau(count: int) -> list[int]:
    """tau^0, tau^1 … modulo the group's order."""
    powers = [1]
    while len(powers) < count:
        powers.append(powers[-1] * DEVELOPMENT_TAU % bn254.GROUP_ORDER)
    return powers


@dataclass(frozen=True, slots=True)
class ComputedPoints:
    """Computes chunks without network: plain Python, about 10 s of one core for 131,072 points."""

    work_unit: ClassVar[WorkUnit] = WorkUnit(
        "crs.development", "Computing the INSECURE development CRS", "points", POINT_BYTES
    )

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """Compute the chunk in a thread; cancelling ends the thread within 0.1 s."""
        del unfinished
        first, count = chunk.offset // POINT_BYTES, chunk.length // POINT_BYTES

        def compute(checkpoint: Checkpoint) -> bytes:
            points = bn254.multiply_all(
                bn254.GENERATOR,
                powers_of_tau(first + count)[first:],
                after_batch=lambda share_done: checkpoint(round(share_done * chunk.length)),
            )
            return b"".join(map(bn254.encode, points))

        content = await in_thread(compute, report)
        if not chunk.matches(content):
            raise RuntimeError("the computed points are not those of the development setup")
        return content


@dataclass(frozen=True, slots=True)
class _Commitment:
    """One commitment of the verification key; the order is that of the strings in bb.

    scalar: the polynomial's value at tau. x_immediate, y_immediate: offsets in the file of the coordinates'
    last two characters in .text.
    """

    polynomial: str
    scalar: int
    x_immediate: int
    y_immediate: int


def _commitments(tau: Sequence[int]) -> tuple[_Commitment | None, ...]:
    """The ten commitments; tau: its powers, one a row. None for the one that is the same under every tau."""

    def ones(rows: Iterable[int]) -> int:
        return sum(tau[row] for row in rows)

    mini_circuit = range(_FIRST_RESULT_ROW, _LAST_MINI_ROW + 1, 2)
    return (
        _Commitment(
            "ordered_extra_range_constraints_numerator",
            sum(
                (_LARGEST_RANGE_VALUE - 3 * (row // _WIRES_SORTED_TOGETHER)) * tau[row]
                for row in range(_SORTED_STEPS * _WIRES_SORTED_TOGETHER)
            ),
            0x5599C6,
            0x559A3E,
        ),
        None,  # lagrange_first: 1 at row 0, so it commits to G itself
        _Commitment("lagrange_last", tau[_ROWS - 1], 0x559BF8, 0x559C78),
        _Commitment("lagrange_odd_in_minicircuit", ones(row + 1 for row in mini_circuit), 0x559D13, 0x559D93),
        _Commitment("lagrange_even_in_minicircuit", ones(mini_circuit), 0x559E2E, 0x559EAE),
        _Commitment("lagrange_result_row", tau[_FIRST_RESULT_ROW], 0x559F49, 0x559FC9),
        _Commitment("lagrange_last_in_minicircuit", tau[_LAST_MINI_ROW], 0x55A064, 0x55A0E4),
        _Commitment("lagrange_masking", ones(range(_FIRST_MASKING_ROW, _ROWS)), 0x55A179, 0x55A1ED),
        _Commitment(
            "lagrange_mini_masking",
            ones(range(2, _FIRST_RESULT_ROW)) + ones(range(_LAST_MINI_ROW + 1, _MINI_CIRCUIT_ROWS)),
            0x55A28A,
            0x55A304,
        ),
        _Commitment("lagrange_real_last", tau[_FIRST_MASKING_ROW - 1], 0x55A392, 0x55A412),
    )


def development_bb(genuine: bytes, pins: BbPins) -> bytes:
    """The development copy of the genuine bb 4.1.2 for Linux on x86-64; takes about half a second.

    Raises BB_NOT_COPYABLE for any other source. What is returned has the pinned digest of the copy.
    """
    if _sha256(genuine) != pins.digest(DEVELOPMENT_VERSION, TrustedSetup.GENUINE, DEVELOPMENT_PLATFORM):
        raise BB_NOT_COPYABLE(version=str(DEVELOPMENT_VERSION), platform=DEVELOPMENT_PLATFORM.value)
    copy = bytearray(genuine)

    def put(offset: int, content: bytes) -> None:
        copy[offset : offset + len(content)] = content

    put(_G2_OFFSET, CrsPins.shipped(TrustedSetup.DEVELOPMENT).g2)
    string = _COORDINATES_OFFSET
    for commitment in _commitments(powers_of_tau(_ROWS)):
        if commitment is None:
            string += 2 * (_COORDINATE_CHARACTERS + 1)
            continue
        point = bn254.affine(bn254.multiply(commitment.scalar, bn254.GENERATOR))
        for coordinate, immediate in zip(
            point, (commitment.x_immediate, commitment.y_immediate), strict=True
        ):
            characters = f"0x{coordinate:064x}".encode()
            put(string, characters[:-_CHARACTERS_IN_TEXT])
            put(immediate, characters[-_CHARACTERS_IN_TEXT:])
            string += _COORDINATE_CHARACTERS + 1
    if _sha256(copy) != pins.digest(DEVELOPMENT_VERSION, TrustedSetup.DEVELOPMENT, DEVELOPMENT_PLATFORM):
        raise RuntimeError("the development copy of bb differs from the one that was tested")
    return bytes(copy)


def _sha256(content: bytes | bytearray) -> str:
    return hashlib.sha256(content).hexdigest()
