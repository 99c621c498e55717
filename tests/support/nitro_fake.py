"""A Nitro enclave of our own: its own root, a chain with AWS's extensions, documents really signed.

A verifier that is given ``FakeNitro.root`` accepts its documents; every single thing in them can be broken
while all the rest stays right, so that each check can be shown to be the one that refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ES384_HEADER: Final = bytes.fromhex("a1013822")
P384_ORDER: Final = (
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
)
PRODUCTION_PCRS: Final[Mapping[int, bytes]] = {
    index: bytes([index + 1]) * 48 if index in (0, 1, 2, 4) else bytes(48) for index in range(16)
}
DEBUG_PCRS: Final[Mapping[int, bytes]] = {index: bytes(48) for index in range(16)}
MODULE_ID: Final = "i-0123456789abcdef0-enc0123456789abcdef"

_KEY_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class CertificateSpec:
    """What one certificate of the chain says.

    name: the common name, none if empty. basic_constraints, key_usage: None leaves the extension out.
    issuer: the name it claims to be issued by, by default the real one. edit_tbs: changes the DER of the
    part to be signed, before it is signed.
    """

    name: str
    not_before: datetime
    not_after: datetime
    basic_constraints: x509.BasicConstraints | None
    key_usage: frozenset[str] | None
    key_usage_critical: bool = True
    basic_constraints_critical: bool = True
    curve: ec.EllipticCurve = field(default_factory=ec.SECP384R1)
    digest: hashes.SHA256 | hashes.SHA384 = field(default_factory=hashes.SHA384)
    issuer: str | None = None
    more_extensions: Sequence[tuple[x509.ExtensionType, bool]] = ()
    edit_tbs: Callable[[bytes], bytes] | None = None


def chain_like_aws(now: datetime, module_id: str = MODULE_ID) -> dict[str, CertificateSpec]:
    """Root, region, zone, instance and enclave, with AWS's names, windows and extensions."""
    instance = module_id.partition("-enc")[0]
    issuing = frozenset(("digital_signature", "key_cert_sign", "crl_sign"))

    def authority(
        name: str, path_length: int | None, lasts: timedelta, usage: frozenset[str]
    ) -> CertificateSpec:
        return CertificateSpec(
            name,
            now - lasts / 2,
            now + lasts / 2,
            x509.BasicConstraints(ca=True, path_length=path_length),
            usage,
        )

    return {
        "root": authority("aws.nitro-enclaves", None, timedelta(days=10_000), issuing),
        "region": authority("0123456789abcdef.eu-west-1.aws.nitro-enclaves", 2, timedelta(days=20), issuing),
        "zone": authority(
            "fedcba9876543210.zonal.eu-west-1.aws.nitro-enclaves", 1, timedelta(days=6), issuing
        ),
        "instance": authority(
            f"{instance}.eu-west-1.aws.nitro-enclaves", 0, timedelta(days=1), frozenset(("key_cert_sign",))
        ),
        "enclave": CertificateSpec(
            f"{module_id}.eu-west-1.aws",
            now - timedelta(hours=1),
            now + timedelta(hours=2),
            x509.BasicConstraints(ca=False, path_length=None),
            frozenset(("digital_signature", "content_commitment")),
            key_usage_critical=False,
        ),
    }


class FakeNitro:
    """A Nitro hypervisor and its enclave, at the time ``now`` (aware, UTC)."""

    def __init__(
        self,
        now: datetime,
        *,
        root_key: ec.EllipticCurvePrivateKey | None = None,
        module_id: str = MODULE_ID,
        specs: Mapping[str, CertificateSpec] | None = None,
    ) -> None:
        """Issue the chain; specs: in order, the root first, the enclave last (``chain_like_aws``)."""
        self.now = now
        self.module_id = module_id
        self.specs = dict(specs or chain_like_aws(now, module_id))
        self.root_key = root_key or ec.generate_private_key(ec.SECP384R1())
        self.chain: list[bytes] = []
        issuer_name, issuer_key, key = next(iter(self.specs.values())).name, self.root_key, self.root_key
        for spec in self.specs.values():
            if self.chain:
                key = ec.generate_private_key(spec.curve)
            self.chain.append(_certificate(spec, key, issuer_name, issuer_key))
            issuer_name, issuer_key = spec.name, key
        self.enclave_key = key

    @property
    def root(self) -> x509.Certificate:
        """What a verifier must be given as its root."""
        return x509.load_der_x509_certificate(self.chain[0])

    def changed(self, certificate: str, **changes: Any) -> FakeNitro:  # noqa: ANN401 - fields of many types
        """A Nitro with the same root key in whose chain one certificate differs."""
        specs = self.specs | {certificate: replace(self.specs[certificate], **changes)}
        return FakeNitro(self.now, root_key=self.root_key, module_id=self.module_id, specs=specs)

    def document(
        self,
        *,
        pcrs: Mapping[int, bytes] = PRODUCTION_PCRS,
        user_data: bytes | None = None,
        nonce: bytes | None = None,
        public_key: bytes | None = None,
        timestamp: datetime | None = None,
    ) -> bytes:
        """A genuine document, made ``now`` unless a timestamp is given."""
        return self.sign(
            self.payload(
                pcrs=dict(pcrs),
                user_data=user_data,
                nonce=nonce,
                public_key=public_key,
                timestamp=int((timestamp or self.now).timestamp() * 1000),
            )
        )

    def payload(self, **fields: object) -> dict[str, object]:
        """The payload's nine fields, those given replaced."""
        return {
            "module_id": self.module_id,
            "digest": "SHA384",
            "timestamp": int(self.now.timestamp() * 1000),
            "pcrs": dict(PRODUCTION_PCRS),
            "certificate": self.chain[-1],
            "cabundle": self.chain[:-1],
            "public_key": None,
            "user_data": None,
            "nonce": None,
        } | fields

    def sign(
        self,
        payload: object,
        *,
        protected: bytes = ES384_HEADER,
        high_s: bool | None = None,
    ) -> bytes:
        """The document (untagged COSE_Sign1) around any payload: bytes as they are, all else as CBOR.

        high_s: which half of its range s shall be in, None for as it comes.
        """
        encoded = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
        return cbor2.dumps([protected, {}, encoded, self.signature(encoded, protected, high_s=high_s)])

    def signature(
        self, payload: bytes, protected: bytes = ES384_HEADER, *, high_s: bool | None = None
    ) -> bytes:
        """The enclave's ES384 signature, r and s, as RFC 9052 wants it."""
        signed = cbor2.dumps(["Signature1", protected, b"", payload])
        r, s = decode_dss_signature(self.enclave_key.sign(signed, ec.ECDSA(hashes.SHA384())))
        if high_s is not None and (s > P384_ORDER // 2) is not high_s:
            s = P384_ORDER - s
        return r.to_bytes(48, "big") + s.to_bytes(48, "big")


def indefinite_map(entries: Mapping[Any, Any]) -> bytes:
    """CBOR of a map of indefinite length, as Nitro writes its payload since July 2025."""
    return (
        b"\xbf" + b"".join(cbor2.dumps(key) + cbor2.dumps(value) for key, value in entries.items()) + b"\xff"
    )


def _name(common_name: str) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Amazon"),
    ]
    if common_name:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.Name(attributes)


def _certificate(
    spec: CertificateSpec,
    key: ec.EllipticCurvePrivateKey,
    issuer_name: str,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(spec.name))
        .issuer_name(_name(spec.issuer or issuer_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(spec.not_before)
        .not_valid_after(spec.not_after)
    )
    if spec.basic_constraints:
        builder = builder.add_extension(spec.basic_constraints, critical=spec.basic_constraints_critical)
    if spec.key_usage is not None:
        usage = x509.KeyUsage(**{name: name in spec.key_usage for name in _KEY_USAGES})
        builder = builder.add_extension(usage, critical=spec.key_usage_critical)
    for extension, critical in spec.more_extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(issuer_key, spec.digest)
    if spec.edit_tbs is None:
        return certificate.public_bytes(Encoding.DER)
    tbs = spec.edit_tbs(certificate.tbs_certificate_bytes)
    signature = issuer_key.sign(tbs, ec.ECDSA(spec.digest))
    algorithm = bytes.fromhex("300a06082a8648ce3d040303")  # ecdsa-with-SHA384
    return _der(0x30, tbs + algorithm + _der(0x03, b"\x00" + signature))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes((size,)) if size < 128 else bytes((0x82,)) + size.to_bytes(2, "big")
    return bytes((tag,)) + length + content
