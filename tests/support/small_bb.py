"""A stand-in for bb of a few bytes, with pins, archives and a source of its own, for tests of the store."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tee_rex.bb.pins import BbPins, DevelopmentCopy, PinnedFile, VersionPins
from tee_rex.bb.sources import ArchiveSource, BbArchive
from tee_rex.errors.catalogue.bb import BB_DOWNLOAD_BROKE_OFF
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion.parse("4.1.2")
CONTENT = b"#!/bin/sh\necho small bb\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
DEVELOPMENT_CONTENT = b"#!/bin/sh\necho small development bb\n"


def pins_of(version: AztecVersion, digests: Mapping[Platform, str], development: str | None = None) -> BbPins:
    """Pins of one version alone; development: the SHA-256 of its development copy."""
    copy = None if development is None else DevelopmentCopy(development, {}, {}, {})
    bb = {platform: PinnedFile(digest, ("a test",)) for platform, digest in digests.items()}
    return BbPins(version, {version: VersionPins(version.major, False, "A/b", bb, development_bb=copy)})


PINS = pins_of(VERSION, {Platform.AMD64_LINUX: SHA256}, hashlib.sha256(DEVELOPMENT_CONTENT).hexdigest())


def tar_gz(members: dict[str, bytes]) -> bytes:
    """A .tar.gz with these regular files, in order: the same bytes at any time."""
    output = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=output, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return output.getvalue()


@dataclass
class SmallSource(ArchiveSource):
    """Delivers an archive with ``content`` as bb, or fails; counts how often it was asked.

    pause: an event to wait for in the middle of the download.
    """

    content: bytes = CONTENT
    failure: str | None = None
    name: str = "small source"
    asked: int = 0
    pause: asyncio.Event | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """As ArchiveSource says."""
        self.asked += 1
        path = folder / "bb.tar.gz"
        path.write_bytes(b"half of it")
        report(len(b"half of it"), None)
        self.started.set()
        if self.pause is not None:
            await self.pause.wait()
        if self.failure is not None:
            raise BB_DOWNLOAD_BROKE_OFF(reason=self.failure)
        path.write_bytes(tar_gz({f"{platform}/{version}/bb": self.content}))
        return BbArchive(path, f"{platform}/{version}/bb")


def gzip_bomb(megabytes: int) -> bytes:
    """A gzip file that unpacks to that many megabytes of zeros."""
    output = io.BytesIO()
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=9) as stream:
        for _ in range(megabytes):
            stream.write(bytes(1 << 20))
    return output.getvalue()
