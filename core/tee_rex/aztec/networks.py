"""Which networks flows run on, and where their explorers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tee_rex.aztec.errors import DevelopmentNetworkRefusedError, NodeVersionMismatchError
from tee_rex.aztec.flows.report import NetworkReport
from tee_rex.aztec.node import NodeInfo
from tee_rex.transaction.protocol_circuits import recognise_network
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
        """The network that a node is of; raises NodeVersionMismatchError, DevelopmentNetworkRefusedError."""
        circuits = recognise_network(info.vk_tree_root or "")
        if circuits is None or circuits.aztec_version != info.node_version:
            circuits_known = "" if circuits is None else f" with the circuits of {circuits.aztec_version}"
            raise NodeVersionMismatchError(f"The node runs Aztec {info.node_version}{circuits_known}.")
        if circuits.setup is TrustedSetup.DEVELOPMENT and info.chain_id != LOCAL_CHAIN:
            raise DevelopmentNetworkRefusedError(f"The node says that it is of chain {info.chain_id}.")
        return cls(info, circuits.setup, AztecVersion.parse(circuits.aztec_version))

    @property
    def is_local(self) -> bool:
        """Whether it is a local network, where proofs are optional."""
        return self.info.chain_id == LOCAL_CHAIN

    @property
    def explorer(self) -> str | None:
        """The address of its block explorer; None where there is none."""
        return _EXPLORERS.get(self.info.chain_id)

    def transaction_url(self, transaction: str) -> str | None:
        """Where people can look a transaction up."""
        return f"{self.explorer}/tx-effects/{transaction}" if self.explorer else None

    def contract_url(self, address: str) -> str | None:
        """Where people can look an account or a contract up."""
        return f"{self.explorer}/contracts/instances/{address}" if self.explorer else None

    def report(self) -> NetworkReport:
        """Its part of a flow's report."""
        return NetworkReport(
            url=_shown(self.info.url),
            name=_NAMES.get(self.info.chain_id, f"chain {self.info.chain_id}"),
            chain_id=self.info.chain_id,
            rollup_version=self.info.rollup_version,
            node_version=self.info.node_version,
            crs=self.setup,
            real_proofs=self.info.real_proofs,
            proofs_required=not self.is_local,
            explorer_url=self.explorer,
        )


def _shown(url: str) -> str:
    """The address without its path: providers of nodes put their customers' keys there."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if parts.path in ("", "/") else f"{origin}/…"
