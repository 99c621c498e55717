"""Where bb comes from: the npm package of the same version, or the release archive of the project."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tee_rex.bb.archives import BadArchiveError, members
from tee_rex.bb.pins import BbPins
from tee_rex.errors.catalogue import bb as errors
from tee_rex.npm.npm import Npm
from tee_rex.system.failures import host_not_found
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount
from tee_rex.system.text import quoted
from tee_rex.system.threads import Checkpoint, in_thread, read_in_thread
from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.versions import AztecVersion

# bb 4 has 54 MB on npm, for all platforms, and about 20 MB in a release archive.
MAX_ARCHIVE_BYTES = 256 << 20
# 54 MB over a line of 0.5 Mbit/s.
_DOWNLOAD_SECONDS = 900.0


class BbFiles(NamedTuple):
    """Where Aztec has bb for one platform.

    archive: the file of a release. released: the path of bb in it. packaged: its path in the npm package
    ``bb.js``; None where that has none.
    """

    archive: str
    released: str = "bb"
    packaged: str | None = None


BB_FILES: Mapping[Platform, BbFiles] = MappingProxyType(
    {
        Platform.AMD64_LINUX: BbFiles(
            "barretenberg-amd64-linux.tar.gz", packaged="package/build/amd64-linux/bb"
        ),
        Platform.ARM64_LINUX: BbFiles(
            "barretenberg-arm64-linux.tar.gz", packaged="package/build/arm64-linux/bb"
        ),
        Platform.AMD64_MACOS: BbFiles(
            "barretenberg-amd64-darwin.tar.gz", packaged="package/build/amd64-macos/bb"
        ),
        Platform.ARM64_MACOS: BbFiles(
            "barretenberg-arm64-darwin.tar.gz", packaged="package/build/arm64-macos/bb"
        ),
        Platform.AMD64_WINDOWS: BbFiles("barretenberg-amd64-windows.tar.gz", released="bb.exe"),
    }
)
"""Releases up to 5.2.0 and packages up to 5.0.0; those of 6 are the same but for npm's scope."""


def npm_package(version: AztecVersion) -> str:
    """The npm package with this version's bb; raises AZTEC_GENERATION_UNKNOWN."""
    return f"{generation_of(version).npm_scope}/bb.js@{version}"


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
        """Store the archive with that bb in ``folder``, and nothing anywhere else.

        Raises an UnusableEnvironmentError whose message is the reason alone, or OSError from the disk.
        """

    async def fetch(self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount) -> Path:
        """Store that bb in ``folder``, unchecked; raises as ``download``."""
        archive = await self.download(version, platform, folder, report)
        size = (await read_in_thread(archive.path.stat)).st_size
        report(size, size)
        unpacked = folder / "bb"
        await in_thread(partial(extract_member, archive.path, (archive.member,), unpacked))
        return unpacked


@dataclass(frozen=True, slots=True)
class NpmSource(ArchiveSource):
    """The npm package ``bb.js``, in the scope of the version's generation."""

    npm: Npm
    name: str = "npm"

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """Let ``npm pack`` store the package; raises BB_NOT_IN_NPM."""
        member = BB_FILES[platform].packaged
        if member is None:
            raise errors.BB_NOT_IN_NPM(platform=platform)
        await self.npm.pack(npm_package(version), folder, report)
        scope = generation_of(version).npm_scope
        # npm's rule for the file names of packages
        package = folder / f"{scope.removeprefix('@')}-bb.js-{version}.tgz"
        if not package.is_file():
            raise errors.BB_OTHER_PACKAGE()
        return BbArchive(package, member)


@dataclass(frozen=True, slots=True)
class ReleaseArchive(ArchiveSource):
    """``barretenberg-<platform>.tar.gz`` of a GitHub release, with bb at its top.

    base_url: where the folders ``v<version>/`` of one repository are.
    """

    base_url: str
    name: str = "release archive"

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """Stream the archive, following GitHub's redirects."""
        import httpx2

        asset, member, _ = BB_FILES[platform]
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
                    raise errors.BB_SERVER_REFUSED(status=response.status_code)
                announced = response.headers.get("content-length", "")
                total = int(announced) if announced.isdecimal() else None
                report(0, total)
                with target.open("xb") as output:
                    async for chunk in response.aiter_raw():
                        output.write(chunk)
                        if output.tell() > MAX_ARCHIVE_BYTES:
                            raise errors.BB_ARCHIVE_TOO_LARGE()
                        report(output.tell(), total)
        except TimeoutError as error:
            raise errors.BB_DOWNLOAD_TIMED_OUT(seconds=_DOWNLOAD_SECONDS) from error
        except httpx2.HTTPError as error:
            if host_not_found(error):
                raise errors.BB_HOST_NOT_FOUND(host=error.request.url.host) from error
            reason = quoted(str(error)) or type(error).__name__
            raise errors.BB_DOWNLOAD_BROKE_OFF(reason=reason) from error
        return BbArchive(target, member)


@dataclass(frozen=True, slots=True)
class Releases(ArchiveSource):
    """The release archives of all versions, each in its repository.

    pins: name the repositories. base_url: where these are.
    """

    pins: BbPins
    base_url: str = "https://github.com"
    name: str = "release archive"

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """As ReleaseArchive does; raises AZTEC_GENERATION_UNKNOWN too."""
        releases = f"{self.base_url}/{self.pins.repository(version)}/releases/download"
        return await ReleaseArchive(releases).download(version, platform, folder, report)


@dataclass(frozen=True, slots=True)
class WholeArchive:
    """The archive of another source as it is, to be compared with the SHA-256 of the archive."""

    source: ArchiveSource

    @property
    def name(self) -> str:
        """The source's."""
        return self.source.name

    async def fetch(self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount) -> Path:
        """Store the archive in ``folder``, unchecked; raises as ``download``."""
        return (await self.source.download(version, platform, folder, report)).path


def extract_member(archive: Path, wanted: Sequence[str], target: Path, checkpoint: Checkpoint) -> None:
    """Write the first regular file of an unchecked .tar.gz with a wanted path (or ``./path``) to ``target``.

    Nothing else of the archive is stored. ``checkpoint`` gets the bytes unpacked. Raises BB_DOWNLOAD_FAILED
    for an archive that is damaged, exceeds the bounds, or has none of them.
    """
    try:
        with target.open("xb") as output:
            found = members(archive, lambda name: name.removeprefix("./") in wanted, checkpoint)
            for _name, pieces in found:
                output.writelines(pieces)
                return
    except BadArchiveError as error:
        raise errors.BB_ARCHIVE_DAMAGED(reason=str(error)) from error
    raise errors.BB_ARCHIVE_WITHOUT_BB(member=wanted[0])
