"""Opening the wallet, again with its stale data cleared where it cannot be opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.aztec.errors import BridgeError, FeeContractMissingError, NetworkChangedError, WalletDataError
from tee_rex.aztec.flows.events import FlowListener, WalletRetried
from tee_rex.aztec.flows.report import Preparation
from tee_rex.aztec.wallet.client import BridgeClient, OpenedWallet, WalletNetwork
from tee_rex.system.progress import TaskProgress
from tee_rex.system.threads import finish_in_thread
from tee_rex.transaction.report import ErrorReport

if TYPE_CHECKING:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.aztec.networks import Network
    from tee_rex.aztec.wallet.data import WalletData
    from tee_rex.aztec.wallet.process import BridgeCommand
    from tee_rex.aztec.wallet.watch import Synchronisation

ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class WalletOpening:
    """All that is needed to open a wallet.

    lock: the file descriptor that keeps other flows out of ``data``. preparing: notes the time of a
    preparation. require_network: raises when the node has gone, or is another network's now.
    """

    command: BridgeCommand
    options: FlowOptions
    network: Network
    data: WalletData
    lock: int
    listener: FlowListener
    preparing: Callable[[Preparation], AbstractContextManager[None]]
    require_network: Callable[[], Awaitable[None]]

    async def opened(self) -> BridgeClient:
        """A bridge with an open wallet.

        A store that cannot be opened is cleared, twice at most, but not because the node has gone; the keys
        are beside it and stay. Raises a BridgeError, WalletDataError, DiskFullError, FeeContractMissingError,
        NetworkChangedError, NodeUnreachableError.
        """
        self.data.require_space()
        for attempt in range(1, ATTEMPTS):
            bridge = await self._started()
            try:
                return await self._open(bridge)
            except (WalletDataError, BridgeError) as error:
                await self.require_network()
                self.listener(WalletRetried(attempt, ATTEMPTS, ErrorReport.of(error)))
            await finish_in_thread(self.data.clear_store)
        return await self._open(await self._started())

    async def _started(self) -> BridgeClient:
        with self.preparing(Preparation.BRIDGE):
            return await BridgeClient.start(self.command, on_sync=self._tell, held=(self.lock,))

    async def _open(self, bridge: BridgeClient) -> BridgeClient:
        try:
            with self.preparing(Preparation.WALLET):
                await self._open_on_network(bridge)
        except BaseException:
            await bridge.abort()
            raise
        return bridge

    async def _open_on_network(self, bridge: BridgeClient) -> None:
        salt = self.options.sponsored_fpc_salt
        params = {
            "nodeUrl": self.options.node_url,
            "dataDirectory": str(self.data.store_folder),
            "proofs": self.options.proofs,
            "sponsoredFpcSalt": str(salt),
        }
        contract = (await bridge.call("open", OpenedWallet, params)).fee_contract
        if not contract.funded:
            raise FeeContractMissingError(
                f"With salt {salt} it would be at {contract.address}, which has no balance."
            )
        seen, info = await bridge.call("nodeInfo", WalletNetwork, {}), self.network.info
        if seen != WalletNetwork(info.node_version, info.chain_id, info.rollup_version):
            raise NetworkChangedError(
                f"The wallet sees chain {seen.chain_id}, version {seen.rollup_version}."
            )

    def _tell(self, sync: Synchronisation) -> None:
        progress = TaskProgress("wallet.sync", "Synchronising the wallet", sync.block, sync.tip, "blocks")
        self.listener(progress)
