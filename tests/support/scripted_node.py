"""An Aztec node on a real socket that answers as a test scripts it."""

from __future__ import annotations

import json
from typing import Any

from support.scripted_server import Answer, Request, ScriptedServer, json_answer

DEVELOPMENT_ROOT = "0x02f520835e552c3dd17baa30b829013441b75e6791c9eda3189c27c61665dba5"
GENUINE_ROOT = "0x1dd2644a17d1ddd8831287a78c5a1033b7ae35cdf2a3db833608856c062fc2ba"
V5_ROOT = "0x2b3b6ea4412b9c8f6457a37f91a2870306f8641e07e16a49b68bda6f8bc02892"
NODE_INFO: dict[str, Any] = {
    "nodeVersion": "4.1.2",
    "l1ChainId": 31337,
    "rollupVersion": 3005340355,
    "l1ContractAddresses": {"rollupAddress": "0x322813fd9a801c5507c9de605d63cea4f2ce6c44"},
    "realProofs": False,
}
IN_BLOCK = {"status": "checkpointed", "executionResult": "success", "blockNumber": 7}


class ScriptedNode(ScriptedServer):
    """results: by method; of a list one after another, the last repeatedly; an Exception is an RPC error.

    namespaces: those that it knows its methods in.
    """

    def __init__(
        self,
        *,
        root: str | None = DEVELOPMENT_ROOT,
        namespaces: tuple[str, ...] = ("node",),
        **info: object,
    ) -> None:
        """By default, a local network of the development setup."""
        super().__init__()
        self.namespaces = namespaces
        self.headers = {} if root is None else {"x-aztec-l2CircuitsVkTreeRoot": root}
        self.results: dict[str, Any] = {
            "getNodeInfo": NODE_INFO | info,
            "getBlockHeader": {"lastArchive": "0x01"},
            "getTxReceipt": [{"status": "pending"}, IN_BLOCK],
        }
        self.scripts = {"POST /": self._rpc}
        self.dead = False

    async def _rpc(self, request: Request) -> Answer:
        if self.dead:

            async def nothing() -> Any:  # noqa: ANN401  # an async generator that cuts the connection
                yield None

            return Answer(nothing())
        question = json.loads(request.body)
        namespace, name = question["method"].split("_")
        if namespace not in self.namespaces:
            # As @aztec/foundation's json-rpc server, with its HTTP status.
            missing = {"code": -32601, "message": f"Method not found: {question['method']}"}
            return json_answer({"jsonrpc": "2.0", "id": question["id"], "error": missing}, 400)
        result = self.results[name]
        if isinstance(result, list):
            result = result.pop(0) if len(result) > 1 else result[0]
        if isinstance(result, Answer):
            return result
        if isinstance(result, Exception):
            answer = {"jsonrpc": "2.0", "id": question["id"], "error": {"code": -1, "message": str(result)}}
            return json_answer(answer, headers=self.headers)
        return json_answer({"jsonrpc": "2.0", "id": question["id"], "result": result}, headers=self.headers)
