from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from support.nitro_fake import FakeNitro
from tee_rex.attestation.chain import common_name, confirm_with_path_builder, verify_chain
from tee_rex.errors.tree import ChainFailedError

_NO_CA = x509.BasicConstraints(ca=False, path_length=None)
_CA = x509.BasicConstraints(ca=True, path_length=None)
_UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
_SECOND = timedelta(seconds=1)


def _verify(nitro: FakeNitro, **changes: object) -> tuple[x509.Certificate, ...]:
    arguments: dict[str, Any] = {"root": nitro.root, "at": nitro.now, "made_at": nitro.now} | changes
    return verify_chain(arguments.pop("chain", nitro.chain), **arguments)


def _replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def edit(tbs: bytes) -> bytes:
        assert tbs.count(bytes.fromhex(old)) == 1
        return tbs.replace(bytes.fromhex(old), bytes.fromhex(new))

    return edit


def _version_1(tbs: bytes) -> bytes:
    head, version, rest = tbs[:4], tbs[4:9], tbs[9:]
    assert (head[:2], version) == (b"\x30\x82", bytes.fromhex("a003020102"))
    return head[:2] + len(rest).to_bytes(2, "big") + rest


def _negative_serial_number(tbs: bytes) -> bytes:
    assert tbs[9] == 0x02  # an INTEGER, after the two heads and the version
    return tbs[:11] + bytes([tbs[11] | 0x80]) + tbs[12:]


def test_a_serial_number_that_is_not_positive_is_refused_and_nothing_is_printed(nitro: FakeNitro) -> None:
    """Also where warnings are not errors, as they are in these tests."""
    other = nitro.changed("zone", edit_tbs=_negative_serial_number)
    with warnings.catch_warnings(record=True) as printed:
        warnings.simplefilter("always")
        with pytest.raises(ChainFailedError, match="3 is malformed"):
            _verify(other)
        warnings.warn("the filters are as before", stacklevel=1)
    assert [str(warning.message) for warning in printed] == ["the filters are as before"]


def test_a_chain_like_those_of_aws_is_valid(nitro: FakeNitro) -> None:
    chain = _verify(nitro)
    assert len(chain) == 5
    assert common_name(chain[-1]) == f"{nitro.module_id}.eu-west-1.aws"


@pytest.mark.parametrize(
    ("certificate", "changes", "reason"),
    [
        ("region", {"basic_constraints": _NO_CA}, "2 may not issue"),
        ("instance", {"basic_constraints": None}, "4 lacks BasicConstraints"),
        ("zone", {"basic_constraints_critical": False}, "3 has basic constraints"),
        ("enclave", {"basic_constraints_critical": False}, "5 has basic constraints"),
        ("enclave", {"basic_constraints": None}, "5 lacks BasicConstraints"),
        ("enclave", {"basic_constraints": _CA}, "may issue others"),
        ("root", {"basic_constraints": x509.BasicConstraints(ca=True, path_length=2)}, "1 allows no more"),
        ("region", {"basic_constraints": x509.BasicConstraints(ca=True, path_length=1)}, "2 allows no more"),
        ("zone", {"basic_constraints": x509.BasicConstraints(ca=True, path_length=0)}, "3 allows no more"),
        ("instance", {"key_usage": None}, "4 lacks KeyUsage"),
        ("zone", {"key_usage": frozenset({"digital_signature"})}, "3 may not issue"),
        ("zone", {"key_usage_critical": False}, "3 may not issue"),
        ("enclave", {"key_usage": None}, "5 lacks KeyUsage"),
        ("enclave", {"key_usage": frozenset({"content_commitment"})}, "may not sign"),
        ("enclave", {"key_usage": frozenset({"digital_signature", "key_cert_sign"})}, "may issue others"),
        ("zone", {"curve": ec.SECP256R1()}, "3 has a key that is not on the curve"),
        ("enclave", {"curve": ec.SECP521R1()}, "5 has a key that is not on the curve"),
        ("instance", {"digest": hashes.SHA256()}, "4 is not signed with ECDSA and SHA-384"),
        ("region", {"more_extensions": [(_UNKNOWN, True)]}, "2 has an unknown critical"),
        ("enclave", {"more_extensions": [(_UNKNOWN, True)]}, "5 has an unknown critical"),
        ("zone", {"issuer": "somebody else"}, "3 was not issued"),
        ("zone", {"edit_tbs": _version_1}, "3 is not X.509 version 3"),
        # the signature's algorithm is another inside than outside
        ("zone", {"edit_tbs": _replaced("06082a8648ce3d040303", "06082a8648ce3d040302")}, "3 was not issued"),
        # basicConstraints twice, in the place of the key usage
        ("zone", {"edit_tbs": _replaced("0603551d0f", "0603551d13")}, "3 has malformed extensions"),
    ],
)
def test_one_wrong_certificate_breaks_the_chain(
    nitro: FakeNitro, certificate: str, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ChainFailedError, match=reason):
        _verify(nitro.changed(certificate, **changes))


@pytest.mark.parametrize("position", range(5))
def test_every_certificate_must_be_valid_now_and_when_the_document_was_made(
    nitro: FakeNitro, position: int
) -> None:
    spec = [*nitro.specs.values()][position]
    long = timedelta(days=9000)
    specs = {
        name: other
        if other is spec
        else replace(other, not_before=nitro.now - long, not_after=nitro.now + long)
        for name, other in nitro.specs.items()
    }
    one_narrow = FakeNitro(nitro.now, specs=specs)
    for moment in (spec.not_before, spec.not_after):
        _verify(one_narrow, at=moment, made_at=moment)
    for moment, words in (
        (spec.not_before - _SECOND, "is valid from"),
        (spec.not_after + _SECOND, "expired"),
    ):
        for argument in ("at", "made_at"):
            with pytest.raises(ChainFailedError, match=f"Certificate {position + 1} {words}"):
                _verify(one_narrow, **{argument: moment})


def test_an_enclave_cannot_issue_certificates_for_others(nitro: FakeNitro) -> None:
    forged = replace(nitro.specs["enclave"], name="i-0-enc0.eu-west-1.aws")
    with pytest.raises(ChainFailedError, match="2 allows no more"):
        _verify(FakeNitro(nitro.now, specs=nitro.specs | {"forged": forged}))
    unbounded = {
        name: replace(spec, basic_constraints=_CA) if name != "enclave" else spec
        for name, spec in nitro.specs.items()
    }
    with pytest.raises(ChainFailedError, match="5 may not issue"):
        _verify(FakeNitro(nitro.now, specs=unbounded | {"forged": forged}))


def test_harmless_additions_are_accepted(nitro: FakeNitro) -> None:
    _verify(nitro.changed("enclave", more_extensions=[(_UNKNOWN, False)], key_usage_critical=True))


def test_another_root_is_refused_even_with_the_same_key_and_name(nitro: FakeNitro) -> None:
    reissued = FakeNitro(nitro.now, root_key=nitro.root_key)
    for other in (FakeNitro(nitro.now), reissued):
        with pytest.raises(ChainFailedError, match="pinned root"):
            _verify(nitro, root=other.root)


def test_a_certificate_by_another_key_of_the_same_name_is_refused(nitro: FakeNitro) -> None:
    other = FakeNitro(nitro.now)
    with pytest.raises(ChainFailedError, match="2 was not signed"):
        _verify(nitro, chain=[nitro.chain[0], *other.chain[1:]])


def test_the_order_is_fixed_and_no_certificate_may_be_added_or_omitted(nitro: FakeNitro) -> None:
    root, region, zone, instance, enclave = nitro.chain
    for chain in (
        [root, zone, region, instance, enclave],
        [root, region, region, zone, instance, enclave],
        [root, region, instance, enclave],
        [root, enclave],
    ):
        with pytest.raises(ChainFailedError, match=r"was not (signed|issued)"):
            _verify(nitro, chain=chain)
    with pytest.raises(ChainFailedError, match="another path"):
        _verify(nitro, chain=[root, root, region, zone, instance, enclave])
    with pytest.raises(ChainFailedError, match="may issue others"):
        _verify(nitro, chain=[root, region, zone, instance])
    with pytest.raises(ChainFailedError):
        _verify(nitro, chain=[*nitro.chain, enclave])


@pytest.mark.parametrize("edit", [lambda der: der + b"\x00", lambda der: der[:-1], lambda _der: b"\x30\x00"])
def test_a_certificate_is_exactly_its_der(nitro: FakeNitro, edit: Callable[[bytes], bytes]) -> None:
    chain = [*nitro.chain]
    chain[3] = edit(chain[3])
    with pytest.raises(ChainFailedError, match="4 is malformed"):
        _verify(nitro, chain=chain)


def test_the_enclave_has_exactly_one_common_name(nitro: FakeNitro) -> None:
    nameless = x509.load_der_x509_certificate(nitro.changed("enclave", name="").chain[-1])
    with pytest.raises(ChainFailedError, match="one common name"):
        common_name(nameless)


def test_the_second_opinion_finds_the_same_faults(nitro: FakeNitro) -> None:
    def loaded(nitro: FakeNitro) -> list[x509.Certificate]:
        return [x509.load_der_x509_certificate(der) for der in nitro.chain]

    confirm_with_path_builder(loaded(nitro), nitro.now)
    for broken, moment in (
        (loaded(nitro), nitro.now + timedelta(days=1)),
        ([FakeNitro(nitro.now).root, *loaded(nitro)[1:]], nitro.now),
        (loaded(nitro.changed("zone", basic_constraints=_NO_CA)), nitro.now),
        (loaded(nitro.changed("enclave", more_extensions=[(_UNKNOWN, True)])), nitro.now),
        (
            loaded(nitro.changed("zone", basic_constraints=x509.BasicConstraints(ca=True, path_length=0))),
            nitro.now,
        ),
    ):
        with pytest.raises(ChainFailedError, match="valid path"):
            confirm_with_path_builder(broken, moment)


def test_the_second_opinion_must_confirm_the_same_chain(nitro: FakeNitro) -> None:
    root, region, zone, instance, enclave = (x509.load_der_x509_certificate(der) for der in nitro.chain)
    with pytest.raises(ChainFailedError, match="another path"):
        confirm_with_path_builder([root, zone, region, instance, enclave], nitro.now)


def test_moments_must_have_a_time_zone(nitro: FakeNitro) -> None:
    with pytest.raises(TypeError):
        _verify(nitro, at=datetime(2026, 3, 1, 12))  # noqa: DTZ001 - a naive time is the point
