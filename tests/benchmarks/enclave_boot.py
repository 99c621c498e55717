"""The enclave image: its size, and its start in the emulator, against a bare Python in the same image."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from support.enclave_image import build_development_image, probe_image
from support.nitro_emulator import EmulatorTools, NitroEmulator
from support.vsock_http import ask, ready_health
from tee_rex.wire.protocol import HEALTH_PATH
from tee_rex_server.vsock import HTTP_PORT

_ROUNDS = 5
_MEMORY_MB = 1024


async def measure() -> dict[str, float]:
    """Seconds from QEMU's start to the first answer over vsock, medians of alternating rounds.

    bare: a Python program that listens in place of our init. ready: until it can prove. memory: the most
    that QEMU has held, of an enclave of 1,024 MB.
    """
    tools = EmulatorTools.installed()
    bare, first, ready, memory = [], [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        image = await asyncio.to_thread(build_development_image, tools, folder)
        report = image.report
        probe = folder / "probe.eif"
        await asyncio.to_thread(probe_image, image.file, probe)
        for _ in range(_ROUNDS):
            async with NitroEmulator(probe, tools, memory_mb=_MEMORY_MB) as enclave:
                reader, writer = await enclave.connect(HTTP_PORT)
                writer.write(b"hello\n")
                assert await reader.read() == b"hello\n"
                writer.close()
                bare.append(time.monotonic() - enclave.started_at)
            async with NitroEmulator(image.file, tools, memory_mb=_MEMORY_MB) as enclave:
                answer = await ask(await enclave.connect(HTTP_PORT), "GET", HEALTH_PATH)
                assert answer.status == 200
                first.append(time.monotonic() - enclave.started_at)
                await ready_health(enclave)
                ready.append(time.monotonic() - enclave.started_at)
                memory.append(enclave.memory_bytes / 1e6)
    bytes_of_crs = sum(8 << 20 for one in report.inputs if one.kind == "crs")
    return {
        "first_health_answer_over_bare_listener": statistics.median(first) / statistics.median(bare),
        "bare_listener_s": statistics.median(bare),
        "first_health_answer_s": statistics.median(first),
        "ready_s": statistics.median(ready),
        "image_without_crs_mb": (report.bytes - bytes_of_crs) / 1e6,
        "emulator_memory_mb": statistics.median(memory),
    }
