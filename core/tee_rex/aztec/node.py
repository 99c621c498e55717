"""Client of an Aztec node's JSON-RPC: its network, and the receipts of transactions.

A method is ``node_getNodeInfo`` or ``aztec_getNodeInfo``: the namespace depends on the node's version, and is
unknown before the first answer. So the first call asks in each known namespace until one has its method.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

import msgspec

from tee_rex.errors import UsageError
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.message import printable
from tee_rex.errors.tree import (
    BadServerAnswerError,
    NodeError,
    ServerCertificateError,
    ServerUnreachableError,
)
from tee_rex.http_client.answers import Answer
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.system.text import quoted
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.generations import generations

VK_TREE_ROOT_HEADER: Final = "x-aztec-l2CircuitsVkTreeRoot"
_MAX_ANSWER_BYTES: Final = 2 << 20
"""A receipt from a node in test mode contains the debug logs of public calls."""
_MAX_STATUS_BYTES: Final = 1 << 12
_RESPONSE_SECONDS: Final = 60.0
"""For a whole response, however slowly its bytes arrive."""
_PROXY_STATUSES: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What a proxy in front of a node answers while the node is down or busy."""
_MAX_VERSION_LENGTH: Final = 64
_METHOD_NOT_FOUND: Final = -32601
"""JSON-RPC 2.0, section 5.1."""

_ROOT: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_HexAddress = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-fA-F]{40}\Z")]
_Number = Annotated[int, msgspec.Meta(ge=0)]
_ResultT = TypeVar("_ResultT")


class _L1Contracts(msgspec.Struct, rename="camel"):
    rollup_address: _HexAddress


class _NodeInfo(msgspec.Struct, rename="camel"):
    node_version: Annotated[str, msgspec.Meta(max_length=_MAX_VERSION_LENGTH)]
    l1_chain_id: _Number
    rollup_version: _Number
    l1_contract_addresses: _L1Contracts
    real_proofs: bool = True


class TransactionStatus(StrEnum):
    """The state of a transaction (``TxStatus`` of Aztec v4)."""

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
    code: int = 0


class _RpcAnswer(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _RpcError | None = None


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """A node's description of itself. vk_tree_root: 0x and 64 hex digits; None if a proxy drops it."""

    url: str
    node_version: str
    chain_id: int
    rollup_version: int
    rollup_address: str
    real_proofs: bool
    vk_tree_root: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The state of a transaction. reverted: its public part failed. block: None while it is in none."""

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
    """A client of one node. Every method raises NodeError."""

    def __init__(self, connection: ServerConnection) -> None:
        """Use :meth:`open`."""
        self._connection = connection
        self._last_id = 0
        self._namespaces = tuple(dict.fromkeys(one.rpc_namespace for one in generations()))

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[AztecNode]:
        """A client of the node at ``url``; nothing is requested yet. Raises NODE_URL_INVALID."""
        try:
            server = ServerUrl.parse(url)
        except UsageError as error:
            raise errors.NODE_URL_INVALID(reason=error.message_parts) from error
        async with ServerConnection.open(server, trust_env=True) as connection:
            yield cls(connection)

    @property
    def url(self) -> str:
        """The address; it holds no credentials."""
        return str(self._connection.server.base)

    @property
    def namespace(self) -> str:
        """The namespace of its methods; a guess until a call has succeeded."""
        return self._namespaces[0]

    async def info(self) -> NodeInfo:
        """Version, chain, and the verification key tree root, which identifies the trusted setup."""
        info, headers = await self._call("getNodeInfo", _NodeInfo)
        root = headers.get(VK_TREE_ROOT_HEADER, "")
        return NodeInfo(
            url=self.url,
            node_version=printable(info.node_version),
            chain_id=info.l1_chain_id,
            rollup_version=info.rollup_version,
            rollup_address=info.l1_contract_addresses.rollup_address.lower(),
            real_proofs=info.real_proofs,
            vk_tree_root=root if _ROOT.fullmatch(root) else None,
        )

    async def is_ready(self) -> bool:
        """Whether it reports that it serves requests (``/status``)."""
        return (await self._exchange("GET", "/status", _MAX_STATUS_BYTES)).status == HTTPStatus.OK

    async def chain_marker(self) -> str:
        """A digest of the first block, which differs after a local network is restarted."""
        header, _ = await self._call("getBlockHeader", msgspec.Raw, 1)
        return hashlib.sha256(bytes(header)).hexdigest()

    async def receipt(self, transaction: str) -> Receipt:
        """The receipt of a transaction (0x and 64 hex digits)."""
        receipt, _ = await self._call("getTxReceipt", _Receipt, transaction)
        reverted = receipt.execution_result not in (None, "success")
        return Receipt(receipt.status, reverted, receipt.block_number)

    async def _call(
        self, name: str, result_type: type[_ResultT], *params: object
    ) -> tuple[_ResultT, Mapping[str, str]]:
        """Call a method in the node's namespace; it is known once a call in it has succeeded."""
        for namespace in self._namespaces:
            method = f"{namespace}_{name}"
            response, answer = await self._ask(method, params)
            if answer.error is None:
                self._namespaces = (namespace,)
                return _decoded(bytes(answer.result), result_type, response.status), response.headers
            if answer.error.code != _METHOD_NOT_FOUND:
                raise _refusal(method, answer.error)
        methods = ", ".join(f"{namespace}_{name}" for namespace in self._namespaces)
        raise errors.NODE_METHOD_MISSING(methods=methods)

    async def _ask(self, method: str, params: tuple[object, ...]) -> tuple[Answer, _RpcAnswer]:
        self._last_id += 1
        request = msgspec.json.encode(
            {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        )
        response = await self._exchange("POST", "", _MAX_ANSWER_BYTES, request)
        return response, _decoded(response.body, _RpcAnswer, response.status)

    async def _exchange(self, method: str, route: str, limit: int, request: bytes | None = None) -> Answer:
        headers = None if request is None else {"Content-Type": "application/json"}
        try:
            async with asyncio.timeout(_RESPONSE_SECONDS):
                return await self._connection.exchange(
                    method, route, limit=limit, content=request, headers=headers
                )
        except TimeoutError:
            raise errors.NODE_RESPONSE_TIMED_OUT(seconds=_RESPONSE_SECONDS) from None
        except ServerCertificateError as error:
            raise errors.NODE_CERTIFICATE_INVALID(reason=error.message_parts) from error
        except ServerUnreachableError as error:
            if _is_about_tls(error):
                raise errors.NODE_WITHOUT_TLS() from error
            raise errors.NODE_UNREACHABLE(reason=error.message_parts) from error
        except BadServerAnswerError as error:
            raise errors.NODE_HTTP_INVALID(reason=error.message_parts) from error


def _refusal(method: str, error: _RpcError) -> NodeError:
    reason = quoted(error.message)
    if not reason:
        return errors.NODE_REFUSED_SILENTLY(method=method)
    return errors.NODE_REFUSED(method=method, reason=reason)


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _decoded(body: bytes, result_type: type[_ResultT], status: int) -> _ResultT:
    try:
        return decode_json(body, result_type)
    except UndecodableError:
        kind = errors.NODE_BEHIND_PROXY if status in _PROXY_STATUSES else errors.NODE_ANSWER_INVALID
        raise kind(status=status) from None
