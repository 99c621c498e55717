"""Which prover binaries an enclave carries: the format of user_data.

user_data is compact JSON, ``{"versions":[{"version":…,"sha256":…}]}`` for up to four; for more it is
``{"manifest_sha256":…}``, and the manifest, JSON of the first form, travels beside the document.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from tee_rex.attestation.document import MAX_USER_DATA_BYTES
from tee_rex.errors.catalogue import attestation as errors
from tee_rex.system.untrusted import UndecodableError, decode_json

MAX_LISTED_PROVERS: Final = 4
"""As many as fit into the 512 bytes of user_data."""
MAX_MANIFEST_PROVERS: Final = 64
MAX_MANIFEST_BYTES: Final = 16_384
"""Ample for 64 entries; bounds what is parsed from an untrusted server."""
_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}")
_SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}")

_FormT = TypeVar("_FormT", bound=msgspec.Struct)


class Prover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prover binary: the Aztec version it proves for and its SHA-256 (64 lower-case hex digits)."""

    version: str
    sha256: str

    def __post_init__(self) -> None:
        if not (_VERSION.fullmatch(self.version) and _SHA256_HEX.fullmatch(self.sha256)):
            raise ValueError("a prover is a version and a SHA-256 in lower-case hex")


class _ProverList(msgspec.Struct, forbid_unknown_fields=True):
    versions: list[Prover]


class _ManifestDigest(msgspec.Struct, forbid_unknown_fields=True):
    manifest_sha256: str


def encode_provers(provers: Sequence[Prover]) -> tuple[bytes, bytes | None]:
    """The enclave's side: user_data, and the manifest to send beside the document where one is needed."""
    listed = msgspec.json.encode(_ProverList([*provers]))
    if len(provers) <= MAX_LISTED_PROVERS and len(listed) <= MAX_USER_DATA_BYTES:
        return listed, None
    return msgspec.json.encode(_ManifestDigest(sha256(listed).hexdigest())), listed


def read_provers(user_data: bytes | None, untrusted_manifest: bytes | None = None) -> tuple[Prover, ...]:
    """The provers that the user_data of a genuine document names, at least one.

    untrusted_manifest: sent beside the document; accepted only if user_data holds its SHA-256.
    Raises PROVER_NOT_ALLOWED.
    """
    manifest_digest = _decode(user_data, _ManifestDigest)
    if manifest_digest is None:
        listed, most = _decode(user_data, _ProverList), MAX_LISTED_PROVERS
    elif untrusted_manifest is None or len(untrusted_manifest) > MAX_MANIFEST_BYTES:
        raise errors.PROVER_MANIFEST_ABSENT()
    elif not hmac.compare_digest(
        sha256(untrusted_manifest).hexdigest().encode(), manifest_digest.manifest_sha256.encode()
    ):
        raise errors.PROVER_MANIFEST_ALTERED()
    else:
        listed, most = _decode(untrusted_manifest, _ProverList), MAX_MANIFEST_PROVERS
    if listed is None or not 1 <= len(listed.versions) <= most:
        raise errors.PROVERS_NOT_NAMED()
    return tuple(listed.versions)


def _decode(content: bytes | None, form: type[_FormT]) -> _FormT | None:
    """``content``, if it is exactly what encoding this form gives, so that no key can come twice."""
    try:
        decoded = decode_json(content or b"", form)
    except UndecodableError:
        return None
    return decoded if msgspec.json.encode(decoded) == content else None
