from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex.errors.tree import MalformedProofError
from tee_rex.transaction.proof import FIELDS_WITHOUT_PUBLIC_INPUTS, MAX_FIELDS, ChonkProof, ChonkProofParts

ACCOUNT_DEPLOYMENT_FIELDS = 3216
ACCOUNT_DEPLOYMENT_PUBLIC_INPUTS = (
    1281  # PRIVATE_TO_ROLLUP_KERNEL_CIRCUIT_PUBLIC_INPUTS_LENGTH of Aztec 4.1.2
)
MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def fields(count: int) -> list[bytes]:
    return [number.to_bytes(32) for number in range(count)]


def wire(content: bytes, count: int) -> bytes:
    return struct.pack(">I", count) + content


def test_the_wire_form_is_a_count_and_fields() -> None:
    content = b"".join(fields(ACCOUNT_DEPLOYMENT_FIELDS))
    proof = ChonkProof.from_wire(wire(content, ACCOUNT_DEPLOYMENT_FIELDS))
    assert proof.field_count == ACCOUNT_DEPLOYMENT_FIELDS
    assert proof.to_wire() == b"\x00\x00\x0c\x90" + content


def test_public_inputs_stand_in_front() -> None:
    proof = ChonkProof(b"".join(fields(ACCOUNT_DEPLOYMENT_FIELDS)))
    assert proof.public_inputs == fields(ACCOUNT_DEPLOYMENT_PUBLIC_INPUTS)


def test_parts_stand_in_the_order_of_the_wire() -> None:
    proof = ChonkProof(b"".join(fields(ACCOUNT_DEPLOYMENT_FIELDS)))
    parts = proof.parts
    everything = [*parts.mega, *parts.merge, *parts.eccvm, *parts.ipa, *parts.translator]
    assert everything == fields(ACCOUNT_DEPLOYMENT_FIELDS)
    # What bb 4.1.2 answers for the recorded account deployment.
    assert [len(parts.mega), len(parts.merge), len(parts.eccvm), len(parts.ipa)] == [1716, 42, 608, 64]
    assert ChonkProof.from_parts(parts) == proof


@pytest.mark.parametrize(
    "untrusted",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\x00\x0c", id="a head cut off"),
        pytest.param(wire(b"", 0), id="no fields"),
        pytest.param(wire(bytes(32 * 1934), 1934), id="fewer fields than any proof"),
        pytest.param(wire(bytes(32 * (MAX_FIELDS + 1)), MAX_FIELDS + 1), id="too many fields"),
        pytest.param(wire(bytes(32 * 3216 - 1), 3216), id="cut off"),
        pytest.param(wire(bytes(32 * 3216 + 1), 3216), id="a byte too many"),
        pytest.param(wire(bytes(32 * 3216), 2**32 - 1), id="a lie about the count"),
        pytest.param(wire(bytes(32 * 3215) + MODULUS.to_bytes(32), 3216), id="a field that is the modulus"),
    ],
)
def test_malformed_proofs_are_refused(untrusted: bytes) -> None:
    with pytest.raises(MalformedProofError):
        ChonkProof.from_wire(untrusted)


@pytest.mark.parametrize("part", ["merge", "eccvm", "ipa", "translator"])
def test_parts_of_another_length_are_refused(part: str) -> None:
    parts = ChonkProof(bytes(32 * ACCOUNT_DEPLOYMENT_FIELDS)).parts
    changed = {name: getattr(parts, name) for name in ("mega", "merge", "eccvm", "ipa", "translator")}
    changed[part] = [*changed[part], bytes(32)]
    with pytest.raises(MalformedProofError):
        ChonkProof.from_parts(ChonkProofParts(**changed))


def test_fields_of_another_length_are_refused() -> None:
    parts = ChonkProof(bytes(32 * ACCOUNT_DEPLOYMENT_FIELDS)).parts
    uneven = ChonkProofParts(
        [bytes(31), bytes(33), *parts.mega[2:]], parts.merge, parts.eccvm, parts.ipa, parts.translator
    )
    with pytest.raises(MalformedProofError):
        ChonkProof.from_parts(uneven)


@given(st.binary(max_size=200), st.integers(0, 3), st.integers(0, MAX_FIELDS))
def test_any_bytes_are_read_or_refused(front: bytes, extra: int, count: int) -> None:
    try:
        proof = ChonkProof.from_wire(struct.pack(">I", count) + front + bytes(32 * 1935 + extra))
    except MalformedProofError:
        return
    assert proof.field_count == count >= FIELDS_WITHOUT_PUBLIC_INPUTS
