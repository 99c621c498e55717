"""Authorities like this machine's whose keys a test keeps, to sign what TEE-Rex never would."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tee_rex.browser import certificates


@dataclass(frozen=True, slots=True)
class LocalAuthority:
    """An authority with the extensions of ours, constraints included unless told otherwise."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, *, constrained: bool = True) -> LocalAuthority:
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [
            one
            for one in certificates._authority_extensions(key.public_key())
            if constrained or not isinstance(one.value, x509.NameConstraints)
        ]
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of a test")])
        return cls(key, _signed(name, name, key.public_key(), key, extensions))

    def write(self, folder: Path) -> Path:
        """Its certificate as a file."""
        file = folder / "authority.pem"
        file.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return file

    def server(self, folder: Path, name: str) -> Path:
        """Key and certificate of a website of this name, as a file."""
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [
            x509.Extension(one.oid, one.critical, x509.SubjectAlternativeName([x509.DNSName(name)]))
            if isinstance(one.value, x509.SubjectAlternativeName)
            else one
            for one in certificates._leaf_extensions(self.key.public_key())
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        leaf = _signed(subject, self.certificate.subject, key.public_key(), self.key, extensions)
        file = folder / f"{name}.pem"
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + leaf.public_bytes(Encoding.PEM)
        )
        return file

    def context(self, folder: Path, name: str) -> ssl.SSLContext:
        """What a website of this name is served with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server(folder, name))
        return context


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    signing_key: ec.EllipticCurvePrivateKey,
    extensions: list[x509.Extension[x509.ExtensionType]],
) -> x509.Certificate:
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(
        issuer, subject, public_key, x509.random_serial_number(), begin, begin + timedelta(days=100)
    )
    for extension in extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(signing_key, hashes.SHA256())
