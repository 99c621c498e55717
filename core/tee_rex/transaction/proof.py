"""Chonk proofs: fields, wire form, digest, public inputs."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from tee_rex.errors.catalogue import transaction as errors

FIELD_BYTES = 32

_BN254_SCALAR_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617

# Field counts of bb 4.1.2. A proof starts with the mega proof, the only part of variable length, because
# it carries the kernel's public inputs; CHONK_PROOF_LENGTH of Aztec 4.1.2 counts everything else.
_MERGE_FIELDS = 42
_ECCVM_FIELDS = 608
_IPA_FIELDS = 64
_TRANSLATOR_FIELDS = 786
_FIXED_FIELDS = _MERGE_FIELDS + _ECCVM_FIELDS + _IPA_FIELDS + _TRANSLATOR_FIELDS
FIELDS_WITHOUT_PUBLIC_INPUTS = 1935
MAX_FIELDS = 8192
"""The largest kernel of Aztec 4.1.2 has 2,873 public inputs."""

MAX_PROOF_BYTES = 4 + MAX_FIELDS * FIELD_BYTES


@dataclass(frozen=True, slots=True)
class ChonkProofParts:
    """The five proofs inside, each a sequence of 32-byte fields, as bb's ``ChonkProve`` returns them."""

    mega: Sequence[bytes]
    merge: Sequence[bytes]
    eccvm: Sequence[bytes]
    ipa: Sequence[bytes]
    translator: Sequence[bytes]


@dataclass(frozen=True, slots=True, repr=False)
class ChonkProof:
    """A proof of a whole private transaction, with the kernel's public inputs in front.

    content: the fields' bytes one after another, 32 a field, big-endian, each below the scalar modulus.
    """

    content: bytes

    def __post_init__(self) -> None:
        count, rest = divmod(len(self.content), FIELD_BYTES)
        if rest or not FIELDS_WITHOUT_PUBLIC_INPUTS <= count <= MAX_FIELDS:
            raise errors.PROOF_MALFORMED(count=len(self.content))
        if any(int.from_bytes(one) >= _BN254_SCALAR_MODULUS for one in self._fields(0, count)):
            raise errors.PROOF_FIELD_TOO_LARGE()

    def __repr__(self) -> str:
        return f"ChonkProof(fields={self.field_count}, sha256={self.sha256})"

    @classmethod
    def from_wire(cls, untrusted: bytes) -> ChonkProof:
        """Parse a 4-byte big-endian count and its fields (``ChonkProofWithPublicInputs.toBuffer()``).

        Raises MalformedProofError.
        """
        if len(untrusted) < 4:
            raise errors.PROOF_HEADER_MISSING()
        (count,) = struct.unpack_from(">I", untrusted)
        if len(untrusted) != 4 + count * FIELD_BYTES:
            raise errors.PROOF_LENGTH_MISMATCH(fields=count, count=len(untrusted))
        return cls(bytes(untrusted[4:]))

    @classmethod
    def from_parts(cls, parts: ChonkProofParts) -> ChonkProof:
        """Assemble bb's answer; raises MalformedProofError for a part of the wrong length."""
        fixed = (parts.merge, parts.eccvm, parts.ipa, parts.translator)
        if tuple(map(len, fixed)) != (_MERGE_FIELDS, _ECCVM_FIELDS, _IPA_FIELDS, _TRANSLATOR_FIELDS):
            raise errors.PROOF_PARTS_MALFORMED()
        every_field = [one for part in (parts.mega, *fixed) for one in part]
        if any(len(one) != FIELD_BYTES for one in every_field):
            raise errors.PROOF_FIELD_LENGTH()
        return cls(b"".join(every_field))

    def to_wire(self) -> bytes:
        """4-byte big-endian count of fields, then the fields."""
        return struct.pack(">I", self.field_count) + self.content

    @property
    def parts(self) -> ChonkProofParts:
        """The five proofs inside, as bb's ``ChonkVerify`` takes them."""
        mega = self.field_count - _FIXED_FIELDS
        merge = mega + _MERGE_FIELDS
        eccvm = merge + _ECCVM_FIELDS
        ipa = eccvm + _IPA_FIELDS
        return ChonkProofParts(
            mega=self._fields(0, mega),
            merge=self._fields(mega, merge),
            eccvm=self._fields(merge, eccvm),
            ipa=self._fields(eccvm, ipa),
            translator=self._fields(ipa, self.field_count),
        )

    @property
    def public_inputs(self) -> list[bytes]:
        """The kernel circuit's public inputs, 32 bytes each: 1,281 for a transaction without public calls."""
        return self._fields(0, self.field_count - FIELDS_WITHOUT_PUBLIC_INPUTS)

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
