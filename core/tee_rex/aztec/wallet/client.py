"""JSON-RPC 2.0 with the wallet's process: what it can be asked, and what it asks of us."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Protocol, TypeVar

import msgspec

from tee_rex.aztec.errors import (
    BridgeCrashedError,
    BridgeError,
    BridgeHungError,
    BridgeProtocolError,
    FlowError,
    NodeUnreachableError,
    SendFailedError,
    SimulationFailedError,
    WalletDataError,
)
from tee_rex.aztec.wallet.frames import BadFrameError, Frame, read_frame
from tee_rex.aztec.wallet.process import BridgeCommand, crash_of, start_bridge
from tee_rex.aztec.wallet.watch import LOOK_SECONDS, Activity, BridgeWatch, Patience, Synchronisation
from tee_rex.errors import TeeRexError
from tee_rex.system.child_process import ChildProcess

START_SECONDS: Final = 60.0
"""0.3 s on a quiet machine."""
PATIENCE: Final = Patience()
_SECONDS_TO_CLOSE: Final = 3.0
_SECONDS_FOR_LAST_WORDS: Final = 1.0
"""What a killed process has written is in the pipe already."""

Address = Annotated[str, msgspec.Meta(pattern="^0x[0-9a-f]{64}$")]
TransactionHash = Annotated[str, msgspec.Meta(pattern="^0x[0-9a-f]{64}$")]
Milliseconds = Annotated[float, msgspec.Meta(ge=0)]
_FunctionName = Annotated[str, msgspec.Meta(max_length=256)]

_FormT = TypeVar("_FormT")


class SimulatedFunction(msgspec.Struct, frozen=True):
    """One function that was run; kernel circuits are among them."""

    name: _FunctionName
    ms: Milliseconds


class Simulation(msgspec.Struct, frozen=True, rename="camel"):
    """The simulation of a transaction; see SimulationReport."""

    total_ms: Milliseconds
    sync_ms: Milliseconds
    functions: Annotated[tuple[SimulatedFunction, ...], msgspec.Meta(max_length=1024)]


class FeeContract(msgspec.Struct, frozen=True):
    """The sponsored fee contract: where it would be, and whether it can pay."""

    address: Address
    funded: bool


class OpenedWallet(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of ``open``."""

    fee_contract: FeeContract


class WalletNetwork(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of ``nodeInfo``: the network that the wallet's own connection leads to."""

    node_version: Annotated[str, msgspec.Meta(max_length=64)]
    chain_id: int
    rollup_version: int


class WalletAccount(msgspec.Struct, frozen=True):
    """Answer of ``addAccount``."""

    address: Address
    deployed: bool


class SentTransaction(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of everything that sends one. send_ms: until the node had taken it."""

    transaction: TransactionHash
    send_ms: Milliseconds


class DeployedToken(msgspec.Struct, frozen=True):
    """What ``deployToken`` says of the token."""

    address: Address
    name: _FunctionName
    symbol: _FunctionName
    decimals: Annotated[int, msgspec.Meta(ge=0, le=255)]


class SentToken(SentTransaction, frozen=True, rename="camel"):
    """Answer of ``deployToken``."""

    token: DeployedToken


class AccountBalance(msgspec.Struct, frozen=True):
    """One balance, in decimal digits because it can have 128 bits."""

    account: Address
    amount: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,39}$")]


class Balances(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of ``balances``."""

    balances: Annotated[tuple[AccountBalance, ...], msgspec.Meta(max_length=16)]
    total_ms: Milliseconds


class TransactionHandler(Protocol):
    """What happens in a transaction, in this order; ``prove`` is left out where no proof is made."""

    def simulated(self, simulation: Simulation) -> None:
        """The wallet has run it."""

    async def prove(self, steps: bytes, serialize_ms: float) -> bytes:
        """Make the proof of these execution steps; its wire form. Raises a TeeRexError."""

    def sending(self, transaction: str, finish_ms: float) -> None:
        """It goes to the node now; finish_ms: what the wallet needed since it has had the proof."""


class _ErrorData(msgspec.Struct):
    kind: str = ""
    detail: str = ""


class _RpcError(msgspec.Struct):
    data: _ErrorData = msgspec.field(default_factory=_ErrorData)


class _Message(msgspec.Struct):
    """Any message of the bridge: a question, a notification, or an answer."""

    jsonrpc: str
    id: int | None = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _RpcError | None = None


class _ProveParams(msgspec.Struct, rename="camel"):
    serialize_ms: Milliseconds = 0.0


class _SendingParams(msgspec.Struct, rename="camel"):
    transaction: TransactionHash
    finish_ms: Milliseconds


def ignore_synchronisation(_sync: Synchronisation) -> None:
    """A listener for callers that want none."""


class BridgeClient:
    """One running bridge. One call at a time; whatever goes wrong, every call fails with a typed error."""

    def __init__(
        self,
        process: ChildProcess,
        on_sync: Callable[[Synchronisation], None] = ignore_synchronisation,
    ) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._on_sync = on_sync
        self._calls: dict[int, asyncio.Future[msgspec.Raw]] = {}
        self._last_id = 0
        self._ready = asyncio.get_running_loop().create_future()
        self._failure: Exception | None = None
        self._handler: TransactionHandler | None = None
        self._given_up: TransactionHandler | None = None
        self._proving: asyncio.Task[None] | None = None
        self._proof_failure: BaseException | None = None
        self._watch = BridgeWatch()
        self._closed = False
        self._peak_memory_bytes = 0
        self._reading = asyncio.create_task(self._read())
        self.start_ms = 0.0

    @classmethod
    async def start(
        cls,
        command: BridgeCommand,
        *,
        environ: Mapping[str, str] = os.environ,
        seconds: float = START_SECONDS,
        on_sync: Callable[[Synchronisation], None] = ignore_synchronisation,
        held: Sequence[int] = (),
    ) -> BridgeClient:
        """Start a bridge and wait until it is ready; raises a BridgeError.

        on_sync: hears of synchronisations that take long. held: file descriptors that stay open in the
        bridge, and with them their locks, until it has ended too.
        """
        begun = time.perf_counter()
        client = cls(await start_bridge(command, environ, held), on_sync)
        try:
            async with asyncio.timeout(seconds):
                await client._ready
        except TimeoutError:
            await client.abort()
            raise BridgeHungError(f"It was not ready after {seconds:g} seconds.") from None
        except BaseException:
            await client.abort()
            raise
        client.start_ms = (time.perf_counter() - begun) * 1000
        return client

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    @property
    def peak_memory_bytes(self) -> int:
        """The most resident memory, of the whole run once it has ended."""
        if self._failure is None and not self._closed:
            self._peak_memory_bytes = max(self._peak_memory_bytes, self._process.peak_memory_bytes)
        return self._peak_memory_bytes

    async def call(
        self,
        method: str,
        form: type[_FormT],
        params: Mapping[str, object],
        *,
        patience: Patience | None = None,
    ) -> _FormT:
        """Ask the bridge something; raises what :func:`_error_of` makes of its error, or a BridgeError.

        patience: PATIENCE by default; while a proof is made here the time does not count.
        """
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        try:
            self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            raw = await self._answer(answer, method, patience or PATIENCE)
        finally:
            self._calls.pop(number, None)
        try:
            return msgspec.json.decode(raw, type=form)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise BridgeProtocolError(f"Its answer to {method} has not the form it should have.") from error

    async def transaction(
        self,
        method: str,
        form: type[_FormT],
        handler: TransactionHandler,
        params: Mapping[str, object],
        *,
        patience: Patience | None = None,
    ) -> _FormT:
        """Ask for a transaction, whose parts ``handler`` hears of and whose proof it makes.

        Cancelling it before ``handler.sending`` means that nothing is sent. A bridge that had begun to send
        when it was cancelled says so at the latest in :meth:`abort`, to the same handler.
        """
        self._handler, self._given_up, self._proof_failure = handler, None, None
        try:
            return await self.call(method, form, params, patience=patience)
        except asyncio.CancelledError:
            self._given_up = handler
            if self._failure is None:
                self._send({"jsonrpc": "2.0", "method": "cancel"})
            raise
        except FlowError:
            if self._proof_failure is not None:
                raise self._proof_failure from None
            raise
        finally:
            self._handler = None
            await self._stop_proving()

    async def close(self) -> None:
        """End the bridge; it is given a moment to close its store, but never the time of a computation."""
        await self._stop_proving()
        _ = self.peak_memory_bytes
        self._closed = True
        try:
            if self._failure is None:
                self._send({"jsonrpc": "2.0", "method": "close"})
                await self._process.wait(_SECONDS_TO_CLOSE)
        finally:
            self._reading.cancel()
            if self._ready.done() and not self._ready.cancelled():
                self._ready.exception()  # retrieved, so that asyncio does not complain about it
            await self._process.close()

    async def abort(self) -> None:
        """End the bridge now. Its store survives that, as it survives a power cut."""
        self._fail(BridgeCrashedError("It was ended."))
        try:
            await asyncio.wait([self._reading], timeout=_SECONDS_FOR_LAST_WORDS)
        finally:
            await self.close()

    def _send(self, message: dict[str, Any], attachment: bytes = b"") -> None:
        if self._failure is not None:
            raise self._failure
        self._process.stdin.writelines(Frame(msgspec.json.encode(message), attachment).encoded())

    async def _answer(
        self, answer: asyncio.Future[msgspec.Raw], method: str, patience: Patience
    ) -> msgspec.Raw:
        self._watch.begin()
        while not (await asyncio.wait([answer], timeout=min(LOOK_SECONDS, patience.silence)))[0]:
            if self._proving is not None and not self._proving.done():
                self._watch.begin()
                continue
            try:
                self._watch.require_progress(patience, method)
            except TeeRexError as error:
                self._fail(error)  # the answer is this error now
        return answer.result()

    async def _read(self) -> None:
        try:
            while frame := await read_frame(self._process.stdout):
                self._take(frame)
            self._fail(await crash_of(self._process))
        except (BadFrameError, msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            self._fail(
                BridgeProtocolError("It sends what is no message.", diagnostics=f"{type(error).__name__}")
            )
        except BridgeProtocolError as error:
            self._fail(error)
        except OSError:
            self._fail(await crash_of(self._process))
        except Exception as error:  # noqa: BLE001  # of a handler: whoever waits for the transaction gets it
            self._fail(error)

    def _take(self, frame: Frame) -> None:
        message = msgspec.json.decode(frame.json, type=_Message)
        if message.jsonrpc != "2.0":
            raise BridgeProtocolError("It does not speak JSON-RPC 2.0.")
        if message.method == "alive":
            self._hear(msgspec.json.decode(message.params, type=Activity))
            return
        self._watch.heard(None)
        match message.method:
            case None:
                self._settle(message)
            case "ready":
                if not self._ready.done():
                    self._ready.set_result(None)
            case "simulated" if self._handler is not None:
                self._handler.simulated(msgspec.json.decode(message.params, type=Simulation))
            case "sending" if (handler := self._handler or self._given_up) is not None:
                sending = msgspec.json.decode(message.params, type=_SendingParams)
                handler.sending(sending.transaction, sending.finish_ms)
            case "prove" if self._handler is not None and message.id is not None:
                if self._proving is not None and not self._proving.done():
                    raise BridgeProtocolError("It asks for two proofs at once.")
                params = msgspec.json.decode(message.params, type=_ProveParams)
                self._proving = asyncio.create_task(
                    self._prove(message.id, self._handler, frame.attachment, params.serialize_ms)
                )
            case "prove" | "simulated" | "sending":
                pass  # of a transaction that was given up meanwhile
            case _:
                raise BridgeProtocolError("It asks for what it must not ask for.")

    def _hear(self, activity: Activity) -> None:
        self._watch.heard(activity)
        if activity.sync is not None:
            self._on_sync(activity.sync)

    async def _prove(
        self, number: int, handler: TransactionHandler, steps: bytes, serialize_ms: float
    ) -> None:
        try:
            proof = await handler.prove(steps, serialize_ms)
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller of transaction() gets it
            self._proof_failure = error
            refusal = {"code": -32000, "message": "no proof", "data": {"kind": "proof-failed"}}
            if self._failure is None:
                self._send({"jsonrpc": "2.0", "id": number, "error": refusal})
        else:
            self._watch.begin()
            if self._failure is None:
                self._send({"jsonrpc": "2.0", "id": number, "result": None}, proof)

    def _settle(self, message: _Message) -> None:
        answer = self._calls.get(message.id) if message.id is not None else None
        if answer is None or answer.done():
            return
        if message.error is not None:
            answer.set_exception(_error_of(message.error.data))
        else:
            answer.set_result(msgspec.Raw(bytes(message.result)))

    def _fail(self, error: Exception) -> None:
        """Nothing more is expected of the bridge: every call fails, and its process ends."""
        _ = self.peak_memory_bytes
        if self._failure is None:
            self._failure = error
        for answer in (self._ready, *self._calls.values()):
            if not answer.done():
                answer.set_exception(error)
        self._process.kill()

    async def _stop_proving(self) -> None:
        """Cancelled itself, it can be called again: the proof is not forgotten before it has ended."""
        if self._proving is not None and not self._proving.done():
            self._proving.cancel()
            await asyncio.wait([self._proving])
        self._proving = None


def _error_of(data: _ErrorData) -> TeeRexError:
    """The error that the bridge's ``kind`` stands for; its detail can quote the transaction."""
    match data.kind:
        case "node":
            return NodeUnreachableError("The wallet could not talk to it.")
        case "store":
            return WalletDataError("Its store could not be opened.")
        case "simulation":
            return SimulationFailedError("The wallet could not run it.", diagnostics=data.detail)
        case "send":
            return SendFailedError("It answered with an error.", diagnostics=data.detail)
        case "proof-failed" | "cancelled":
            return SimulationFailedError("Its proof was not made.", diagnostics=data.detail)
        case _:
            return BridgeError("Something inside it failed.", diagnostics=data.detail)
