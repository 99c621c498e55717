"""The stand-in for vhost-device-vsock in a process of its own: ``python -m support.adapter_process PATH``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from support.enclave_stand_in import VhostAdapter


async def _listen(path: Path) -> None:
    async with VhostAdapter(path).listening():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_listen(Path(sys.argv[1])))
