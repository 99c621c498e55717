"""Opening a flow's wallet, with a rebuilt store if necessary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.aztec.flows.events import FlowListener, WalletRetried
from tee_rex.aztec.flows.report import Preparation
from tee_rex.aztec.wallet.client import BridgeClient
from tee_rex.aztec.wallet.protocol import OpenedWallet, WalletNetwork
from tee_rex.errors.catalogue.aztec import FEE_CONTRACT_MISSING, NETWORK_CHANGED
from tee_rex.errors.report import ErrorReport
from tee_rex.errors.tree import BridgeError, WalletDataError
from tee_rex.system.progress import TaskProgress
from tee_rex.system.threads import finish_in_thread

if TYPE_CHECKING:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.aztec.networks import Network
    from tee_rex.aztec.wallet.data import WalletData
    from tee_rex.aztec.wallet.process import BridgeCommand
    from tee_rex.aztec.wallet.protocol import Synchronisation

ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class WalletOpener:
    """Opens a wallet on a network.

    1. Start the bridge.
    2. Open the wallet's store, and require a funded fee contract and the expected network.
    3. If the store cannot be opened although the node is still there, clear it and start again, at most
       twice. The keys are kept beside it and stay.

    lock: the file descriptor that keeps other flows out of ``data``. preparing: measures a preparation.
    require_network: raises if the node does not respond, or is of another network now.
    """

    command: BridgeCommand
    options: FlowOptions
    network: Network
    data: WalletData
    lock: int
    listener: FlowListener
    preparing: Callable[[Preparation], AbstractContextManager[None]]
    require_network: Callable[[], Awaitable[None]]

    async def open(self) -> BridgeClient:
        """A bridge with an open wallet.

        Raises BridgeError, WalletDataError, NodeError, NOT_ENOUGH_SPACE, FEE_CONTRACT_MISSING,
        NETWORK_CHANGED.
        """
        self.data.require_space()
        for attempt in range(1, ATTEMPTS):
            bridge = await self._start()
            try:
                return await self._opened(bridge)
            except (WalletDataError, BridgeError) as error:
                await self.require_network()
                self.listener(WalletRetried(attempt, ATTEMPTS, ErrorReport.of(error)))
            await finish_in_thread(self.data.clear_store)
        return await self._opened(await self._start())

    async def _start(self) -> BridgeClient:
        with self.preparing(Preparation.BRIDGE):
            return await BridgeClient.start(self.command, on_sync=self._report_sync, held=(self.lock,))

    async def _opened(self, bridge: BridgeClient) -> BridgeClient:
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
            raise FEE_CONTRACT_MISSING(salt=str(salt), address=contract.address)
        seen, info = await bridge.call("nodeInfo", WalletNetwork, {}), self.network.info
        if seen != WalletNetwork(info.node_version, info.chain_id, info.rollup_version):
            raise NETWORK_CHANGED(chain=seen.chain_id, rollup=seen.rollup_version)

    def _report_sync(self, sync: Synchronisation) -> None:
        self.listener(TaskProgress("wallet.sync", "Synchronising the wallet", sync.block, sync.tip, "blocks"))
