"""The emulator itself leaves nothing behind, however its user ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from support.built_image import BuiltImage
from support.nitro_emulator import (
    EMULATED,
    PATIENCE_SECONDS,
    EmulatorTools,
    EnclaveEndedError,
    NitroEmulator,
)
from support.proving_server import eventually, wait_until

pytestmark = EMULATED

ROOT = Path(__file__).parents[3]
STARTING = """
import asyncio, sys, time
from pathlib import Path
from support.nitro_emulator import EmulatorTools, NitroEmulator

async def main():
    async with NitroEmulator(Path(sys.argv[1]), EmulatorTools.installed()) as enclave:
        print(enclave.address.path.parent, flush=True)
        time.sleep(1000)

asyncio.run(main())
"""


def emulators(parent: int | None = None) -> list[psutil.Process]:
    """Running ones that a process has started."""
    return [
        child
        for child in psutil.Process(parent).children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
        and any("qemu-system" in word or "vhost-device-vsock" in word for word in child.cmdline())
    ]


async def test_after_its_block_no_process_and_no_file_is_left(
    image: BuiltImage, tools: EmulatorTools
) -> None:
    async with NitroEmulator(image.file, tools) as enclave:
        await enclave.heartbeat()
        folder = enclave.address.path.parent
        assert len(emulators()) == 2
    assert emulators() == []
    assert not folder.exists()


@pytest.mark.parametrize("after_seconds", [0, 0.01, 0.3])
async def test_a_cancelled_start_leaves_nothing(
    image: BuiltImage, tools: EmulatorTools, after_seconds: float
) -> None:
    async def use() -> None:
        async with NitroEmulator(image.file, tools) as enclave:
            await enclave.heartbeat()

    using = asyncio.create_task(use())
    await asyncio.sleep(after_seconds)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    await eventually(lambda: not emulators(), seconds=PATIENCE_SECONDS)


async def test_an_image_that_does_not_start_says_why(tools: EmulatorTools, tmp_path: Path) -> None:
    (tmp_path / "no.eif").write_bytes(b"no image")
    async with NitroEmulator(tmp_path / "no.eif", tools) as enclave:
        with pytest.raises(EnclaveEndedError, match="Failed to read EIF header"):
            await enclave.heartbeat()


def test_a_killed_test_run_takes_its_enclaves_with_it(image: BuiltImage) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTING, image.file],
        env={**os.environ, "PYTHONPATH": f"{ROOT}/tests:{ROOT}/tools"},
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        folder = run.stdout.readline().strip()
        started = emulators(run.pid)
        assert len(started) == 2
        run.kill()
    wait_until(lambda: not any(one.is_running() for one in started), seconds=PATIENCE_SECONDS)
    shutil.rmtree(folder)
