"""The bb executables on this machine, one folder a version, apart for each trusted setup."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from tee_rex.bb.errors import (
    BbCorruptError,
    BbDownloadFailedError,
    BbMissingError,
    BbNotPinnedError,
    InvalidVersionError,
)
from tee_rex.bb.executable import BbExecutable
from tee_rex.bb.pins import BbPins
from tee_rex.bb.platform import Platform
from tee_rex.settings.paths import Paths
from tee_rex.system.files import (
    disk_errors,
    exclusive,
    move_into_place,
    sha256_of,
    temporary_folder,
    write_hashed,
)
from tee_rex.system.progress import ByteCount, ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import finish_in_thread, in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_EXECUTABLE = 0o755


class BbSource(Protocol):
    """One place to download bb from."""

    @property
    def name(self) -> str:
        """For people, in messages."""

    async def fetch(self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount) -> Path:
        """Store that bb in ``folder``, unchecked, leaving nothing anywhere else.

        Raises BbDownloadFailedError with the cause alone as its message, or OSError from the disk.
        """


@dataclass(frozen=True, slots=True)
class BbStore:
    """Installs, finds, checks and removes bb; every bb it hands out has just been compared with its pin.

    sources: tried in this order by ``install``.
    """

    paths: Paths
    pins: BbPins
    platform: Platform
    sources: Sequence[BbSource] = ()

    def path_of(self, version: AztecVersion, setup: TrustedSetup) -> Path:
        """Where that bb is, or would be, installed."""
        return self.paths.bb_dir(setup) / str(version) / "bb"

    def installed(self, setup: TrustedSetup) -> list[AztecVersion]:
        """The versions that are there, oldest first, unchecked."""
        versions = []
        for path in self.paths.bb_dir(setup).glob("*/bb"):
            try:
                versions.append(AztecVersion.parse(path.parent.name))
            except InvalidVersionError:
                continue  # a folder of somebody else, or an unfinished installation
        return sorted(
            versions, key=lambda version: (version.major, version.minor, version.patch, str(version))
        )

    async def find(
        self, version: AztecVersion, setup: TrustedSetup, explicit_path: Path | None = None
    ) -> BbExecutable:
        """The installed bb, or the one at ``explicit_path``, after comparing its SHA-256 with the pin.

        Raises BbMissingError, BbCorruptError (installed, other content), BbNotPinnedError (no such pin, or
        other content at ``explicit_path``), BbUnavailableHereError.
        """
        digest = self.pins.digest(version, setup, self.platform)
        path, hint = self._where(version, setup, explicit_path)
        try:
            found = await in_thread(partial(sha256_of, path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BbMissingError(f"{path} does not exist.", hint=hint) from error
        except OSError as error:
            raise BbCorruptError(f"{path} cannot be read: {error.strerror}.", hint=hint) from error
        if found != digest and explicit_path is not None:
            raise BbNotPinnedError(f"{path} is not bb {version} of the {setup} setup.", hint=hint)
        if found != digest:
            raise BbCorruptError(f"{path} has another SHA-256 than bb {version}.", hint=hint)
        if not os.access(path, os.X_OK):
            raise BbCorruptError(f"{path} is not executable.", hint=hint)
        return BbExecutable(version, setup, path, digest)

    def _where(
        self, version: AztecVersion, setup: TrustedSetup, explicit_path: Path | None
    ) -> tuple[Path, str]:
        """Where to look for a bb, and what to do if it is not there."""
        if explicit_path is not None:
            # Absolute, because a bare name would be looked for in the folders of programs.
            return explicit_path.absolute(), "Correct or remove the setting BB_BINARY_PATH."
        if setup is TrustedSetup.GENUINE:
            return self.path_of(version, setup), f"Run: tee-rex bb install {version}"
        return self.path_of(version, setup), "Run: tee-rex crs development"

    async def install(
        self, version: AztecVersion, progress: ProgressListener = ignore_progress
    ) -> BbExecutable:
        """Download the genuine bb of exactly this version, unless it is there and intact.

        Several processes may do so at once. Raises BbNotPinnedError, BbUnavailableHereError,
        BbDownloadFailedError, DiskFullError, DiskNotWritableError.
        """
        setup = TrustedSetup.GENUINE
        digest = self.pins.digest(version, setup, self.platform)
        async with self._workspace(version, setup) as temporary:
            try:
                return await self.find(version, setup)
            except (BbMissingError, BbCorruptError):
                unchecked = await self._download(version, digest, temporary, progress)
                return await self._place(unchecked, version, setup, digest)

    async def adopt(self, version: AztecVersion, setup: TrustedSetup, content: bytes) -> BbExecutable:
        """Store a bb that was made here (the development copy), if its SHA-256 is the pinned one.

        Raises BbNotPinnedError, BbUnavailableHereError, DiskFullError, DiskNotWritableError.
        """
        digest = self.pins.digest(version, setup, self.platform)
        if await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest()) != digest:
            raise BbNotPinnedError(f"This is not bb {version} of the {setup} setup.")
        async with self._workspace(version, setup) as temporary:
            file = temporary / "bb"
            await finish_in_thread(file.write_bytes, content)
            return await self._place(file, version, setup, digest)

    async def receive(
        self, version: AztecVersion, setup: TrustedSetup, parts: AsyncIterable[bytes]
    ) -> BbExecutable:
        """Store a bb that comes in ``parts``, if their SHA-256 is the pinned one; else nothing stays of it.

        The caller bounds the parts. What was hashed is what is renamed into place, in a folder that is the
        caller's alone meanwhile. Raises as ``adopt``, and what ``parts`` raises.
        """
        digest = self.pins.digest(version, setup, self.platform)
        async with self._workspace(version, setup) as temporary:
            file = temporary / "bb"
            if await write_hashed(file, parts) != digest:
                raise BbNotPinnedError(f"This is not bb {version} of the {setup} setup.")
            return await self._place(file, version, setup, digest)

    async def remove(self, version: AztecVersion, setup: TrustedSetup) -> None:
        """Delete an installed bb. Raises BbMissingError, DiskNotWritableError."""
        folder = self.path_of(version, setup).parent
        missing = BbMissingError(f"bb {version} of the {setup} setup is not installed.", hint="")
        if not folder.exists():
            raise missing
        async with self._workspace(version, setup) as temporary:
            try:
                folder.rename(temporary / "removed")
            except FileNotFoundError:  # another process was faster
                raise missing from None

    @asynccontextmanager
    async def _workspace(self, version: AztecVersion, setup: TrustedSetup) -> AsyncIterator[Path]:
        """Alone with one version: a temporary folder beside it, which goes with all that is left in it."""
        folder = self.paths.bb_dir(setup)
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            async with (
                exclusive(folder / f".{version}.lock"),
                temporary_folder(folder, str(version)) as temporary,
            ):
                yield temporary

    async def _download(
        self, version: AztecVersion, digest: str, folder: Path, progress: ProgressListener
    ) -> Path:
        def report(done: int, total: int | None) -> None:
            progress(TaskProgress("bb.download", f"Downloading bb {version}", done, total, "bytes"))

        failures = []
        for number, source in enumerate(self.sources):
            async with temporary_folder(folder, str(number)) as attempt:
                try:
                    fetched = await source.fetch(version, self.platform, attempt, report)
                    if await in_thread(partial(sha256_of, fetched)) == digest:
                        return fetched.rename(folder / f"{number}-bb")
                    failures.append(f"{source.name}: its bb has another SHA-256 than the pinned one")
                except BbDownloadFailedError as error:
                    failures.append(f"{source.name}: {error.message}")
        raise BbDownloadFailedError(f"bb {version} for {self.platform}: {'; '.join(failures)}.")

    async def _place(
        self, file: Path, version: AztecVersion, setup: TrustedSetup, digest: str
    ) -> BbExecutable:
        target = self.path_of(version, setup)

        def move() -> None:
            file.chmod(_EXECUTABLE)
            target.parent.mkdir(exist_ok=True)
            move_into_place(file, target)

        await finish_in_thread(move)
        return BbExecutable(version, setup, target, digest)
