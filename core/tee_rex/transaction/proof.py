"""Chonk proofs: fields, wire form, digest, public inputs."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tee_rex.errors.catalogue import transaction as errors
from tee_rex.transaction.generations import Generation

FIELD_BYTES = 32

_BN254_SCALAR_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617

MAX_FIELDS = 8192
"""The largest kernel has 2,873 public inputs, and no proof more than 1,935 other fields."""

MAX_PROOF_BYTES = 4 + MAX_FIELDS * FIELD_BYTES


@dataclass(frozen=True, slots=True, repr=False)
class ChonkProof:
    """A proof of a whole private transaction, with the kernel's public inputs in front.

    content: the fields' bytes one after another, 32 a field, big-endian, each below the scalar modulus.
    """

    content: bytes
    generation: Generation

    def __post_init__(self) -> None:
        count, rest = divmod(len(self.content), FIELD_BYTES)
        if rest or not self.generation.proof_fields <= count <= MAX_FIELDS:
            raise errors.PROOF_MALFORMED(count=len(self.content), generation=str(self.generation))
        if any(int.from_bytes(one) >= _BN254_SCALAR_MODULUS for one in self._fields(0, count)):
            raise errors.PROOF_FIELD_TOO_LARGE()

    def __repr__(self) -> str:
        return f"ChonkProof({self.generation}, fields={self.field_count}, sha256={self.sha256})"

    @classmethod
    def from_wire(cls, untrusted: bytes, generation: Generation) -> ChonkProof:
        """Parse a 4-byte big-endian count and its fields (``ChonkProofWithPublicInputs.toBuffer()``).

        Raises MalformedProofError.
        """
        if len(untrusted) < 4:
            raise errors.PROOF_HEADER_MISSING()
        (count,) = struct.unpack_from(">I", untrusted)
        if len(untrusted) != 4 + count * FIELD_BYTES:
            raise errors.PROOF_LENGTH_MISMATCH(fields=count, count=len(untrusted))
        return cls(bytes(untrusted[4:]), generation)

    @classmethod
    def from_parts(cls, parts: Mapping[str, Sequence[bytes]], generation: Generation) -> ChonkProof:
        """Assemble the parts that bb answers, named as in ``generation.proof_parts``.

        Raises MalformedProofError for a part of the wrong length.
        """
        first, *others = generation.proof_parts
        if len(parts[first]) < generation.proof_parts[first] or any(
            len(parts[name]) != generation.proof_parts[name] for name in others
        ):
            raise errors.PROOF_PARTS_MALFORMED()
        every_field = [one for name in generation.proof_parts for one in parts[name]]
        if any(len(one) != FIELD_BYTES for one in every_field):
            raise errors.PROOF_FIELD_LENGTH()
        return cls(b"".join(every_field), generation)

    def check_length(self, final_verification_key: bytes) -> None:
        """Check that the proof has the public inputs that its transaction's final key counts.

        Raises PROOF_OF_OTHER_TRANSACTION (a MalformedProofError).
        """
        if self.generation.hiding_kernel_io is None:
            return
        of_key = int.from_bytes(final_verification_key[FIELD_BYTES : 2 * FIELD_BYTES])
        expected = self.generation.proof_fields + of_key - self.generation.hiding_kernel_io
        if self.field_count != expected <= MAX_FIELDS:
            raise errors.PROOF_OF_OTHER_TRANSACTION(
                found=self.field_count, expected=expected, generation=str(self.generation)
            )

    def to_wire(self) -> bytes:
        """4-byte big-endian count of fields, then the fields."""
        return struct.pack(">I", self.field_count) + self.content

    @property
    def parts(self) -> dict[str, Sequence[bytes]]:
        """The proofs inside, by the names of ``generation.proof_parts``."""
        parts: dict[str, Sequence[bytes]] = {}
        begin, extra = 0, len(self.public_inputs)
        for name, count in self.generation.proof_parts.items():
            end = begin + count + extra
            parts[name] = self._fields(begin, end)
            begin, extra = end, 0
        return parts

    @property
    def public_inputs(self) -> list[bytes]:
        """The kernel circuit's public inputs, 32 bytes each: 1,281 for a transaction without public calls."""
        return self._fields(0, self.field_count - self.generation.proof_fields)

    @property
    def field_count(self) -> int:
        """Number of fields, public inputs included."""
        return len(self.content) // FIELD_BYTES

    @property
    def sha256(self) -> str:
        """Hex digest of the wire form."""
        return hashlib.sha256(self.to_wire()).hexdigest()

    def _fields(self, start: int, end: int) -> list[bytes]:
        return [self.content[i * FIELD_BYTES : (i + 1) * FIELD_BYTES] for i in range(start, end)]
