"""Generations of Aztec's circuits: what the keys, steps and proofs of v4, v5 and v6 are like.

Versions of one generation have the same protocol circuits, so the bb of one proves what the wallet of another
recorded. All that differs between generations as data is in ``resources/versions/generation-<number>.json``;
what differs as code is in ``local/dialects.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Annotated

import msgspec

from tee_rex.errors.catalogue import transaction as errors
from tee_rex.system.files import resource
from tee_rex.system.untrusted import Sha256
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_Root = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{64}\Z")]
_Count = Annotated[int, msgspec.Meta(ge=1, le=1 << 16)]


class StepKind(IntEnum):
    """What a circuit of a transaction is; the numbers are those of ``kind`` in v6's steps."""

    APP = 0
    KERNEL = 1
    HIDING = 2


class KeyBytes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The length of a verification key in bytes, by the kind of its circuit."""

    app: _Count
    kernel: _Count
    hiding: _Count

    def of(self, kind: StepKind) -> int:
        """The length for this kind."""
        return {StepKind.APP: self.app, StepKind.KERNEL: self.kernel, StepKind.HIDING: self.hiding}[kind]


class GrumpkinPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The 32,768 points of the curve Grumpkin that bb generates, the same for every transaction and setup.

    file: what bb calls them in its CRS folder. kept_as: what they are called in the data folder. sha256: of
    their 2 MiB.
    """

    file: str
    kept_as: str
    sha256: Sha256


class Generation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One generation of circuits; the fields are those of its file.

    number: the major version of its releases. default_version: whose bb proves where nobody names a version.
    steps_name_kinds: whether a step has ``kind``. least_circuits: that bb proves. proof_parts: fields of each
    part of a proof, in order; the first part also has the transaction's public inputs, which are in front and
    not counted here. hiding_kernel_io: the public inputs that bb gives the hiding kernel besides those of the
    transaction; they are counted in proof_parts; None where nobody has seen a proof. rpc_namespace: of a
    node's JSON-RPC. npm_scope: of its packages. repository: on GitHub, of its releases. vk_tree_roots: what a
    node's ``x-aztec-l2CircuitsVkTreeRoot`` is. circuits: SHA-256 of each protocol circuit's key, by name and
    setup.
    """

    number: int
    default_version: str
    key_bytes: KeyBytes
    steps_name_kinds: bool
    least_circuits: _Count
    proof_parts: Mapping[str, _Count]
    grumpkin: GrumpkinPoints
    rpc_namespace: str
    npm_scope: str
    repository: str
    vk_tree_roots: Mapping[TrustedSetup, _Root]
    circuits: Mapping[str, Mapping[TrustedSetup, Sha256]]
    hiding_kernel_io: _Count | None = None

    @property
    def default(self) -> AztecVersion:
        """``default_version``, parsed."""
        return AztecVersion.parse(self.default_version)

    @property
    def proof_fields(self) -> int:
        """Fields of a proof without the public inputs."""
        return sum(self.proof_parts.values())

    def __str__(self) -> str:
        return f"v{self.number}"


@dataclass(frozen=True, slots=True)
class ProtocolCircuit:
    """One of Aztec's own circuits, in one generation and under one trusted setup."""

    generation: Generation
    name: str
    setup: TrustedSetup


@dataclass(frozen=True, slots=True)
class NetworkCircuits:
    """The protocol circuits that a network accepts: those of one generation under one trusted setup."""

    generation: Generation
    setup: TrustedSetup


@cache
def generations() -> tuple[Generation, ...]:
    """Every generation that this release knows, oldest first."""
    files = (file for file in resource("versions").iterdir() if file.name.startswith("generation-"))
    known = (msgspec.json.decode(file.read_bytes(), type=Generation) for file in files)
    return tuple(sorted(known, key=lambda generation: generation.number))


def generation_of(version: AztecVersion) -> Generation:
    """The generation of this version's circuits; raises AZTEC_GENERATION_UNKNOWN."""
    for generation in generations():
        if generation.number == version.major:
            return generation
    raise errors.AZTEC_GENERATION_UNKNOWN(version=str(version), known=", ".join(map(str, generations())))


def same_circuits(wanted: AztecVersion, available: Iterable[AztecVersion]) -> AztecVersion | None:
    """The version of ``available`` whose bb proves for ``wanted``; None if there is none.

    The wanted one itself, else its generation's default, else the newest of its generation. Raises
    AZTEC_GENERATION_UNKNOWN for the wanted one.
    """
    generation = generation_of(wanted)
    same = [version for version in available if version.major == generation.number]
    if wanted in same:
        return wanted
    return generation.default if generation.default in same else max(same, default=None)


def generation_by_final_key(length: int) -> Generation | None:
    """The generation whose transactions end with a verification key of ``length`` bytes."""
    return next((one for one in generations() if one.key_bytes.hiding == length), None)


class CircuitTable(msgspec.Struct, frozen=True):
    """Protocol circuits of one generation, as in Generation: of a pins update, which adds to those here."""

    vk_tree_roots: Mapping[TrustedSetup, _Root] = {}
    circuits: Mapping[str, Mapping[TrustedSetup, Sha256]] = {}


@dataclass(frozen=True, slots=True)
class KnownCircuits:
    """Every protocol circuit and network that is known: those of this release, and those added since."""

    _by_key: Mapping[str, ProtocolCircuit]
    _by_root: Mapping[str, NetworkCircuits]

    @classmethod
    def shipped(cls) -> KnownCircuits:
        """Those of this release."""
        return _shipped_circuits()

    def joined(self, tables: Mapping[int, CircuitTable]) -> KnownCircuits:
        """These, and those of ``tables``, by the number of their generation; what is known already stays."""
        by_key, by_root = dict(self._by_key), dict(self._by_root)
        for generation in generations():
            if (table := tables.get(generation.number)) is not None:
                by_key = {**_by_key(generation, table.circuits), **by_key}
                by_root = {**_by_root(generation, table.vk_tree_roots), **by_root}
        return KnownCircuits(by_key, by_root)

    def recognise(self, verification_key: bytes) -> ProtocolCircuit | None:
        """The protocol circuit with this verification key (raw bytes); None if it is unknown."""
        return self._by_key.get(hashlib.sha256(verification_key).hexdigest())

    def recognise_network(self, vk_tree_root: str) -> NetworkCircuits | None:
        """What a node's header ``x-aztec-l2CircuitsVkTreeRoot`` (0x and 64 hex digits) stands for."""
        return self._by_root.get(vk_tree_root.lower())

    def knows_root(self, generation: Generation) -> bool:
        """Whether the root of this generation's genuine circuits is known."""
        return NetworkCircuits(generation, TrustedSetup.GENUINE) in self._by_root.values()


def recognise(verification_key: bytes) -> ProtocolCircuit | None:
    """As KnownCircuits, by those of this release."""
    return _shipped_circuits().recognise(verification_key)


def recognise_network(vk_tree_root: str) -> NetworkCircuits | None:
    """As KnownCircuits, by those of this release."""
    return _shipped_circuits().recognise_network(vk_tree_root)


def _by_key(
    generation: Generation, circuits: Mapping[str, Mapping[TrustedSetup, str]]
) -> dict[str, ProtocolCircuit]:
    return {
        sha256: ProtocolCircuit(generation, name, setup)
        for name, digests in circuits.items()
        for setup, sha256 in digests.items()
    }


def _by_root(generation: Generation, roots: Mapping[TrustedSetup, str]) -> dict[str, NetworkCircuits]:
    return {root: NetworkCircuits(generation, setup) for setup, root in roots.items()}


@cache
def _shipped_circuits() -> KnownCircuits:
    tables = {one.number: CircuitTable(one.vk_tree_roots, one.circuits) for one in generations()}
    return KnownCircuits({}, {}).joined(tables)
