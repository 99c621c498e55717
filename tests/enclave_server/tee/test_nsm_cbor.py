from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex_server.tee.nsm_cbor import CborError, CborValue, read_cbor, write_cbor

_UNSIGNED = st.integers(0, (1 << 64) - 1)
_KEYS = _UNSIGNED | st.text(max_size=40)
_REQUESTS = st.recursive(
    st.none() | _UNSIGNED | st.binary(max_size=300) | st.text(max_size=300),
    lambda inner: st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=4,
).filter(lambda value: _nesting(value) <= 4)
_ANSWERS = st.recursive(
    st.none() | st.booleans() | _UNSIGNED | st.binary(max_size=300) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=6,
).filter(lambda value: _nesting(value) <= 4)


def _nesting(value: object) -> int:
    if not isinstance(value, list | dict):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_nesting, inner), default=0)


@given(_REQUESTS)
def test_requests_are_what_every_other_encoder_writes(value: CborValue) -> None:
    assert write_cbor(value) == cbor2.dumps(value)


@given(_ANSWERS, st.booleans())
def test_answers_are_read_as_every_other_decoder_reads_them(value: Any, indefinite: bool) -> None:  # noqa: ANN401
    assert read_cbor(cbor2.dumps(value, indefinite_containers=indefinite)) == value


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
def test_longer_heads_and_indefinite_lengths_are_read(encoded: str, value: CborValue) -> None:
    assert read_cbor(bytes.fromhex(encoded)) == value


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
def test_all_else_is_refused(encoded: str) -> None:
    with pytest.raises(CborError):
        read_cbor(bytes.fromhex(encoded))


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(encoded: bytes) -> None:
    try:
        read_cbor(encoded)
    except CborError:
        pass
    else:
        cbor2.loads(encoded)


def test_arrays() -> None:
    assert write_cbor([1, [], "a"]) == bytes.fromhex("8301806161")


def test_nothing_else_is_written() -> None:
    with pytest.raises(TypeError):
        write_cbor(1.5)  # type: ignore[arg-type]  # what the types forbid
