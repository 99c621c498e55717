"""The INSECURE development setup: its points, computed here, and the copies of bb that accept them.

tau is public, so anyone can forge proofs under it. A copy is a genuine bb for Linux on x86-64 with the
development setup's trust anchors. ``resources/versions`` has the place of each, by version.

What of the trusted setup is compiled into bb:

* the point tau * G2, 128 bytes in .rodata; in bb 5 also its SHA-256, and tau * G;
* commitments to fixed polynomials of the Translator circuit, which are the same for every proof: ten in bb 4,
  one in bb 5. Their coordinates are strings of 66 characters ("0x" and 64 hex digits) in .rodata, each ended
  by a zero byte. The compiler moved the last two characters of each into an instruction in .text
  (``movw $immediate, 0x40(%rax)``), so these are exchanged there. Those in .rodata stay as they are: the
  linker lets other strings share that tail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins, DevelopmentCopy
from tee_rex.crs import bn254
from tee_rex.crs.crs import POINT_BYTES, ChunkPin, CrsPins
from tee_rex.crs.store import WorkUnit
from tee_rex.errors.catalogue.bb import BB_NOT_COPYABLE
from tee_rex.system.threads import Checkpoint, in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

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


def _constants(tau: Sequence[int]) -> Mapping[str, bytes]:
    """What bb has of the setup itself; tau: its powers."""
    g2 = CrsPins.shipped(TrustedSetup.DEVELOPMENT).g2
    x, y = bn254.affine(bn254.multiply(tau[1], bn254.GENERATOR))
    return {
        "g2": g2,
        "g2_sha256": hashlib.sha256(g2).digest(),
        "g1_x": x.to_bytes(32, "big"),
        "g1_y": y.to_bytes(32, "big"),
    }


def _commitments(tau: Sequence[int]) -> Mapping[str, int]:
    """The value at tau of every polynomial that depends on it; tau: its powers, one a row."""

    def ones(rows: Iterable[int]) -> int:
        return sum(tau[row] for row in rows)

    mini_circuit = range(_FIRST_RESULT_ROW, _LAST_MINI_ROW + 1, 2)
    return {
        "ordered_extra_range_constraints_numerator": sum(
            (_LARGEST_RANGE_VALUE - 3 * (row // _WIRES_SORTED_TOGETHER)) * tau[row]
            for row in range(_SORTED_STEPS * _WIRES_SORTED_TOGETHER)
        ),
        "lagrange_last": tau[_ROWS - 1],
        "lagrange_odd_in_minicircuit": ones(row + 1 for row in mini_circuit),
        "lagrange_even_in_minicircuit": ones(mini_circuit),
        "lagrange_result_row": tau[_FIRST_RESULT_ROW],
        "lagrange_last_in_minicircuit": tau[_LAST_MINI_ROW],
        "lagrange_masking": ones(range(_FIRST_MASKING_ROW, _ROWS)),
        "lagrange_mini_masking": (
            ones(range(2, _FIRST_RESULT_ROW)) + ones(range(_LAST_MINI_ROW + 1, _MINI_CIRCUIT_ROWS))
        ),
        "lagrange_real_last": tau[_FIRST_MASKING_ROW - 1],
    }


def development_bb(genuine: bytes, pins: BbPins, version: AztecVersion) -> bytes:
    """The development copy of a version's genuine bb for Linux on x86-64; takes about half a second.

    Raises BB_NOT_COPYABLE for any other source, BB_NOT_PINNED for a version without a copy. What is returned
    has the pinned digest of the copy.
    """
    wanted = pins.digest(version, TrustedSetup.DEVELOPMENT, DEVELOPMENT_PLATFORM)
    sites = pins.versions[version].development_bb
    if sites is None or _sha256(genuine) != pins.digest(version, TrustedSetup.GENUINE, DEVELOPMENT_PLATFORM):
        raise BB_NOT_COPYABLE(version=str(version), platform=DEVELOPMENT_PLATFORM.value)
    copy = with_development_setup(genuine, sites)
    if _sha256(copy) != wanted:
        raise RuntimeError("the development copy of bb differs from the one that was tested")
    return copy


def with_development_setup(genuine: bytes, sites: DevelopmentCopy) -> bytes:
    """A bb with the development setup's values at ``sites``, whose digest is not compared."""
    copy = bytearray(genuine)

    def put(offset: int, content: bytes) -> None:
        copy[offset : offset + len(content)] = content

    tau = powers_of_tau(_ROWS)
    constants, commitments = _constants(tau), _commitments(tau)
    for name, offsets in sites.constants.items():
        for offset in offsets:
            put(offset, constants[name])
    for name, strings in sites.strings.items():
        point = bn254.affine(bn254.multiply(commitments[name], bn254.GENERATOR))
        for coordinate, string, immediate in zip(point, strings, sites.immediates[name], strict=True):
            characters = f"0x{coordinate:064x}".encode()
            put(string, characters[:-_CHARACTERS_IN_TEXT])
            put(immediate, characters[-_CHARACTERS_IN_TEXT:])
    return bytes(copy)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
