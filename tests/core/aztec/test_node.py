from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises, raises_code
from support.scripted_node import DEVELOPMENT_ROOT, IN_BLOCK, NODE_INFO, ScriptedNode
from support.scripted_server import Answer
from tee_rex.aztec.node import AztecNode, NodeInfo, Receipt, TransactionStatus
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.tree import NodeError

TRANSACTION = "0x" + "ab" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


async def info_of(node: ScriptedNode) -> NodeInfo:
    async with node.serving() as url, AztecNode.open(url) as client:
        return await client.info()


async def receipt_of(node: ScriptedNode) -> Receipt:
    async with node.serving() as url, AztecNode.open(url) as client:
        return await client.receipt(TRANSACTION)


async def test_the_network_of_a_node() -> None:
    info = await info_of(ScriptedNode())

    assert (info.node_version, info.chain_id, info.rollup_version) == ("4.1.2", 31337, 3005340355)
    assert info.vk_tree_root == DEVELOPMENT_ROOT
    assert not info.real_proofs


@pytest.mark.parametrize(
    ("namespaces", "asked"),
    [
        (("node",), ["node_getNodeInfo", "node_getBlockHeader"]),
        (("aztec",), ["node_getNodeInfo", "aztec_getNodeInfo", "aztec_getBlockHeader"]),
        (("node", "aztec"), ["node_getNodeInfo", "node_getBlockHeader"]),
    ],
)
async def test_the_namespace_is_found_once(namespaces: tuple[str, ...], asked: list[str]) -> None:
    node = ScriptedNode(namespaces=namespaces)
    async with node.serving() as url, AztecNode.open(url) as client:
        await client.info()
        await client.chain_marker()
        assert client.namespace == namespaces[0]
    assert [json.loads(request.body)["method"] for request in node.requests] == asked


async def test_a_server_with_neither_namespace_is_no_node() -> None:
    node = ScriptedNode(namespaces=("eth",))
    with raises(errors.NODE_METHOD_MISSING, match="node_getNodeInfo, aztec_getNodeInfo"):
        await info_of(node)
    assert len(node.requests) == 2


async def test_a_method_that_a_known_namespace_lacks_is_not_looked_for_elsewhere() -> None:
    node = ScriptedNode(namespaces=("aztec",))
    async with node.serving() as url, AztecNode.open(url) as client:
        await client.info()
        node.namespaces = ("node",)
        with raises(errors.NODE_METHOD_MISSING, match="aztec_getTxReceipt"):
            await client.receipt(TRANSACTION)
    assert len(node.requests) == 3


async def test_another_error_is_no_reason_to_try_another_namespace() -> None:
    node = ScriptedNode(namespaces=("node", "aztec"))
    node.results["getNodeInfo"] = [RuntimeError("busy"), NODE_INFO]
    async with node.serving() as url, AztecNode.open(url) as client:
        with raises(errors.NODE_REFUSED, match="node_getNodeInfo"):
            await client.info()
        assert len(node.requests) == 1
        node.namespaces = ("aztec",)  # the error came from a proxy, which knew nothing of methods
        await client.info()
        assert client.namespace == "aztec"


@pytest.mark.parametrize("root", ["", "0x12", "0x" + "g" * 64, "x" * 5000])
async def test_a_malformed_root_counts_as_none(root: str) -> None:
    assert (await info_of(ScriptedNode(root=root))).vk_tree_root is None


async def test_a_receipt_is_read() -> None:
    node = ScriptedNode()
    node.results["getTxReceipt"] = IN_BLOCK

    assert await receipt_of(node) == Receipt(TransactionStatus.CHECKPOINTED, reverted=False, block=7)
    question = json.loads(node.requests[0].body)
    assert question["params"] == [TRANSACTION]


@pytest.mark.parametrize(
    ("answer", "confirmed", "reverted"),
    [
        ({"status": "pending"}, False, False),
        ({"status": "dropped"}, False, False),
        ({"status": "proposed", "executionResult": "success", "blockNumber": 3}, False, False),
        ({"status": "proven", "executionResult": "success", "blockNumber": 3}, True, False),
        ({"status": "checkpointed", "executionResult": "app_logic_reverted", "blockNumber": 3}, True, True),
        ({"status": "checkpointed"}, False, False),
    ],
)
async def test_only_a_checkpointed_block_confirms(
    answer: dict[str, object], confirmed: bool, reverted: bool
) -> None:
    node = ScriptedNode()
    node.results["getTxReceipt"] = answer

    receipt = await receipt_of(node)

    assert (receipt.confirmed, receipt.reverted) == (confirmed, reverted)


async def test_another_chain_has_another_marker() -> None:
    node = ScriptedNode()
    async with node.serving() as url, AztecNode.open(url) as client:
        first = await client.chain_marker()
        assert await client.chain_marker() == first
        node.results["getBlockHeader"] = {"lastArchive": "0x02"}
        assert await client.chain_marker() != first


@pytest.mark.parametrize("url", ["", "aztec", "ftp://node", "http://example.org", "https://user:pw@node"])
async def test_invalid_addresses_are_refused(url: str) -> None:
    with raises(errors.NODE_URL_INVALID):
        async with AztecNode.open(url):
            pass


async def test_nothing_listens() -> None:
    async with ScriptedNode().serving() as url:
        gone = url
    with raises(errors.NODE_UNREACHABLE):
        async with AztecNode.open(gone) as client:
            await client.info()


async def test_a_node_without_tls_is_reported() -> None:
    async with ScriptedNode().serving() as url, AztecNode.open(url.replace("http:", "https:")) as client:
        with raises(errors.NODE_WITHOUT_TLS) as raised:
            await client.info()
    assert "http://" in raised.value.hint


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_proxy_whose_node_is_away_is_no_wrong_address(status: int) -> None:
    node = ScriptedNode()
    node.scripts["POST /"] = Answer(b"<html>Bad gateway</html>", status)
    with raises(errors.NODE_BEHIND_PROXY, match=str(status)):
        await info_of(node)


async def test_an_endless_slow_response_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drops() -> AsyncIterator[bytes | None]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    monkeypatch.setattr("tee_rex.aztec.node._RESPONSE_SECONDS", 0.3)
    node = ScriptedNode()
    node.scripts["POST /"] = Answer(drops())
    with raises(errors.NODE_RESPONSE_TIMED_OUT):
        await info_of(node)


async def test_an_error_of_the_node_is_shown_without_control_characters() -> None:
    node = ScriptedNode()
    node.results["getNodeInfo"] = RuntimeError("no \x1b[31m" + "x" * 1000)

    with raises(errors.NODE_REFUSED) as raised:
        await info_of(node)
    assert "\x1b" not in raised.value.message
    assert len(raised.value.message) < 400


@pytest.mark.parametrize(
    ("said", "told"),
    [("No.", "failed: No."), ("", "the node gave no reason."), (" . ", "the node gave no reason.")],
)
async def test_an_error_of_the_node_is_one_sentence(said: str, told: str) -> None:
    node = ScriptedNode()
    node.results["getNodeInfo"] = RuntimeError(said)
    with raises_code(errors.NODE_REFUSED) as raised:
        await info_of(node)
    assert raised.value.message.endswith(told)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(b"<html>hello</html>"), errors.NODE_ANSWER_INVALID),
        (Answer(b"", 404), errors.NODE_ANSWER_INVALID),
        (Answer(b"null"), errors.NODE_ANSWER_INVALID),
        (Answer(b"[" * 100_000), errors.NODE_ANSWER_INVALID),
        (Answer(b" " * (3 << 20)), errors.NODE_HTTP_INVALID),
        (Answer(b'{"jsonrpc":"2.0","id":1,"result":{}}'), errors.NODE_ANSWER_INVALID),
        (Answer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), errors.NODE_HTTP_INVALID),
    ],
)
async def test_a_server_that_is_not_a_node(answer: Answer, kind: ErrorKind[NodeError]) -> None:
    node = ScriptedNode()
    node.scripts["POST /"] = answer

    with raises(kind):
        await info_of(node)


@given(JSON, st.dictionaries(st.sampled_from(list(NODE_INFO)), JSON))
@settings(max_examples=60)
def test_any_answer_is_read_or_refused(result: object, changes: dict[str, object]) -> None:
    async def ask() -> None:
        for answer in (result, NODE_INFO | changes):
            node = ScriptedNode()
            node.results |= {"getNodeInfo": [answer], "getTxReceipt": [answer]}
            for asking in (info_of, receipt_of):
                try:
                    await asking(node)
                except TeeRexError as error:
                    assert isinstance(error, NodeError)  # noqa: PT017

    asyncio.run(ask())
