"""Every bb of a user's machine: the pinned ones, and those that were recorded when they were installed.

A bb is recorded where no pin gives the SHA-256 of the executable itself: it came out of a pinned release
archive, or the user vouches for it. An enclave knows neither, so nothing here is in one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import msgspec

from tee_rex.bb.pins import BbPins
from tee_rex.bb.sources import (
    BB_FILES,
    MAX_ARCHIVE_BYTES,
    ArchiveSource,
    WholeArchive,
    extract_member,
)
from tee_rex.bb.store import BbExecutable, BbSource, BbStore, ExpectedBb, how_to_repair
from tee_rex.errors import Hint, TeeRexError, UnusableEnvironmentError, message
from tee_rex.errors.catalogue import bb as errors
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbNotPinnedError, BbUnavailableHereError
from tee_rex.revocations import Revocations
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.system.text import os_reason, size_text
from tee_rex.system.threads import finish_in_thread, in_thread
from tee_rex.system.untrusted import Sha256, UndecodableError, decode_json
from tee_rex.transaction.generations import generation_of, same_circuits
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

RECORD: Final = "record.json"
"""Beside a recorded bb; only this user may read it."""
MAX_RECORD_BYTES: Final = 4096
"""It has about 250."""

_GENUINE: Final = TrustedSetup.GENUINE
_GZIP: Final = b"\x1f\x8b"
_EXECUTABLE: Final = 0o755
_FIRST_IN_BINARY_MODE: Final = AztecVersion(6, 0, 0, "rc.1")
"""Of bb for Windows. Older ones read and write all files and streams in text mode: a byte 0x1A ends what they
read, and they put 0x0D before each 0x0A (aztec-packages, issue 25434 and pull request 25462)."""

CheckBb = Callable[[BbExecutable], Awaitable[None]]
"""Raises a TeeRexError for a bb that must not be installed."""


class BbRecord(msgspec.Struct, frozen=True):
    """A recorded bb; the fields are those of its file.

    sha256: of the executable. given: of the file that was compared with the pin, or with what the user gave:
    an archive, or the executable itself. approved_by_user: which of both it was.
    """

    format: Literal[1]
    version: str
    sha256: Sha256
    given: Sha256
    approved_by_user: bool


@dataclass(frozen=True, slots=True)
class UserBbStore(BbStore):
    """A store that also knows what was recorded on this machine, which is always a genuine bb.

    release: where release archives come from; None if nothing is to be downloaded.
    """

    release: ArchiveSource | None = None

    def expected(self, version: AztecVersion, setup: TrustedSetup) -> ExpectedBb:
        """What that bb must be, by its pin or else by its record.

        Raises BB_NOT_PINNED, BB_UNAVAILABLE_HERE, AZTEC_GENERATION_UNKNOWN; BB_MISSING for a bb that is
        pinned by its archive and was not installed yet; BB_CORRUPT, CHANGEABLE_BY_OTHERS for its record.
        """
        self._refuse_text_mode(version)
        if setup is _GENUINE:
            if recorded := self.recorded(version):
                return recorded
            if self.pins.archive(version, self.platform) is not None:
                raise errors.BB_NOT_INSTALLED(version=str(version), setup=setup, hint=self._repair(version))
        return BbStore.expected(self, version, setup)

    def version_that_proves(self, version: AztecVersion, setup: TrustedSetup) -> AztecVersion:
        """The version whose bb proves for ``version``.

        Its own if it is pinned or recorded, else a pinned one with the same circuits, else a recorded one.
        A record of another version that cannot be used counts as none. Raises AZTEC_GENERATION_UNKNOWN,
        BB_NOT_PINNED, BB_UNAVAILABLE_HERE, and as ``expected`` for the record of ``version``.
        """
        if setup is not _GENUINE:
            return BbStore.version_that_proves(self, version, setup)
        if self.recorded(version):
            return version
        try:
            return BbStore.version_that_proves(self, version, setup)
        except (BbNotPinnedError, BbUnavailableHereError):
            if found := same_circuits(version, filter(self._has_record, self.installed(setup))):
                return found
            raise

    def recorded(self, version: AztecVersion) -> ExpectedBb | None:
        """What a genuine bb must be by its record; None without one, and where a pin gives it.

        Raises BB_CORRUPT, CHANGEABLE_BY_OTHERS for a record that cannot be used, and BB_REVOKED.
        """
        if version in self.pins.pinned(_GENUINE, self.platform):
            return None
        record = self._record(version)
        if record is None:
            return None
        for sha256 in (record.sha256, record.given):
            self.pins.require_valid(sha256, version, _GENUINE)
        archive = self.pins.archive(version, self.platform)
        if archive is not None:
            return ExpectedBb(record.sha256) if record.given == archive else None
        return ExpectedBb(record.sha256, approved_by_user=True) if record.approved_by_user else None

    async def install(
        self, version: AztecVersion, progress: ProgressListener = ignore_progress
    ) -> BbExecutable:
        """As BbStore's; of a version that is pinned by its release archive, that archive is downloaded.

        The executable in it is recorded.
        """
        archive = self.pins.archive(version, self.platform)
        if archive is None:
            return await BbStore.install(self, version, progress)
        async with self._workspace(version, _GENUINE) as temporary:
            try:
                return await self.find(version, _GENUINE)
            except (BbMissingError, BbCorruptError):
                packed = await self._download_release(
                    version, archive, errors.BB_ARCHIVE_NOT_PINNED(), temporary, progress
                )
                bb = await self._unpacked(packed, version, temporary)
                return await self._keep(bb, archive)

    async def install_from(self, version: AztecVersion, given: Path) -> BbExecutable:
        """Install the pinned bb of exactly this version from a file, as ``install`` does from the network.

        given: bb, or an archive with it: that of the release, or the npm package ``bb.js``. A version that is
        pinned by its release archive takes only that. Raises BB_NOT_PINNED, BB_UNAVAILABLE_HERE,
        FILE_UNREADABLE, BB_FILE_UNUSABLE, DISK_FULL, DISK_NOT_WRITABLE; then nothing has changed.
        """
        self._refuse_text_mode(version)
        archive = self.pins.archive(version, self.platform)
        digest = archive or self.pins.digest(version, _GENUINE, self.platform)
        source = _opened(given)
        async with self._workspace(version, _GENUINE) as temporary:
            packed = temporary / "given"
            await finish_in_thread(source.copy_to, packed)
            if archive is not None:
                await self._require(packed, digest, version, given)
            bb = await self._unpacked_from(given, packed, version, temporary)
            if archive is not None:
                return await self._keep(bb, archive)
            await self._require(bb.path, digest, version, given)
            return await self._place(bb.path, version, _GENUINE)

    async def _require(self, file: Path, digest: str, version: AztecVersion, given: Path) -> None:
        """Raises BB_FILE_UNUSABLE unless the file has this SHA-256."""
        found = await in_thread(partial(files.sha256_of, file))
        if found == digest:
            return
        wrong = partial(
            errors.BB_FILE_OF_ANOTHER, file=str(given), version=str(version), platform=self.platform
        )
        for other, pins in self.pins.versions.items():
            for platform, pinned in (*pins.bb.items(), *pins.archives.items()):
                if pinned.sha256 == found:
                    raise wrong(other=str(other), other_platform=platform)
        raise errors.BB_FILE_NOT_PINNED_ONE(file=str(given), version=str(version), platform=self.platform)

    async def approve(
        self,
        version: AztecVersion,
        sha256: str,
        check: CheckBb,
        given: Path | None = None,
        progress: ProgressListener = ignore_progress,
    ) -> BbExecutable:
        """Install a bb that no pin names and the user vouches for.

        sha256: 64 lower-case hex digits, of ``given``, which is the executable or a release archive; without
        it, of the release archive, which is downloaded. check: sees the bb before it is installed. Raises
        BB_UNAVAILABLE_HERE, BB_PINNED, AZTEC_GENERATION_UNKNOWN, FILE_UNREADABLE, BB_OTHER_DIGEST,
        BB_FILE_UNUSABLE, BB_DOWNLOAD_FAILED, DISK_FULL, DISK_NOT_WRITABLE, and what ``check`` raises; then
        nothing has changed.
        """
        generation_of(version)
        self._refuse_text_mode(version)
        if self.pins.has_genuine(version, self.platform):
            raise errors.BB_PINNED(version=str(version), platform=self.platform)
        self.pins.require_valid(sha256, version, _GENUINE)
        source = None if given is None else _opened(given)
        async with self._workspace(version, _GENUINE) as temporary:
            if (installed := await self._approved_before(version, sha256)) is not None:
                return installed
            if source is None:
                mismatch = errors.BB_ARCHIVE_OTHER_DIGEST(version=str(version))
                packed = await self._download_release(version, sha256, mismatch, temporary, progress)
            else:
                packed = temporary / "given"
                await finish_in_thread(source.copy_to, packed)
                if await in_thread(partial(files.sha256_of, packed)) != sha256:
                    raise errors.BB_OTHER_DIGEST(file=str(given))
            file = Path(packed.name) if given is None else given
            bb = await self._unpacked_from(file, packed, version, temporary, approved_by_user=True)
            self.pins.require_valid(bb.sha256, version, _GENUINE)
            await check(bb)
            return await self._keep(bb, sha256)

    def _refuse_text_mode(self, version: AztecVersion) -> None:
        """Raises BB_TEXT_MODE."""
        if self.platform is Platform.AMD64_WINDOWS and version < _FIRST_IN_BINARY_MODE:
            raise errors.BB_TEXT_MODE(version=str(version), first=str(_FIRST_IN_BINARY_MODE))

    def _has_record(self, version: AztecVersion) -> bool:
        """Whether it can be used by its record."""
        try:
            return self.recorded(version) is not None
        except TeeRexError:
            return False

    def _record(self, version: AztecVersion) -> BbRecord | None:
        path = self._record_of(version)
        files.require_own(path, self.paths.data)
        try:
            content = _content(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            hint = self._repair(version)
            raise errors.BB_RECORD_UNREADABLE(path=str(path), reason=os_reason(error), hint=hint) from error
        record = read_record(content)
        if record is None or record.version != str(version):
            raise errors.BB_RECORD_MALFORMED(path=str(path), version=str(version), hint=self._repair(version))
        return record

    async def _approved_before(self, version: AztecVersion, sha256: str) -> BbExecutable | None:
        try:
            record = self._record(version)
            if record is not None and record.given == sha256 and record.approved_by_user:
                return await self.find(version, _GENUINE)
        except TeeRexError:
            pass  # it is replaced
        return None

    async def _download_release(
        self,
        version: AztecVersion,
        digest: str,
        mismatch: TeeRexError,
        folder: Path,
        progress: ProgressListener,
    ) -> Path:
        sources: Sequence[BbSource] = () if self.release is None else (WholeArchive(self.release),)
        return await self._download(sources, version, digest, mismatch, folder, progress)

    async def _unpacked_from(
        self,
        given: Path,
        packed: Path,
        version: AztecVersion,
        folder: Path,
        *,
        approved_by_user: bool = False,
    ) -> BbExecutable:
        """As ``_unpacked``, for a file of the user's; raises BB_FILE_UNUSABLE."""
        try:
            return await self._unpacked(packed, version, folder, approved_by_user=approved_by_user)
        except UnusableEnvironmentError as error:
            raise errors.BB_FILE_UNUSABLE(file=str(given), reason=error.message_parts) from error

    async def _unpacked(
        self, packed: Path, version: AztecVersion, folder: Path, *, approved_by_user: bool = False
    ) -> BbExecutable:
        """The executable in an archive, or the file itself if it is none, in a folder to be kept."""
        new = folder / "new"
        path = new / "bb"

        def unpack() -> None:
            new.mkdir()
            with packed.open("rb") as file:
                is_archive = file.read(len(_GZIP)) == _GZIP
            if not is_archive:
                packed.rename(path)

        await finish_in_thread(unpack)
        if not path.exists():
            _, released, packaged = BB_FILES[self.platform]
            wanted = (released, packaged or released)
            await in_thread(partial(extract_member, packed, wanted, path))
        await finish_in_thread(path.chmod, _EXECUTABLE)
        file = files.OpenFile(path)
        return BbExecutable(version, _GENUINE, path, await in_thread(file.sha256), file, approved_by_user)

    async def _keep(self, bb: BbExecutable, given: str) -> BbExecutable:
        """Record it, and put its folder into place."""
        record = BbRecord(1, str(bb.version), bb.sha256, given, bb.approved_by_user)
        target = self.path_of(bb.version, bb.setup).parent
        content = msgspec.json.format(msgspec.json.encode(record), indent=2)

        def move() -> None:
            with files.replacing(bb.path.with_name(RECORD), private=True) as new:
                new.write_bytes(content)
            files.flush_to_disk(bb.path)
            files.move_into_place(bb.path.parent, target)

        await finish_in_thread(move)
        return await self.find(bb.version, bb.setup)

    def _record_of(self, version: AztecVersion) -> Path:
        return self.path_of(version, _GENUINE).with_name(RECORD)

    def _repair(self, version: AztecVersion) -> Hint:
        by_archive = self.pins.archive(version, self.platform) is not None
        return how_to_repair(version, _GENUINE, approved_by_user=not by_archive)


def read_record(content: bytes) -> BbRecord | None:
    """The record of a bb; None if it is not one that TEE-Rex wrote."""
    if len(content) > MAX_RECORD_BYTES:
        return None
    try:
        return decode_json(content, BbRecord)
    except UndecodableError:
        return None


def user_store(paths: Paths, pins: BbPins) -> UserBbStore:
    """The store of this machine, which only finds.

    It knows what is revoked by now, whatever ``pins`` were when they were read. Raises BB_UNAVAILABLE_HERE,
    PINS_DAMAGED.
    """
    return UserBbStore(paths, pins.without(Revocations.known(paths).bb), Platform.current())


def _content(record: Path) -> bytes:
    """Links are not followed: what they lead to may be anybody's."""
    if record.is_symlink():
        raise OSError(errno.EINVAL, "Not a regular file", record)
    with files.open_regular(record) as file:
        return file.read(MAX_RECORD_BYTES + 1)


def _opened(path: Path) -> files.OpenFile:
    try:
        file = files.OpenFile(path)
        too_large = os.fstat(file.descriptor).st_size > MAX_ARCHIVE_BYTES
    except (OSError, ValueError) as error:  # ValueError: a null character
        reason = os_reason(error) if isinstance(error, OSError) else "Invalid name"
        raise FILE_UNREADABLE(file=str(path), reason=reason) from error
    if too_large:
        said = message("It is larger than {limit}.", limit=size_text(MAX_ARCHIVE_BYTES))
        raise errors.BB_FILE_UNUSABLE(file=str(path), reason=said)
    return file
