"""Executables of bb that no pin names: from a pinned release archive, or approved by the user."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from support.errors import raises, raises_code
from support.http_files import Answer, http_files
from support.patience import PATIENCE
from support.small_bb import CONTENT, SmallSource, gzip_bomb, tar_gz
from support.small_disk import small_disk
from tee_rex.bb.pins import BbPins, PinnedFile, VersionPins
from tee_rex.bb.sources import ArchiveSource, BbArchive, Releases
from tee_rex.bb.store import BbExecutable, BbStore, ExpectedBb
from tee_rex.bb.user_store import BbRecord, UserBbStore
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue import bb as errors
from tee_rex.errors.catalogue.files import (
    BELONGS_TO_ANOTHER_USER,
    CHANGEABLE_BY_OTHERS,
    DISK_FULL,
    DISK_NOT_WRITABLE,
    FILE_UNREADABLE,
)
from tee_rex.errors.catalogue.proving import BB_SCHEMA_UNKNOWN
from tee_rex.errors.catalogue.transaction import AZTEC_GENERATION_UNKNOWN
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
PLATFORM, WINDOWS = Platform.AMD64_LINUX, Platform.AMD64_WINDOWS
PINNED = AztecVersion.parse("5.0.0")
BY_ARCHIVE = AztecVersion.parse("5.2.0")
UNPINNED = AztecVersion.parse("6.1.0")
ARCHIVE = tar_gz({"bb": CONTENT})
WITHOUT_BB = tar_gz({"bin/bb": CONTENT})
BOMB = gzip_bomb(4)
ARCHIVE_PATH = "/A/b/releases/download/v5.2.0/barretenberg-amd64-linux.tar.gz"
UNPINNED_PATH = "/AztecProtocol/barretenberg/releases/download/v6.1.0/barretenberg-amd64-linux.tar.gz"
ROOT = os.geteuid() == 0


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _pinned(content: bytes) -> Mapping[Platform, PinnedFile]:
    return {PLATFORM: PinnedFile(sha256(content), ("a test",))}


def pins_with(archive: bytes = ARCHIVE, **others: VersionPins) -> BbPins:
    """5.0.0 pinned itself, 5.2.0 by its archive. others: by version, with underscores for dots."""
    versions = {
        PINNED: VersionPins(5, True, "A/b", bb=_pinned(b"bb of 5.0.0")),
        BY_ARCHIVE: VersionPins(5, False, "A/b", archives=_pinned(archive)),
    }
    named = {AztecVersion.parse(name[1:].replace("_", ".")): pins for name, pins in others.items()}
    return BbPins(PINNED, versions | named)


@dataclass
class SmallRelease(ArchiveSource):
    """Delivers ``archive`` after ``pause``; counts how often it was asked."""

    archive: bytes = ARCHIVE
    pause: asyncio.Event | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    name: str = "small release"
    member: str = "bb"

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        """As ArchiveSource says."""
        self.asked += 1
        archive = folder / f"{platform}-{version}.tar.gz"
        archive.write_bytes(self.archive)
        report(len(self.archive), None)
        self.started.set()
        if self.pause is not None:
            await self.pause.wait()
        return BbArchive(archive, self.member)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=tmp_path / "data", config=tmp_path / "config")


def store_of(paths: Paths, release: ArchiveSource | None = None, pins: BbPins | None = None) -> UserBbStore:
    return UserBbStore(paths, pins or pins_with(), PLATFORM, (), release)


def files_of(paths: Paths) -> set[str]:
    """All files below the data folder but the locks, which stay."""
    found = (path for path in paths.data.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(paths.data)) for path in found}


def record_of(paths: Paths, version: AztecVersion) -> Path:
    return paths.bb_dir(GENUINE) / str(version) / "record.json"


async def accept(bb: BbExecutable) -> None:
    assert bb.approved_by_user
    assert os.access(bb.path, os.X_OK)


async def refuse(_bb: BbExecutable) -> None:
    raise BB_SCHEMA_UNKNOWN(generation="v6")


INSTALLED = {"genuine/bb/5.2.0/bb", "genuine/bb/5.2.0/record.json"}
APPROVED = {"genuine/bb/6.1.0/bb", "genuine/bb/6.1.0/record.json"}


# Pinned by the release archive.


@pytest.mark.integration
async def test_a_version_pinned_by_its_archive_is_installed_from_the_release(paths: Paths) -> None:
    pins = pins_with()
    with http_files({ARCHIVE_PATH: Answer(ARCHIVE)}) as url:
        bb = await store_of(paths, Releases(pins, url)).install(BY_ARCHIVE)
    assert (bb.version, bb.setup, bb.sha256) == (BY_ARCHIVE, GENUINE, sha256(CONTENT))
    assert not bb.approved_by_user
    assert bb == await store_of(paths).find(BY_ARCHIVE, GENUINE)
    assert files_of(paths) == INSTALLED
    record = record_of(paths, BY_ARCHIVE)
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert msgspec.json.decode(record.read_bytes(), type=BbRecord) == BbRecord(
        1, "5.2.0", sha256(CONTENT), sha256(ARCHIVE), approved_by_user=False
    )


async def test_an_enclave_does_not_know_what_was_recorded(paths: Paths) -> None:
    await store_of(paths, SmallRelease()).install(BY_ARCHIVE)
    await store_of(paths, SmallRelease()).approve(UNPINNED, sha256(ARCHIVE), accept)
    in_an_enclave = BbStore(paths, pins_with(), PLATFORM)
    for version in (BY_ARCHIVE, UNPINNED):
        with raises_code(errors.BB_NOT_PINNED):
            await in_an_enclave.find(version, GENUINE)
    assert in_an_enclave.version_that_proves(BY_ARCHIVE, GENUINE) == PINNED
    with raises_code(errors.BB_NOT_PINNED):
        in_an_enclave.version_that_proves(UNPINNED, GENUINE)


@pytest.mark.parametrize(
    ("pinned", "sent", "reason"),
    [
        (ARCHIVE, tar_gz({"bb": CONTENT + b" "}), "pinned SHA-256"),
        (BOMB, BOMB, "has no bb"),
        (ARCHIVE[:50], ARCHIVE[:50], "damaged"),
        (WITHOUT_BB, WITHOUT_BB, "has no bb"),
    ],
    ids=["other content", "gzip bomb", "truncated", "without bb"],
)
async def test_what_a_release_may_send_instead(pinned: bytes, sent: bytes, reason: str, paths: Paths) -> None:
    store = store_of(paths, SmallRelease(sent), pins_with(pinned))
    with raises_code(errors.BB_DOWNLOAD_FAILED, match=reason):
        await store.install(BY_ARCHIVE)
    assert files_of(paths) == set()


async def test_before_it_is_installed_it_says_how(paths: Paths) -> None:
    with raises(errors.BB_NOT_INSTALLED) as caught:
        await store_of(paths).find(BY_ARCHIVE, GENUINE)
    assert caught.value.hint == "Run: tee-rex bb install 5.2.0"


async def test_it_has_no_development_copy(paths: Paths) -> None:
    await store_of(paths, SmallRelease()).install(BY_ARCHIVE)
    with raises_code(errors.BB_NOT_PINNED):
        await store_of(paths).find(BY_ARCHIVE, DEVELOPMENT)


async def test_installations_at_once_download_once(paths: Paths) -> None:
    release = SmallRelease()
    found = await asyncio.gather(*(store_of(paths, release).install(BY_ARCHIVE) for _ in range(4)))
    assert (release.asked, len(set(found))) == (1, 1)


async def test_cancelling_leaves_nothing_and_frees_the_lock(paths: Paths) -> None:
    releases = [SmallRelease(pause=asyncio.Event()) for _ in range(2)]
    for release, work in (
        (releases[0], store_of(paths, releases[0]).install(BY_ARCHIVE)),
        (releases[1], store_of(paths, releases[1]).approve(UNPINNED, sha256(ARCHIVE), accept)),
    ):
        running = asyncio.ensure_future(work)
        await release.started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert files_of(paths) == set()
    await asyncio.wait_for(store_of(paths, SmallRelease()).install(BY_ARCHIVE), PATIENCE)


async def test_what_a_killed_installation_left_is_removed(paths: Paths) -> None:
    for left in (".5.2.0.tmp-killed/new", ".6.1.0.tmp-killed/old"):
        (paths.bb_dir(GENUINE) / left).mkdir(parents=True)
        (paths.bb_dir(GENUINE) / left / "bb").write_bytes(CONTENT)
        (paths.bb_dir(GENUINE) / left / "record.json").write_bytes(b"{")
    store = store_of(paths, SmallRelease())
    assert store.installed(GENUINE) == []
    assert store.version_that_proves(BY_ARCHIVE, GENUINE) == PINNED
    await store.install(BY_ARCHIVE)
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    assert files_of(paths) == INSTALLED | APPROVED


# Records.


def _changed(**changes: object) -> Callable[[Path], None]:
    def change(record: Path) -> None:
        fields = msgspec.json.decode(record.read_bytes()) | changes
        record.write_bytes(msgspec.json.encode(fields))

    return change


def _replaced(content: bytes) -> Callable[[Path], None]:
    def replace(record: Path) -> None:
        record.write_bytes(content)

    return replace


def _behind_a_link(record: Path) -> None:
    record.rename(record.with_name("elsewhere"))
    record.symlink_to("elsewhere")


def _a_fifo(record: Path) -> None:
    record.unlink()
    os.mkfifo(record)


def _a_folder(record: Path) -> None:
    record.unlink()
    record.mkdir()


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (_changed(sha256="0" * 64), errors.BB_CORRUPT),
        (_changed(sha256="F" * 64), errors.BB_RECORD_MALFORMED),
        (_changed(version="5.3.0"), errors.BB_RECORD_MALFORMED),
        (_changed(version="latest"), errors.BB_RECORD_MALFORMED),
        (_changed(format=2), errors.BB_RECORD_MALFORMED),
        (_changed(given=None), errors.BB_RECORD_MALFORMED),
        (_replaced(b""), errors.BB_RECORD_MALFORMED),
        (_replaced(b"null"), errors.BB_RECORD_MALFORMED),
        (_replaced(b"[" * 4000), errors.BB_RECORD_MALFORMED),
        (_replaced(b" " * 5000), errors.BB_RECORD_MALFORMED),
        (_behind_a_link, errors.BB_RECORD_UNREADABLE),
        (_a_fifo, errors.BB_RECORD_UNREADABLE),
        (_a_folder, errors.BB_RECORD_UNREADABLE),
    ],
)
async def test_a_damaged_record_is_noticed_and_made_again(
    damage: Callable[[Path], None], error: ErrorKind[TeeRexError], paths: Paths
) -> None:
    store = store_of(paths, SmallRelease())

    async def install(version: AztecVersion) -> None:
        if version == BY_ARCHIVE:
            await store.install(version)
        else:
            await store.approve(version, sha256(ARCHIVE), accept)

    for version in (BY_ARCHIVE, UNPINNED):
        await install(version)
        damage(record_of(paths, version))
        with raises(error) as caught:
            await store.find(version, GENUINE)
        assert f"tee-rex bb install {version}" in caught.value.hint
        assert ("--sha256" in caught.value.hint) == (version == UNPINNED)
        await install(version)
        await store.find(version, GENUINE)


async def test_a_changed_bb_is_noticed(paths: Paths) -> None:
    store = store_of(paths, SmallRelease())
    for bb in (
        await store.install(BY_ARCHIVE),
        await store.approve(UNPINNED, sha256(ARCHIVE), accept),
    ):
        bb.path.write_bytes(CONTENT + b" ")
        with raises(errors.BB_CORRUPT):
            await store.find(bb.version, GENUINE)


async def test_without_its_record_a_bb_is_not_used(paths: Paths) -> None:
    store = store_of(paths, SmallRelease())
    await store.install(BY_ARCHIVE)
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    for version, error in ((BY_ARCHIVE, errors.BB_MISSING), (UNPINNED, errors.BB_NOT_PINNED)):
        record_of(paths, version).unlink()
        with raises_code(error):
            await store.find(version, GENUINE)
    assert store.version_that_proves(BY_ARCHIVE, GENUINE) == PINNED


@pytest.mark.parametrize("place", ["record.json", "6.1.0"])
async def test_a_record_that_others_can_write_is_refused(place: str, paths: Paths) -> None:
    store = store_of(paths, SmallRelease())
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    record = record_of(paths, UNPINNED)
    shown = record if place == "record.json" else record.parent
    shown.chmod(0o777)
    with raises(CHANGEABLE_BY_OTHERS, match=place):
        await store.find(UNPINNED, GENUINE)


@pytest.mark.skipif(not ROOT, reason="only root can give files away")
async def test_a_record_of_another_user_is_refused(paths: Paths) -> None:
    store = store_of(paths, SmallRelease())
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    os.chown(record_of(paths, UNPINNED), 65534, -1)
    with raises(BELONGS_TO_ANOTHER_USER, match=r"record\.json"):
        await store.find(UNPINNED, GENUINE)


async def test_a_record_says_nothing_where_a_pin_does(paths: Paths) -> None:
    await store_of(paths, SmallRelease()).approve(UNPINNED, sha256(ARCHIVE), accept)
    itself = pins_with(_6_1_0=VersionPins(6, False, "A/b", bb=_pinned(b"the real bb 6")))
    with raises(errors.BB_CORRUPT) as caught:  # so that it is replaced
        await store_of(paths, pins=itself).find(UNPINNED, GENUINE)
    assert caught.value.hint == "Run: tee-rex bb install 6.1.0"
    by_archive = pins_with(_6_1_0=VersionPins(6, False, "A/b", archives=_pinned(ARCHIVE)))
    assert not (await store_of(paths, pins=by_archive).find(UNPINNED, GENUINE)).approved_by_user
    by_another = pins_with(_6_1_0=VersionPins(6, False, "A/b", archives=_pinned(b"another archive")))
    with raises_code(errors.BB_MISSING):
        await store_of(paths, pins=by_another).find(UNPINNED, GENUINE)


async def test_what_was_recorded_for_a_pin_is_not_approved_when_the_pin_is_gone(paths: Paths) -> None:
    await store_of(paths, SmallRelease()).install(BY_ARCHIVE)
    without = BbPins(PINNED, {PINNED: pins_with().versions[PINNED]})
    with raises_code(errors.BB_NOT_PINNED):
        await store_of(paths, pins=without).find(BY_ARCHIVE, GENUINE)


# Approved by the user.


async def _approve_given(store: UserBbStore, content: bytes, folder: Path) -> BbExecutable:
    given = folder / "given"
    given.write_bytes(content)
    return await store.approve(UNPINNED, sha256(content), accept, given)


@pytest.mark.parametrize("content", [CONTENT, ARCHIVE, tar_gz({"./bb": CONTENT})])
async def test_an_executable_or_an_archive_is_approved(content: bytes, paths: Paths, tmp_path: Path) -> None:
    bb = await _approve_given(store_of(paths), content, tmp_path)
    assert (bb.sha256, bb.approved_by_user) == (sha256(CONTENT), True)
    assert bb == await store_of(paths).find(UNPINNED, GENUINE)
    assert store_of(paths).expected(UNPINNED, GENUINE) == ExpectedBb(sha256(CONTENT), approved_by_user=True)
    assert files_of(paths) == APPROVED
    assert (tmp_path / "given").read_bytes() == content


@pytest.mark.integration
async def test_an_archive_is_downloaded_from_the_repository_of_its_generation(paths: Paths) -> None:
    with http_files({UNPINNED_PATH: Answer(ARCHIVE)}) as url:
        store = store_of(paths, Releases(pins_with(), url))
        assert (await store.approve(UNPINNED, sha256(ARCHIVE), accept)).approved_by_user
        with raises_code(errors.BB_DOWNLOAD_FAILED, match="answered 404"):
            await store.approve(AztecVersion(6, 2, 0), sha256(ARCHIVE), accept)


async def test_the_same_approval_again_changes_and_downloads_nothing(paths: Paths) -> None:
    release = SmallRelease()
    store = store_of(paths, release)
    first = await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    assert await store.approve(UNPINNED, sha256(ARCHIVE), refuse) == first
    assert release.asked == 1


async def test_another_approval_takes_its_place(paths: Paths, tmp_path: Path) -> None:
    store = store_of(paths)
    await _approve_given(store, CONTENT, tmp_path)
    bb = await _approve_given(store, b"another bb", tmp_path)
    assert bb.path.read_bytes() == b"another bb"
    assert files_of(paths) == APPROVED


async def test_a_bb_that_does_not_pass_changes_nothing(paths: Paths, tmp_path: Path) -> None:
    store = store_of(paths)
    given = tmp_path / "other"
    given.write_bytes(b"other")
    with raises(BB_SCHEMA_UNKNOWN):
        await store.approve(UNPINNED, sha256(b"other"), refuse, given)
    assert files_of(paths) == set()
    bb = await _approve_given(store, CONTENT, tmp_path)
    with raises(BB_SCHEMA_UNKNOWN):
        await store.approve(UNPINNED, sha256(b"other"), refuse, given)
    assert bb == await store.find(UNPINNED, GENUINE)
    assert files_of(paths) == APPROVED


@pytest.mark.parametrize(
    ("content", "digest", "error"),
    [
        (CONTENT, sha256(ARCHIVE), errors.BB_OTHER_DIGEST),
        (ARCHIVE, sha256(CONTENT), errors.BB_OTHER_DIGEST),  # of what is inside
        (BOMB, sha256(BOMB), errors.BB_FILE_UNUSABLE),
        (ARCHIVE[:50], sha256(ARCHIVE[:50]), errors.BB_FILE_UNUSABLE),
        (WITHOUT_BB, sha256(WITHOUT_BB), errors.BB_FILE_UNUSABLE),
    ],
)
async def test_a_file_that_is_not_what_the_user_vouches_for(
    content: bytes, digest: str, error: ErrorKind[TeeRexError], paths: Paths, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.write_bytes(content)
    with raises(error, match="given"):
        await store_of(paths).approve(UNPINNED, digest, accept, given)
    assert files_of(paths) == set()


async def test_a_download_that_is_not_what_the_user_vouches_for(paths: Paths) -> None:
    with raises(errors.BB_ARCHIVE_OTHER_DIGEST):
        await store_of(paths, SmallRelease()).approve(UNPINNED, sha256(CONTENT), accept)
    damaged = ARCHIVE[:50]
    with raises(errors.BB_FILE_UNUSABLE):
        await store_of(paths, SmallRelease(damaged)).approve(UNPINNED, sha256(damaged), accept)
    assert files_of(paths) == set()


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda _path: None])
async def test_a_file_that_cannot_be_read(make: Callable[[Path], None], paths: Paths, tmp_path: Path) -> None:
    make(tmp_path / "given")
    with raises(FILE_UNREADABLE):
        await store_of(paths).approve(UNPINNED, sha256(CONTENT), accept, tmp_path / "given")
    assert not paths.data.exists()


async def test_a_file_that_is_larger_than_any_bb(paths: Paths, tmp_path: Path) -> None:
    with (tmp_path / "given").open("wb") as file:
        file.truncate((256 << 20) + 1)
    with raises(errors.BB_FILE_UNUSABLE, match=r"larger than 268\.4 MB"):
        await store_of(paths).approve(UNPINNED, sha256(CONTENT), accept, tmp_path / "given")
    assert not paths.data.exists()


@pytest.mark.integration
async def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        paths = Paths(disk, disk)
        await _approve_given(store_of(paths), CONTENT, tmp_path)
        with raises(DISK_FULL):
            await _approve_given(store_of(paths), bytes(2 << 20), tmp_path)
        assert (await store_of(paths).find(UNPINNED, GENUINE)).sha256 == sha256(CONTENT)
        assert files_of(paths) == APPROVED


@pytest.mark.parametrize(
    ("version", "error"),
    [
        (PINNED, errors.BB_PINNED),
        (BY_ARCHIVE, errors.BB_PINNED),
        (AztecVersion(7, 0, 0), AZTEC_GENERATION_UNKNOWN),
        (AztecVersion(3, 0, 0), AZTEC_GENERATION_UNKNOWN),
    ],
)
async def test_what_cannot_be_approved(
    version: AztecVersion, error: ErrorKind[TeeRexError], paths: Paths
) -> None:
    with raises(error):
        await store_of(paths, SmallRelease()).approve(version, sha256(ARCHIVE), accept)
    assert not paths.data.exists()


async def test_a_version_that_is_pinned_elsewhere_only_can_be_approved_here(paths: Paths) -> None:
    store = UserBbStore(paths, pins_with(), Platform.ARM64_LINUX, (), SmallRelease())
    with raises_code(errors.BB_NOT_PINNED):
        await store.install(BY_ARCHIVE)
    assert (await store.approve(BY_ARCHIVE, sha256(ARCHIVE), accept)).approved_by_user


@pytest.mark.parametrize("version", ["4.1.2", "5.2.0", "6.0.0-nightly.20260901"])
async def test_a_bb_for_windows_that_damages_proofs_is_neither_installed_nor_used(
    version: str, paths: Paths, tmp_path: Path
) -> None:
    old, file = AztecVersion.parse(version), tmp_path / "bb.exe"
    file.write_bytes(CONTENT)
    pinned = VersionPins(5, False, "A/b", archives={WINDOWS: PinnedFile(sha256(ARCHIVE), ("a test",))})
    store = UserBbStore(paths, BbPins(PINNED, {old: pinned}), WINDOWS, (), SmallRelease())
    for refused in (
        store.install(old),
        store.install_from(old, file),
        store.find(old, GENUINE, file),
        store.approve(old, sha256(CONTENT), accept, file),
    ):
        with raises(errors.BB_TEXT_MODE, match=f"bb {version} for Windows damages proofs"):
            await refused
    assert files_of(paths) == set()


@pytest.mark.parametrize("version", ["6.0.0-rc.1", "6.1.0"])
async def test_a_newer_bb_for_windows_is_installed_from_its_archive(version: str, paths: Paths) -> None:
    archive = tar_gz({"bb.exe": CONTENT})
    store = UserBbStore(paths, BbPins(PINNED, {}), WINDOWS, (), SmallRelease(archive, member="bb.exe"))
    bb = await store.approve(AztecVersion.parse(version), sha256(archive), accept)
    assert (bb.sha256, bb.approved_by_user) == (sha256(CONTENT), True)


async def test_a_file_in_place_of_the_versions_folder(paths: Paths) -> None:
    paths.bb_dir(GENUINE).mkdir(parents=True)
    (paths.bb_dir(GENUINE) / "6.1.0").touch()
    with raises(DISK_NOT_WRITABLE):
        await store_of(paths, SmallRelease()).approve(UNPINNED, sha256(ARCHIVE), accept)
    assert files_of(paths) == {"genuine/bb/6.1.0"}


async def test_removing_takes_the_record_along(paths: Paths) -> None:
    store = store_of(paths, SmallRelease())
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    await store.remove(UNPINNED, GENUINE)
    assert files_of(paths) == set()
    with raises_code(errors.BB_NOT_PINNED):
        await store.find(UNPINNED, GENUINE)


# Which version proves.


async def test_the_version_that_proves_for_another(paths: Paths) -> None:
    store = store_of(paths, SmallRelease())

    def version_that_proves(version: str) -> str:
        return str(store.version_that_proves(AztecVersion.parse(version), GENUINE))

    with raises(errors.BB_VERSION_NOT_PINNED) as caught:
        version_that_proves("6.0.0")
    assert "tee-rex bb install 6.0.0 --sha256 DIGEST" in caught.value.hint
    assert version_that_proves("5.2.0") == "5.0.0"
    await store.install(BY_ARCHIVE)
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    await store.approve(AztecVersion.parse("5.3.0"), sha256(ARCHIVE), accept)
    assert [version_that_proves(one) for one in ("5.2.0", "5.3.0", "5.1.0", "5.4.0")] == [
        "5.2.0",
        "5.3.0",
        "5.0.0",
        "5.0.0",
    ]
    assert [version_that_proves(one) for one in ("6.1.0", "6.0.0", "6.2.0-rc.1")] == ["6.1.0"] * 3
    with raises_code(errors.BB_NOT_PINNED):
        store.version_that_proves(UNPINNED, DEVELOPMENT)
    with raises(AZTEC_GENERATION_UNKNOWN):
        version_that_proves("7.0.0")


async def test_a_damaged_record_of_one_version_does_not_stop_another(paths: Paths) -> None:
    store = store_of(paths, SmallRelease())
    await store.install(BY_ARCHIVE)
    await store.approve(UNPINNED, sha256(ARCHIVE), accept)
    record_of(paths, UNPINNED).write_bytes(b"{}")
    assert store.version_that_proves(BY_ARCHIVE, GENUINE) == BY_ARCHIVE
    with raises(errors.BB_RECORD_MALFORMED):
        store.version_that_proves(UNPINNED, GENUINE)
    with raises(errors.BB_VERSION_NOT_PINNED):
        store.version_that_proves(AztecVersion(6, 0, 0), GENUINE)
    intact = AztecVersion(6, 0, 1)
    await store.approve(intact, sha256(ARCHIVE), accept)
    assert store.version_that_proves(AztecVersion(6, 0, 0), GENUINE) == intact


async def test_pinned_versions_are_installed_as_before(paths: Paths) -> None:
    source = SmallSource(content=b"bb of 5.0.0")
    store = UserBbStore(paths, pins_with(), PLATFORM, (source,), SmallRelease())
    bb = await store.install(PINNED)
    assert (bb.sha256, bb.approved_by_user) == (sha256(b"bb of 5.0.0"), False)
    assert files_of(paths) == {"genuine/bb/5.0.0/bb"}


BB = b"bb of 5.0.0"
OF_MACOS = b"bb of 5.0.0 for macOS"


def pins_for_files() -> BbPins:
    """5.0.0 for two platforms, 5.2.0 by its archive."""
    pins = pins_with()
    both = {
        PLATFORM: PinnedFile(sha256(BB), ("a test",)),
        Platform.ARM64_MACOS: PinnedFile(sha256(OF_MACOS), ("a",)),
    }
    return BbPins(PINNED, {**pins.versions, PINNED: VersionPins(5, True, "A/b", bb=both)})


@pytest.mark.parametrize(
    "content",
    [BB, tar_gz({"bb": BB}), tar_gz({"package/package.json": b"{}", f"package/build/{PLATFORM}/bb": BB})],
    ids=["bb itself", "release archive", "npm package"],
)
async def test_a_pinned_bb_comes_from_a_file(content: bytes, paths: Paths, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_bytes(content)
    store = store_of(paths, pins=pins_for_files())
    bb = await store.install_from(PINNED, given)
    assert (bb.sha256, bb.approved_by_user, bb.path.read_bytes()) == (sha256(BB), False, BB)
    assert os.access(bb.path, os.X_OK)
    assert files_of(paths) == {"genuine/bb/5.0.0/bb"}
    bb.path.write_bytes(b"damaged")
    assert (await store.install_from(PINNED, given)).path.read_bytes() == BB


async def test_a_bb_pinned_by_its_archive_comes_from_that_archive_alone(paths: Paths, tmp_path: Path) -> None:
    given = tmp_path / "given"
    store = store_of(paths)
    for content in (CONTENT, tar_gz({"bb": CONTENT, "more": b""})):
        given.write_bytes(content)
        with raises(errors.BB_FILE_NOT_PINNED_ONE, match=r"bb 5\.2\.0 for amd64-linux"):
            await store.install_from(BY_ARCHIVE, given)
        assert files_of(paths) == set()
    given.write_bytes(ARCHIVE)
    assert (await store.install_from(BY_ARCHIVE, given)).sha256 == sha256(CONTENT)
    assert (await store.find(BY_ARCHIVE, GENUINE)).path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", errors.BB_FILE_NOT_PINNED_ONE, "does not have the pinned SHA-256 of bb 5.0.0"),
        (b"bb of 5.0.1", errors.BB_FILE_NOT_PINNED_ONE, "does not have the pinned SHA-256"),
        (OF_MACOS, errors.BB_FILE_OF_ANOTHER, "is bb 5.0.0 for arm64-macos, not bb 5.0.0 for amd64-linux"),
        (ARCHIVE, errors.BB_FILE_NOT_PINNED_ONE, "does not have"),
        (WITHOUT_BB, errors.BB_FILE_UNUSABLE, "The archive has no bb"),
        (tar_gz({"package/build/arm64-macos/bb": BB}), errors.BB_FILE_UNUSABLE, "The archive has no bb"),
        (tar_gz({"bb": BB})[:60], errors.BB_FILE_UNUSABLE, "The archive is damaged"),
        (BOMB, errors.BB_FILE_UNUSABLE, "The archive has no bb"),
    ],
    ids=["empty", "other bytes", "another platform", "another bb", "no bb", "no bb of here", "cut", "bomb"],
)
async def test_a_file_without_the_pinned_bb_changes_nothing(
    content: bytes, kind: ErrorKind[TeeRexError], said: str, paths: Paths, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.write_bytes(content)
    store = store_of(paths, pins=pins_for_files())
    with raises(kind, match=said) as caught:
        await store.install_from(PINNED, given)
    assert str(given) in caught.value.message
    assert caught.value.hint
    assert files_of(paths) == set()
    with raises_code(errors.BB_NOT_PINNED):
        await store.install_from(UNPINNED, given)


async def test_a_file_for_a_full_disk_is_told_as_that(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_bytes(bytes(3 << 20))
    with small_disk(tmp_path / "disk", "1m") as disk:
        paths = Paths(disk / "data", disk / "config")
        with raises(DISK_FULL):
            await store_of(paths, pins=pins_for_files()).install_from(PINNED, given)
        assert files_of(paths) == set()
