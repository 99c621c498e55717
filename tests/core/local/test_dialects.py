"""Which messages a bb understands, by its schema, and what is in its folder before it starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from support.bb6_stand_in import schema_of_v6
from support.errors import raises
from support.recorded_steps import V4, V5, V6, bb_schema_of
from tee_rex.crs.crs import POINT_BYTES, Crs
from tee_rex.errors.catalogue.proving import BB_SCHEMA_UNKNOWN
from tee_rex.local.dialects import MAX_SCHEMA_BYTES, dialect_of
from tee_rex.local.process import Zeros
from tee_rex.transaction.generations import Generation, StepKind
from tee_rex.transaction.trusted_setup import TrustedSetup

SCHEMAS = {
    V4.number: bb_schema_of("4.1.2"),
    V5.number: bb_schema_of("5.0.0"),
    V6.number: schema_of_v6(bb_schema_of("5.0.0"), ""),
}
CRS = Crs(TrustedSetup.DEVELOPMENT, 2, memoryview(bytes(2 * POINT_BYTES)), bytes(128))

generations = pytest.mark.parametrize("generation", [V4, V5, V6], ids=str)


@generations
def test_a_schema_is_of_one_generation(generation: Generation) -> None:
    dialect = dialect_of(generation.default)
    for number, schema in SCHEMAS.items():
        if number == generation.number:
            assert dialect.with_names_from(schema).prefix == ""
        else:
            with raises(BB_SCHEMA_UNKNOWN, match=str(generation)):
                dialect.with_names_from(schema)


def test_the_tags_of_v6_are_as_its_bb_lists_them() -> None:
    schema = schema_of_v6(bb_schema_of("5.0.0"), "Bb")
    dialect = dialect_of(V6.default).with_names_from(schema)
    assert dialect.prefix == "Bb"
    with raises(BB_SCHEMA_UNKNOWN):
        dialect_of(V6.default).with_names_from(schema.replace(b'"BbChonkStart"', b'"ChonkStart"'))
    with raises(BB_SCHEMA_UNKNOWN):
        dialect_of(V6.default).with_names_from(schema_of_v6(bb_schema_of("5.0.0"), "Aztec"))


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"bb: unknown command", id="no JSON"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"commands":["named_union",[]]}', id="no command"),
        pytest.param(b'{"commands":["named_union",[["ChonkStart"]]]}', id="no fields"),
        pytest.param(b'{"commands":["named_union",[["ChonkStart",[1]]]]}', id="fields of another form"),
        pytest.param(b'{"commands":' + b"[" * 5000 + b"]" * 5000 + b"}", id="deeply nested"),
        pytest.param(SCHEMAS[6].ljust(2 << 20), id="2 MB"),
        pytest.param(SCHEMAS[6][:-1], id="truncated"),
        pytest.param(SCHEMAS[6] + b"}", id="with something behind it"),
        pytest.param(b"\xff\xfe" + SCHEMAS[6], id="not UTF-8"),
    ],
)
@generations
def test_what_is_no_schema(generation: Generation, schema: bytes) -> None:
    with raises(BB_SCHEMA_UNKNOWN) as caught:
        dialect_of(generation.default).with_names_from(schema)
    assert caught.value.hint


def test_a_schema_may_have_whatever_we_do_not_send() -> None:
    schema = json.loads(SCHEMAS[6])
    schema["more"] = {"of": ["anything"]}
    schema["commands"][1].append(["ChonkSomethingNew", {"__typename": "ChonkSomethingNew", "a": "b"}])
    schema["commands"][1] = [one for one in schema["commands"][1] if one[0] != "ChonkComputeVk"]
    whole = json.dumps(schema).encode()
    assert dialect_of(V6.default).with_names_from(whole.ljust(MAX_SCHEMA_BYTES)).prefix == ""


def _key_fields(generation: Generation, kind: StepKind) -> Mapping[str, Any]:
    name, fields = dialect_of(generation.default).compute_key(b"acir", kind)
    assert name == "ChonkComputeVk"
    assert fields["circuit"] == {"name": "circuit", "bytecode": b"acir"}
    return {field: value for field, value in fields.items() if field != "circuit"}


def test_a_key_is_asked_for_in_the_words_of_each_generation() -> None:
    assert _key_fields(V4, StepKind.HIDING) == {}
    assert _key_fields(V5, StepKind.KERNEL) == {"use_zk_flavor": False}
    assert _key_fields(V5, StepKind.HIDING) == {"use_zk_flavor": True}
    assert _key_fields(V6, StepKind.APP) == {"use_zk_flavor": False, "kind": 0}
    assert _key_fields(V6, StepKind.HIDING) == {"use_zk_flavor": True, "kind": 2}


def test_the_points_are_given_as_messages_or_as_files() -> None:
    old, new = dialect_of(V4.default), dialect_of(V5.default)
    assert [name for name, _ in old.first_messages(CRS, bytes(64))] == ["SrsInitSrs", "SrsInitGrumpkinSrs"]
    assert (old.files(CRS, bytes(64)), new.first_messages(CRS, bytes(64))) == ({}, ())
    files = new.files(CRS, b"grumpkin")
    assert files["bn254_g1.dat"] == CRS.g1
    assert files[V5.grumpkin.file] == b"grumpkin"
    zeros = files["bn254_g1_compressed.dat"]
    assert isinstance(zeros, Zeros)
    assert zeros.least >= 32 << 24, "bb would go on to the network for a circuit of 2^24 rows"
    assert V5.grumpkin.file not in new.files(CRS, None)
