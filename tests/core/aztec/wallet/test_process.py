from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import psutil

from support.patience import PATIENCE
from tee_rex.aztec.wallet.process import BridgeCommand, start_bridge

WRITES_WITHOUT_END = "import sys\nwhile True: sys.{}.write('x' * 65536)"


async def test_a_bridge_with_unread_output_can_be_closed(tmp_path: Path) -> None:
    for stream in ("stdout", "stderr"):
        command = BridgeCommand((sys.executable, "-c", WRITES_WITHOUT_END.format(stream)), tmp_path)
        process = await start_bridge(command, {})
        if stream == "stdout":
            await process.stdout.readexactly(1)
        async with asyncio.timeout(PATIENCE):
            await process.close()
            await process.close()
        assert not psutil.pid_exists(process.pid)
