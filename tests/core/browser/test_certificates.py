"""The certificates themselves, and how strictly they are read."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.errors import raises_code
from tee_rex.browser import certificates
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.errors.catalogue.browser import HTTPS_CERTIFICATE_UNUSABLE
from tee_rex.errors.catalogue.files import DISK_NOT_WRITABLE

AT = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> Certificates:
    return Certificates.make(AT)


def test_the_authority_can_vouch_for_this_machine_alone(made: Certificates) -> None:
    authority = made.authority.certificate
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    permitted = constraints.value.permitted_subtrees
    assert permitted is not None
    assert {str(name.value) for name in permitted} == {"localhost", "127.0.0.1/32", "::1/128"}
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.key_cert_sign) == (True, True)
    assert not usage.value.digital_signature
    assert authority.not_valid_after_utc - authority.not_valid_before_utc == timedelta(days=3650)
    authority.verify_directly_issued_by(authority)


def test_the_leaf_is_for_this_machine_s_server(made: Certificates) -> None:
    names = made.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert list(map(str, names.get_values_for_type(x509.IPAddress))) == ["127.0.0.1", "::1"]
    purposes = made.leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert made.expires - made.begins == timedelta(days=824)
    assert made.begins == AT.replace(microsecond=0) - timedelta(hours=1)


def test_the_authority_s_key_is_nowhere(made: Certificates) -> None:
    content = made.to_pem()
    assert content.count(b"PRIVATE KEY") == 2, "the begin and the end of one"
    key = load_pem_private_key(content, None)
    assert key.public_key() == made.leaf.public_key()
    assert key.public_key() != made.authority.certificate.public_key()
    assert "PRIVATE" not in repr(made)
    held = {name for name in Certificates.__slots__ if "key" in name}
    assert held == {"key"}


def test_each_authority_has_a_key_and_a_name_of_its_own(made: Certificates) -> None:
    other = Certificates.make(AT)
    assert other.authority.name != made.authority.name
    assert other.authority.fingerprint != made.authority.fingerprint


@pytest.mark.parametrize(
    ("days", "valid", "due"),
    [(-1, False, True), (0, True, False), (793, True, False), (795, True, True), (825, False, True)],
)
def test_renewal_is_due_30_days_before_the_end(made: Certificates, days: int, valid: bool, due: bool) -> None:
    at = AT + timedelta(days=days)
    assert (made.valid(at), made.renewal_due(at)) == (valid, due)


def test_reading_gives_what_was_written(made: Certificates) -> None:
    read = Certificates.read(made.to_pem())
    assert (read.leaf, read.authority) == (made.leaf, made.authority)
    assert read.to_pem() == made.to_pem()


def _without_constraints(key: CertificatePublicKeyTypes) -> list[x509.Extension[x509.ExtensionType]]:
    return [one for one in _GENUINE(key) if not isinstance(one.value, x509.NameConstraints)]


_GENUINE = certificates._authority_extensions


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_authority_extensions", _without_constraints),
        ("_ADDRESSES", ("127.0.0.1", "10.0.0.1")),
        ("_NAME", "example.org"),
        ("AUTHORITY_LIFE", timedelta(days=36_500)),
        ("LEAF_LIFE", timedelta(days=825)),
        ("AUTHORITY_NAME", "Some CA"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_another_release_would_make_is_refused(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(certificates, name, value)
        other = Certificates.make(AT)
        assert Certificates.read(other.to_pem()).leaf == other.leaf
    with pytest.raises(ValueError, match=r"^$"):
        Certificates.read(other.to_pem())


def _encrypted(made: Certificates) -> bytes:
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    return key + made.leaf.public_bytes(Encoding.PEM) + made.authority.pem


def _of_another_key(made: Certificates) -> bytes:
    return Certificates(ec.generate_private_key(ec.SECP256R1()), made.leaf, made.authority).to_pem()


def _of_another_curve(made: Certificates) -> bytes:
    return Certificates(ec.generate_private_key(ec.SECP384R1()), made.leaf, made.authority).to_pem()


def _of_another_authority(made: Certificates) -> bytes:
    return Certificates(made.key, made.leaf, Certificates.make(AT).authority).to_pem()


def _flipped(made: Certificates) -> bytes:
    """One bit of the leaf's signature is another one."""
    der = bytearray(made.leaf.public_bytes(Encoding.DER))
    der[-1] ^= 1
    leaf = x509.load_der_x509_certificate(bytes(der))
    return Certificates(made.key, leaf, made.authority).to_pem()


@pytest.mark.parametrize(
    "damage",
    [
        lambda _made: b"",
        lambda made: made.to_pem()[:-1],
        lambda made: made.to_pem() + b"\n",
        lambda made: b"note\n" + made.to_pem(),
        lambda made: made.to_pem() + made.authority.pem,
        lambda made: made.authority.pem + made.to_pem(),
        lambda made: made.to_pem().replace(b"\n", b"\r\n"),
        lambda made: made.authority.pem,
        _encrypted,
        _of_another_key,
        _of_another_curve,
        _of_another_authority,
        _flipped,
    ],
    ids=map(str, range(13)),
)
def test_anything_else_is_refused_without_quoting_it(
    made: Certificates, damage: Callable[[Certificates], bytes]
) -> None:
    with pytest.raises(ValueError, match=r"^$") as caught:
        Certificates.read(damage(made))
    assert caught.value.__cause__ is None


def test_only_this_user_can_read_the_key(made: Certificates, tmp_path: Path) -> None:
    folder = CertificateFolder(tmp_path / "data" / "https")
    assert folder.read() is None
    folder.write(made)
    read = folder.read()
    assert read is not None
    assert read.to_pem() == made.to_pem()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.server_file.stat().st_mode) == 0o600
    assert folder.authority_file.read_bytes() == made.authority.pem
    folder.remove()
    assert list(tmp_path.rglob("*")) == [tmp_path / "data"]
    folder.remove()


def test_a_key_that_others_can_read_is_not_used(made: Certificates, tmp_path: Path) -> None:
    folder = CertificateFolder(tmp_path)
    folder.write(made)
    folder.server_file.chmod(0o640)
    with raises_code(HTTPS_CERTIFICATE_UNUSABLE, "other users can read its key"):
        folder.read()


def test_a_damaged_file_is_told(made: Certificates, tmp_path: Path) -> None:
    folder = CertificateFolder(tmp_path)
    folder.write(made)
    folder.server_file.write_bytes(made.to_pem()[:-30])
    with raises_code(HTTPS_CERTIFICATE_UNUSABLE, "not in the format that TEE-Rex writes"):
        folder.read()


def test_a_folder_that_cannot_be_made_is_told(made: Certificates, tmp_path: Path) -> None:
    (tmp_path / "https").write_bytes(b"")
    with raises_code(DISK_NOT_WRITABLE):
        CertificateFolder(tmp_path / "https").write(made)
