"""What a package registry says: the one that npm is set to use, or answers recorded from it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Protocol

import msgspec

from tee_rex.errors import UsageError
from tee_rex.npm.npm import END_WITH_PARENT, Npm, failure_of
from tee_rex.system.child_process import Bounds, BoundsExceededError, run_to_end
from tee_rex.system.threads import read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.versions import AztecVersion

_VIEW_SECONDS: Final = 120.0
_VIEW_BOUNDS: Final = Bounds(memory=1_000_000_000, disk=200_000_000)
_MAX_RECORD_BYTES: Final = 1 << 20
_NO_SUCH_PACKAGE: Final = "E404"

_Integrity = Annotated[str, msgspec.Meta(pattern=r"^sha512-[A-Za-z0-9+/]{86}==\Z")]


class RegistryError(Exception):
    """The registry could not be asked, or gave another answer than a registry does."""


class Registry(Protocol):
    """What the bot asks of a registry."""

    async def published(self, package: str) -> Mapping[AztecVersion, datetime]:
        """When each version was published; empty where there is no such package. Raises RegistryError."""

    async def fetch(self, package: str, version: AztecVersion, folder: Path) -> Path:
        """Store the archive of a package in ``folder``, where it may be already.

        Raises RegistryError, the errors of ``Npm.pack``, or OSError from the disk.
        """


@dataclass(frozen=True, slots=True)
class NpmRegistry:
    """The registry of npm's settings. npm compares every archive with the digest that the registry names."""

    npm: Npm

    async def published(self, package: str) -> Mapping[AztecVersion, datetime]:
        """By the registry's own times: ``npm view`` does not apply npm's rule about the age of packages."""
        return publication_times(await self._view(package, "time"))

    async def integrity(self, package: str, version: AztecVersion) -> str:
        """The digest of a package's archive, as a registry writes it (``sha512-…``); raises RegistryError."""
        return read_integrity(await self._view(f"{package}@{version}", "dist.integrity"))

    async def fetch(self, package: str, version: AztecVersion, folder: Path) -> Path:
        """Let ``npm pack`` store the archive."""
        archive = folder / archive_name(package, version)
        if not await read_in_thread(archive.is_file):
            await self.npm.pack(f"{package}@{version}", folder, lambda _done, _total: None)
        if not await read_in_thread(archive.is_file):
            raise RegistryError(f"npm delivered another package than {package} {version}")
        return archive

    async def _view(self, package: str, field: str) -> bytes:
        """What npm prints of one field; empty where there is no such package."""
        npm: list[str | Path] = [self.npm.node, END_WITH_PARENT, self.npm.script]
        with tempfile.TemporaryDirectory(prefix="aztec-view-") as folder:
            arguments = ("view", package, field, "--json", "--loglevel=error", f"--cache={folder}/cache")
            try:
                finished = await run_to_end(
                    [*npm, *arguments], cwd=Path(folder), seconds=_VIEW_SECONDS, bounds=_VIEW_BOUNDS
                )
            except (TimeoutError, BoundsExceededError) as error:
                raise RegistryError(f"npm has no answer about {package}") from error
        if finished.returncode == 0:
            return finished.stdout
        if npm_error(finished.stdout) == _NO_SUCH_PACKAGE:
            return b""
        raise RegistryError(f"npm has no answer about {package}: {failure_of(finished)}")


class RecordedVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One version of a package. integrity: digest of its archive; None where the bot never fetches it."""

    published: datetime
    integrity: _Integrity | None = None


@dataclass(frozen=True, slots=True)
class RecordedRegistry:
    """Answers recorded in a folder: a file for each package, and the archives themselves if they are there.

    archives: fetches those that are not; whatever it fetches has to have the recorded digest.
    """

    folder: Path
    archives: Registry | None

    async def published(self, package: str) -> Mapping[AztecVersion, datetime]:
        """As recorded; a package without a file does not exist."""
        recorded = await read_in_thread(partial(self._record, package))
        return {AztecVersion.parse(version): one.published for version, one in recorded.items()}

    async def fetch(self, package: str, version: AztecVersion, folder: Path) -> Path:
        """Fetch the archive of the recorded digest."""
        recorded = (await read_in_thread(partial(self._record, package))).get(str(version))
        if recorded is None or recorded.integrity is None:
            raise RegistryError(f"no archive of {package} {version} is recorded")
        kept = self.folder / archive_name(package, version)
        if await read_in_thread(kept.is_file):
            archive = Path(shutil.copy(kept, folder))
        elif self.archives is not None:
            archive = await self.archives.fetch(package, version, folder)
        else:
            raise RegistryError(f"{kept.name} is not in the recorded registry")
        if await read_in_thread(partial(integrity_of, archive)) != recorded.integrity:
            raise RegistryError(f"{archive.name} is not the recorded one")
        return archive

    def _record(self, package: str) -> Mapping[str, RecordedVersion]:
        try:
            content = (self.folder / record_name(package)).read_bytes()
        except FileNotFoundError:
            return {}
        return read_record(content)


def read_record(untrusted: bytes) -> Mapping[str, RecordedVersion]:
    """A recorded package; raises RegistryError."""
    try:
        if len(untrusted) <= _MAX_RECORD_BYTES:
            return decode_json(untrusted, dict[str, RecordedVersion])
    except UndecodableError:
        pass
    raise RegistryError("a file of the recorded registry is not the record of a package")


async def record(
    registry: NpmRegistry, package: str, fetched: Collection[AztecVersion], folder: Path
) -> None:
    """Write what the registry says of a package into ``folder``, if there is such a package.

    fetched: versions whose archives are fetched from the recorded registry, and so need their digests.
    """
    recorded = {
        str(version): RecordedVersion(
            published, await registry.integrity(package, version) if version in fetched else None
        )
        for version, published in sorted((await registry.published(package)).items())
    }
    if recorded:
        content = msgspec.json.format(msgspec.json.encode(recorded), indent=1) + b"\n"
        await read_in_thread((folder / record_name(package)).write_bytes, content)


def archive_name(package: str, version: AztecVersion) -> str:
    """What npm calls the archive of a package."""
    return f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"


def record_name(package: str) -> str:
    """The file of a recorded package."""
    return f"{package.replace('/', '+')}.json"


def publication_times(untrusted: bytes) -> Mapping[AztecVersion, datetime]:
    """What ``npm view NAME time`` printed; empty for nothing. Raises RegistryError.

    Versions that are none of Aztec's (``created`` and ``modified`` among them) are left out.
    """
    if not untrusted.strip():
        return {}
    try:
        listed = decode_json(untrusted, dict[str, datetime])
    except UndecodableError as error:
        raise RegistryError("the registry's times are not readable") from error
    times = {}
    for text, published in listed.items():
        with suppress(UsageError):
            if published.tzinfo is not None:
                times[AztecVersion.parse(text)] = published
    return times


def read_integrity(untrusted: bytes) -> str:
    """What ``npm view NAME@VERSION dist.integrity`` printed; raises RegistryError."""
    try:
        return decode_json(untrusted, _Integrity)
    except UndecodableError as error:
        raise RegistryError("the registry names no SHA-512 of the package") from error


class _Error(msgspec.Struct):
    code: str


class _ErrorAnswer(msgspec.Struct):
    error: _Error


def npm_error(untrusted: bytes) -> str | None:
    """The code of the error that npm printed."""
    try:
        return decode_json(untrusted, _ErrorAnswer).error.code
    except UndecodableError:
        return None


def integrity_of(archive: Path) -> str:
    """A file's SHA-512 as a registry writes it."""
    with archive.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha512").digest()
    return f"sha512-{base64.b64encode(digest).decode()}"
