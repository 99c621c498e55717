"""Whether the published feed is alive, as a new installation finds it from outside."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from release.feed import RENEW_BEFORE
from tee_rex.updates.download import download
from tee_rex.updates.metadata import UpdateMetadata
from tee_rex.updates.releases import FOLDER, SBOM, SignedFile, SignedFiles
from tee_rex.updates.source import UpdateSource

GRACE: Final = timedelta(days=1)
"""How late somebody may be to renew what ends."""
_DOWNLOADED: Final = (FOLDER, SBOM)
"""Kinds of files of a release that installed programs download."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What was found.

    left: time until a role's metadata ends. files: that were downloaded, and are as signed.
    """

    left: dict[str, timedelta]
    files: tuple[SignedFile, ...]

    @property
    def overdue(self) -> list[str]:
        """The roles that ought to have been renewed."""
        return [role for role, left in self.left.items() if left < RENEW_BEFORE[role] - GRACE]


async def feed_health(source: UpdateSource, now: datetime) -> FeedHealth:
    """Fetch the metadata and, of what is offered, the newest files that installed programs download.

    Raises as ``UpdateMetadata.refresh``, ``UpdateMetadata.files`` and ``download`` do.
    """
    with tempfile.TemporaryDirectory(prefix="feed-health-") as folder:
        metadata = UpdateMetadata(source, Path(folder) / "metadata")
        await metadata.refresh()
        left = {role: _end(metadata.folder / f"{role}.json") - now for role in RENEW_BEFORE}
        files = tuple(_newest(await metadata.files()))
        for number, file in enumerate(files):
            await download(source, file, Path(folder) / str(number), lambda _done, _total: None)
    return FeedHealth(left, files)


class _Signed(msgspec.Struct):
    expires: datetime


class _Metadata(msgspec.Struct):
    signed: _Signed


def _end(file: Path) -> datetime:
    """When metadata that was verified ends."""
    return msgspec.json.decode(file.read_bytes(), type=_Metadata).signed.expires


def _newest(listed: SignedFiles) -> Iterator[SignedFile]:
    offered = [one for one in listed.files if one.description.promoted]
    newest = max((one.version for one in offered if one.version is not None), default=None)
    yield from (one for one in offered if one.version == newest and one.description.kind in _DOWNLOADED)
    if (pins := listed.newest_pins()) is not None:
        yield pins
