"""The readers of the tools that ask registries and take packages apart."""

from __future__ import annotations

import json
from typing import Final

from aztec.circuits import read_key, read_root
from aztec.development_copy import ExecutableAddresses, SitesNotFoundError
from aztec.registry import RegistryError, npm_error, publication_times, read_integrity, read_record
from aztec.releases import ReleasesUnreachableError, release_times
from fuzz.engine import Reader
from tee_rex.bb.archives import BadArchiveError

_TIME: Final = "2026-08-24T02:21:39Z"
_INTEGRITY: Final = f"sha512-{'A' * 86}=="


def _executable(content: bytes) -> None:
    addresses = ExecutableAddresses(content)
    addresses.of(0)
    list(addresses.referred_to_before(len(content) // 2))


def _some_executable() -> bytes:
    header = bytearray(b"\x7fELF\x02\x01".ljust(64 + 56, b"\0"))
    header[32], header[54], header[56] = 64, 56, 1  # where the segments are, the length of one, how many
    header[64], header[64 + 33] = 1, 1  # it is loaded, and 256 bytes long
    return bytes(header.ljust(256, b"\0"))


READERS: Final = (
    Reader(
        "registry-times",
        publication_times,
        (RegistryError,),
        lambda: [json.dumps({"created": _TIME, "5.0.0": _TIME}).encode(), b"\n"],
    ),
    Reader("registry-integrity", read_integrity, (RegistryError,), lambda: [f'"{_INTEGRITY}"'.encode()]),
    Reader("registry-error", npm_error, (), lambda: [b'{"error": {"code": "E404"}}']),
    Reader(
        "registry-record",
        read_record,
        (RegistryError,),
        lambda: [json.dumps({"5.0.0": {"published": _TIME, "integrity": _INTEGRITY}}).encode()],
    ),
    Reader(
        "releases",
        release_times,
        (ReleasesUnreachableError,),
        lambda: [json.dumps([{"tag_name": "v5.0.0", "published_at": _TIME, "draft": False}]).encode()],
    ),
    Reader(
        "circuit-key",
        read_key,
        (BadArchiveError,),
        lambda: [b'{"abi": {}, "verificationKey": {"bytes": "00ff"}}'],
    ),
    Reader("circuit-tree", read_root, (BadArchiveError,), lambda: [f"['{'0a' * 32}']".encode()]),
    Reader("bb-executable", _executable, (SitesNotFoundError,), lambda: [_some_executable()], 1024),
)
