"""The networks that flows run on, and their block explorers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tee_rex.aztec.node import VK_TREE_ROOT_HEADER, NodeInfo
from tee_rex.errors import UsageError
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.transaction.generations import KnownCircuits, NetworkCircuits, generation_of
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

LOCAL_CHAIN: Final = 31_337
_NAMES: Final = {1: "mainnet", 11_155_111: "testnet", LOCAL_CHAIN: "local network"}
_EXPLORERS: Final = {1: "https://aztecscan.xyz", 11_155_111: "https://testnet.aztecscan.xyz"}


@dataclass(frozen=True, slots=True)
class Network:
    """A network whose circuits are known. version: of the node. circuits: those that are known."""

    info: NodeInfo
    setup: TrustedSetup
    version: AztecVersion
    circuits: KnownCircuits = field(default_factory=KnownCircuits.shipped, compare=False, repr=False)

    @classmethod
    def accepted(cls, info: NodeInfo, known: KnownCircuits | None = None) -> Network:
        """The network of a node, by the root of its verification keys.

        Where the root of a generation is not known, its version alone decides, and the setup counts as
        genuine. known: the circuits of this release by default. Raises NODE_VERSION_INVALID (NodeError),
        AZTEC_GENERATION_UNKNOWN, NODE_VERSION_MISMATCH, DEVELOPMENT_NETWORK_REFUSED (InputErrors).
        """
        try:
            version = AztecVersion.parse(info.node_version)
        except UsageError as error:
            raise errors.NODE_VERSION_INVALID(version=repr(info.node_version)) from error
        known = known or KnownCircuits.shipped()
        circuits = _circuits(info, version, known)
        if circuits.setup is TrustedSetup.DEVELOPMENT and info.chain_id != LOCAL_CHAIN:
            raise errors.DEVELOPMENT_NETWORK_REFUSED(chain=info.chain_id)
        return cls(info, circuits.setup, version, known)

    @property
    def name(self) -> str:
        """``"local network"``, ``"testnet"``, ``"mainnet"`` or ``"chain <id>"``."""
        return _NAMES.get(self.info.chain_id, f"chain {self.info.chain_id}")

    @property
    def is_local(self) -> bool:
        """Whether it is a local network, where proofs are optional."""
        return self.info.chain_id == LOCAL_CHAIN

    @property
    def explorer(self) -> str | None:
        """The address of its block explorer; None if it has none."""
        return _EXPLORERS.get(self.info.chain_id)

    def transaction_url(self, transaction: str) -> str | None:
        """The transaction's page in the explorer."""
        return f"{self.explorer}/tx-effects/{transaction}" if self.explorer else None

    def contract_url(self, address: str) -> str | None:
        """The page of an account or a contract in the explorer."""
        return f"{self.explorer}/contracts/instances/{address}" if self.explorer else None


def _circuits(info: NodeInfo, version: AztecVersion, known: KnownCircuits) -> NetworkCircuits:
    by_root = known.recognise_network(info.vk_tree_root or "")
    generation = generation_of(version)
    if by_root is not None:
        if by_root.generation != generation:
            raise errors.NODE_CIRCUITS_MISMATCH(version=str(version), circuits=str(by_root.generation))
        return by_root
    if not known.knows_root(generation):
        return NetworkCircuits(generation, TrustedSetup.GENUINE)
    if info.vk_tree_root is None:
        raise errors.NODE_KEYS_UNNAMED(version=str(version), header=VK_TREE_ROOT_HEADER)
    raise errors.NODE_VERSION_MISMATCH(version=str(version))
