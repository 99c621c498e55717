"""Certificates and keys that sign enclave images."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

SigningKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def certificate_of(key: SigningKey) -> x509.Certificate:
    """Self-signed, always of the same content."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365))
        .sign(key, hashes.SHA384())
    )


def signer_files(folder: Path, certificate: x509.Certificate, key: SigningKey) -> tuple[Path, Path]:
    """Both as PEM files in ``folder``."""
    pems = folder / "certificate.pem", folder / "key.pem"
    pems[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pems[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pems
