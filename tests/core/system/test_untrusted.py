from __future__ import annotations

import base64
import re
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tee_rex
import tee_rex_app
import tee_rex_server
from tee_rex.system.untrusted import (
    MAX_COUNTED_BYTES,
    MAX_MSGPACK_ITEMS,
    MAX_NESTING,
    UndecodableError,
    decode_json,
    decode_msgpack,
)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[ {"[{\\"[":', "}]")])
def test_json_is_decoded_to_a_depth(opening: str, closing: str) -> None:
    depth = MAX_NESTING // (opening.count("[ ") + 1)
    nested = opening * depth + "0" + closing * depth
    assert decode_json(nested, object) == msgspec.json.decode(nested)
    for deeper in (f"[{nested}]", opening * depth + nested, nested.replace("0", "[[1],0]")):
        for untrusted in (deeper, deeper.encode(), bytearray(deeper.encode()), msgspec.Raw(deeper.encode())):
            with pytest.raises(UndecodableError):
                decode_json(untrusted, object)


def test_many_containers_beside_each_other_are_fine() -> None:
    wide = [[{"a": '[[["\\'}]] * 10_000
    assert decode_json(msgspec.json.encode(wide), object) == wide


def test_brackets_in_texts_do_not_count() -> None:
    text = '[{\\"' * 1000
    assert decode_json(msgspec.json.encode({"a": text}), dict[str, str]) == {"a": text}


@pytest.mark.parametrize(
    "damage", ["[" * 100_000, '["' + "[" * 100_000, "[" * 100 + "\\", "]" * 70 + "[" * 70]
)
def test_json_that_is_not_closed_is_refused(damage: str) -> None:
    with pytest.raises(UndecodableError):
        decode_json(damage, object)


def test_long_json_holds_few_containers() -> None:
    message = base64.b64encode(bytes(MAX_COUNTED_BYTES)).decode()
    assert decode_json(msgspec.json.encode({"data": message}), dict[str, str])["data"] == message
    with pytest.raises(UndecodableError):
        decode_json(msgspec.json.encode({"data": message, "more": [[]] * MAX_NESTING}), object)


@given(st.binary(max_size=60) | st.text(alphabet='[]{}":,\\0a ', max_size=60).map(str.encode))
@settings(max_examples=500)
def test_within_the_bounds_json_is_what_msgspec_takes_for_it(untrusted: bytes) -> None:
    expected: object = UndecodableError
    with suppress(msgspec.DecodeError, UnicodeError):
        expected = msgspec.json.decode(untrusted)
    try:
        assert decode_json(untrusted, object) == expected
    except UndecodableError:
        assert expected is UndecodableError


@pytest.mark.parametrize("opening", [b"\x91", b"\x81\xa1a", b"\xdc\x00\x01", b"\xdf\x00\x00\x00\x01\xa1a"])
def test_msgpack_is_decoded_to_a_depth(opening: bytes) -> None:
    nested = opening * MAX_NESTING + b"\x00"
    assert decode_msgpack(nested, object) == msgspec.msgpack.decode(nested)
    for deeper in (opening + nested, opening * 1_000_000):
        for untrusted in (deeper, bytearray(deeper), memoryview(deeper), msgspec.Raw(deeper)):
            with pytest.raises(UndecodableError):
                decode_msgpack(untrusted, msgspec.Raw)


def test_msgpack_has_a_limited_number_of_values() -> None:
    most = [0] * (MAX_MSGPACK_ITEMS - 1)
    assert decode_msgpack(msgspec.msgpack.encode(most), object) == most
    for more in (
        msgspec.msgpack.encode([*most, 0]),
        b"\xdd\xff\xff\xff\xff",
        b"\x92\x90" + msgspec.msgpack.encode(most),
    ):
        with pytest.raises(UndecodableError):
            decode_msgpack(more, object)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=300)
    | st.binary(max_size=300)
    | st.builds(msgspec.msgpack.Ext, st.integers(0, 127), st.binary(max_size=300)),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=3), inner, max_size=20),
    max_leaves=40,
)


@given(VALUES)
@settings(max_examples=60)
def test_every_kind_of_msgpack_value_is_walked_over(value: object) -> None:
    encoded = msgspec.msgpack.encode([value, 1])
    assert msgspec.msgpack.encode(decode_msgpack(encoded, object)) == encoded


@given(st.binary(max_size=40))
@settings(max_examples=500)
def test_within_the_bounds_msgpack_is_what_msgspec_takes_for_it(untrusted: bytes) -> None:
    expected: object = UndecodableError
    with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
        expected = msgspec.msgpack.decode(untrusted, type=msgspec.Raw)
    try:
        assert decode_msgpack(untrusted, msgspec.Raw) == expected
    except UndecodableError:
        assert expected is UndecodableError


def test_the_error_quotes_nothing() -> None:
    with pytest.raises(UndecodableError) as json:
        decode_json(b'{"secret"', object)
    with pytest.raises(UndecodableError) as msgpack:
        decode_msgpack(b"\xa6secre", object)
    for caught in (json.value, msgpack.value):
        assert (str(caught), caught.__cause__, caught.__context__) == ("", None, None)


def test_patterns_of_forms_end_where_the_text_ends() -> None:
    """``$`` also matches before a last line feed, which msgspec's search then accepts."""
    for package in (tee_rex, tee_rex_server, tee_rex_app):
        for file in Path(package.__path__[0]).rglob("*.py"):
            assert not re.search(r'pattern=r?"[^"]*[$]"', file.read_text()), file
