"""The flows: deploying an account, and a token's whole life, each step timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

from tee_rex.aztec.bridge_client import BridgeClient, OpenedWallet, WalletNetwork
from tee_rex.aztec.errors import (
    BridgeError,
    FeeContractMissingError,
    NetworkChangedError,
    NodeNotConfiguredError,
    ProofsRequiredError,
    SendFailedError,
    SimulationFailedError,
    WalletDataError,
)
from tee_rex.aztec.flow_events import (
    FlowListener,
    NetworkFound,
    PreparationEnded,
    PreparationStarted,
    WalletRetried,
)
from tee_rex.aztec.flow_progress import FlowProgress
from tee_rex.aztec.flow_report import BridgeReport, FlowKind, FlowReport, Preparation, PreparationReport
from tee_rex.aztec.flow_steps import FlowSteps
from tee_rex.aztec.network import Network
from tee_rex.aztec.node_client import AztecNode
from tee_rex.aztec.wallet_data import WalletData
from tee_rex.proof_report import ErrorReport

if TYPE_CHECKING:
    from tee_rex.aztec.bridge_process import BridgeCommand
    from tee_rex.aztec.bridge_runtime import BridgeProvider
    from tee_rex.aztec.flow import FlowOptions
    from tee_rex.errors import TeeRexError
    from tee_rex.local.installation import Installation
    from tee_rex.prover import Prover

WALLET_ATTEMPTS: Final = 3


class AztecFlow:
    """One flow on one network, run once; a ``Flow``.

    prover: makes every proof. bridges: where the wallet's process comes from, the installed one by default.
    """

    def __init__(
        self,
        kind: FlowKind,
        options: FlowOptions,
        prover: Prover,
        installation: Installation,
        *,
        bridges: BridgeProvider | None = None,
    ) -> None:
        """Nothing is done yet."""
        self._options = options
        self._prover = prover
        self._installation = installation
        self._bridges = bridges
        self._progress = FlowProgress(kind, prover.mode)

    async def run(self, listener: FlowListener) -> FlowReport:
        """Run it to its end.

        Raises a TeeRexError: of the node, the network, the wallet, the proof or the transaction. When it
        raises, or is cancelled, no process of it is left; a transaction that was sent stays sent.
        """
        begun = time.perf_counter()
        try:
            async with AsyncExitStack() as stack:
                await self._run(listener, stack)
        finally:
            self._progress.total_ms = _ms_since(begun)
        return self.report()

    def report(self, error: TeeRexError | None = None, *, cancelled: bool = False) -> FlowReport:
        """What was done so far."""
        return self._progress.report(error, cancelled=cancelled)

    async def _run(self, listener: FlowListener, stack: AsyncExitStack) -> None:
        if not self._options.node_url:
            raise NodeNotConfiguredError("No address was given.")
        with self._preparing(Preparation.NODE, listener):
            node = await stack.enter_async_context(AztecNode.open(self._options.node_url))
            network = Network.accepted(await node.info())
            if not (self._options.proofs or network.is_local):
                raise ProofsRequiredError(f"It is {network.report().name}.")
            marker = await node.chain_marker()
        self._progress.network = network
        listener(NetworkFound(network.report()))
        with self._preparing(Preparation.RUNTIME, listener):
            command = await self._provider().command(network.setup, network.version, listener)
        data = WalletData.of_network(
            self._installation.paths, network.setup, network.info.chain_id, network.info.rollup_address
        )
        stack.enter_context(data.in_use())
        await asyncio.to_thread(data.belong_to_chain, marker)
        bridge = await self._opened(command, network, data, listener)
        await stack.enter_async_context(self._ended_afterwards(bridge))
        steps = FlowSteps(self._progress, listener, self._prover, node, network, bridge, data)
        try:
            await steps.take()
        except (SimulationFailedError, SendFailedError, BridgeError):
            await node.info()  # when the node has gone, that is the cause, and this raises it
            raise

    async def _opened(
        self, command: BridgeCommand, network: Network, data: WalletData, listener: FlowListener
    ) -> BridgeClient:
        attempt = 1
        while True:
            try:
                return await self._open_once(command, network, data, listener)
            except (WalletDataError, BridgeError) as error:
                if attempt == WALLET_ATTEMPTS:
                    raise
                listener(WalletRetried(attempt, WALLET_ATTEMPTS, ErrorReport.of(error)))
            await asyncio.to_thread(data.clear_store)
            attempt += 1

    async def _open_once(
        self, command: BridgeCommand, network: Network, data: WalletData, listener: FlowListener
    ) -> BridgeClient:
        with self._preparing(Preparation.BRIDGE, listener):
            bridge = await BridgeClient.start(command)
        try:
            with self._preparing(Preparation.WALLET, listener):
                await self._open_wallet(bridge, network, data)
        except BaseException:
            await bridge.abort()
            raise
        return bridge

    async def _open_wallet(self, bridge: BridgeClient, network: Network, data: WalletData) -> None:
        salt = self._options.sponsored_fpc_salt
        params = {
            "nodeUrl": self._options.node_url,
            "dataDirectory": str(data.store_folder),
            "proofs": self._options.proofs,
            "sponsoredFpcSalt": str(salt),
        }
        contract = (await bridge.call("open", OpenedWallet, params)).fee_contract
        if not contract.funded:
            raise FeeContractMissingError(
                f"With salt {salt} it would be at {contract.address}, which has no balance."
            )
        seen, info = await bridge.call("nodeInfo", WalletNetwork, {}), network.info
        if seen != WalletNetwork(info.node_version, info.chain_id, info.rollup_version):
            raise NetworkChangedError(
                f"The wallet sees chain {seen.chain_id}, version {seen.rollup_version}."
            )

    @asynccontextmanager
    async def _ended_afterwards(self, bridge: BridgeClient) -> AsyncIterator[None]:
        try:
            yield
        except BaseException:
            await bridge.abort()  # whatever it was doing, it must not send anything now
            raise
        else:
            await bridge.close()
        finally:
            self._progress.bridge = BridgeReport(round(bridge.start_ms, 3), bridge.peak_memory_bytes or None)

    def _provider(self) -> BridgeProvider:
        if self._bridges is not None:
            return self._bridges
        from tee_rex.aztec.bridge_runtime import InstalledBridges

        return InstalledBridges(self._installation.paths, allow_download=self._installation.allow_download)

    @contextmanager
    def _preparing(self, what: Preparation, listener: FlowListener) -> Iterator[None]:
        begun = time.perf_counter()
        listener(PreparationStarted(what))
        yield
        ms = round(_ms_since(begun), 3)
        self._progress.preparation.append(PreparationReport(what, ms))
        listener(PreparationEnded(what, ms))


def _ms_since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
