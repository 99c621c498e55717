"""Looking for a newer release, and installing it where TEE-Rex may do that itself.

1. :meth:`UpdateClient.check` fetches the signed metadata and says what it offers.
2. :meth:`UpdateClient.prepare` downloads, verifies, unpacks and tries out the newest release.
3. :meth:`UpdateClient.activate` makes it the version that starts next, at once.
4. ``installed.confirm_start`` of that version, once it runs well; otherwise installer/start-current.sh goes
   back to the version before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.extras import UPDATES_MISSING
from tee_rex.revocations import Revocations
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.updates.download import download
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.installed import Installed, InstallKind, this_platform
from tee_rex.updates.pins import KnownPins, PinsChange, fetch_pins
from tee_rex.updates.releases import ReleaseVersion, SignedFile, SignedFiles
from tee_rex.updates.source import UpdateSource

if TYPE_CHECKING:
    from tee_rex.updates.metadata import UpdateMetadata
    from tee_rex.updates.verify import VerifiedFile

_SPARE_BYTES: Final = 50_000_000
"""That an update leaves free on the disk."""


class UpdateState(StrEnum):
    """What the newest release is to the one that runs.

    CURRENT: the same. AVAILABLE: newer. READY: newer, unpacked and tried out. INSTALLED: newer, and starts
    next. AHEAD: older, so the one that runs may have been taken back.
    """

    CURRENT = "current"
    AVAILABLE = "available"
    READY = "ready"
    INSTALLED = "installed"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update source offers. running, newest: versions; newest is empty if there is no release.

    changes: what is new, for people. download_bytes: 0 if this kind of installation does not download.
    advice: how to get the newest version. failed_before: the newest one was installed and did not start.
    pins: serial number of the newest pins, the release's own or those of a pins update. pins_change: None if
    no newer pins update was fetched just now.
    """

    running: str
    newest: str
    state: UpdateState
    installed_by: InstallKind
    changes: str = ""
    download_bytes: int = 0
    advice: str = ""
    failed_before: bool = False
    pins: int = 0
    pins_change: PinsChange | None = None

    def lines(self) -> list[str]:
        """The report in English, for a terminal."""
        return [*self._of_release(), *self._of_pins()]

    def _of_release(self) -> list[str]:
        running, newest = self.running, self.newest
        if not newest:
            return [f"The update source has no release for this system. You have TEE-Rex {running}."]
        first = {
            UpdateState.CURRENT: f"✓ TEE-Rex {running} is the newest release.",
            UpdateState.AVAILABLE: f"TEE-Rex {newest} is available. You have {running}.",
            UpdateState.READY: f"TEE-Rex {newest} is unpacked and ready. You have {running}.",
            UpdateState.INSTALLED: f"✓ TEE-Rex {newest} is installed and runs from the next start.",
            UpdateState.AHEAD: f"You have TEE-Rex {running}; the newest release is {newest}. "
            "Yours may have been withdrawn; wait for a newer one.",
        }[self.state]
        lines = [first, *self.changes.splitlines()]
        if self.failed_before:
            lines.append(f"! TEE-Rex {newest} was installed once and did not start.")
        return [*lines, f"→ {self.advice}"] if self.advice else lines

    def _of_pins(self) -> list[str]:
        change = self.pins_change
        if change is None:
            return []
        return [
            f"✓ Fetched pins update {self.pins}.",
            *(f"  New: bb {version}" for version in change.bb_added),
            *(f"  New: enclave build with PCR0 {pcr0}" for pcr0 in change.builds_added),
            *(f"  Revoked: bb or its archive with SHA-256 {sha256}" for sha256 in change.bb_revoked),
            *(f"  Revoked: enclave build with PCR0 {pcr0}" for pcr0 in change.builds_revoked),
        ]


@dataclass(frozen=True, slots=True)
class UpdateClient:
    """The updates of one installation. platform: as in ``system.platform.Platform``."""

    source: UpdateSource
    paths: Paths
    installed: Installed
    platform: str

    @classmethod
    def this(cls, paths: Paths) -> UpdateClient:
        """That of the running program; raises NO_UPDATE_SOURCE."""
        return cls(UpdateSource.shipped(), paths, Installed.this(), this_platform())

    async def check(self) -> UpdateReport:
        """Ask the source, and fetch its pins update.

        Raises EXTRA_MISSING, PINS_DAMAGED, CHANGEABLE_BY_OTHERS, and as ``UpdateMetadata.refresh``,
        ``files`` and ``fetch_pins`` do.
        """
        async with self._exclusive() as metadata:
            found, change = await self._asked(metadata)
            return replace(self._report(found), pins_change=change)

    async def prepare(
        self,
        progress: ProgressListener = ignore_progress,
        before_unpacking: Callable[[], Awaitable[object]] | None = None,
    ) -> UpdateReport:
        """As ``check``, and have the newest release ready if it is newer than what runs.

        before_unpacking: is awaited first, since unpacking takes a core for seconds; others can check and
        activate meanwhile. Raises as ``check``, ``download`` and ``InstallFolder.add`` do, and
        NOT_ENOUGH_SPACE; then the installation is as before. Of an installation that is no folder, only asks.
        """
        folder = self.installed.folder
        if folder is None:
            return await self.check()
        async with folder.downloading() as temporary:
            async with self._exclusive() as metadata:
                found, change = await self._asked(metadata)
            archive = self._wanted(found)
            if archive is not None:
                await self._prepare(folder, archive, temporary / "archive", progress, before_unpacking)
            return replace(self._report(found), pins_change=change)

    async def activate(self) -> UpdateReport:
        """Let the newest release start next, if it is ready; the network is not used.

        A release that has been taken back since is not. Raises EXTRA_MISSING, PINS_DAMAGED,
        CHANGEABLE_BY_OTHERS, DISK_FULL, DISK_NOT_WRITABLE, and as ``UpdateMetadata.files`` does.
        """
        async with self._exclusive() as metadata:
            found = await metadata.files()
            archive, folder = self._wanted(found), self.installed.folder
            if archive is not None and folder is not None and archive.version is not None:
                with files.disk_errors(folder.top):
                    async with folder.lock():
                        if folder.has(archive.version) and folder.current() != archive.version:
                            await finish_in_thread(folder.make_current, archive.version)
            return self._report(found)

    async def verify(self, file: Path, *, offline: bool = False) -> VerifiedFile:
        """Check a downloaded file; raises FILE_UNREADABLE, and as ``check`` and ``verify_file`` do.

        offline: by the metadata that was fetched last, and without the file's SBOM.
        """
        from tee_rex.updates.verify import DownloadedFile, verify_file

        downloaded = await DownloadedFile.read(file)
        async with self._exclusive() as metadata:
            if not offline:
                await metadata.refresh()
            return await verify_file(metadata, downloaded, updates_folder(self.paths), offline=offline)

    async def _asked(self, metadata: UpdateMetadata) -> tuple[SignedFiles, PinsChange | None]:
        await metadata.refresh()
        found = await metadata.files()
        before = await read_in_thread(self._known_before)
        await fetch_pins(metadata, found, self.paths)
        after = await read_in_thread(KnownPins.here, self.paths, self.source)
        return found, after.since(before) if after.serial > before.serial else None

    def _known_before(self) -> KnownPins:
        try:
            return KnownPins.here(self.paths, self.source)
        except TeeRexError:  # a damaged pins update, which is replaced
            return KnownPins.shipped()

    async def _prepare(
        self,
        folder: InstallFolder,
        archive: SignedFile,
        downloaded: Path,
        progress: ProgressListener,
        before_unpacking: Callable[[], Awaitable[object]] | None,
    ) -> None:
        version, unpacked = archive.version, archive.description.unpacked_bytes
        assert version is not None  # noqa: S101

        def report(done: int, total: int | None) -> None:
            progress(TaskProgress("update.download", f"Downloading TEE-Rex {version}", done, total, "bytes"))

        def report_unpacked(done: int) -> None:
            progress(TaskProgress("update.unpack", f"Unpacking TEE-Rex {version}", done, unpacked, "bytes"))

        async with folder.lock():
            await finish_in_thread(self._remove_unused, version)
            if folder.has(version):
                return
            folder.require_vacant(version)
        files.require_free_space(folder.top, archive.length + unpacked + _SPARE_BYTES)
        await download(self.source, archive, downloaded, report)
        if before_unpacking is not None:
            await before_unpacking()
        async with folder.lock():
            await folder.add(downloaded, version, unpacked, report_unpacked)

    def _wanted(self, found: SignedFiles) -> SignedFile | None:
        """The newest archive, if it is newer than what runs."""
        archive = found.newest_folder(self.platform)
        if archive is None or archive.version is None or archive.version <= self.installed.version:
            return None
        return archive

    def _report(self, found: SignedFiles) -> UpdateReport:
        folder, running = self.installed.folder, self.installed.version
        archive = found.newest_folder(self.platform)
        newest = found.newest_version(self.platform)
        if folder is not None:
            newest = None if archive is None else archive.version
        state = UpdateState.CURRENT
        if newest is not None and newest < running:
            state = UpdateState.AHEAD
        elif newest is not None and newest > running:
            state = UpdateState.AVAILABLE
            if folder is not None and folder.current() == newest:
                state = UpdateState.INSTALLED
            elif folder is not None and folder.has(newest):
                state = UpdateState.READY
        newer = state not in (UpdateState.CURRENT, UpdateState.AHEAD)
        return UpdateReport(
            str(running),
            "" if newest is None else str(newest),
            state,
            self.installed.kind,
            changes=found.changes_of(newest) if newer and newest is not None else "",
            download_bytes=archive.length if archive is not None and folder is not None and newer else 0,
            advice=str(self.installed.kind.advice) if state is UpdateState.AVAILABLE else "",
            failed_before=folder is not None and newest is not None and folder.has_failed(newest),
            pins=Revocations.known(self.paths).serial,
        )

    def _remove_unused(self, keep: ReleaseVersion | None) -> None:
        folder = self.installed.folder
        if folder is not None:
            with suppress(OSError):  # the next update tries again
                folder.remove_unused(_running_programs(), keep)

    @asynccontextmanager
    async def _exclusive(self) -> AsyncIterator[UpdateMetadata]:
        """The metadata, for one process at a time. Raises EXTRA_MISSING without tuf."""
        if find_spec("tuf") is None:
            raise UPDATES_MISSING()
        await read_in_thread(import_module, "tee_rex.updates.metadata")  # takes a third of a second
        from tee_rex.updates.metadata import UpdateMetadata

        folder = updates_folder(self.paths)
        with files.disk_errors(folder):
            await finish_in_thread(folder.mkdir, parents=True, exist_ok=True)
            async with files.exclusive(folder / ".lock"):
                files.require_own_tree(folder, self.paths.data)
                yield UpdateMetadata(self.source, folder / "metadata")


def updates_folder(paths: Paths) -> Path:
    """The folder of what was fetched of updates."""
    return paths.data / "updates"


def _running_programs() -> Iterator[Path]:
    import psutil

    for process in psutil.process_iter(["exe"]):
        if process.info["exe"]:
            yield Path(process.info["exe"])
