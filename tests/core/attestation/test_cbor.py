from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tee_rex.attestation import cbor

_scalars: st.SearchStrategy[cbor.CborValue] = st.one_of(
    st.none(), st.integers(0, 2**64 - 1), st.binary(max_size=300), st.text(max_size=300)
)
_keys = st.one_of(st.integers(0, 2**64 - 1), st.text(max_size=30))


def _values(nesting: int) -> st.SearchStrategy[cbor.CborValue]:
    if nesting == 0:
        return _scalars
    inner = _values(nesting - 1)
    return st.one_of(_scalars, st.lists(inner, max_size=5), st.dictionaries(_keys, inner, max_size=5))


def _typed(value: object) -> object:
    """Equal only if the types are too: 1, 1.0 and True are not."""
    if isinstance(value, list):
        return [_typed(entry) for entry in value]
    if isinstance(value, dict):
        return {_typed(key): _typed(entry) for key, entry in value.items()}
    return type(value), value


@given(_values(3))
@settings(max_examples=200)
def test_canonical_cbor_is_read_back(value: cbor.CborValue) -> None:
    assert _typed(cbor.read_cbor(cbor2.dumps(value))) == _typed(value)


@given(st.binary(max_size=60))
@example(b"\x84\x40\xa0\x40\x40")
@settings(max_examples=500)
def test_accepted_bytes_mean_the_same_to_another_implementation(untrusted: bytes) -> None:
    try:
        value = cbor.read_cbor(untrusted)
    except cbor.CborError:
        return
    assert cbor.is_well_formed(untrusted)
    assert _typed(cbor2.loads(untrusted)) == _typed(value)
    assert cbor2.dumps(value) == cbor.write_cbor(value) == untrusted


@given(_values(2), st.data())
@settings(max_examples=200)
def test_truncated_or_continued_input_is_refused(value: cbor.CborValue, data: st.DataObject) -> None:
    encoded = cbor2.dumps(value)
    cut = encoded[: data.draw(st.integers(0, len(encoded) - 1))]
    for broken in (cut, encoded + b"\x00"):
        assert not cbor.is_well_formed(broken)
        with pytest.raises(cbor.CborError):
            cbor.read_cbor(broken)


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ("1817", "longer than needed"),
        ("190010", "longer than needed"),
        ("1a00001000", "longer than needed"),
        ("1b0000000010000000", "longer than needed"),
        ("580100", "longer than needed"),
        ("7801 61", "longer than needed"),
        ("9801 00", "longer than needed"),
        ("b801 0000", "longer than needed"),
        ("20", "major type 1"),
        ("c000", "major type 6"),
        ("d28440a04040", "major type 6"),
        ("f4", "major type 7"),
        ("f5", "major type 7"),
        ("f7", "major type 7"),
        ("f93c00", "major type 7"),
        ("fb3ff0000000000000", "major type 7"),
        ("5f4100ff", "indefinite"),
        ("7f6161ff", "indefinite"),
        ("9f00ff", "indefinite"),
        ("bf0000ff", "indefinite"),
        ("a200000001", "twice"),
        ("a2616100616101", "twice"),
        ("a1f600", "neither a number nor text"),
        ("a14000", "neither a number nor text"),
        ("a18000", "neither a number nor text"),
        ("61ff", "UTF-8"),
        ("81" * (cbor.MAX_NESTING + 1) + "00", "inside each other"),
        ("a100" * (cbor.MAX_NESTING + 1) + "00", "inside each other"),
        (f"98{cbor.MAX_ITEMS + 1:02x}" + "00" * (cbor.MAX_ITEMS + 1), "more than"),
    ],
)
def test_well_formed_cbor_in_another_encoding_is_refused(encoded: str, reason: str) -> None:
    untrusted = bytes.fromhex(encoded)
    assert cbor.is_well_formed(untrusted)
    with pytest.raises(cbor.CborError, match=reason):
        cbor.read_cbor(untrusted)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "ff",
        "1c",
        "5c",
        "82 00",
        "a1 00",
        "a1",
        "58",
        "62 61",
        "5bffffffffffffffff",
        "9bffffffffffffffff00",
        "c6",
        "1fff",
        "df00ff",
    ],
)
def test_what_is_not_well_formed_is_refused(encoded: str) -> None:
    assert not cbor.is_well_formed(bytes.fromhex(encoded))
    with pytest.raises(cbor.CborError):
        cbor.read_cbor(bytes.fromhex(encoded))


def test_nesting_and_items_up_to_the_limits_are_read() -> None:
    nested: cbor.CborValue = 0
    for _ in range(cbor.MAX_NESTING):
        nested = [nested]
    assert cbor.read_cbor(cbor2.dumps(nested)) == nested
    assert cbor.read_cbor(cbor2.dumps([0] * cbor.MAX_ITEMS)) == [0] * cbor.MAX_ITEMS


def test_only_the_named_tag_may_stand_in_front_and_only_once() -> None:
    assert cbor.read_cbor(bytes.fromhex("d280"), optional_tag=18) == []
    assert cbor.read_cbor(bytes.fromhex("80"), optional_tag=18) == []
    for encoded in ("d180", "d2d280", "81d200", "d81280"):
        with pytest.raises(cbor.CborError):
            cbor.read_cbor(bytes.fromhex(encoded), optional_tag=18)


def test_only_the_outermost_map_may_be_indefinite() -> None:
    assert cbor.read_cbor(bytes.fromhex("bf00f6ff"), indefinite_outer_map=True) == {0: None}
    assert cbor.read_cbor(bytes.fromhex("a100f6"), indefinite_outer_map=True) == {0: None}
    for encoded in ("9fff", "bf00bfffff", "a100bfff", "bf00", "bf00ff", "bf00f600f6ff", "bf00f6ff00"):
        with pytest.raises(cbor.CborError):
            cbor.read_cbor(bytes.fromhex(encoded), indefinite_outer_map=True)
    too_many = b"\xbf" + b"".join(cbor2.dumps(key) + b"\xf6" for key in range(cbor.MAX_ITEMS + 1)) + b"\xff"
    with pytest.raises(cbor.CborError, match="more than"):
        cbor.read_cbor(too_many, indefinite_outer_map=True)


@given(st.binary(max_size=60))
@settings(max_examples=300)
def test_what_cbor2_reads_whole_is_well_formed(untrusted: bytes) -> None:
    try:
        canonical = cbor2.dumps(cbor2.loads(untrusted))
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        return
    assert cbor.is_well_formed(canonical)


_unsigned = st.integers(0, (1 << 64) - 1)
_device_keys = _unsigned | st.text(max_size=40)
_requests = st.recursive(
    st.none() | st.booleans() | _unsigned | st.binary(max_size=300) | st.text(max_size=300),
    lambda inner: st.dictionaries(_device_keys, inner, max_size=4),
    max_leaves=4,
).filter(lambda value: _nesting(value) <= 4)
_answers = st.recursive(
    st.none() | st.booleans() | _unsigned | st.binary(max_size=300) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_device_keys, inner, max_size=4),
    max_leaves=6,
).filter(lambda value: _nesting(value) <= 4)


def _nesting(value: object) -> int:
    if not isinstance(value, list | dict):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_nesting, inner), default=0)


@given(_requests)
def test_requests_are_what_every_other_encoder_writes(value: cbor.CborValue) -> None:
    assert cbor.write_cbor(value) == cbor2.dumps(value)


@given(_answers, st.booleans())
def test_answers_are_read_as_every_other_decoder_reads_them(value: Any, indefinite: bool) -> None:  # noqa: ANN401
    assert cbor.read_any_cbor(cbor2.dumps(value, indefinite_containers=indefinite)) == value


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("1800", 0),
        ("190020", 32),
        ("1b0000000000000001", 1),
        ("58024142", b"AB"),
        ("b801617800", {"x": 0}),
        ("bfff", {}),
        ("9f01ff", [1]),
    ],
)
def test_any_encoding_reads_longer_heads_and_indefinite_lengths(encoded: str, value: cbor.CborValue) -> None:
    assert cbor.read_any_cbor(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    "encoded",
    [
        "",  # nothing
        "0000",  # two items
        "19ff",  # a head cut off
        "41",  # a string cut off
        "82",  # an array cut off
        "1c",  # a reserved head
        "5f4101ff",  # a string in chunks
        "bf6178",  # no end
        "bf6178ff",  # a key without its value
        "a2616100616101",  # a key twice
        "a1f600",  # a key of another type
        "61ff",  # not UTF-8
        "20",  # negative
        "c000",  # tagged
        "f90000",  # a float
        "f7",  # undefined
        "ff",  # an end without a beginning
        "818181818100",  # five containers inside each other
        "9bffffffffffffffff",  # as many entries as a head can say
        "bbffffffffffffffff",
    ],
)
def test_any_encoding_still_refuses_other_kinds(encoded: str) -> None:
    with pytest.raises(cbor.CborError):
        cbor.read_any_cbor(bytes.fromhex(encoded))


@given(st.binary(max_size=200))
def test_any_encoding_accepts_only_what_another_decoder_reads(encoded: bytes) -> None:
    try:
        cbor.read_any_cbor(encoded)
    except cbor.CborError:
        pass
    else:
        cbor2.loads(encoded)


def test_arrays_are_written() -> None:
    assert cbor.write_cbor([1, [], "a"]) == bytes.fromhex("8301806161")


def test_nothing_else_is_written() -> None:
    with pytest.raises(TypeError):
        cbor.write_cbor(1.5)  # type: ignore[arg-type]  # what the types forbid
