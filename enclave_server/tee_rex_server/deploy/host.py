"""What an EC2 instance does for a deployment: ``tee-rex-server host``, as root, one command at a time.

Images lie in a folder by their SHA-256, and each enclave has a link to the one that its unit starts::

    /opt/tee-rex-enclave/images/<sha256>.eif
    /opt/tee-rex-enclave/16.eif -> images/<sha256>.eif

So a restart by systemd, or of the instance, starts what was deployed last. A command that is killed and
repeated does what is left.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import httpx2
import msgspec

from tee_rex.http_client.server_url import ServerUrl
from tee_rex.system.child_process import environment_for_programs
from tee_rex.system.files import disk_errors, exclusive, replacing, sha256_of
from tee_rex.system.text import os_reason
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.system.untrusted import Sha256, UndecodableError, decode_json
from tee_rex.wire.protocol import HEALTH_PATH
from tee_rex_server import __version__
from tee_rex_server.deploy.fleet import CidNumber, Version
from tee_rex_server.errors import deploy as errors
from tee_rex_server.image.command import eif_report
from tee_rex_server.proxy.monitoring import EnclaveHealth, ProxyHealthAnswer
from tee_rex_server.vsock import FIRST_GUEST_CID, MAX_VSOCK_NUMBER, Cid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT_FOLDER: Final = Path("/opt/tee-rex-enclave")
DEFAULT_PROXY: Final = "http://127.0.0.1:4000"
_ANSWER_SECONDS: Final = 10.0
_DOWNLOAD_SECONDS: Final = 600.0
_RESTART_SECONDS: Final = 180.0
"""More than TimeoutStopSec and TimeoutStartSec of the unit together."""
_LOOK_SECONDS: Final = 0.5
_MAX_HEALTH_BYTES: Final = 256 * 1024
_MAX_LISTED: Final = 1000
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ENCLAVE: Final = re.compile(r"cid-([1-9][0-9]{0,9})")

_Images: TypeAlias = Annotated[tuple[Sha256, ...], msgspec.Meta(max_length=_MAX_LISTED)]


class HostEnclave(msgspec.Struct, frozen=True):
    """One enclave. image: SHA-256 of what its next start runs, if known. ready: whether it can prove."""

    cid: CidNumber
    image: Sha256 | None
    draining: bool
    ready: bool


class HostStatus(msgspec.Struct, frozen=True):
    """The output of ``tee-rex-server host status``. version: of tee-rex-server. images: those on its disk."""

    version: Version
    images: _Images
    enclaves: Annotated[tuple[HostEnclave, ...], msgspec.Meta(max_length=_MAX_LISTED)]


def enclaves_in(untrusted: bytes) -> dict[int, EnclaveHealth]:
    """The enclaves in a proxy's ``GET /health``, by CID; raises UndecodableError."""
    health = decode_json(untrusted, ProxyHealthAnswer)
    found = {int(name[1]): one for one in health.enclaves if (name := _ENCLAVE.fullmatch(one.name))}
    return {cid: one for cid, one in found.items() if FIRST_GUEST_CID <= cid <= MAX_VSOCK_NUMBER}


@dataclass(frozen=True, slots=True)
class EnclaveHost:
    """This instance. folder: of images and links. draining: of the proxy's marks. proxy: its address."""

    folder: Path
    draining: Path
    proxy: str
    environ: Mapping[str, str]

    async def status(self) -> HostStatus:
        """The enclaves that its proxy knows; raises PROXY_UNREACHABLE."""
        enclaves = await self._enclaves()
        return HostStatus(
            __version__,
            tuple(sorted(path.stem for path in self._images.glob("*.eif") if _SHA256.fullmatch(path.stem))),
            tuple(
                HostEnclave(cid, self._image_of(cid), self._mark(cid).exists(), enclave.ready)
                for cid, enclave in enclaves.items()
            ),
        )

    async def fetch(self, url: str, sha256: str, size: int, pcrs: Sequence[str]) -> None:
        """Download an image, if it is missing; it is there once digest, size and PCRs are the expected ones.

        pcrs: PCR0 to PCR2 in hexadecimal. Images that no enclave starts are removed. Raises
        IMAGE_URL_INVALID, IMAGE_NOT_DOWNLOADED, IMAGE_REFUSED, EIF_MALFORMED, DISK_FULL, DISK_NOT_WRITABLE.
        """
        async with self._alone():
            linked = {link.resolve() for link in self.folder.glob("*.eif")}
            image = self._image(sha256)
            for left in self._images.glob(".*"):  # by commands that were killed
                left.unlink()
            for other in self._images.glob("*.eif"):
                if other.resolve() not in linked and other != image:
                    other.unlink()
            if image.exists() and await read_in_thread(sha256_of, image, _unwatched) == sha256:
                return
            with disk_errors(self._images), replacing(image) as unfinished:
                found = await _download(url, unfinished, size)
                if found != sha256:
                    raise errors.IMAGE_REFUSED(found=found, expected=sha256)
                report = await read_in_thread(eif_report, unfinished)
                wrong = [str(i) for i, expected in enumerate(pcrs) if report.pcrs[str(i)] != expected]
                if wrong:
                    raise errors.IMAGE_MEASURES_DIFFERENTLY(registers=", ".join(f"PCR{i}" for i in wrong))
                unfinished.chmod(0o644)  # the units run as users of their own

    async def drain(self, cid: int, *, idle: float, within: float) -> None:
        """Keep new clients away from an enclave, and wait until it has been idle for a while.

        idle, within: seconds; after the latter it gives up. One that does not answer has nothing to wait for.
        Raises DRAIN_TIMED_OUT, after which it gets clients again, and PROXY_UNREACHABLE.
        """
        async with self._alone():
            with disk_errors(self.draining):
                self.draining.mkdir(parents=True, exist_ok=True)
                self._mark(cid).touch()
            deadline = time.monotonic() + within
            idle_since: float | None = None
            while True:
                now = time.monotonic()
                enclave = (await self._enclaves()).get(cid)
                if enclave is None:
                    raise errors.PROXY_LACKS_ENCLAVE(url=self.proxy, enclave=Cid(cid).name)
                if enclave.state != "ok":
                    return
                busy = enclave.slots_busy or enclave.queue_length or enclave.requests
                if busy or not enclave.draining:
                    idle_since = None
                else:
                    idle_since = now if idle_since is None else idle_since
                    if now - idle_since >= idle:
                        return
                if now >= deadline:
                    self._mark(cid).unlink(missing_ok=True)
                    raise errors.DRAIN_TIMED_OUT(enclave=Cid(cid).name, seconds=within)
                await asyncio.sleep(_LOOK_SECONDS)

    async def start(self, cid: int, sha256: str) -> None:
        """Let an enclave run another image from now on; it gets clients only after ``serve``.

        Raises IMAGE_ABSENT, IMAGE_REFUSED, UNIT_NOT_STARTED.
        """
        async with self._alone():
            image = self._image(sha256)
            if not image.exists():
                raise errors.IMAGE_ABSENT(sha256=sha256)
            found = await read_in_thread(sha256_of, image, _unwatched)
            if found != sha256:
                raise errors.IMAGE_REFUSED(found=found, expected=sha256)
            with disk_errors(self.draining):
                self.draining.mkdir(parents=True, exist_ok=True)
                self._mark(cid).touch()
            with disk_errors(self.folder):
                link = self._link(cid)
                new = link.with_name(f".{link.name}.new")
                new.unlink(missing_ok=True)
                new.symlink_to(image.relative_to(self.folder))
                new.replace(link)
            await finish_in_thread(self._restart, f"tee-rex-enclave@{cid}.service")

    async def serve(self, cid: int) -> None:
        """Let an enclave have clients again."""
        async with self._alone():
            self._mark(cid).unlink(missing_ok=True)

    @property
    def _images(self) -> Path:
        return self.folder / "images"

    def _image(self, sha256: str) -> Path:
        return self._images / f"{sha256}.eif"

    def _link(self, cid: int) -> Path:
        return self.folder / f"{cid}.eif"

    def _mark(self, cid: int) -> Path:
        return self.draining / Cid(cid).name

    def _image_of(self, cid: int) -> str | None:
        with suppress(OSError):
            name = self._link(cid).readlink().stem
            return name if _SHA256.fullmatch(name) else None
        return None

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One command at a time: that of a deployer that was killed may still be running."""
        with disk_errors(self.folder):
            self._images.mkdir(parents=True, exist_ok=True)
        async with exclusive(self.folder / ".lock"):
            yield

    async def _enclaves(self) -> dict[int, EnclaveHealth]:
        """By CID, as the proxy sees them."""
        try:
            async with (
                httpx2.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False) as client,
                client.stream(
                    "GET", f"{self.proxy}{HEALTH_PATH}", headers={"Accept-Encoding": "identity"}
                ) as answer,
            ):
                answer.raise_for_status()
                content = b""
                async for part in answer.aiter_raw():  # raw: little that is packed may be much
                    content += part
                    if len(content) > _MAX_HEALTH_BYTES:
                        raise errors.PROXY_NOT_ASKED(url=self.proxy, reason="its answer is too long")
            return enclaves_in(content)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise errors.PROXY_NOT_ASKED(url=self.proxy, reason=type(error).__name__) from error
        except UndecodableError:
            raise errors.PROXY_NOT_ASKED(url=self.proxy, reason="this is not a proxy's answer") from None

    def _restart(self, unit: str) -> None:
        try:
            # An image that does not start may have used up the starts that systemd allows.
            self._systemctl("reset-failed", unit)
            done = self._systemctl("restart", unit)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = os_reason(error) if isinstance(error, OSError) else "timed out"
            raise errors.UNIT_NOT_STARTED(unit=unit, reason=reason) from error
        if done.returncode != 0:
            raise errors.UNIT_NOT_STARTED(
                unit=unit,
                reason=f"exit code {done.returncode}",
                diagnostics=done.stderr[-4096:].decode("utf-8", "replace"),
            )

    def _systemctl(self, verb: str, unit: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603
            ["systemctl", verb, unit],  # noqa: S607  # where root's PATH has it
            env=environment_for_programs(self.environ),
            capture_output=True,
            check=False,
            timeout=_RESTART_SECONDS,
        )


def _unwatched(_done: int) -> None:
    """Nobody looks at the progress."""


async def _download(url: str, target: Path, size: int) -> str:
    """Write what the address serves, at most ``size`` bytes; returns its SHA-256."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise errors.IMAGE_URL_INVALID() from error
    if parsed.scheme != "https" and not ServerUrl(parsed).is_loopback:
        raise errors.IMAGE_URL_INVALID()
    digest = hashlib.sha256()
    host = parsed.host
    left = size
    try:
        async with (
            asyncio.timeout(_DOWNLOAD_SECONDS),
            httpx2.AsyncClient(timeout=_ANSWER_SECONDS, follow_redirects=False) as client,
            client.stream("GET", parsed, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            if not answer.is_success:
                raise errors.IMAGE_NOT_DOWNLOADED(host=host, reason=f"status {answer.status_code}")
            with target.open("wb") as file:
                async for part in answer.aiter_raw():
                    left -= len(part)
                    if left < 0:
                        raise errors.IMAGE_NOT_DOWNLOADED(host=host, reason=f"more than {size:,} bytes")
                    digest.update(part)
                    await finish_in_thread(file.write, part)
                os.fsync(file.fileno())
    except (httpx2.HTTPError, TimeoutError) as error:
        reason = type(error).__name__
        raise errors.IMAGE_NOT_DOWNLOADED(host=host, reason=reason) from error
    return digest.hexdigest()
