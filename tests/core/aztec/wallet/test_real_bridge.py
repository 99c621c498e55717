"""The real bridge: Node with Aztec's wallet, against unreachable and faulty nodes."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.errors import raises
from support.local_prover import real_installation
from support.patience import PATIENCE
from support.processes import python_program, running
from support.proving_server import eventually, wait_until
from support.scripted_node import ScriptedNode
from support.scripted_server import Answer, never
from tee_rex.aztec.wallet.client import BridgeClient
from tee_rex.aztec.wallet.process import BridgeCommand, environment
from tee_rex.aztec.wallet.protocol import OpenedWallet, WalletNetwork
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.aztec.wallet.watchdog import CallTimeouts
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development setup: Linux"),
]


@pytest.fixture
async def command() -> BridgeCommand:
    bridges = InstalledBridges(real_installation().paths)
    return await bridges.command(TrustedSetup.DEVELOPMENT, AztecVersion(4, 1, 2), ignore_progress)


@pytest.fixture
async def bridge(command: BridgeCommand) -> AsyncIterator[BridgeClient]:
    client = await BridgeClient.start(command)
    yield client
    await client.close()
    assert not running(client.pid)


async def open_wallet(
    bridge: BridgeClient, url: str, folder: Path, timeouts: CallTimeouts | None = None
) -> OpenedWallet:
    data = str(folder / "pxe")
    params = {"nodeUrl": url, "dataDirectory": data, "proofs": True, "sponsoredFpcSalt": "0"}
    return await bridge.call("open", OpenedWallet, params, timeouts=timeouts)


async def test_it_starts_and_ends_cleanly(command: BridgeCommand) -> None:
    client = await BridgeClient.start(command)
    peak = client.peak_memory_bytes
    await client.close()

    assert 50_000_000 < peak < 400_000_000
    assert not running(client.pid)


async def test_a_node_that_is_not_there(bridge: BridgeClient, tmp_path: Path) -> None:
    async with ScriptedNode().serving() as url:
        gone = url
    with raises(errors.NODE_UNREACHABLE_FROM_WALLET):
        await open_wallet(bridge, gone, tmp_path)


async def test_nothing_works_before_a_wallet_is_open(bridge: BridgeClient) -> None:
    account = {"secret": "0x1", "salt": "0x1"}
    for method, params in (("addAccount", account), ("constructor", {}), ("nodeInfo", {})):
        with raises(errors.BRIDGE_FAILED):
            await bridge.call(method, WalletNetwork, params)


@pytest.mark.parametrize(
    "content",
    [
        b"Hello, are you there?\n" * 10,
        struct.pack(">II", 0, 0),
        struct.pack(">II", 5, 0xFFFFFFFF) + b"hello",
        struct.pack(">II", 2, 0) + b"{]",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 2, 0) + b"{}",
        struct.pack(">II", 100, 0) + b"cut",
        b"",
    ],
)
def test_garbage_ends_it_immediately_and_is_not_quoted(command: BridgeCommand, content: bytes) -> None:
    finished = subprocess.run(
        command.argv, input=content, capture_output=True, env=environment({}), timeout=60, check=False
    )

    assert finished.returncode == (1 if content else 0)
    assert b"cut" not in finished.stderr
    assert b"Hello" not in finished.stderr


def test_a_killed_parent_takes_it_with_it(command: BridgeCommand) -> None:
    made = f"BridgeCommand({command.argv!r}, Path({str(command.folder)!r}))"
    program = (
        "import asyncio; from pathlib import Path; from tee_rex.aztec.wallet.client import BridgeClient;"
        "from tee_rex.aztec.wallet.process import BridgeCommand\n"
        "async def main():\n"
        f"    client = await BridgeClient.start({made})\n"
        "    print(client.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    with python_program(program) as (_parent, pid):
        pass
    wait_until(lambda: not running(int(pid)))


async def test_a_killed_bridge_is_detected(command: BridgeCommand, tmp_path: Path) -> None:
    client = await BridgeClient.start(command)

    async def kill_and_say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client._process.kill()
        await reader.read()
        writer.close()

    node = await asyncio.start_server(kill_and_say_nothing, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{node.sockets[0].getsockname()[1]}"
    async with node, asyncio.timeout(PATIENCE):
        with raises(errors.BRIDGE_CRASHED, match="SIGKILL"):
            await open_wallet(client, url, tmp_path)
    await client.close()


async def test_a_bridge_that_is_stopped_hangs(command: BridgeCommand, tmp_path: Path) -> None:
    client = await BridgeClient.start(command)
    os.kill(client.pid, signal.SIGSTOP)
    try:
        with raises(errors.BRIDGE_SILENT, match="sent nothing for 3 seconds"):
            await client.call("nodeInfo", WalletNetwork, {}, timeouts=CallTimeouts(silence=3))
        await eventually(lambda: not running(client.pid))
    finally:
        await client.close()


async def test_a_silent_node_is_distinguished_from_a_hanging_bridge(
    bridge: BridgeClient, tmp_path: Path
) -> None:
    node = ScriptedNode()
    node.scripts["POST /"] = never
    async with node.serving() as url:
        with raises(errors.NODE_STALLED):
            await open_wallet(bridge, url, tmp_path, CallTimeouts(silence=30, node=3))


async def test_a_slow_response_is_awaited(bridge: BridgeClient, tmp_path: Path) -> None:
    async def drops() -> AsyncIterator[bytes | None]:
        for _ in range(16):
            yield b" "
            await asyncio.sleep(0.5)
        yield b'[{"jsonrpc":"2.0","id":0,"error":{"code":-1,"message":"busy"}}]'

    node = ScriptedNode()
    node.scripts["POST /"] = Answer(drops())
    async with node.serving() as url:
        with raises(errors.NODE_UNREACHABLE_FROM_WALLET):  # by its error, and not before
            await open_wallet(bridge, url, tmp_path, CallTimeouts(silence=30, node=4))
