"""A deployment to real enclaves: two in the emulator on one host, replaced, taken back, and proved on.

Everything is real but AWS: images, ``tee-rex-server deploy`` and ``host``, the proxy, attestation from
outside, and proofs by an enclave's own bb. Systemd and Systems Manager are stand-ins that do what they are
told.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from support.aws_stand_in import BUCKET, REGION, SsmStandIn, moto_s3, s3_of
from support.built_image import BuiltImage
from support.fleet_stand_in import (
    HostMachine,
    StartEnclave,
    deploy_process,
    fleet_file,
    operator_environment,
    release_folder,
    run_program,
)
from support.nitro_emulator import EMULATED, PATIENCE_SECONDS, EmulatorTools, NitroEmulator
from support.nitro_fake import FakeNitro
from support.remote_client import now
from support.signing_front import signing_front
from tee_rex.attestation.eif import Eif, read_eif
from tee_rex.wire.protocol import ATTESTATION_PATH, PUBLIC_KEY_PATH
from tee_rex_server.deploy.fleet import read_release
from tee_rex_server.image.initramfs import File, FileTree, initramfs

pytestmark = [*EMULATED, pytest.mark.soak]

OLD, NEW, OTHER = "0.1.0", "0.2.0", "0.3.0"
LEASE_SECONDS = 40
MEMORY_MB = 2048


@dataclass
class Keys:
    """A client that asks for a key all the time.

    refused: what it got instead; longest: seconds without one.
    """

    url: str
    refused: list[str] = field(default_factory=list)
    answered: int = 0
    longest: float = 0.0

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Keys]:
        asking = asyncio.create_task(self._ask())
        try:
            yield self
        finally:
            asking.cancel()
            await asyncio.wait([asking])

    async def _ask(self) -> None:
        last = time.monotonic()
        alone = httpx2.Limits(max_keepalive_connections=0)
        async with httpx2.AsyncClient(
            base_url=self.url, timeout=PATIENCE_SECONDS, trust_env=False, limits=alone
        ) as client:
            while True:
                answer = await client.get(PUBLIC_KEY_PATH)
                if answer.status_code == 200:
                    self.answered += 1
                    self.longest = max(self.longest, time.monotonic() - last)
                    last = time.monotonic()
                else:
                    self.refused.append(answer.text)
                await asyncio.sleep(0.2)


def release_of(image: BuiltImage, folder: Path, version: str) -> Path:
    """The image as a release, with a file that says its version, so that each measures differently."""
    tree = FileTree()
    tree.add("release", File(version.encode()))
    eif = read_eif(image.file.read_bytes())
    changed = Eif(eif.kernel, eif.cmdline, (*eif.ramdisks, initramfs(tree)), eif.metadata)
    return release_folder(folder, version, changed)


async def attests(enclave: str, seconds: float) -> None:
    """Wait until what is at this address answers."""
    deadline = time.monotonic() + seconds
    async with httpx2.AsyncClient(timeout=seconds, trust_env=False) as client:
        while (await client.get(enclave + ATTESTATION_PATH)).status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(1)


def emulated(tools: EmulatorTools) -> StartEnclave:
    """Starts images in the emulator, at the socket where the proxy looks."""

    @asynccontextmanager
    async def start(path: Path, image: Path) -> AsyncIterator[None]:
        async with NitroEmulator(image, tools, memory_mb=MEMORY_MB) as enclave:
            path.unlink(missing_ok=True)
            path.symlink_to(enclave.address.path)
            yield

    return start


async def test_two_enclaves_are_replaced_taken_back_and_proved_on(
    image: BuiltImage, tools: EmulatorTools, tmp_path: Path
) -> None:
    nitro = FakeNitro(now(), module_id="tee-rex")
    releases = {version: release_of(image, tmp_path / version, version) for version in (OLD, NEW, OTHER)}
    host = HostMachine(tmp_path / "a", "i-0123456789abcdef0", emulated(tools))
    # Told to start this one, the host starts another: its enclave is ours, and measures differently.
    host.lies = {read_release(releases[OTHER])[0].sha256: releases[OLD] / "tee-rex.eif"}

    def tell(figure: str) -> None:
        sys.stdout.write(f"{time.monotonic() - begun:.0f} s: {figure}\n")
        sys.stdout.flush()

    begun = time.monotonic()
    async with (
        moto_s3() as s3_url,
        SsmStandIn().serving() as ssm,
        host.running() as proxy,
        signing_front(proxy.url, nitro) as url,
    ):
        ssm.instances[host.instance] = host.environment
        host.url = url
        s3_of(s3_url).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        fleet_file(tmp_path, host)
        environment = operator_environment(s3_url, ssm, nitro, tmp_path)
        environment |= {
            "TEE_REX_TEST_LEASE": f"{LEASE_SECONDS}",
            "TEE_REX_TEST_SECONDS": f"{PATIENCE_SECONDS}",
        }
        quick = {**environment, "TEE_REX_TEST_PROOFS": "none"}

        async def deploy(*arguments: str, code: int = 0, **changes: str) -> dict[str, object]:
            ended, output, told = await run_program("deploy", *arguments, "--json", **{**quick, **changes})
            assert ended == code, told
            tell(f"{' '.join(arguments)}: {output}\n{told}")
            return output

        await deploy("apply", str(releases[OLD]))
        async with Keys(host.url).asking() as keys:
            await deploy("apply", str(releases[NEW]))
            tell(f"while two were replaced: {keys.answered} keys, longest pause {keys.longest:.1f} s")

            failed = await deploy("apply", str(releases[OTHER]), code=1)
            assert '"DEPLOYMENT_ROLLED_BACK"' in json.dumps(failed)
            assert "attest a/cid-16" in json.dumps(failed)
            assert host.runs(16) == host.runs(17) == read_release(releases[NEW])[0].sha256

            reached = asyncio.Event()

            async def before(command: str) -> None:
                if command.startswith("start 16"):
                    reached.set()

            ssm.before = before
            killed = await deploy_process("deploy", "apply", str(releases[OLD]), **quick)
            await asyncio.wait_for(reached.wait(), PATIENCE_SECONDS)
            killed.kill()
            await killed.communicate()
            await ssm.idle()
            await attests(f"{host.url}/enclaves/cid-16", PATIENCE_SECONDS)
            tell("killed at start 16, which has started meanwhile")
            await asyncio.sleep(LEASE_SECONDS + 2)
            boots = len(host.boots)
            await deploy("apply", str(releases[OLD]))
            assert [cid for cid, _ in host.boots[boots:]] == [17], "the one that had been started was again"
            await deploy("rollback")
            tell(f"{keys.answered} keys in all, none refused; longest pause {keys.longest:.1f} s")
        assert keys.refused == []
        # All enclaves run it: what is left is a proof by one of them, with its own bb, verified here.
        ended, _, told = await run_program("deploy", "apply", str(releases[NEW]), "--json", **environment)
        assert ended == 0, told
        tell(told)
        await deploy("status")
