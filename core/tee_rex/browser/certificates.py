"""The certificates with which this machine's listener speaks HTTPS to its own browsers.

A certificate authority that may only vouch for 127.0.0.1, ::1 and localhost signs one certificate, and its
key is never written anywhere. So nobody can sign with it later, and a browser that trusts it trusts this
machine's listener alone (X.509 name constraints: RFC 5280, section 4.2.1.10).
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tee_rex.attestation.chain import positive_serial_numbers
from tee_rex.errors import Message, message
from tee_rex.errors.catalogue.browser import HTTPS_CERTIFICATE_UNUSABLE
from tee_rex.system.files import disk_errors, open_regular, replacing, require_own
from tee_rex.system.text import os_reason

AUTHORITY_NAME: Final = "TEE-Rex local CA"
"""The common names of authorities begin with it; 16 hex digits of the key's identifier (SHA-1) follow."""
AUTHORITY_LIFE: Final = timedelta(days=3650)
LEAF_LIFE: Final = timedelta(days=824)
"""Safari accepts at most 825 days."""
RENEWAL: Final = timedelta(days=30)
"""Before its end, a certificate is due to be renewed."""
_CLOCK_SKEW: Final = timedelta(hours=1)
"""The clock may be set back after the certificates were made."""
_ADDRESSES: Final = ("127.0.0.1", "::1")
_NAME: Final = "localhost"

_MAX_FILE_BYTES: Final = 16_384
"""The three parts have about 1,700 bytes."""
_MALFORMED: Final = (
    *(ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature),
    *(x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType),
    CryptographyDeprecationWarning,
)
"""What cryptography raises; TypeError for an encrypted key or a signature of another kind."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate authority, whose key does not exist any more."""

    certificate: x509.Certificate

    @property
    def name(self) -> str:
        """Its common name, which no other authority has."""
        return _authority_name(self.certificate.public_key())

    @property
    def pem(self) -> bytes:
        """What programs import."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its DER, 64 hex digits, as browsers show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True, slots=True)
class Certificates:
    """The listener's certificate with its key, and the authority that signed it."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    leaf: x509.Certificate
    authority: Authority

    @classmethod
    def make(cls, at: datetime) -> Certificates:
        """New ones, valid from an hour before ``at``, an aware time."""
        begin = at.replace(microsecond=0) - _CLOCK_SKEW
        signing_key = ec.generate_private_key(ec.SECP256R1())  # its only use is below
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, issuer_key = _named(_authority_name(signing_key.public_key())), signing_key.public_key()

        def signed(
            subject: x509.Name,
            public_key: ec.EllipticCurvePublicKey,
            life: timedelta,
            extensions: Sequence[x509.Extension[x509.ExtensionType]],
        ) -> x509.Certificate:
            builder = x509.CertificateBuilder(
                issuer, subject, public_key, x509.random_serial_number(), begin, begin + life
            )
            for extension in extensions:
                builder = builder.add_extension(extension.value, extension.critical)
            return builder.sign(signing_key, hashes.SHA256())

        return cls(
            key,
            signed(_named(_NAME), key.public_key(), LEAF_LIFE, _leaf_extensions(issuer_key)),
            Authority(signed(issuer, issuer_key, AUTHORITY_LIFE, _authority_extensions(issuer_key))),
        )

    @classmethod
    def read(cls, untrusted: bytes) -> Certificates:
        """Read what ``to_pem`` wrote; raises ValueError for anything else.

        An authority that could vouch for other names is refused, since browsers are asked to trust it.
        """
        try:
            with positive_serial_numbers():
                leaf, authority = x509.load_pem_x509_certificates(untrusted)
            key, issuer_key = load_pem_private_key(untrusted, password=None), authority.public_key()
            if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
                issuer_key, ec.EllipticCurvePublicKey
            ):
                issuer = Authority(authority)
                _require(
                    authority,
                    issuer,
                    issuer.name,
                    issuer_key,
                    AUTHORITY_LIFE,
                    _authority_extensions(issuer_key),
                )
                _require(leaf, issuer, _NAME, key.public_key(), LEAF_LIFE, _leaf_extensions(issuer_key))
                found = cls(key, leaf, issuer)
                if found.to_pem() == untrusted:
                    return found
        except _MALFORMED:
            pass
        raise ValueError  # without a text or a cause, which could quote the key

    def to_pem(self) -> bytes:
        """Key (PKCS #8, unencrypted), certificate and authority."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.leaf.public_bytes(Encoding.PEM) + self.authority.pem

    @property
    def begins(self) -> datetime:
        """From when on the listener's certificate is valid."""
        return self.leaf.not_valid_before_utc

    @property
    def expires(self) -> datetime:
        """When the listener's certificate ends."""
        return self.leaf.not_valid_after_utc

    def valid(self, at: datetime) -> bool:
        """Whether browsers accept the certificate at this time."""
        return self.begins <= at < self.expires

    def renewal_due(self, at: datetime) -> bool:
        """Whether it ends within 30 days, or is not valid."""
        return not self.valid(at) or at >= self.expires - RENEWAL


@dataclass(frozen=True, slots=True)
class CertificateFolder:
    """Where the certificates are kept: a folder of this user's alone (0700), in the data folder.

    server.pem (0600) has everything; ca.pem is the authority once more, for browsers and programs to import.
    """

    path: Path

    @property
    def server_file(self) -> Path:
        """Key, certificate and authority."""
        return self.path / "server.pem"

    @property
    def authority_file(self) -> Path:
        """The authority alone."""
        return self.path / "ca.pem"

    def read(self) -> Certificates | None:
        """The certificates, None before HTTPS was enabled.

        Raises HTTPS_CERTIFICATE_UNUSABLE, also where others can read the key.
        """
        try:
            with open_regular(self.server_file) as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(_MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(message("{reason}", reason=os_reason(error))) from error
        require_own(self.server_file, self.path)
        if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise self._unusable(message("other users can read its key"))
        try:
            return Certificates.read(content)
        except ValueError:
            raise self._unusable(message("not in the format that TEE-Rex writes")) from None

    def write(self, certificates: Certificates) -> None:
        """Replace both files; raises DISK_FULL, DISK_NOT_WRITABLE. Blocking."""
        with disk_errors(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            contents = {
                self.server_file: certificates.to_pem(),
                self.authority_file: certificates.authority.pem,
            }
            for file, content in contents.items():
                with replacing(file, private=True) as new:
                    new.write_bytes(content)

    def remove(self) -> None:
        """Remove both files and the folder; raises DISK_NOT_WRITABLE. Blocking."""
        with disk_errors(self.path):
            for file in (self.server_file, self.authority_file):
                file.unlink(missing_ok=True)
            if self.path.is_dir():
                self.path.rmdir()

    def server_context(self) -> ssl.SSLContext:
        """What the listener serves HTTPS with (TLS 1.2 or newer), of what ``read`` has read."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(self.server_file)
        return context

    def _unusable(self, reason: Message) -> Exception:
        return HTTPS_CERTIFICATE_UNUSABLE(file=str(self.server_file), reason=reason)


def _require(
    certificate: x509.Certificate,
    issuer: Authority,
    subject: str,
    key: ec.EllipticCurvePublicKey,
    life: timedelta,
    extensions: Sequence[x509.Extension[x509.ExtensionType]],
) -> None:
    """Refuse a certificate that ``Certificates.make`` would not make; raises one of _MALFORMED."""
    certificate.verify_directly_issued_by(issuer.certificate)
    if (
        not isinstance(key.curve, ec.SECP256R1)
        or certificate.public_key() != key
        or certificate.subject != _named(subject)
        or certificate.not_valid_after_utc - certificate.not_valid_before_utc != life
        or list(certificate.extensions) != extensions
    ):
        raise ValueError


def _authority_extensions(
    key: CertificatePublicKeyTypes,
) -> list[x509.Extension[x509.ExtensionType]]:
    """Of the authority with this public key."""
    permitted = [x509.DNSName(_NAME), *(x509.IPAddress(ip_network(address)) for address in _ADDRESSES)]
    return [
        _extension(x509.BasicConstraints(ca=True, path_length=0), critical=True),
        _extension(_key_usage(signs_certificates=True), critical=True),
        _extension(x509.NameConstraints(permitted, None), critical=True),
        # Windows trusts an authority for every purpose that it does not exclude itself.
        _extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False),
        _extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False),
    ]


def _leaf_extensions(issuer_key: CertificatePublicKeyTypes) -> list[x509.Extension[x509.ExtensionType]]:
    """Of the listener's certificate. issuer_key: the authority's public key."""
    names = [x509.DNSName(_NAME), *(x509.IPAddress(ip_address(address)) for address in _ADDRESSES)]
    issuer = x509.SubjectKeyIdentifier.from_public_key(issuer_key)
    return [
        _extension(x509.BasicConstraints(ca=False, path_length=None), critical=True),
        _extension(_key_usage(signs_certificates=False), critical=True),
        _extension(x509.SubjectAlternativeName(names), critical=False),
        _extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False),
        _extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False),
    ]


def _extension(value: x509.ExtensionType, *, critical: bool) -> x509.Extension[x509.ExtensionType]:
    return x509.Extension(value.oid, critical, value)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_name(key: CertificatePublicKeyTypes) -> str:
    return f"{AUTHORITY_NAME} {x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()[:16]}"


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
