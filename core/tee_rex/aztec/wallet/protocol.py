"""The protocol between us and the wallet's process: JSON-RPC 2.0 in frames over standard input and output.

A frame is two big-endian 32-bit lengths, that much JSON, and that many raw bytes; the other end is
resources/bridge/shared/frames.mjs.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from tee_rex.transaction.steps import MAX_STEPS_BYTES

MAX_JSON_BYTES: Final = 1 << 20
MAX_ATTACHMENT_BYTES: Final = MAX_STEPS_BYTES
_HEADER: Final = struct.Struct(">II")

Address = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{64}\Z")]
TransactionHash = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{64}\Z")]
Milliseconds = Annotated[float, msgspec.Meta(ge=0)]
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Name = Annotated[str, msgspec.Meta(max_length=256)]


class BadFrameError(Exception):
    """Lengths out of bounds, or a stream that ends inside a frame."""


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One message: its JSON, still encoded, and its attachment."""

    json: bytes
    attachment: bytes = b""

    def encoded(self) -> tuple[bytes, bytes, bytes]:
        """The frame's bytes, in pieces, so that megabytes are not copied."""
        return _HEADER.pack(len(self.json), len(self.attachment)), self.json, self.attachment


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame; None if the stream ends between frames.

    Raises BadFrameError, and IncompleteReadError if the stream ends inside a frame.
    """
    try:
        header = await reader.readexactly(_HEADER.size)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    json_length, attachment_length = _HEADER.unpack(header)
    if not 0 < json_length <= MAX_JSON_BYTES or attachment_length > MAX_ATTACHMENT_BYTES:
        raise BadFrameError("A frame's lengths are out of bounds.")
    json = await reader.readexactly(json_length)
    return Frame(json, await reader.readexactly(attachment_length))


class ErrorData(msgspec.Struct):
    """Why a call failed. detail: can quote the transaction."""

    kind: str = ""
    detail: str = ""


class RpcError(msgspec.Struct):
    """JSON-RPC's error object."""

    data: ErrorData = msgspec.field(default_factory=ErrorData)


class BridgeMessage(msgspec.Struct):
    """Any message of the bridge: a request, a notification, or a response."""

    jsonrpc: str
    id: int | None = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: RpcError | None = None


class Synchronisation(msgspec.Struct, frozen=True):
    """The progress of a long synchronisation: up to ``block`` of the chain's latest, ``tip``."""

    block: _Count
    tip: _Count


class Heartbeat(msgspec.Struct, frozen=True):
    """Parameters of ``alive``, which the bridge sends every second.

    waiting: requests that the node has not answered. received: bytes from the node since the bridge's start.
    sync: of a synchronisation that takes longer than a moment.
    """

    waiting: _Count
    received: _Count
    sync: Synchronisation | None = None


class SimulatedFunction(msgspec.Struct, frozen=True):
    """One executed function; kernel circuits are among them."""

    name: _Name
    ms: Milliseconds


class Simulation(msgspec.Struct, frozen=True, rename="camel"):
    """Parameters of ``simulated``; see SimulationReport."""

    total_ms: Milliseconds
    sync_ms: Milliseconds
    functions: Annotated[tuple[SimulatedFunction, ...], msgspec.Meta(max_length=1024)]


class ProveParams(msgspec.Struct):
    """Parameters of ``prove`` and ``expect``: how many steps will come, as far as the wallet knows."""

    circuits: Annotated[int, msgspec.Meta(ge=1)]


class StepParams(msgspec.Struct):
    """Parameters of ``step``, whose attachment is one execution step. index: from 0."""

    index: _Count


class SendingParams(msgspec.Struct, rename="camel"):
    """Parameters of ``sending``. finish_ms: what the wallet needed after it had received the proof."""

    transaction: TransactionHash
    finish_ms: Milliseconds


class FeeContract(msgspec.Struct, frozen=True):
    """The sponsored fee contract: its address, and whether it has a balance."""

    address: Address
    funded: bool


class OpenedWallet(msgspec.Struct, frozen=True, rename="camel"):
    """Result of ``open``."""

    fee_contract: FeeContract


class WalletNetwork(msgspec.Struct, frozen=True, rename="camel"):
    """Result of ``nodeInfo``: the network that the wallet's own connection leads to."""

    node_version: Annotated[str, msgspec.Meta(max_length=64)]
    chain_id: int
    rollup_version: int


class WalletAccount(msgspec.Struct, frozen=True):
    """Result of ``addAccount``."""

    address: Address
    deployed: bool


class SentTransaction(msgspec.Struct, frozen=True, rename="camel"):
    """Result of every call that sends a transaction. send_ms: until the node had accepted it."""

    transaction: TransactionHash
    send_ms: Milliseconds


class DeployedToken(msgspec.Struct, frozen=True):
    """The token of ``deployToken``."""

    address: Address
    name: _Name
    symbol: _Name
    decimals: Annotated[int, msgspec.Meta(ge=0, le=255)]


class SentToken(SentTransaction, frozen=True, rename="camel"):
    """Result of ``deployToken``."""

    token: DeployedToken


class AccountBalance(msgspec.Struct, frozen=True):
    """One balance, in decimal digits because it can have 128 bits."""

    account: Address
    amount: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,39}\Z")]


class Balances(msgspec.Struct, frozen=True, rename="camel"):
    """Result of ``balances``."""

    balances: Annotated[tuple[AccountBalance, ...], msgspec.Meta(max_length=16)]
    total_ms: Milliseconds
