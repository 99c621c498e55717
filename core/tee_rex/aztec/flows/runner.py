"""The flows: deploying an account, and a token's whole life, each step timed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tee_rex.aztec.errors import (
    FlowError,
    NetworkChangedError,
    NodeNotConfiguredError,
    ProofsRequiredError,
    TransactionRevertedError,
    WalletDataError,
)
from tee_rex.aztec.flows.events import (
    FlowListener,
    NetworkFound,
    PreparationEnded,
    PreparationStarted,
)
from tee_rex.aztec.flows.plan import FlowSteps
from tee_rex.aztec.flows.progress import FlowProgress
from tee_rex.aztec.flows.report import BridgeReport, FlowKind, FlowReport, Preparation, PreparationReport
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.wallet.data import WalletData
from tee_rex.aztec.wallet.opening import WalletOpening
from tee_rex.system.threads import finish_in_thread

if TYPE_CHECKING:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.aztec.wallet.client import BridgeClient
    from tee_rex.aztec.wallet.runtime import BridgeProvider
    from tee_rex.errors import TeeRexError
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.provers import Prover


class AztecFlow:
    """One flow on one network, run once; a ``Flow``.

    prover: makes every proof. bridges: where the wallet's process comes from, the installed one by default.
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
        lock = await stack.enter_async_context(data.in_use())
        await finish_in_thread(data.belong_to_chain, marker)
        require_network = partial(_require_same_network, node, network, marker)
        opening = WalletOpening(
            command,
            self._options,
            network,
            data,
            lock,
            listener,
            lambda what: self._preparing(what, listener),
            require_network,
        )
        try:
            bridge = await opening.opened()
            await stack.enter_async_context(self._ended_afterwards(bridge))
            await FlowSteps(self._progress, listener, self._prover, node, network, bridge, data).take()
        except TransactionRevertedError:
            raise
        except (FlowError, WalletDataError):
            await require_network()  # when it raises, that is the cause
            raise

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
        from tee_rex.aztec.wallet.runtime import InstalledBridges

        return InstalledBridges(self._installation.paths, allow_download=self._installation.allow_download)

    @contextmanager
    def _preparing(self, what: Preparation, listener: FlowListener) -> Iterator[None]:
        begun = time.perf_counter()
        listener(PreparationStarted(what))
        yield
        ms = round(_ms_since(begun), 3)
        self._progress.preparation.append(PreparationReport(what, ms))
        listener(PreparationEnded(what, ms))


async def _require_same_network(node: AztecNode, network: Network, marker: str) -> None:
    """Raise NodeUnreachableError, or NetworkChangedError when another network is there now."""
    now = await node.info()
    if now != network.info or await node.chain_marker() != marker:
        raise NetworkChangedError(
            "The network was started anew, or exchanged, during the flow.",
            hint="Run the flow again: it makes new accounts on the network that is there now.",
        )


def _ms_since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
