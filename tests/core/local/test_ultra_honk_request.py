"""Requests to prove a Noir circuit: bounded, and read without trust."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.errors import raises
from support.noir_circuits import V4, V5, gzipped, request_of
from tee_rex.errors import ErrorKind, InputError
from tee_rex.errors.catalogue import ultra_honk as errors
from tee_rex.local import ultra_honk
from tee_rex.local.ultra_honk import (
    MAX_BYTECODE_BYTES,
    MAX_KEY_BYTES,
    MAX_WITNESS_BYTES,
    UltraHonkRequest,
    VerifierTarget,
)
from tee_rex.transaction.trusted_setup import TrustedSetup

SQUARE = request_of("square")


@pytest.mark.parametrize("target", VerifierTarget)
def test_targets_are_those_of_bb(target: VerifierTarget) -> None:
    assert VerifierTarget.parse(target.value) is target


@pytest.mark.parametrize("name", ["", "EVM", "evm ", "evm-zk", "noir", "--help", "evm\n"])
def test_no_other_target_is_taken(name: str) -> None:
    with raises(errors.INVALID_VERIFIER_TARGET, match="noir-rollup-no-zk"):
        VerifierTarget.parse(name)


def test_a_circuit_belongs_to_the_genuine_setup_unless_told_otherwise() -> None:
    request = UltraHonkRequest(b"", b"", VerifierTarget.EVM, V5)
    assert request.setup is TrustedSetup.GENUINE


def test_nothing_of_circuit_or_witness_is_shown() -> None:
    assert repr(replace(SQUARE, verification_key=b"key")) == (
        f"UltraHonkRequest(target={SQUARE.target!r}, version={SQUARE.version!r}, setup={SQUARE.setup!r})"
    )


SOUND = gzipped(b"content")


@pytest.mark.parametrize("part", ["bytecode", "witness"])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"", errors.PART_TRUNCATED, id="nothing"),
        pytest.param(b"content", errors.CIRCUIT_MALFORMED, id="no gzip"),
        pytest.param(SOUND[:-1], errors.PART_TRUNCATED, id="truncated"),
        pytest.param(SOUND[:12] + b"\xff" + SOUND[13:], errors.CIRCUIT_MALFORMED, id="damaged"),
        pytest.param(SOUND[:-5] + bytes(5), errors.CIRCUIT_MALFORMED, id="checksum"),
        pytest.param(SOUND + b"\0", errors.PART_TRAILING_DATA, id="trailing byte"),
        pytest.param(SOUND + SOUND, errors.PART_TRAILING_DATA, id="two members"),
        pytest.param(gzipped(b""), errors.PART_EMPTY, id="empty"),
        pytest.param(gzipped(bytes((1 << 20) + 1)), errors.INFLATE_LIMIT, id="bomb"),
    ],
)
def test_each_part_is_one_member_of_gzip(
    part: str, content: bytes, kind: ErrorKind[InputError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ultra_honk, "MAX_INFLATED_BYTES", 1 << 20)
    with raises(kind, match=part):
        replace(SQUARE, **{part: content}).inflated()  # type: ignore[arg-type]  # a name


def test_the_limit_is_that_of_both_parts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ultra_honk, "MAX_INFLATED_BYTES", 1 << 20)
    half = gzipped(bytes(1 << 19))
    replace(SQUARE, bytecode=half, witness=half).inflated()
    with raises(errors.INFLATE_LIMIT, match="1,048,576 bytes, in the witness"):
        replace(SQUARE, bytecode=half, witness=gzipped(bytes((1 << 19) + 1))).inflated()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({"bytecode": bytes(MAX_BYTECODE_BYTES + 1)}, errors.PART_TOO_LARGE, id="bytecode"),
        pytest.param({"witness": bytes(MAX_WITNESS_BYTES + 1)}, errors.PART_TOO_LARGE, id="witness"),
        pytest.param(
            {"verification_key": bytes(MAX_KEY_BYTES + 1)}, errors.PART_TOO_LARGE, id="verification key"
        ),
        pytest.param({"version": V4, "verification_key": b""}, errors.PART_EMPTY, id="no key"),
        pytest.param({"version": V4, "verification_key": bytes(3680)}, errors.KEY_LENGTH, id="other key"),
    ],
)
def test_lengths(changes: dict[str, bytes], kind: ErrorKind[InputError]) -> None:
    SQUARE.check_lengths()
    with raises(kind):
        replace(SQUARE, **changes).check_lengths()  # type: ignore[arg-type]  # names


@pytest.mark.parametrize(
    ("log2", "points"),
    [(0, 1 << 17), (17, 1 << 17), (18, 1 << 18), (21, 1 << 21), (22, 1 << 17), (1 << 200, 1 << 17)],
)
def test_a_key_asks_for_no_more_points_than_there_are(log2: int, points: int) -> None:
    assert ultra_honk._points_by_key(log2.to_bytes(32) + bytes(1856)) == points
