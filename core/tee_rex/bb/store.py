"""The bb executables on this machine: one folder per version and trusted setup."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from tee_rex.bb.pins import BbPins
from tee_rex.errors import Hint, Message, TeeRexError, UnusableEnvironmentError, UsageError, message
from tee_rex.errors.catalogue import bb as errors
from tee_rex.errors.tree import BbCorruptError, BbMissingError
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.failures import no_network
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount, ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.text import os_reason
from tee_rex.system.threads import finish_in_thread, in_thread, read_in_thread
from tee_rex.transaction.generations import same_circuits
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_EXECUTABLE = 0o755


@dataclass(frozen=True, slots=True)
class ExpectedBb:
    """The SHA-256 (64 hex digits) that a bb must have.

    approved_by_user: no pin gives it, and the user vouches for it.
    """

    sha256: str
    approved_by_user: bool = False


@dataclass(frozen=True, slots=True)
class BbExecutable:
    """A bb whose SHA-256 (64 hex digits) was compared with the expected one when this object was made.

    path: where it was found. file: what was hashed; to run or copy bb, take this and not what is at ``path``
    by then. approved_by_user: the digest is the user's, not a pinned one.
    """

    version: AztecVersion
    setup: TrustedSetup
    path: Path
    sha256: str
    file: files.OpenFile = field(compare=False, repr=False)
    approved_by_user: bool = False


@dataclass(frozen=True, slots=True)
class BbCommand:
    """A checked bb, and the loader, with its options, that starts it; () where the system's own does."""

    executable: BbExecutable
    loader: tuple[str, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        """The beginning of a command line that starts it by its path, for people."""
        return (*self.loader, str(self.executable.path))


class BbSource(Protocol):
    """One place to download bb from."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    async def fetch(self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount) -> Path:
        """Store that bb in ``folder``, unchecked, and nothing anywhere else.

        Raises an UnusableEnvironmentError whose message is the reason alone, or OSError from the disk.
        """


@dataclass(frozen=True, slots=True)
class BbStore:
    """Installs, finds, checks and removes bb; every bb that it returns has just been compared with its pin.

    It knows pinned executables alone, as an enclave does; ``UserBbStore`` knows more of a user's machine.

    sources: tried in this order by ``install``.
    """

    paths: Paths
    pins: BbPins
    platform: Platform
    sources: Sequence[BbSource] = ()

    def path_of(self, version: AztecVersion, setup: TrustedSetup) -> Path:
        """Where that bb is or would be installed."""
        return self.paths.bb_dir(setup) / str(version) / "bb"

    def expected(self, version: AztecVersion, setup: TrustedSetup) -> ExpectedBb:
        """What that bb must be; raises BB_NOT_PINNED, BB_UNAVAILABLE_HERE, AZTEC_GENERATION_UNKNOWN."""
        return ExpectedBb(self.pins.digest(version, setup, self.platform))

    def version_that_proves(self, version: AztecVersion, setup: TrustedSetup) -> AztecVersion:
        """The version whose bb proves for ``version``: its own, else one with the same circuits.

        Raises AZTEC_GENERATION_UNKNOWN, BB_NOT_PINNED, BB_UNAVAILABLE_HERE.
        """
        found = same_circuits(version, self.pins.pinned(setup, self.platform))
        if found is None:
            self.pins.digest(version, setup, self.platform)  # raises the reason
        return found or version

    def installed_instead(self, version: AztecVersion, setup: TrustedSetup) -> AztecVersion | None:
        """Another installed, pinned version with the same circuits, unchecked; None if there is none."""
        others = (one for one in self.installed(setup) if one != version)
        return same_circuits(version, [one for one in others if self._is_pinned(one, setup)])

    def installed(self, setup: TrustedSetup) -> list[AztecVersion]:
        """The installed versions, oldest first, unchecked."""
        versions = set()
        for paths in (self.paths, self.paths.bundled):
            for path in () if paths is None else paths.bb_dir(setup).glob("*/bb"):
                try:
                    versions.add(AztecVersion.parse(path.parent.name))
                except UsageError:
                    continue  # somebody else's folder, or an unfinished installation
        return sorted(versions)

    async def find(
        self, version: AztecVersion, setup: TrustedSetup, explicit_path: Path | None = None
    ) -> BbExecutable:
        """The installed bb, or the one at ``explicit_path``, after comparing its SHA-256.

        One that is missing or damaged in the data folder is looked for among what the package brings along.
        What is at ``explicit_path`` may be the pinned bb of another version with the same circuits; the
        result names that version.

        Raises BB_MISSING, BB_CORRUPT (installed, with other content), BB_NOT_PINNED (no such pin, or other
        content at ``explicit_path``), BB_REVOKED, BB_UNAVAILABLE_HERE, CHANGEABLE_BY_OTHERS.
        """
        try:
            return await self._find(version, setup, explicit_path)
        except (BbMissingError, BbCorruptError):
            if explicit_path is None and self.paths.bundled is not None:
                with suppress(BbMissingError, BbCorruptError):
                    return await replace(self, paths=self.paths.bundled).find(version, setup)
            raise

    async def _find(
        self, version: AztecVersion, setup: TrustedSetup, explicit_path: Path | None
    ) -> BbExecutable:
        expected = self.expected(version, setup)
        hint = how_to_repair(version, setup, explicit_path, approved_by_user=expected.approved_by_user)
        path = self.path_of(version, setup) if explicit_path is None else _absolute(explicit_path)
        try:
            files.require_own(path, path.parent if explicit_path is not None else self.paths.data)
            file = await read_in_thread(files.OpenFile, path)
            found = await in_thread(file.sha256)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise errors.BB_MISSING(path=str(path), hint=hint) from error
        except OSError as error:
            raise errors.BB_UNREADABLE(path=str(path), reason=os_reason(error), hint=hint) from error
        self.pins.require_valid(found, version, setup)
        if explicit_path is not None and found != expected.sha256:
            pinned = self.pins.pinned(setup, self.platform)
            same = [one for one in pinned if pinned[one] == found and one.major == version.major]
            if same:
                version = same[0]
                expected = ExpectedBb(found)
        if found != expected.sha256:
            mismatch = errors.BB_CORRUPT if explicit_path is None else errors.BB_FILE_NOT_PINNED
            raise mismatch(path=str(path), version=str(version), setup=setup, hint=hint)
        if not os.access(path, os.X_OK):
            raise errors.BB_NOT_EXECUTABLE(path=str(path), hint=hint)
        return BbExecutable(version, setup, path, found, file, expected.approved_by_user)

    async def install(
        self, version: AztecVersion, progress: ProgressListener = ignore_progress
    ) -> BbExecutable:
        """Download the genuine bb of exactly this version, unless it is there and intact.

        Several processes may do so at once. Raises BB_NOT_PINNED, BB_UNAVAILABLE_HERE, BB_DOWNLOAD_FAILED,
        DISK_FULL, DISK_NOT_WRITABLE.
        """
        setup = TrustedSetup.GENUINE
        digest = self.pins.digest(version, setup, self.platform)
        async with self._workspace(version, setup) as temporary:
            try:
                return await self.find(version, setup)
            except (BbMissingError, BbCorruptError):
                unchecked = await self._download(
                    self.sources, version, digest, errors.BB_DOWNLOAD_NOT_PINNED(), temporary, progress
                )
                return await self._place(unchecked, version, setup)

    async def adopt(self, version: AztecVersion, setup: TrustedSetup, content: bytes) -> BbExecutable:
        """Store a bb built on this machine (the development copy) if its SHA-256 is the pinned one.

        Raises BB_NOT_PINNED, BB_UNAVAILABLE_HERE, DISK_FULL, DISK_NOT_WRITABLE.
        """
        digest = self.pins.digest(version, setup, self.platform)
        if await read_in_thread(lambda: hashlib.sha256(content).hexdigest()) != digest:
            raise errors.BB_CONTENT_NOT_PINNED(version=str(version), setup=setup)
        async with self._workspace(version, setup) as temporary:
            file = temporary / "bb"
            await finish_in_thread(file.write_bytes, content)
            return await self._place(file, version, setup)

    async def receive(
        self, version: AztecVersion, setup: TrustedSetup, parts: AsyncIterable[bytes]
    ) -> BbExecutable:
        """Store a bb that arrives in ``parts`` if their SHA-256 is the pinned one; else remove it.

        The caller limits the parts. The file that was hashed is the one renamed into place, in a folder
        locked meanwhile. Raises as ``adopt``, and what ``parts`` raises.
        """
        digest = self.pins.digest(version, setup, self.platform)
        async with self._workspace(version, setup) as temporary:
            file = temporary / "bb"
            if await files.write_hashed(file, parts) != digest:
                raise errors.BB_CONTENT_NOT_PINNED(version=str(version), setup=setup)
            return await self._place(file, version, setup)

    async def remove(self, version: AztecVersion, setup: TrustedSetup) -> None:
        """Delete an installed bb. Raises BB_MISSING, DISK_NOT_WRITABLE."""
        folder = self.path_of(version, setup).parent
        missing = errors.BB_NOT_INSTALLED(version=str(version), setup=setup)
        if not folder.exists():
            raise missing
        async with self._workspace(version, setup) as temporary:
            try:
                folder.rename(temporary / "removed")
            except FileNotFoundError:  # another process was faster
                raise missing from None

    def _is_pinned(self, version: AztecVersion, setup: TrustedSetup) -> bool:
        try:
            return not self.expected(version, setup).approved_by_user
        except TeeRexError:
            return False

    @asynccontextmanager
    async def _workspace(self, version: AztecVersion, setup: TrustedSetup) -> AsyncIterator[Path]:
        """A temporary folder beside one version's, which is locked meanwhile."""
        folder = self.paths.bb_dir(setup)
        with files.disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            async with (
                files.exclusive(folder / f".{version}.lock"),
                files.temporary_folder(folder, str(version)) as temporary,
            ):
                yield temporary

    async def _download(
        self,
        sources: Sequence[BbSource],
        version: AztecVersion,
        digest: str,
        mismatch: TeeRexError,
        folder: Path,
        progress: ProgressListener,
    ) -> Path:
        """What one of ``sources`` delivers with this SHA-256, in ``folder``.

        mismatch: raised for another SHA-256; the next source is tried if it is an UnusableEnvironmentError.
        """

        def report(done: int, total: int | None) -> None:
            progress(TaskProgress("bb.download", f"Downloading bb {version}", done, total, "bytes"))

        reasons = message("bb {version} for {platform}.", version=str(version), platform=self.platform)
        offline = bool(sources)
        for number, source in enumerate(sources):
            async with files.temporary_folder(folder, str(number)) as attempt:
                try:
                    fetched = await source.fetch(version, self.platform, attempt, report)
                    if await in_thread(partial(files.sha256_of, fetched)) == digest:
                        return fetched.rename(folder / f"{number}-bb")
                    raise mismatch
                except UnusableEnvironmentError as error:
                    offline = offline and no_network(error)
                    reasons = message(
                        "{earlier} {source}: {reason}",
                        earlier=reasons,
                        source=source.name,
                        reason=error.message_parts,
                    )
        if offline:
            raise errors.BB_NO_NETWORK(version=str(version), diagnostics=str(reasons))
        raise errors.BB_DOWNLOAD_FAILED(reasons=reasons)

    async def _place(self, file: Path, version: AztecVersion, setup: TrustedSetup) -> BbExecutable:
        target = self.path_of(version, setup)

        def move() -> None:
            file.chmod(_EXECUTABLE)
            target.parent.mkdir(exist_ok=True)
            files.move_into_place(file, target)

        await finish_in_thread(move)
        return await self.find(version, setup)


def bb_store(paths: Paths, pins: BbPins, *sources: BbSource) -> BbStore:
    """The store of this machine. Raises BB_UNAVAILABLE_HERE."""
    return BbStore(paths, pins, Platform.current(), sources)


def _absolute(path: Path) -> Path:
    """The absolute path: a bare name would be looked up in PATH."""
    return path.absolute()


def how_to_repair(
    version: AztecVersion,
    setup: TrustedSetup,
    explicit_path: Path | None = None,
    *,
    approved_by_user: bool = False,
) -> Hint:
    """What to do about a bb that is missing or not the expected one."""
    if explicit_path is not None:
        words = message("Correct or remove the setting that names this file.")
        return Hint(words, Message("It is BB_BINARY_PATH, or bb_binary_path in the settings file."))
    command = "tee-rex crs development"
    if approved_by_user:
        command = f"tee-rex bb install {version} --sha256 DIGEST"
    elif setup is TrustedSetup.GENUINE:
        command = f"tee-rex bb install {version}"
    return Hint(terminal=Message("Run: {command}", {"command": command}))
