"""An Aztec node's JSON-RPC: what network it is of, and what becomes of a transaction."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

import msgspec

from tee_rex.aztec.errors import (
    NodeRefusedError,
    NodeUnreachableError,
    NodeUrlError,
    NotAnAztecNodeError,
)
from tee_rex.http_client.answers import Answer
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.errors import (
    BadServerAnswerError,
    BadServerUrlError,
    InsecureServerUrlError,
    ServerCertificateError,
    ServerUnreachableError,
)
from tee_rex.system.text import printable

VK_TREE_ROOT_HEADER: Final = "x-aztec-l2CircuitsVkTreeRoot"
_MAX_ANSWER_BYTES: Final = 2 << 20
"""A receipt of a node in test mode carries the debug logs of public calls."""
_MAX_STATUS_BYTES: Final = 1 << 12
_MAX_SHOWN: Final = 200
_ANSWER_SECONDS: Final = 60.0
"""For a whole answer, however slowly its bytes come."""
_PASSING: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What a proxy in front of a node answers while the node is away or busy."""
_MAX_VERSION_LENGTH: Final = 64

_HexAddress = Annotated[str, msgspec.Meta(pattern="^0x[0-9a-fA-F]{40}$")]
_Number = Annotated[int, msgspec.Meta(ge=0)]
_FormT = TypeVar("_FormT")


class _L1Contracts(msgspec.Struct, rename="camel"):
    rollup_address: _HexAddress


class _NodeInfo(msgspec.Struct, rename="camel"):
    node_version: Annotated[str, msgspec.Meta(max_length=_MAX_VERSION_LENGTH)]
    l1_chain_id: _Number
    rollup_version: _Number
    l1_contract_addresses: _L1Contracts
    real_proofs: bool = True


class TransactionStatus(StrEnum):
    """Where a transaction is on its way (``TxStatus`` of Aztec 4.1.2)."""

    DROPPED = "dropped"
    PENDING = "pending"
    PROPOSED = "proposed"
    CHECKPOINTED = "checkpointed"
    PROVEN = "proven"
    FINALIZED = "finalized"


class _Receipt(msgspec.Struct, rename="camel"):
    status: TransactionStatus
    execution_result: str | None = None
    block_number: _Number | None = None


class _RpcError(msgspec.Struct):
    message: str = ""


class _RpcAnswer(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _RpcError | None = None


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What a node says of itself. vk_tree_root: None when something in between drops the node's headers."""

    url: str
    node_version: str
    chain_id: int
    rollup_version: int
    rollup_address: str
    real_proofs: bool
    vk_tree_root: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a transaction is. reverted: its public part failed. block: None while it is in none."""

    status: TransactionStatus
    reverted: bool
    block: int | None

    @property
    def confirmed(self) -> bool:
        """Whether its block is checkpointed on Ethereum, which is what Aztec's own wallets wait for."""
        return self.block is not None and self.status in (
            TransactionStatus.CHECKPOINTED,
            TransactionStatus.PROVEN,
            TransactionStatus.FINALIZED,
        )


class AztecNode:
    """One node, for as long as one flow needs it.

    Every method raises NodeUnreachableError, NotAnAztecNodeError or NodeRefusedError.
    """

    def __init__(self, connection: ServerConnection) -> None:
        """Use :meth:`open`."""
        self._connection = connection
        self._last_id = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[AztecNode]:
        """A client of the node at ``url``; raises NodeUrlError. Nothing is asked yet."""
        try:
            server = ServerUrl.parse(url)
        except (BadServerUrlError, InsecureServerUrlError) as error:
            raise NodeUrlError(error.message) from error
        async with ServerConnection.open(server, trust_env=True) as connection:
            yield cls(connection)

    @property
    def url(self) -> str:
        """The address; it holds no credentials."""
        return str(self._connection.server.base)

    async def info(self) -> NodeInfo:
        """Version, chain, and the root that tells the trusted setup."""
        info, headers = await self._ask("node_getNodeInfo", _NodeInfo)
        return NodeInfo(
            url=self.url,
            node_version=printable(info.node_version),
            chain_id=info.l1_chain_id,
            rollup_version=info.rollup_version,
            rollup_address=info.l1_contract_addresses.rollup_address.lower(),
            real_proofs=info.real_proofs,
            vk_tree_root=headers.get(VK_TREE_ROOT_HEADER),
        )

    async def is_ready(self) -> bool:
        """Whether it says that it serves requests (``/status``)."""
        answer = await self._answer("GET", "/status", _MAX_STATUS_BYTES)
        return answer.status == HTTPStatus.OK

    async def chain_marker(self) -> str:
        """A digest of the first block: a local network that was started anew has another."""
        header, _ = await self._ask("node_getBlockHeader", msgspec.Raw, 1)
        return hashlib.sha256(bytes(header)).hexdigest()

    async def receipt(self, transaction: str) -> Receipt:
        """What has become of a transaction (0x and 64 hex digits)."""
        receipt, _ = await self._ask("node_getTxReceipt", _Receipt, transaction)
        reverted = receipt.execution_result not in (None, "success")
        return Receipt(receipt.status, reverted, receipt.block_number)

    async def _ask(
        self, method: str, form: type[_FormT], *params: object
    ) -> tuple[_FormT, Mapping[str, str]]:
        self._last_id += 1
        question = msgspec.json.encode(
            {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        )

        answer = await self._answer("POST", "", _MAX_ANSWER_BYTES, question)
        try:
            body = _decoded(answer.body, _RpcAnswer, answer.status)
        except NotAnAztecNodeError:
            if answer.status in _PASSING:
                raise NodeUnreachableError(
                    f"In its place something answers with HTTP status {answer.status}."
                ) from None
            raise
        if body.error is not None:
            raise NodeRefusedError(f"It answered {method} with: {printable(body.error.message, _MAX_SHOWN)}.")
        return _decoded(bytes(body.result), form, answer.status), answer.headers

    async def _answer(self, method: str, route: str, limit: int, question: bytes | None = None) -> Answer:
        headers = {} if question is None else {"Content-Type": "application/json"}
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._connection.exchange(
                    method,
                    route,
                    limit=limit,
                    content=None if question is None else _once(question),
                    headers=headers if question is None else headers | {"Content-Length": str(len(question))},
                )
        except TimeoutError:
            raise NodeUnreachableError(
                f"Its answer was not complete after {_ANSWER_SECONDS:g} seconds."
            ) from None
        except ServerCertificateError as error:
            hint = "Check the address; a company's own certificate can be named by SSL_CERT_FILE."
            raise NodeUnreachableError(error.message, hint=hint) from error
        except ServerUnreachableError as error:
            if _is_about_tls(error):
                hint = "A node on this machine usually has an address that begins with http://."
                raise NodeUnreachableError("It does not speak TLS.", hint=hint) from error
            raise NodeUnreachableError(error.message) from error
        except BadServerAnswerError as error:
            raise NotAnAztecNodeError(error.message) from error


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _decoded(body: bytes, form: type[_FormT], status: int) -> _FormT:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise NotAnAztecNodeError(
            f"Its answer (HTTP status {status}) has not the form of a node's."
        ) from None
