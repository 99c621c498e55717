from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from support.recorded_steps import V4, V5, V6, development_deployment, mock_transaction
from tee_rex.errors.catalogue.transaction import PROOF_OF_OTHER_TRANSACTION
from tee_rex.errors.tree import MalformedProofError
from tee_rex.transaction.generations import Generation, generations
from tee_rex.transaction.proof import MAX_FIELDS, ChonkProof
from tee_rex.transaction.steps import ExecutionSteps

ACCOUNT_DEPLOYMENT_FIELDS = 3216
ACCOUNT_DEPLOYMENT_PUBLIC_INPUTS = (
    1281  # PRIVATE_TO_ROLLUP_KERNEL_CIRCUIT_PUBLIC_INPUTS_LENGTH of Aztec 4.1.2
)
MOCK_TRANSACTION_FIELDS = 1274
MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def fields(count: int) -> list[bytes]:
    return [number.to_bytes(32) for number in range(count)]


def wire(content: bytes, count: int) -> bytes:
    return struct.pack(">I", count) + content


def test_the_wire_form_is_a_count_and_fields() -> None:
    content = b"".join(fields(ACCOUNT_DEPLOYMENT_FIELDS))
    proof = ChonkProof.from_wire(wire(content, ACCOUNT_DEPLOYMENT_FIELDS), V4)
    assert proof.field_count == ACCOUNT_DEPLOYMENT_FIELDS
    assert proof.to_wire() == b"\x00\x00\x0c\x90" + content


def test_public_inputs_stand_in_front() -> None:
    proof = ChonkProof(b"".join(fields(ACCOUNT_DEPLOYMENT_FIELDS)), V4)
    assert proof.public_inputs == fields(ACCOUNT_DEPLOYMENT_PUBLIC_INPUTS)


def test_parts_stand_in_the_order_of_the_wire() -> None:
    proof = ChonkProof(b"".join(fields(ACCOUNT_DEPLOYMENT_FIELDS)), V4)
    parts = proof.parts
    assert [one for part in parts.values() for one in part] == fields(ACCOUNT_DEPLOYMENT_FIELDS)
    # What bb 4.1.2 answers for the recorded account deployment.
    assert {name: len(part) for name, part in parts.items()} == {
        "mega": 1716,
        "merge": 42,
        "eccvm": 608,
        "ipa": 64,
        "translator": 786,
    }
    assert ChonkProof.from_parts(parts, V4) == proof


@pytest.mark.parametrize(("generation", "count"), [(V4, 1935), (V5, 1270), (V6, 1221)])
def test_the_fields_of_a_proof_without_public_inputs(generation: Generation, count: int) -> None:
    assert generation.proof_fields == count
    assert ChonkProof(bytes(32 * count), generation).public_inputs == []
    with pytest.raises(MalformedProofError):
        ChonkProof(bytes(32 * (count - 1)), generation)


V4_KEY = ExecutionSteps.from_bytes(development_deployment()).final_verification_key
V5_KEY = ExecutionSteps.from_bytes(mock_transaction()).final_verification_key
WIDE_KEY = bytes(32) + b"\xff" * 32 + V5_KEY[64:]


@pytest.mark.parametrize(
    ("generation", "key", "count"),
    [(V4, V4_KEY, ACCOUNT_DEPLOYMENT_FIELDS), (V5, V5_KEY, MOCK_TRANSACTION_FIELDS)],
)
def test_the_final_key_says_how_many_fields_a_proof_has(
    generation: Generation, key: bytes, count: int
) -> None:
    ChonkProof(bytes(32 * count), generation).check_length(key)
    for other in (count - 1, count + 1, MAX_FIELDS):
        with raises(PROOF_OF_OTHER_TRANSACTION, match=f"{count:,}"):
            ChonkProof(bytes(32 * other), generation).check_length(key)


@pytest.mark.parametrize(("generation", "key"), [(V5, WIDE_KEY), (V6, bytes(V6.key_bytes.hiding))])
def test_a_key_that_says_nothing_of_use_is_left_to_bb(generation: Generation, key: bytes) -> None:
    ChonkProof(bytes(32 * generation.proof_fields), generation).check_length(key)


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
        ChonkProof.from_wire(untrusted, V4)


@pytest.mark.parametrize("generation", generations(), ids=str)
def test_parts_of_another_length_are_refused(generation: Generation) -> None:
    parts = ChonkProof(bytes(32 * ACCOUNT_DEPLOYMENT_FIELDS), generation).parts
    _first, *others = parts
    for name in others:
        with pytest.raises(MalformedProofError):
            ChonkProof.from_parts({**parts, name: [*parts[name], bytes(32)]}, generation)


def test_fields_of_another_length_are_refused() -> None:
    parts = ChonkProof(bytes(32 * ACCOUNT_DEPLOYMENT_FIELDS), V4).parts
    uneven = {**parts, "mega": [bytes(31), bytes(33), *parts["mega"][2:]]}
    with pytest.raises(MalformedProofError):
        ChonkProof.from_parts(uneven, V4)


@given(
    st.sampled_from(generations()),
    st.binary(max_size=200),
    st.integers(0, 3),
    st.integers(0, MAX_FIELDS),
)
def test_any_bytes_are_read_or_refused(generation: Generation, front: bytes, extra: int, count: int) -> None:
    content = struct.pack(">I", count) + front + bytes(32 * generation.proof_fields + extra)
    try:
        proof = ChonkProof.from_wire(content, generation)
    except MalformedProofError:
        return
    assert proof.field_count == count >= generation.proof_fields
