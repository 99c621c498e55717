"""Asking the local network's node who it is, and whether it is ready."""

from __future__ import annotations

import msgspec

from tee_rex.devnet.programs import CHAIN_ID
from tee_rex.protocol_circuits import NetworkCircuits, recognise_network

_VK_TREE_ROOT = "x-aztec-l2CircuitsVkTreeRoot"
_ANSWER_SECONDS = 5.0
_MAX_ANSWER_BYTES = 1 << 20


class _NodeInfo(msgspec.Struct, rename="camel"):
    node_version: str
    l1_chain_id: int


class _NodeInfoAnswer(msgspec.Struct):
    result: _NodeInfo


class NodeAnswer(msgspec.Struct, frozen=True):
    """What a ready node says. circuits: None if its verification keys are unknown to this release."""

    version: str
    chain_id: int
    circuits: NetworkCircuits | None

    @property
    def local(self) -> bool:
        """Whether it is on the chain of local networks."""
        return self.chain_id == CHAIN_ID


async def ask_node(url: str) -> NodeAnswer | None:
    """The answer to ``node_getNodeInfo`` of a node whose ``/status`` is good; None if it is not ready."""
    import httpx2

    question = {"jsonrpc": "2.0", "id": 1, "method": "node_getNodeInfo", "params": []}
    try:
        # verify: plain HTTP on this machine; loading certificates would cost 30 ms at each question.
        async with httpx2.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False, verify=False) as client:
            status = await client.get(f"{url}/status")
            if status.status_code != httpx2.codes.OK:
                return None
            answer = await client.post(url, json=question)
            info = msgspec.json.decode(answer.content[:_MAX_ANSWER_BYTES], type=_NodeInfoAnswer).result
    except (httpx2.HTTPError, msgspec.MsgspecError):
        return None
    circuits = recognise_network(answer.headers.get(_VK_TREE_ROOT, ""))
    return NodeAnswer(info.node_version, info.l1_chain_id, circuits)
