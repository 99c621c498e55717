"""Asking the local network's node who it is, once it is ready."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from tee_rex.aztec.node import AztecNode, NodeInfo
from tee_rex.errors import NodeError

_ANSWER_SECONDS = 10.0


async def ask_node(url: str) -> NodeInfo | None:
    """What the node at ``url`` (with a port) says of itself; None while it is not ready, or none is there."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await _asked(url)
    return None


async def _asked(url: str) -> NodeInfo | None:
    address = urlsplit(url)
    try:  # a client costs 30 ms of a core to make, and the port is closed for most of the start
        _, writer = await asyncio.open_connection(address.hostname, address.port)
    except OSError:
        return None
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    try:
        async with AztecNode.open(url) as node:
            return await node.info() if await node.is_ready() else None
    except NodeError:
        return None
