"""The two trusted setups, and which one a circuit or a network belongs to.

``resources/pins/protocol-circuits-<version>.json`` has the SHA-256 of every protocol circuit's verification
key, and the root of the tree of these keys, under each setup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated

import msgspec

from tee_rex.system.files import resource

_SHIPPED = ("protocol-circuits-4.1.2.json",)

_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Root = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{64}\Z")]


class TrustedSetup(StrEnum):
    """Genuine: Aztec's ceremony. Development: INSECURE, its tau is public, so anyone can forge proofs."""

    GENUINE = "genuine"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class ProtocolCircuit:
    """One of Aztec's own circuits, in one release and under one trusted setup."""

    aztec_version: str
    name: str
    setup: TrustedSetup


@dataclass(frozen=True, slots=True)
class NetworkCircuits:
    """The protocol circuits that a network accepts: those of one release under one trusted setup."""

    aztec_version: str
    setup: TrustedSetup


def recognise(verification_key: bytes) -> ProtocolCircuit | None:
    """The protocol circuit with this verification key (4,064 raw bytes); None if it is unknown."""
    return _shipped_keys().get(hashlib.sha256(verification_key).hexdigest())


def recognise_network(vk_tree_root: str) -> NetworkCircuits | None:
    """What a node's header ``x-aztec-l2CircuitsVkTreeRoot`` (0x and 64 hex digits) stands for."""
    return _shipped_networks().get(vk_tree_root.lower())


class _CircuitsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    aztec_version: str
    vk_tree_roots: dict[TrustedSetup, _Root]
    circuits: dict[str, dict[TrustedSetup, _Sha256]]


@cache
def _shipped_files() -> tuple[_CircuitsFile, ...]:
    return tuple(
        msgspec.json.decode(resource("pins", name).read_bytes(), type=_CircuitsFile) for name in _SHIPPED
    )


@cache
def _shipped_keys() -> Mapping[str, ProtocolCircuit]:
    return {
        sha256: ProtocolCircuit(file.aztec_version, name, setup)
        for file in _shipped_files()
        for name, digests in file.circuits.items()
        for setup, sha256 in digests.items()
    }


@cache
def _shipped_networks() -> Mapping[str, NetworkCircuits]:
    return {
        root: NetworkCircuits(file.aztec_version, setup)
        for file in _shipped_files()
        for setup, root in file.vk_tree_roots.items()
    }
