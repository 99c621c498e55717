"""The client of the wallet's process: calls it, and makes the proofs that it requests."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import msgspec

from tee_rex.aztec.wallet import protocol
from tee_rex.aztec.wallet.process import BridgeCommand, crash_of, start_bridge
from tee_rex.aztec.wallet.watchdog import CHECK_SECONDS, BridgeWatchdog, CallTimeouts
from tee_rex.errors import FlowError, TeeRexError, message
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.system.child_process import ChildProcess
from tee_rex.system.untrusted import UndecodableError, decode_json

if TYPE_CHECKING:
    from tee_rex.transaction.request import ProofRequest, StreamedRequest

START_SECONDS: Final = 60.0
"""A start takes 0.3 s on an idle machine."""
CALL_TIMEOUTS: Final = CallTimeouts()
_SECONDS_TO_CLOSE: Final = 3.0
_SECONDS_TO_DRAIN: Final = 1.0
"""What a killed process has written is already in the pipe."""

_NO_PROOF: Final = MappingProxyType({"code": -32000, "message": "no proof", "data": {"kind": "proof-failed"}})

_ResultT = TypeVar("_ResultT")


class TransactionHandler(Protocol):
    """What happens in a transaction, in this order; the proof is omitted if it needs none.

    The wallet is still simulating when the proof begins.
    """

    def announced(self, circuits: int) -> StreamedRequest:
        """The wallet begins to make as many steps; returns what takes them. Raises TeeRexError."""

    async def prove(self, request: ProofRequest) -> bytes:
        """Make the proof of these steps, as they arrive; returns its wire form. Raises TeeRexError."""

    def simulated(self, simulation: protocol.Simulation) -> None:
        """The wallet has simulated it, and made all steps."""

    def sending(self, transaction: str, finish_ms: float) -> None:
        """It goes to the node now; finish_ms: what the wallet needed after it had received the proof."""


def ignore_synchronisation(_sync: protocol.Synchronisation) -> None:
    """A listener for callers that need none."""


class BridgeClient:
    """One running bridge.

    One call at a time. Whatever goes wrong, every pending call fails with a typed error.
    """

    def __init__(
        self,
        process: ChildProcess,
        on_sync: Callable[[protocol.Synchronisation], None] = ignore_synchronisation,
    ) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._on_sync = on_sync
        self._calls: dict[int, asyncio.Future[msgspec.Raw]] = {}
        self._last_id = 0
        self._ready = asyncio.get_running_loop().create_future()
        self._failure: Exception | None = None
        self._handler: TransactionHandler | None = None
        self._cancelled_handler: TransactionHandler | None = None
        self._proving: asyncio.Task[None] | None = None
        self._stream: StreamedRequest | None = None
        self._proof_failure: BaseException | None = None
        self._watchdog = BridgeWatchdog()
        self._closed = False
        self._peak_memory_bytes = 0
        self._reading = asyncio.create_task(self._read_messages())
        self.start_ms = 0.0

    @classmethod
    async def start(
        cls,
        command: BridgeCommand,
        *,
        environ: Mapping[str, str] = os.environ,
        seconds: float = START_SECONDS,
        on_sync: Callable[[protocol.Synchronisation], None] = ignore_synchronisation,
        held: Sequence[int] = (),
    ) -> BridgeClient:
        """Start a bridge and wait until it is ready; raises BridgeError.

        on_sync: called with the progress of long synchronisations. held: file descriptors that stay open in
        the bridge, and with them their locks, until it has ended too.
        """
        begun = time.perf_counter()
        client = cls(await start_bridge(command, environ, held), on_sync)
        try:
            async with asyncio.timeout(seconds):
                await client._ready
        except TimeoutError:
            await client.abort()
            raise errors.BRIDGE_HUNG(seconds=seconds) from None
        except BaseException:
            await client.abort()
            raise
        client.start_ms = (time.perf_counter() - begun) * 1000
        return client

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def peak_memory_bytes(self) -> int:
        """The peak resident memory; of the whole run once it has ended."""
        if self._failure is None and not self._closed:
            self._peak_memory_bytes = max(self._peak_memory_bytes, self._process.peak_memory_bytes)
        return self._peak_memory_bytes

    async def call(
        self,
        method: str,
        result_type: type[_ResultT],
        params: Mapping[str, object],
        *,
        timeouts: CallTimeouts | None = None,
    ) -> _ResultT:
        """Call a method of the bridge; raises the error of :func:`_error_of`, or BridgeError.

        timeouts: CALL_TIMEOUTS by default; their clocks stop while it waits for a proof of ours.
        """
        self._last_id += 1
        number = self._last_id
        pending: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        self._calls[number] = pending
        try:
            self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            result = await self._result(pending, method, timeouts or CALL_TIMEOUTS)
        finally:
            self._calls.pop(number, None)
        try:
            return decode_json(result, result_type)
        except UndecodableError as error:
            raise errors.BRIDGE_ANSWER_INVALID(method=method) from error

    async def transaction(
        self,
        method: str,
        result_type: type[_ResultT],
        handler: TransactionHandler,
        params: Mapping[str, object],
        *,
        timeouts: CallTimeouts | None = None,
    ) -> _ResultT:
        """Call a method that sends a transaction; ``handler`` follows its stages and makes its proof.

        Cancelled before ``handler.sending``, nothing is sent. If the bridge had begun to send when it was
        cancelled, the handler is called at the latest in :meth:`abort`.
        """
        self._handler, self._cancelled_handler, self._proof_failure = handler, None, None
        self._stream = None
        try:
            return await self.call(method, result_type, params, timeouts=timeouts)
        except asyncio.CancelledError:
            self._cancelled_handler = handler
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
        """End the bridge; it gets a moment to close its store, but no time to finish a computation."""
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
                self._ready.exception()  # retrieved, or asyncio logs it as never retrieved
            await self._process.close()

    async def abort(self) -> None:
        """End the bridge immediately; its store survives that as it survives a power cut."""
        self._fail(errors.BRIDGE_STOPPED())
        try:
            await asyncio.wait([self._reading], timeout=_SECONDS_TO_DRAIN)
        finally:
            await self.close()

    def _send(self, content: dict[str, Any], attachment: bytes = b"") -> None:
        if self._failure is not None:
            raise self._failure
        self._process.stdin.writelines(protocol.Frame(msgspec.json.encode(content), attachment).encoded())

    async def _result(
        self, pending: asyncio.Future[msgspec.Raw], method: str, timeouts: CallTimeouts
    ) -> msgspec.Raw:
        self._watchdog.restart()
        while not (await asyncio.wait([pending], timeout=min(CHECK_SECONDS, timeouts.silence)))[0]:
            if self._is_waiting_for_proof:
                self._watchdog.restart()
                continue
            try:
                self._watchdog.check(timeouts, method)
            except TeeRexError as error:
                self._fail(error)  # becomes the result of this call
        return pending.result()

    async def _read_messages(self) -> None:
        try:
            while frame := await protocol.read_frame(self._process.stdout):
                self._dispatch(frame)
            self._fail(await crash_of(self._process))
        except (protocol.BadFrameError, UndecodableError) as error:
            self._fail(
                errors.BRIDGE_PROTOCOL(reason=message("malformed message"), diagnostics=type(error).__name__)
            )
        except (OSError, asyncio.IncompleteReadError):  # it may end while it writes
            self._fail(await crash_of(self._process))
        except Exception as error:  # noqa: BLE001  # from a handler: the transaction's caller gets it
            self._fail(error)

    def _dispatch(self, frame: protocol.Frame) -> None:
        content = decode_json(frame.json, protocol.BridgeMessage)
        if content.jsonrpc != "2.0":
            raise errors.BRIDGE_PROTOCOL(reason=message("not JSON-RPC 2.0"))
        if content.method == "alive":
            heartbeat = decode_json(content.params, protocol.Heartbeat)
            self._watchdog.on_message(heartbeat)
            if heartbeat.sync is not None:
                self._on_sync(heartbeat.sync)
            return
        self._watchdog.on_message(None)
        match content.method:
            case None:
                self._resolve(content)
            case "ready":
                if not self._ready.done():
                    self._ready.set_result(None)
            case "simulated" if self._handler is not None:
                self._handler.simulated(decode_json(content.params, protocol.Simulation))
            case "sending" if (handler := self._handler or self._cancelled_handler) is not None:
                sending = decode_json(content.params, protocol.SendingParams)
                handler.sending(sending.transaction, sending.finish_ms)
            case "prove" if self._handler is not None and content.id is not None:
                self._begin_proof(
                    content.id, self._handler, decode_json(content.params, protocol.ProveParams)
                )
            case "step" if self._stream is not None and content.id is not None:
                params = decode_json(content.params, protocol.StepParams)
                self._take_step(content.id, self._stream, params.index, frame.attachment)
            case "expect" if self._stream is not None:
                circuits = decode_json(content.params, protocol.ProveParams).circuits
                with suppress(TeeRexError), self._keeping_failure():  # the proof ends with it
                    self._stream.expect_count(circuits)
            case "complete" if self._stream is not None:
                with suppress(TeeRexError), self._keeping_failure():
                    self._stream.end()
            case "prove" | "step" | "expect" | "complete" | "simulated" | "sending":
                pass  # of a transaction that has been cancelled meanwhile
            case _:
                raise errors.BRIDGE_PROTOCOL(reason=message("unknown method"))

    @property
    def _is_proving(self) -> bool:
        return self._proving is not None and not self._proving.done()

    @property
    def _is_waiting_for_proof(self) -> bool:
        """Whether the bridge has done its part, and waits for us."""
        return self._is_proving and self._stream is not None and self._stream.request.steps.complete

    def _begin_proof(self, number: int, handler: TransactionHandler, params: protocol.ProveParams) -> None:
        if self._is_proving:
            raise errors.BRIDGE_PROTOCOL(reason=message("two proofs requested at once"))
        try:
            self._stream = handler.announced(params.circuits)
        except TeeRexError as error:
            self._refuse_proof(number, error)
        else:
            self._proving = asyncio.create_task(self._prove(number, handler, self._stream.request))

    def _take_step(self, number: int, stream: StreamedRequest, index: int, untrusted: bytes) -> None:
        try:
            with self._keeping_failure():
                stream.add_bytes(index, untrusted)
        except TeeRexError:  # the proof ends with it
            self._send({"jsonrpc": "2.0", "id": number, "error": {**_NO_PROOF}})
        else:
            self._send({"jsonrpc": "2.0", "id": number, "result": None})

    @contextmanager
    def _keeping_failure(self) -> Iterator[None]:
        """The first error of the steps is the transaction's, whatever the bridge then says of it."""
        try:
            yield
        except TeeRexError as error:
            self._proof_failure = self._proof_failure or error
            raise

    async def _prove(self, number: int, handler: TransactionHandler, request: ProofRequest) -> None:
        try:
            proof = await handler.prove(request)
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller of transaction() gets it
            self._refuse_proof(number, error)
        else:
            self._watchdog.restart()
            if self._failure is None:
                self._send({"jsonrpc": "2.0", "id": number, "result": None}, proof)

    def _refuse_proof(self, number: int, error: Exception) -> None:
        self._proof_failure = self._proof_failure or error
        if self._failure is None:
            self._send({"jsonrpc": "2.0", "id": number, "error": {**_NO_PROOF}})

    def _resolve(self, response: protocol.BridgeMessage) -> None:
        pending = self._calls.get(response.id) if response.id is not None else None
        if pending is None or pending.done():
            return
        if response.error is not None:
            pending.set_exception(_error_of(response.error.data))
        else:
            pending.set_result(msgspec.Raw(bytes(response.result)))

    def _fail(self, error: Exception) -> None:
        """Fail every pending call and kill the process."""
        _ = self.peak_memory_bytes
        if self._failure is None:
            self._failure = error
        for pending in (self._ready, *self._calls.values()):
            if not pending.done():
                pending.set_exception(error)
        self._process.kill()

    async def _stop_proving(self) -> None:
        """Cancel the proof and wait for its end; if cancelled itself, it can be called again."""
        self._stream = None
        if self._proving is not None and self._is_proving:
            self._proving.cancel()
            await asyncio.wait([self._proving])
        self._proving = None


def _error_of(data: protocol.ErrorData) -> TeeRexError:
    """The error for the bridge's ``kind``; its detail can quote the transaction."""
    match data.kind:
        case "node":
            return errors.NODE_UNREACHABLE_FROM_WALLET()
        case "store":
            return errors.WALLET_DATA_UNUSABLE()
        case "simulation":
            return errors.SIMULATION_FAILED(diagnostics=data.detail)
        case "send":
            return errors.SEND_FAILED(diagnostics=data.detail)
        case "proof-failed" | "cancelled":
            return errors.PROOF_NOT_MADE(diagnostics=data.detail)
        case _:
            return errors.BRIDGE_FAILED(diagnostics=data.detail)
