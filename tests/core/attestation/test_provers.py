from __future__ import annotations

import hashlib

import msgspec
import pytest

from tee_rex.attestation.provers import (
    MAX_MANIFEST_BYTES,
    MAX_MANIFEST_PROVERS,
    Prover,
    encode_provers,
    read_provers,
)
from tee_rex.errors.tree import ProverNotAllowedError

_A = "a" * 64


def _provers(count: int, version: str = "4.1") -> tuple[Prover, ...]:
    return tuple(Prover(f"{version}.{index}", f"{index:064x}") for index in range(count))


_EXACTLY_512_BYTES = tuple(
    Prover(f"5.0.0-rc.{index}" + "x" * length, _A) for index, length in enumerate((23, 23, 23, 25))
)


@pytest.mark.parametrize("provers", [_provers(1), _provers(4), _EXACTLY_512_BYTES])
def test_up_to_four_provers_fit_into_user_data(provers: tuple[Prover, ...]) -> None:
    user_data, manifest = encode_provers(provers)
    assert len(user_data) <= 512
    assert manifest is None
    assert read_provers(user_data) == provers
    assert read_provers(user_data, b"whatever else came") == provers


@pytest.mark.parametrize(
    "provers", [_provers(5), _provers(MAX_MANIFEST_PROVERS), _provers(4, version="5.0.0-" + "x" * 50)]
)
def test_more_provers_go_into_a_manifest_that_user_data_refers_to(provers: tuple[Prover, ...]) -> None:
    user_data, manifest = encode_provers(provers)
    assert manifest is not None
    assert msgspec.json.decode(user_data) == {"manifest_sha256": hashlib.sha256(manifest).hexdigest()}
    assert read_provers(user_data, manifest) == provers
    for other in (None, b"", manifest + b" ", manifest.replace(b"4.1.0", b"4.1.9")):
        if other != manifest:
            with pytest.raises(ProverNotAllowedError):
                read_provers(user_data, other)


def _pointing_to(manifest: bytes) -> bytes:
    return msgspec.json.encode({"manifest_sha256": hashlib.sha256(manifest).hexdigest()})


@pytest.mark.parametrize(
    "manifest",
    [
        msgspec.json.encode({"versions": _provers(MAX_MANIFEST_PROVERS + 1)}),
        msgspec.json.encode({"versions": []}),
        _pointing_to(msgspec.json.encode({"versions": _provers(5)})),
        b"\xff",
        b" " * (MAX_MANIFEST_BYTES + 1),
    ],
)
def test_a_manifest_is_bounded_and_of_one_form(manifest: bytes) -> None:
    with pytest.raises(ProverNotAllowedError):
        read_provers(_pointing_to(manifest), manifest)


@pytest.mark.parametrize(
    "user_data",
    [
        None,
        b"",
        b"\x00\xff",
        b"{}",
        b"[]",
        b"null",
        b'{"versions":[]}',
        b'{"versions":null}',
        f'{{"versions":[{{"version":"4.1.2","sha256":"{_A}"}}]}} '.encode(),
        f'{{"versions": [{{"version":"4.1.2","sha256":"{_A}"}}]}}'.encode(),
        f'{{"versions":[{{"sha256":"{_A}","version":"4.1.2"}}]}}'.encode(),
        f'{{"versions":[{{"version":"4.1.2","sha256":"{_A}"}}],"more":0}}'.encode(),
        f'{{"versions":[{{"version":"4.1.2","sha256":"{_A}","more":0}}]}}'.encode(),
        f'{{"versions":[],"versions":[{{"version":"4.1.2","sha256":"{_A}"}}]}}'.encode(),
        f'{{"versions":[{{"version":"4.1.2","version":"4.1.2","sha256":"{_A}"}}]}}'.encode(),
        f'{{"versions":[{{"version":"4.1.2","sha256":"{_A.upper()}"}}]}}'.encode(),
        f'{{"versions":[{{"version":"4.1.2","sha256":"{_A[1:]}"}}]}}'.encode(),
        f'{{"versions":[{{"version":"","sha256":"{_A}"}}]}}'.encode(),
        f'{{"versions":[{{"version":"../../x","sha256":"{_A}"}}]}}'.encode(),
        f'{{"versions":[{{"version":"4\\u001b","sha256":"{_A}"}}]}}'.encode(),
        f'{{"versions":[{{"version":412,"sha256":"{_A}"}}]}}'.encode(),
        msgspec.json.encode({"versions": _provers(5)}),
    ],
)
def test_user_data_in_any_other_form_names_no_prover(user_data: bytes | None) -> None:
    with pytest.raises(ProverNotAllowedError):
        read_provers(user_data)
