"""The networks that flows run on, and their block explorers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tee_rex.aztec.node import NodeInfo
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.transaction.generations import generation_of, recognise_network
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

LOCAL_CHAIN: Final = 31_337
_NAMES: Final = {1: "mainnet", 11_155_111: "testnet", LOCAL_CHAIN: "local network"}
_EXPLORERS: Final = {1: "https://aztecscan.xyz", 11_155_111: "https://testnet.aztecscan.xyz"}


@dataclass(frozen=True, slots=True)
class Network:
    """A network that flows can run on."""

    info: NodeInfo
    setup: TrustedSetup
    version: AztecVersion

    @classmethod
    def accepted(cls, info: NodeInfo) -> Network:
        """The network of a node; raises NODE_VERSION_MISMATCH, DEVELOPMENT_NETWORK_REFUSED."""
        circuits = recognise_network(info.vk_tree_root or "")
        if circuits is None:
            raise errors.NODE_VERSION_MISMATCH(version=info.node_version)
        version = AztecVersion.parse(info.node_version)
        if generation_of(version) != circuits.generation:
            raise errors.NODE_CIRCUITS_MISMATCH(version=info.node_version, circuits=str(circuits.generation))
        if circuits.setup is TrustedSetup.DEVELOPMENT and info.chain_id != LOCAL_CHAIN:
            raise errors.DEVELOPMENT_NETWORK_REFUSED(chain=info.chain_id)
        return cls(info, circuits.setup, version)

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
