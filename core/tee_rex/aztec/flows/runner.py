"""Running a flow: deploying an account, or a token's whole life."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tee_rex.aztec.flows import events
from tee_rex.aztec.flows.opening import WalletOpener
from tee_rex.aztec.flows.plan import FlowPlan, FlowRecord, network_report
from tee_rex.aztec.flows.report import BridgeReport, FlowKind, FlowReport, Preparation, PreparationReport
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.support import NetworkSupport
from tee_rex.aztec.wallet.data import WalletData
from tee_rex.errors import FlowError
from tee_rex.errors.catalogue.aztec import NETWORK_RESTARTED, NODE_NOT_CONFIGURED, PROOFS_REQUIRED
from tee_rex.errors.tree import TransactionRevertedError, WalletDataError
from tee_rex.system.threads import finish_in_thread, read_in_thread

if TYPE_CHECKING:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.aztec.wallet.client import BridgeClient
    from tee_rex.aztec.wallet.runtime import BridgeProvider
    from tee_rex.errors import TeeRexError
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.provers import Prover


class AztecFlow:
    """One flow on one network, run once; implements ``Flow``.

    1. Ask the node for its network, and refuse networks that flows cannot run on.
    2. Find or install the wallet's runtime folder.
    3. Lock the wallet's data, start the bridge, open the wallet (``WalletOpener``).
    4. Execute the steps (``FlowPlan``).
    5. End the bridge, whatever has happened.

    prover: makes every proof. bridges: provides the wallet's process; the installed one by default.
    """

    def __init__(
        self,
        kind: FlowKind,
        options: FlowOptions,
        prover: Prover,
        installation: DownloadingInstallation,
        *,
        bridges: BridgeProvider | None = None,
    ) -> None:
        """Prepare a flow; nothing is done yet."""
        self._options = options
        self._prover = prover
        self._installation = installation
        self._bridges = bridges
        self._record = FlowRecord(kind, prover.mode)

    async def run(self, listener: events.FlowListener) -> FlowReport:
        """Run the flow.

        Raises TeeRexError: of the node, the network, the wallet, the proof or the transaction. If it raises
        or is cancelled, none of its processes is left; a transaction that was sent stays sent.
        """
        begun = time.perf_counter()
        try:
            async with AsyncExitStack() as stack:
                await self._run(listener, stack)
        finally:
            self._record.total_ms = _ms_since(begun)
        return self.report()

    def report(self, error: TeeRexError | None = None, *, cancelled: bool = False) -> FlowReport:
        """The report so far."""
        return self._record.report(error, cancelled=cancelled)

    async def _run(self, listener: events.FlowListener, stack: AsyncExitStack) -> None:
        if not self._options.node_url:
            raise NODE_NOT_CONFIGURED()
        with self._preparing(Preparation.NODE, listener):
            node = await stack.enter_async_context(AztecNode.open(self._options.node_url))
            network = Network.accepted(await node.info(), self._installation.pins.circuits)
            self._record.network = network
            (await read_in_thread(NetworkSupport.of, network, self._installation)).require_wallet()
            if not (self._options.proofs or network.is_local):
                raise PROOFS_REQUIRED(network=network.name)
            marker = await node.chain_marker()
        listener(events.NetworkFound(network_report(network)))
        with self._preparing(Preparation.RUNTIME, listener):
            command = await self._provider().command(network.setup, network.version, listener)
        data = WalletData.of_network(
            self._installation.paths, network.setup, network.info.chain_id, network.info.rollup_address
        )
        lock = await stack.enter_async_context(data.in_use())
        await finish_in_thread(data.use_chain, marker)
        require_network = partial(_require_same_network, node, network, marker)
        opener = WalletOpener(
            command,
            self._options,
            network,
            data,
            lock,
            listener,
            lambda preparation: self._preparing(preparation, listener),
            require_network,
        )
        try:
            bridge = await opener.open()
            await stack.enter_async_context(self._ending(bridge))
            await FlowPlan(self._record, listener, self._prover, node, network, bridge, data).execute()
        except TransactionRevertedError:
            raise
        except (FlowError, WalletDataError):
            await require_network()  # if it raises, that is the cause
            raise

    @asynccontextmanager
    async def _ending(self, bridge: BridgeClient) -> AsyncIterator[None]:
        try:
            yield
        except BaseException:
            await bridge.abort()  # it must not send anything now
            raise
        else:
            await bridge.close()
        finally:
            self._record.bridge = BridgeReport(round(bridge.start_ms, 3), bridge.peak_memory_bytes or None)

    def _provider(self) -> BridgeProvider:
        if self._bridges is not None:
            return self._bridges
        from tee_rex.aztec.wallet.runtime import InstalledBridges

        return InstalledBridges(self._installation.paths, allow_download=self._installation.allow_download)

    @contextmanager
    def _preparing(self, preparation: Preparation, listener: events.FlowListener) -> Iterator[None]:
        begun = time.perf_counter()
        listener(events.PreparationStarted(preparation))
        yield
        ms = round(_ms_since(begun), 3)
        self._record.preparation.append(PreparationReport(preparation, ms))
        listener(events.PreparationEnded(preparation, ms))


async def _require_same_network(node: AztecNode, network: Network, marker: str) -> None:
    """Raise NodeError if the node does not respond, NETWORK_RESTARTED if it is of another network now."""
    now = await node.info()
    if now != network.info or await node.chain_marker() != marker:
        raise NETWORK_RESTARTED()


def _ms_since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
