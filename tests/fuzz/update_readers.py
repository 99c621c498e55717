"""The readers of updates: signed metadata, pins updates, archives, SBOMs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import Updater

from fuzz.engine import Reader
from fuzz.scratch import file_with
from support.update_feed import TestFeed
from tee_rex.bb.pins import BbPins
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.revocations import Revocations
from tee_rex.settings.paths import Paths
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.updates.folder import InstallFolder, _unpack
from tee_rex.updates.metadata import _LIMITS, UpdateMetadata, _Fetcher, _refused
from tee_rex.updates.pins import FORMAT, PinsUpdate, _joined_pins, current_builds, decode_head
from tee_rex.updates.releases import ReleaseVersion
from tee_rex.updates.source import UpdateSource
from tee_rex.updates.verify import read_sbom

_VERSION: Final = ReleaseVersion(0, 1, 0)


@cache
def _files() -> dict[str, bytes]:
    """The metadata of a small feed by the end of its name, and its archive."""
    with tempfile.TemporaryDirectory(prefix="tee-rex-fuzz-feed-") as name:
        feed = TestFeed(Path(name) / "feed")
        feed.begin()
        archive = feed.release(str(_VERSION)).read_bytes()
        metadata = sorted((feed.folder / "metadata").iterdir())
        return {"archive": archive, **{path.name.split(".")[-2]: path.read_bytes() for path in metadata}}


def _genuine(kind: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [_files()[kind]]


def _source() -> UpdateSource:
    return UpdateSource(_files()["root"], "https://example.org", "https://example.org", 1)


def _cached(name: str) -> Callable[[bytes], object]:
    """The input is a file of the cache."""

    def read(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "root_history").mkdir()
            (Path(folder) / "targets.json").write_bytes(_files()["targets"])
            (Path(folder) / name).write_bytes(content)
            UpdateMetadata(_source(), Path(folder)).read()

    return read


def _fetched(kind: str) -> Callable[[bytes], object]:
    """The input is what the source sends in place of this file; the others are genuine."""

    def read(content: bytes) -> None:
        def bytes_of(route: str, _limit: int) -> bytes:
            asked = route.split(".")[-2].removeprefix("/")
            if asked == kind:
                return content
            if asked == "root":
                raise DownloadHTTPError("", 404)
            return _files()[asked]

        fetcher = _Fetcher(bytes_of)
        with tempfile.TemporaryDirectory() as folder, _refused():
            Updater(folder, "/", fetcher=fetcher, config=_LIMITS, bootstrap=_source().root).refresh()

    return read


def _pins(content: bytes) -> None:
    folder = file_with(b"", "pins.lock").parent / "pins"
    (folder / "updates").mkdir(parents=True, exist_ok=True)
    (folder / "updates" / "pins.json").write_bytes(content)
    paths = Paths(folder, folder)
    decode_head(content)
    Revocations.known(paths)
    current_builds(paths, _source())
    _joined_pins(BbPins.shipped(), decode_json(content, PinsUpdate))


def _some_pins() -> Sequence[bytes]:
    versions = {
        str(version): msgspec.Raw(msgspec.json.encode(pins))
        for version, pins in list(BbPins.shipped().versions.items())[:2]
    }
    table = {"vk_tree_roots": {"genuine": f"0x{'ab' * 32}"}, "circuits": {"a": {"genuine": "cd" * 32}}}
    circuits = {"6": msgspec.Raw(msgspec.json.encode(table))}
    revoked = Revocations(0, frozenset({"ef" * 32}), frozenset({"ab" * 48}))
    return [msgspec.json.encode(PinsUpdate(FORMAT, 7, revoked, versions, circuits))]


def _archive(content: bytes) -> None:
    archive = file_with(content, "archive.tar.xz")
    new = archive.parent / "new"
    try:
        _unpack(archive, new, _VERSION, 1 << 20, lambda _done: None)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _list(content: bytes) -> None:
    """The input is the list of what the updater has written of a version."""
    with tempfile.TemporaryDirectory() as name:
        folder, precious = InstallFolder(Path(name) / "top"), Path(name) / "precious"
        place = folder.top / "versions" / "0.1.0" / "_internal"
        place.mkdir(parents=True)
        (place / "library").write_bytes(b"")
        precious.write_bytes(b"")
        (folder.top / "versions" / "0.1.0.files").write_bytes(content)
        folder.remove_unused([])
        assert precious.exists()


def _sbom(content: bytes) -> None:
    read_sbom(content)


def _some_sboms() -> Sequence[bytes]:
    hashes = [{"alg": "SHA-256", "content": "ab" * 32}, {"alg": "MD5", "content": "cd"}]
    described = {"component": {"hashes": hashes}}
    return [msgspec.json.encode({"bomFormat": "CycloneDX", "metadata": described, "components": [{}]})]


_REFUSED: Final = (UnusableEnvironmentError,)

READERS: Final = (
    Reader("update-cached-root", _cached("root_history/2.root.json"), _REFUSED, _genuine("root")),
    Reader("update-cached-targets", _cached("targets.json"), _REFUSED, _genuine("targets")),
    *(
        Reader(f"update-{kind}", _fetched(kind), _REFUSED, _genuine(kind))
        for kind in ("root", "timestamp", "snapshot", "targets")
    ),
    Reader("pins-update", _pins, (*_REFUSED, UndecodableError), _some_pins),
    Reader("update-archive", _archive, _REFUSED, _genuine("archive"), max_bytes=65_536),
    Reader("update-list", _list, (OSError,), lambda: [b"_internal/library\0../../precious\0/etc/x"]),
    Reader("sbom", _sbom, (UndecodableError,), _some_sboms),
)
