"""The keys of Aztec's own circuits in the package ``noir-protocol-circuits-types``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tee_rex.bb.archives import BadArchiveError, members, whole
from tee_rex.system.threads import Checkpoint
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.generations import Generation
from tee_rex.transaction.trusted_setup import TrustedSetup

PACKAGE: Final = "noir-protocol-circuits-types"
_TREE: Final = "package/dest/vk_tree.js"
# The circuits that a wallet proves; the rollup's circuits verify proofs recursively, which no wallet does.
_ARTIFACT: Final = re.compile(
    r"package/artifacts/((?:private_kernel_(?!.*simulated)|hiding_kernel_)[a-z0-9_]{1,90})\.json"
)
_ROOT: Final = re.compile(r"'([0-9a-f]{64})'")
_MAX_FILE_BYTES: Final = 16 << 20
"""The largest of 4.4.0 has 3.6 MB."""


class _Key(msgspec.Struct, rename={"content": "bytes"}):
    content: str


class _Artifact(msgspec.Struct, rename="camel"):
    verification_key: _Key


@dataclass(frozen=True, slots=True)
class CircuitKeys:
    """The genuine keys of a version: SHA-256 by circuit, and the root of their tree."""

    digests: Mapping[str, str]
    vk_tree_root: str

    @classmethod
    def read(cls, package: Path, checkpoint: Checkpoint) -> CircuitKeys:
        """Those in the package's archive; raises BadArchiveError."""
        digests, root = {}, None
        wanted = re.compile(f"{re.escape(_TREE)}|{_ARTIFACT.pattern}")
        for name, pieces in members(package, lambda name: bool(wanted.fullmatch(name)), checkpoint):
            content = whole(pieces, _MAX_FILE_BYTES)
            artifact = _ARTIFACT.fullmatch(name)
            if artifact is None:
                root = read_root(content)
            else:
                key = read_key(content)
                digests[artifact[1]] = hashlib.sha256(key).hexdigest()
        if root is None or not digests:
            raise BadArchiveError("the package has no keys")
        return cls(dict(sorted(digests.items())), root)

    def differences(self, generation: Generation) -> Iterator[str]:
        """How they differ from those of a generation, in words."""
        known = {
            name: digests[TrustedSetup.GENUINE]
            for name, digests in generation.circuits.items()
            if TrustedSetup.GENUINE in digests
        }
        for name in sorted(known.keys() | self.digests.keys()):
            if name not in self.digests:
                yield f"{name} is gone"
            elif name not in known:
                yield f"{name} is new"
            elif known[name] != self.digests[name]:
                yield f"{name} has another key"
        if self.vk_tree_root != generation.vk_tree_roots.get(TrustedSetup.GENUINE):
            yield f"the tree of keys has the root {self.vk_tree_root}"


def read_key(untrusted: bytes) -> bytes:
    """The verification key in a circuit's artifact; raises BadArchiveError."""
    try:
        return bytes.fromhex(decode_json(untrusted, _Artifact).verification_key.content)
    except (UndecodableError, ValueError) as error:
        raise BadArchiveError("a circuit has no verification key") from error


def read_root(untrusted: bytes) -> str:
    """The root in the source of the tree of keys, which is the last of its nodes; raises BadArchiveError."""
    nodes = _ROOT.findall(untrusted.decode("utf-8", "replace"))
    if not nodes:
        raise BadArchiveError("the tree of keys is empty")
    return f"0x{nodes[-1]}"
