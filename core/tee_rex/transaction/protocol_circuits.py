"""Aztec's protocol circuits: their verification keys tell a transaction's trusted setup."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import msgspec

from tee_rex.system.files import resource
from tee_rex.transaction.trusted_setup import TrustedSetup

_SHIPPED = ("protocol-circuits-4.1.2.json",)

_Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Root = Annotated[str, msgspec.Meta(pattern="^0x[0-9a-f]{64}$")]


class _CircuitsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    aztec_version: str
    vk_tree_roots: dict[TrustedSetup, _Root]
    circuits: dict[str, dict[TrustedSetup, _Sha256]]


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
    """The protocol circuit that this verification key (4,064 raw bytes) belongs to; None if it is unknown."""
    return _shipped_keys().get(hashlib.sha256(verification_key).hexdigest())


def trusted_setup_of(last_verification_key: bytes) -> TrustedSetup:
    """The setup of a transaction, by the key of its last step, a hiding kernel; genuine if unknown."""
    circuit = recognise(last_verification_key)
    return TrustedSetup.GENUINE if circuit is None else circuit.setup


def recognise_network(vk_tree_root: str) -> NetworkCircuits | None:
    """What a node's header ``x-aztec-l2CircuitsVkTreeRoot`` (0x and 64 hex digits) stands for."""
    return _shipped_networks().get(vk_tree_root.lower())


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
