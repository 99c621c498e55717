"""One image for all tests, and one enclave for each module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.built_image import BuiltImage
from support.enclave_image import build_development_image
from support.host_process import HostProcess, host_process
from support.nitro_emulator import EmulatorTools, NitroEmulator

# bb needs its memory beside the image's, which the kernel holds twice while it unpacks it.
MEMORY_MB = 2048


@pytest.fixture(scope="session")
def tools() -> EmulatorTools:
    return EmulatorTools.installed()


@pytest.fixture(scope="session")
def image(tools: EmulatorTools, tmp_path_factory: pytest.TempPathFactory) -> BuiltImage:
    """With bb and the CRS of the development setup baked in."""
    return build_development_image(tools, tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="session")
def image_without_bb(tools: EmulatorTools, tmp_path_factory: pytest.TempPathFactory) -> BuiltImage:
    """Its host brings bb; the image knows which."""
    return build_development_image(tools, tmp_path_factory.mktemp("image-without-bb"), "--no-bb")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def enclave(image: BuiltImage, tools: EmulatorTools) -> AsyncIterator[NitroEmulator]:
    async with NitroEmulator(image.file, tools, memory_mb=MEMORY_MB) as running:
        await running.heartbeat()
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host(enclave: NitroEmulator) -> AsyncIterator[HostProcess]:
    async with host_process(enclave.address.path) as running:
        yield running
