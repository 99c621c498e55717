from __future__ import annotations

import gzip
import tracemalloc
import zlib
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from support.recorded_steps import (
    V4,
    V5,
    V6,
    development_deployment,
    mock_transaction,
    mock_transaction_of_v4,
    some_key,
    wire,
    wire_of,
    wire_step,
    wire_steps_of,
)
from tee_rex.errors import ErrorKind, InputError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.transaction.generations import Generation, StepKind, generations
from tee_rex.transaction.steps import (
    MAX_CIRCUITS,
    MAX_FUNCTION_NAME_LENGTH,
    MAX_INFLATED_BYTES,
    MAX_LOG2_ROWS,
    MAX_STEPS_BYTES,
    ExecutionSteps,
)


def test_a_recording_is_read_and_written_again_unchanged() -> None:
    steps = ExecutionSteps.from_bytes(development_deployment())
    assert len(steps.steps) == 11
    assert steps.function_names[0] == "MultiCallEntrypoint:entrypoint"
    assert steps.function_names[-1] == "hiding_kernel"
    steps.check_inflation()
    assert ExecutionSteps.from_bytes(steps.to_bytes()) == steps


@pytest.mark.parametrize(
    ("calls", "reset", "circuits", "log2_rows"),
    [
        (2, "", 7, 16),
        (6, "", 15, 16),
        (12, "", 27, 16),
        (2, "no-reset", 6, 16),
        (6, "no-reset", 14, 16),
        (12, "no-reset", 26, 16),
        (2, "large-reset", 7, 18),
        (2, "full-reset", 7, 19),
    ],
)
def test_a_v5_recording_says_how_many_points_it_needs(
    calls: int, reset: str, circuits: int, log2_rows: int
) -> None:
    steps = ExecutionSteps.from_bytes(mock_transaction(calls, reset=reset))
    assert (steps.generation, len(steps.steps), steps.log2_rows) == (V5, circuits, log2_rows)
    steps.check_inflation()
    assert ExecutionSteps.from_bytes(steps.to_bytes()) == steps


def test_the_v4_recording_needs_the_least_points() -> None:
    assert ExecutionSteps.from_bytes(development_deployment()).log2_rows == 17


@pytest.mark.parametrize("generation", generations(), ids=str)
def test_steps_of_every_generation_are_read_and_written_again(generation: Generation) -> None:
    untrusted = wire_of(generation)
    steps = ExecutionSteps.from_bytes(untrusted)
    assert steps.generation is generation
    assert steps.to_bytes() == untrusted


def test_the_kinds_of_v6_are_kept() -> None:
    kinds = [step.kind for step in ExecutionSteps.from_bytes(wire_of(V6)).steps]
    assert kinds == [StepKind.APP, StepKind.KERNEL, StepKind.KERNEL, StepKind.HIDING]


def changed(generation: Generation, index: int, **fields: object) -> bytes:
    """Well-formed steps of a generation, but for some fields of one of them; None: the field is left out."""
    steps = wire_steps_of(generation)
    merged = steps[index] | fields
    steps[index] = {name: value for name, value in merged.items() if value is not None}
    return wire(*steps)


def of_kinds(*kinds: StepKind) -> bytes:
    return wire(*(wire_step(vk=some_key(V6.key_bytes.of(kind)), kind=kind) for kind in kinds))


APP, KERNEL, HIDING = StepKind


@pytest.mark.parametrize(
    ("untrusted", "kind"),
    [
        pytest.param(changed(V6, 1, kind=None), errors.STEPS_WITHOUT_KIND, id="v6 without a kind"),
        pytest.param(changed(V5, 1, kind=1), errors.STEPS_WITH_KIND, id="v5 with a kind"),
        pytest.param(changed(V4, 0, kind=2), errors.STEPS_WITH_KIND, id="v4 with a kind"),
        pytest.param(changed(V6, 1, kind=3), errors.STEPS_MALFORMED, id="a kind that does not exist"),
        pytest.param(changed(V6, 1, kind=-1), errors.STEPS_MALFORMED, id="a negative kind"),
        pytest.param(changed(V6, 1, kind="1"), errors.STEPS_MALFORMED, id="a kind in words"),
        pytest.param(changed(V6, 1, kind=True), errors.STEPS_MALFORMED, id="a kind that is true"),
        pytest.param(of_kinds(KERNEL, APP, KERNEL, HIDING), errors.STEPS_BAD_KINDS, id="a kernel first"),
        pytest.param(of_kinds(APP, HIDING, KERNEL, HIDING), errors.STEPS_BAD_KINDS, id="two hiding kernels"),
        pytest.param(of_kinds(APP, KERNEL, HIDING, KERNEL), errors.STEPS_INCOMPLETE, id="no end"),
        pytest.param(changed(V6, -1, kind=1), errors.STEPS_BAD_KINDS, id="a kernel last, by its kind"),
        pytest.param(wire(*wire_steps_of(V5)[1:]), errors.STEPS_TOO_FEW_CIRCUITS, id="three circuits of v5"),
        pytest.param(
            wire(*wire_steps_of(V6)[:1], wire_steps_of(V6)[-1]),
            errors.STEPS_TOO_FEW_CIRCUITS,
            id="two circuits of v6",
        ),
        pytest.param(changed(V5, 0, vk=bytes(4064)), errors.STEPS_BAD_VK, id="a v4 key in v5"),
        pytest.param(changed(V5, 1, vk=bytes(3680)), errors.STEPS_BAD_VK, id="a hiding key too early"),
        pytest.param(changed(V6, 0, vk=bytes(5216)), errors.STEPS_BAD_VK, id="a v5 key in v6"),
        pytest.param(changed(V6, 0, vk=bytes(3808)), errors.STEPS_BAD_VK, id="a hiding key for an app"),
        pytest.param(changed(V5, -1, vk=bytes(5216)), errors.STEPS_INCOMPLETE, id="a kernel last"),
        pytest.param(changed(V5, -1, vk=bytes(3681)), errors.FINAL_KEY_OF_NO_GENERATION, id="3,681 bytes"),
        pytest.param(changed(V5, -1, vk=bytes(4064)), errors.STEPS_BAD_VK, id="v5 with the end of v4"),
        pytest.param(changed(V5, -1, vk=bytes(3808)), errors.STEPS_WITHOUT_KIND, id="v5 with the end of v6"),
    ],
)
def test_steps_that_mix_generations_are_refused(untrusted: bytes, kind: ErrorKind[InputError]) -> None:
    with raises(kind):
        ExecutionSteps.from_bytes(untrusted)


@pytest.mark.parametrize("generation", [V5, V6], ids=str)
def test_steps_that_are_cut_off_name_their_last_circuit(generation: Generation) -> None:
    steps = wire_steps_of(generation)[:-1]
    steps[-1]["functionName"] = "private_kernel_tail"
    with raises(errors.STEPS_INCOMPLETE, match="private_kernel_tail, not a hiding kernel"):
        ExecutionSteps.from_bytes(wire(*steps))


def key_of_rows(generation: Generation, log2_rows: int) -> bytes:
    return some_key(generation.key_bytes.kernel, log2_rows=log2_rows)


@pytest.mark.parametrize("generation", generations(), ids=str)
def test_a_key_that_claims_more_rows_than_any_circuit_has_is_refused(generation: Generation) -> None:
    index = 0 if generation is V4 else 1
    allowed = changed(generation, index, vk=key_of_rows(generation, MAX_LOG2_ROWS))
    assert ExecutionSteps.from_bytes(allowed).log2_rows == MAX_LOG2_ROWS
    for claimed in (MAX_LOG2_ROWS + 1, 200, 2**256 - 1):
        with raises(errors.CIRCUIT_TOO_LARGE):
            ExecutionSteps.from_bytes(changed(generation, index, vk=key_of_rows(generation, claimed)))


@pytest.mark.parametrize("index", [0, 1, -1])
@pytest.mark.parametrize("steps", [mock_transaction(), mock_transaction_of_v4()], ids=["v5", "v4"])
def test_a_key_that_commits_to_nothing_is_refused(steps: bytes, index: int) -> None:
    """Bb refuses it only after the whole proof."""
    circuits = msgspec.msgpack.decode(steps)
    key = circuits[index]["vk"]
    for header in (b"", key[:32], key[:96]):
        circuits[index]["vk"] = header.ljust(len(key), b"\0")
        with raises(errors.KEY_WITHOUT_COMMITMENTS):
            ExecutionSteps.from_bytes(wire(*circuits))


def test_parts_inflate_to_what_was_compressed() -> None:
    step = ExecutionSteps.from_bytes(wire(wire_step())).steps[0]
    assert (step.inflate_bytecode(), step.inflate_witness()) == (b"bytecode", b"witness")


LONG_NAME = "x" * (MAX_FUNCTION_NAME_LENGTH + 1)


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in wire_step().items() if name != field}


@pytest.mark.parametrize(
    ("untrusted", "code"),
    [
        pytest.param(b"", "STEPS_EMPTY", id="nothing"),
        pytest.param(wire(), "STEPS_EMPTY", id="no circuits"),
        pytest.param(wire(*[wire_step(vk=b"")] * 10_000), "STEPS_TOO_MANY_CIRCUITS", id="10,000 circuits"),
        pytest.param(b"\xdd\xff\xff\xff\xff", "STEPS_TOO_MANY_CIRCUITS", id="a claim of 2^32 circuits"),
        pytest.param(b"\xdc\x00", "STEPS_MALFORMED", id="a head cut off"),
        pytest.param(b"\x91\xdf\xff\xff\xff\xff", "STEPS_MALFORMED", id="a claim of a huge map"),
        pytest.param(b"\x91\x84\xa8bytecode\xc6\xff\xff\xff\xff", "STEPS_MALFORMED", id="a claim of 4 GB"),
        pytest.param(b"garbage" * 100, "STEPS_MALFORMED", id="garbage"),
        pytest.param(msgspec.msgpack.encode({"a": 1}), "STEPS_MALFORMED", id="a map"),
        pytest.param(wire(1), "STEPS_MALFORMED", id="a number for a circuit"),
        pytest.param(wire(wire_step(witness="text")), "STEPS_MALFORMED", id="text for a witness"),
        pytest.param(wire(wire_step(vk=None)), "STEPS_MALFORMED", id="null for a key"),
        pytest.param(wire(without("vk")), "STEPS_MALFORMED", id="no key field"),
        pytest.param(wire(wire_step(more=1)), "STEPS_MALFORMED", id="a field too many"),
        pytest.param(wire(wire_step(functionName="")), "STEPS_MALFORMED", id="no name"),
        pytest.param(wire(wire_step(functionName="\x1b[2J")), "STEPS_MALFORMED", id="an escape in a name"),
        pytest.param(wire(wire_step(functionName=LONG_NAME)), "STEPS_MALFORMED", id="long name"),
        pytest.param(wire(wire_step()) + b"\x00", "STEPS_MALFORMED", id="a byte too many"),
        pytest.param(wire(wire_step(vk=b"")), "STEPS_MISSING_VK", id="an empty key"),
        pytest.param(wire(wire_step(vk=bytes(4063))), "STEPS_BAD_VK", id="a short key"),
        pytest.param(bytes(MAX_STEPS_BYTES + 1), "STEPS_TOO_LARGE", id="too large"),
    ],
)
def test_malformed_steps_are_refused(untrusted: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        ExecutionSteps.from_bytes(untrusted)
    assert caught.value.code == code
    assert caught.value.hint


def test_as_many_circuits_as_allowed_are_read() -> None:
    assert len(ExecutionSteps.from_bytes(wire(*[wire_step()] * MAX_CIRCUITS)).steps) == MAX_CIRCUITS


WHOLE = gzip.compress(b"witness")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        pytest.param(b"", "STEPS_BAD_GZIP", id="empty"),
        pytest.param(b"not gzip", "STEPS_BAD_GZIP", id="no gzip"),
        pytest.param(WHOLE[:-1], "STEPS_BAD_GZIP", id="cut off"),
        pytest.param(WHOLE[:-8] + bytes(8), "STEPS_BAD_GZIP", id="wrong checksum"),
        pytest.param(WHOLE + b"\x00", "STEPS_BAD_GZIP", id="a byte too many"),
        pytest.param(WHOLE + WHOLE, "STEPS_BAD_GZIP", id="two members"),
        pytest.param(zlib.compress(b"witness"), "STEPS_BAD_GZIP", id="zlib"),
        pytest.param(gzip.compress(bytes(MAX_INFLATED_BYTES + 1)), "STEPS_INFLATE_LIMIT", id="bomb"),
    ],
)
@pytest.mark.parametrize("field", ["bytecode", "witness"])
def test_parts_that_do_not_inflate_are_refused(field: str, part: bytes, code: str) -> None:
    steps = ExecutionSteps.from_bytes(wire(wire_step(**{field: part})))
    with pytest.raises(InputError) as caught:
        steps.check_inflation()
    assert caught.value.code == code
    assert "Contract:function" in caught.value.message


def test_many_parts_that_are_each_allowed_are_refused_together() -> None:
    large = gzip.compress(bytes(MAX_INFLATED_BYTES), 1)
    steps = ExecutionSteps.from_bytes(wire(*[wire_step(witness=large)] * 20))
    with pytest.raises(InputError) as caught:
        steps.check_inflation()
    assert caught.value.code == "STEPS_INFLATE_LIMIT"


def test_a_10_gb_bomb_is_refused_in_little_memory() -> None:
    # Deflate's best ratio is 1,032: ten million bytes claim ten thousand million.
    squeezer = zlib.compressobj(9, wbits=31)
    bomb = squeezer.compress(bytes(1 << 20))
    bomb += b"".join(squeezer.compress(bytes(1 << 20)) for _ in range(200)) + squeezer.flush(
        zlib.Z_FULL_FLUSH
    )
    untrusted = wire(wire_step(witness=(bomb * 50)[:40_000_000]))
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            ExecutionSteps.from_bytes(untrusted).check_inflation()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "STEPS_INFLATE_LIMIT"
    assert peak < 2 * len(untrusted) + 4_000_000


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(untrusted: bytes) -> None:
    with suppress(InputError):
        ExecutionSteps.from_bytes(untrusted).check_inflation()


@given(cut=st.integers(0, 4300), at=st.integers(0, 4300), flip=st.integers(1, 255))
def test_damaged_steps_are_read_or_refused(cut: int, at: int, flip: int) -> None:
    damaged = bytearray(wire(wire_step()))
    damaged[at % len(damaged)] ^= flip
    with suppress(InputError):
        ExecutionSteps.from_bytes(damaged[: cut % (len(damaged) + 1)]).check_inflation()


def test_neither_steps_nor_errors_show_the_witness() -> None:
    secret = b"secret-witness"
    steps = ExecutionSteps.from_bytes(wire(wire_step(witness=secret)))
    assert "secret" not in repr(steps)
    with pytest.raises(InputError) as caught:
        steps.check_inflation()
    assert "secret" not in repr(caught.value) + str(caught.value)
