"""A fleet here: hosts with real proxies and the real ``tee-rex-server host``, and enclaves of any kind.

What an instance has of systemd is a program ``systemctl`` on its PATH, which asks this process to restart an
enclave from the image that its link names.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx2
import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

import tee_rex_server
from support.aws_stand_in import BUCKET, CREDENTIALS, REGION, SsmStandIn
from support.enclave_stand_in import enclave_api, stand_in_enclave
from support.host_process import HostProcess, host_process
from support.nitro_fake import FakeNitro
from support.patience import PATIENCE
from support.proving_server import BINARY, GatedBackend, job_body
from support.remote_client import now
from tee_rex.attestation.eif import Eif, image_pcrs, read_eif
from tee_rex.openpgp import PublicKey
from tee_rex.wire.protocol import ATTESTATION_PATH, PROOFS_PATH, TeeMode
from tee_rex_server.deploy.fleet import MEASUREMENTS, Release, read_release
from tee_rex_server.image.eif import eif_parts
from tee_rex_server.image.report import MeasurementsReport, ReportedPcrs, SectionSizes, encode_report
from tee_rex_server.tee.providers import TeeProvider

START_LIMIT: Final = int(
    re.findall(
        r"^StartLimitBurst=(\d+)$",
        (Path(tee_rex_server.__path__[0]) / "deploy" / "tee-rex-enclave@.service").read_text(),
        re.MULTILINE,
    )[0]
)

_SYSTEMCTL = """\
#!{python}
import socket, sys
with socket.socket(socket.AF_UNIX) as asking:
    asking.connect({path!r})
    asking.sendall(" ".join(sys.argv[1:]).encode() + b"\\n")
    sys.exit(int(asking.makefile().readline() or 1))
"""

StartEnclave: TypeAlias = Callable[[Path, Path], AbstractAsyncContextManager[None]]
"""From the socket at which the proxy finds it, and its image."""


def release_folder(folder: Path, version: str, eif: Eif, setup: str = "development") -> Path:
    """The folder of a release with this image."""
    folder.mkdir(parents=True)
    content = b"".join(bytes(part) for part in eif_parts(eif))
    (folder / "tee-rex.eif").write_bytes(content)
    measured = image_pcrs(eif)
    report = MeasurementsReport(
        name="tee-rex",
        version=version,
        file="tee-rex.eif",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        setups=(setup,),
        cmdline=eif.cmdline.decode(),
        pcrs=ReportedPcrs(measured.pcr0.hex(), measured.pcr1.hex(), measured.pcr2.hex()),
        sections=SectionSizes(len(eif.kernel), tuple(map(len, eif.ramdisks))),
        inputs=(),
    )
    (folder / MEASUREMENTS).write_bytes(encode_report(report))
    return folder


def small_release(folder: Path, version: str, *, setup: str = "development", code: str = "") -> Release:
    """A release whose image nothing can start; code: what it has measured besides its version."""
    eif = Eif(b"kernel", b"reboot=k", (b"base", f"{version} {code}".encode()), None)
    return read_release(release_folder(folder, version, eif, setup))[0]


class ImageTee(TeeProvider):
    """Attests what an image measures to, as its enclave would."""

    mode: TeeMode = "nitro"

    def __init__(self, image: Path, nitro: FakeNitro) -> None:
        measured = image_pcrs(read_eif(image.read_bytes()))
        zero = {index: bytes(48) for index in range(16)}
        self._pcrs = zero | {0: measured.pcr0, 1: measured.pcr1, 2: measured.pcr2}
        self._nitro = nitro

    async def attest(self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None) -> bytes:
        return self._nitro.document(
            pcrs=self._pcrs, public_key=public_key, user_data=user_data, nonce=nonce, timestamp=now()
        )


@dataclass
class HostMachine:
    """One instance. broken: images that do not boot. lies: what an image really runs, by its SHA-256.

    As systemd does, it starts a broken image again and again, until no start is allowed any more.

    boots: the enclaves that were started, with the SHA-256 of the image. url: as clients see it.
    """

    folder: Path
    instance: str
    start_enclave: StartEnclave
    cids: tuple[int, ...] = (16, 17)
    broken: set[str] = field(default_factory=set)
    lies: dict[str, Path] = field(default_factory=dict)
    boots: list[tuple[int, str]] = field(default_factory=list)
    url: str = ""
    _lives: dict[int, AsyncExitStack] = field(default_factory=dict)
    _starts: dict[int, int] = field(default_factory=dict)
    """Since the last ``reset-failed``."""

    @property
    def images(self) -> Path:
        return self.folder / "opt"

    @property
    def draining(self) -> Path:
        return self.folder / "run" / "draining"

    @property
    def environment(self) -> dict[str, str]:
        """That of a command which Systems Manager runs here."""
        return {
            "TEE_REX_TEST_BIN": f"{self.folder / 'bin'}:{Path(sys.executable).parent}",
            "TEE_REX_ENCLAVE_FOLDER": str(self.images),
            "TEE_REX_DRAINING": str(self.draining),
            "TEE_REX_PROXY_URL": self.url,
            "TEE_REX_IDLE": "1.5",  # a client has a key, and this machine is busy
            "TEE_REX_DRAIN_WITHIN": "30",
        }

    def socket(self, cid: int) -> Path:
        """Where the proxy finds an enclave; its name is that of the enclave."""
        return self.folder / f"cid-{cid}"

    def image_of(self, cid: int) -> str:
        return (self.images / f"{cid}.eif").readlink().stem

    def runs(self, cid: int) -> str:
        """The image that an enclave was last started from."""
        return next(image for number, image in reversed(self.boots) if number == cid)

    @asynccontextmanager
    async def running(self, *arguments: str) -> AsyncIterator[HostProcess]:
        """The instance with its proxy, until the block ends; no enclave runs at first."""
        (self.folder / "bin").mkdir(parents=True)
        control = self.folder / "systemd"
        program = self.folder / "bin" / "systemctl"
        program.write_text(_SYSTEMCTL.format(python=sys.executable, path=str(control)))
        program.chmod(0o755)
        systemd = await asyncio.start_unix_server(self._systemctl, control)
        first, *others = (self.socket(cid) for cid in self.cids)
        sockets = [f"--vsock-socket={one}" for one in others]
        try:
            draining = f"--draining={self.draining}"
            async with host_process(first, *sockets, draining, "--no-uploads", *arguments) as host:
                self.url = host.url
                yield host
        finally:
            for life in self._lives.values():
                await life.aclose()
            systemd.close()
            await systemd.wait_closed()

    async def restart(self, cid: int) -> bool:
        """What systemd does; whether the unit started."""
        if cid in self._lives:
            await self._lives.pop(cid).aclose()
        if self._starts.get(cid, 0) >= START_LIMIT:
            return False  # "Start request repeated too quickly."
        self._starts[cid] = self._starts.get(cid, 0) + 1
        image = (self.images / f"{cid}.eif").resolve()
        self.boots.append((cid, image.stem))
        if image.stem in self.broken:
            self._starts[cid] = START_LIMIT
            return False
        life = AsyncExitStack()
        real = self.lies.get(image.stem, image)
        await life.enter_async_context(self.start_enclave(self.socket(cid), real))
        self._lives[cid] = life
        return True

    async def _systemctl(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb, unit = (await reader.readline()).decode().split()
        cid = int(unit.removeprefix("tee-rex-enclave@").removesuffix(".service"))
        done = False
        if verb == "restart":
            done = await self.restart(cid)
        elif verb == "reset-failed":
            self._starts.pop(cid, None)
            done = cid in self._lives  # systemd refuses it for a unit that is not loaded
        writer.write(b"0\n" if done else b"1\n")
        with suppress(OSError):
            await writer.drain()
        writer.close()


def stand_in_starter(nitro: FakeNitro) -> StartEnclave:
    """Enclaves in this process, which attest what their image measures to."""

    @asynccontextmanager
    async def start(path: Path, image: Path) -> AsyncIterator[None]:
        tee = ImageTee(image, nitro)
        api = enclave_api(GatedBackend(is_open=True), versions=(), tee=tee)
        async with stand_in_enclave(path, api):
            yield

    return start


def fleet_file(folder: Path, *hosts: HostMachine) -> Path:
    """The description of a fleet of these hosts."""
    lines = [f'region = "{REGION}"', f'bucket = "{BUCKET}"', 'prefix = "test"', 'document = "tee-rex-host"']
    for number, host in enumerate(hosts):
        lines += [
            "[[hosts]]",
            f'name = "{"abc"[number]}"',
            f'instance = "{host.instance}"',
            f'url = "{host.url}"',
            f"cids = {list(host.cids)}",
        ]
    file = folder / "fleet.toml"
    file.write_text("\n".join(lines) + "\n")
    return file


def operator_environment(s3_url: str, ssm: SsmStandIn, root: FakeNitro, folder: Path) -> dict[str, str]:
    """That of the machine which deploys."""
    certificate = folder / "root.pem"
    certificate.write_bytes(root.root.public_bytes(Encoding.PEM))
    return {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL_S3": s3_url,
        "AWS_ENDPOINT_URL_SSM": ssm.url,
        "TEE_REX_FLEET": str(folder / "fleet.toml"),
        "TEE_REX_TEST_ROOT": str(certificate),
    }


@dataclass
class Clients:
    """A client that asks all the time: each time for a key, then for a proof with it, until that is done.

    refused: the answers that were not as they should be, with their time. done: proofs. longest: seconds
    between the ends of two proofs.
    """

    url: str
    refused: list[str] = field(default_factory=list)
    done: int = 0
    longest: float = 0.0

    @asynccontextmanager
    async def asking(self, number: int = 3) -> AsyncIterator[Clients]:
        """That many at a time, until the block ends."""
        stop = asyncio.Event()
        tasks = [asyncio.create_task(self._ask(stop)) for _ in range(number)]
        try:
            yield self
        finally:
            stop.set()
            await asyncio.gather(*tasks)

    async def _ask(self, stop: asyncio.Event) -> None:
        last = time.monotonic()
        # A connection for each request: one that is idle may be closed at the moment of its reuse.
        alone = httpx2.Limits(max_keepalive_connections=0)
        async with httpx2.AsyncClient(
            base_url=self.url, timeout=PATIENCE, trust_env=False, limits=alone
        ) as client:
            while not stop.is_set():
                await self._prove(client)
                self.longest = max(self.longest, time.monotonic() - last)
                last = time.monotonic()
                await asyncio.sleep(0.05)

    async def _prove(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(ATTESTATION_PATH, params={"nonce": "00" * 32})
        if answer.status_code != 200:
            self.refused.append(f"key: {answer.text}")
            return
        key = PublicKey.parse_armored(answer.json()["publicKey"], at=now())
        started = await client.post(PROOFS_PATH, content=job_body(key), headers=BINARY)
        if started.status_code != 202:
            self.refused.append(f"proof: {started.text}")
            return
        while True:
            job = await client.get(f"{PROOFS_PATH}/{started.json()['id']}")
            if job.status_code != 200 or job.json()["state"] in ("failed", "cancelled"):
                self.refused.append(f"job: {job.text}")
                return
            if job.json()["state"] == "done":
                base64.b64decode(job.json()["proof"])
                self.done += 1
                return
            await asyncio.sleep(0.05)


async def run_program(*arguments: str, **environment: str) -> tuple[int, dict[str, Any], str]:
    """``tee-rex-server`` with the test's root: exit code, JSON of its output, what it told."""
    process = await deploy_process(*arguments, **environment)
    stdout, stderr = await process.communicate()
    assert process.returncode is not None
    content = msgspec.json.decode(stdout) if stdout.strip().startswith(b"{") else {}
    return process.returncode, content, stderr.decode()


async def deploy_process(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    """The program, started."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.deploy_process", *arguments),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
