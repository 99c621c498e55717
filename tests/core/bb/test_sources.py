from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from support.http_files import Answer, QuietHandler, http_files, serving
from support.small_bb import CONTENT, VERSION, gzip_bomb, tar_gz
from tee_rex.bb import archives, sources
from tee_rex.bb.sources import BB_FILES, NpmSource, ReleaseArchive, extract_member
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.bb import BB_DOWNLOAD_TIMED_OUT, BB_HOST_NOT_FOUND, BB_NOT_IN_NPM
from tee_rex.errors.catalogue.npm import NODE_FILE_MISSING
from tee_rex.npm.npm import Npm
from tee_rex.system.platform import Platform

_PATH = "/v4.1.2/barretenberg-arm64-darwin.tar.gz"
_ARCHIVE = tar_gz({"bb": CONTENT})


async def _download(answers: dict[str, Answer], folder: Path) -> list[tuple[int, int | None]]:
    reports: list[tuple[int, int | None]] = []
    with http_files(answers) as url:
        archive = await ReleaseArchive(url).download(
            VERSION, Platform.ARM64_MACOS, folder, lambda done, total: reports.append((done, total))
        )
    target = folder / "target"
    extract_member(archive.path, (archive.member,), target, lambda _done: None)
    assert target.read_bytes() == CONTENT
    return reports


def test_every_platform_has_its_archive_and_windows_no_package() -> None:
    assert BB_FILES.keys() == set(Platform)
    for platform, files in BB_FILES.items():
        processor, _, system = platform.partition("-")
        assert files.archive == f"barretenberg-{processor}-{system.replace('macos', 'darwin')}.tar.gz"
        assert (files.packaged is None) == (files.released == "bb.exe") == (system == "windows")
        assert files.packaged in (None, f"package/build/{platform}/bb")


async def test_npm_is_not_asked_for_what_it_does_not_have(tmp_path: Path) -> None:
    source = NpmSource(Npm(tmp_path / "no-node", tmp_path / "no-npm"))
    with raises(BB_NOT_IN_NPM, match="The package has no bb for amd64-windows."):
        await source.download(VERSION, Platform.AMD64_WINDOWS, tmp_path, lambda _done, _total: None)


@pytest.mark.integration
async def test_a_release_archive_is_fetched_through_redirects(tmp_path: Path) -> None:
    answers = {_PATH: Answer(status=302, headers={"Location": "/objects/1"}), "/objects/1": Answer(_ARCHIVE)}
    reports = await _download(answers, tmp_path)
    assert reports[-1] == (len(_ARCHIVE), len(_ARCHIVE))


@pytest.mark.integration
async def test_a_host_that_cannot_be_found_is_named(tmp_path: Path) -> None:
    """It is the one that a redirect names."""
    answers = {_PATH: Answer(status=302, headers={"Location": "http://no-such-host.invalid/1"})}
    with raises(BB_HOST_NOT_FOUND, match="Can't find the host no-such-host.invalid."):
        await _download(answers, tmp_path)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=404), "answered 404"),
        (Answer(b"<html>", status=503), "answered 503"),
        (Answer(_ARCHIVE, headers={"Content-Length": str(len(_ARCHIVE) + 1)}), "peer closed"),
        (Answer(status=302, headers={"Location": _PATH}), "redirects"),
        (Answer(bytes(1001)), "too large"),
        (Answer(b"<html>"), "damaged"),
    ],
)
async def test_what_a_release_server_may_answer_instead(
    answer: Answer, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_ARCHIVE_BYTES", 1000)
    with pytest.raises(UnusableEnvironmentError, match=reason):
        await _download({_PATH: answer}, tmp_path)


@pytest.mark.integration
async def test_a_release_server_that_takes_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_DOWNLOAD_SECONDS", 0.2)
    with trickling() as url, raises(BB_DOWNLOAD_TIMED_OUT):
        await ReleaseArchive(url).download(
            VERSION, Platform.ARM64_MACOS, tmp_path, lambda _done, _total: None
        )


@contextmanager
def trickling() -> Iterator[str]:
    """A server whose answer comes byte by byte, and never to its end."""
    ended = threading.Event()

    class Handler(QuietHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not ended.wait(0.01):
                    self.wfile.write(b"x")

    with serving(Handler) as url:
        try:
            yield url
        finally:
            ended.set()


async def test_without_node_there_is_no_npm(tmp_path: Path) -> None:
    source = NpmSource(Npm(tmp_path / "node", tmp_path / "npm-cli.js"))
    with raises(NODE_FILE_MISSING):
        await source.download(VERSION, Platform.AMD64_LINUX, tmp_path, lambda _done, _total: None)


def _extract(content: bytes, folder: Path, member: str = "build/bb") -> bytes:
    archive, target = folder / "archive", folder / "target"
    archive.write_bytes(content)
    extract_member(archive, (member,), target, lambda _done: None)
    return target.read_bytes()


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, (1 << 20) + 1])
def test_exactly_the_member_comes_out(size: int, tmp_path: Path) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    archive = tar_gz({"build/other": b"x" * 700, "build/bb": content[:size], "bb": b"another"})
    assert _extract(archive, tmp_path) == content[:size]
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "target"}


def test_a_long_name_before_it_is_passed_over(tmp_path: Path) -> None:
    for format_of_long_names in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        output = io.BytesIO()
        with tarfile.open(fileobj=output, mode="w:gz", format=format_of_long_names) as archive:
            archive.addfile(tarfile.TarInfo("long/" * 60))
            info = tarfile.TarInfo("build/bb")
            info.size = 3
            archive.addfile(info, io.BytesIO(b"abc"))
        folder = tmp_path / str(format_of_long_names)
        folder.mkdir()
        assert _extract(output.getvalue(), folder) == b"abc"


def _with_entry(kind: bytes) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as archive:
        info = tarfile.TarInfo("build/bb")
        info.type = kind
        info.linkname = "/etc/passwd"
        archive.addfile(info)
    return output.getvalue()


_WHOLE = tar_gz({"build/bb": b"y" * 5000})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unexpected end"),
        (b"not gzip at all", "damaged"),
        (_WHOLE[:60], "damaged"),
        (_WHOLE[:10] + bytes(20) + _WHOLE[30:], "damaged"),
        (gzip.compress(b"z" * 512), "damaged"),
        (tar_gz({}), "has no build/bb"),
        (tar_gz({"package/build/bb": b""}), "has no build/bb"),
        (_with_entry(tarfile.SYMTYPE), "has no build/bb"),
        (_with_entry(tarfile.LNKTYPE), "has no build/bb"),
        (_with_entry(tarfile.DIRTYPE), "has no build/bb"),
        (gzip_bomb(4), "has no build/bb"),
    ],
)
def test_anything_else_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableEnvironmentError, match=reason):
        _extract(content, tmp_path)


@pytest.mark.parametrize(
    ("limit", "least_that_passes", "reason"),
    [
        ("_MAX_MEMBERS", 3, "too many members"),
        ("_MAX_UNPACKED_BYTES", 3 * (512 + 100), "too large"),
        ("_MAX_MEMBER_BYTES", 100, "too large"),
    ],
)
def test_bounds(
    limit: str, least_that_passes: int, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tar_gz({"a": b"1" * 100, "b": b"2" * 100, "build/bb": b"3" * 100})
    monkeypatch.setattr(archives, limit, least_that_passes)
    assert _extract(archive, tmp_path) == b"3" * 100
    (tmp_path / "target").unlink()
    monkeypatch.setattr(archives, limit, least_that_passes - 1)
    with pytest.raises(UnusableEnvironmentError, match=reason):
        _extract(archive, tmp_path)


def test_a_size_that_the_archive_does_not_have_allocates_nothing(tmp_path: Path) -> None:
    info = tarfile.TarInfo("other")
    info.size = 1 << 40
    with pytest.raises(UnusableEnvironmentError, match="too large"):
        _extract(gzip.compress(info.tobuf(tarfile.GNU_FORMAT)), tmp_path)


def _damaged(data: st.DataObject) -> bytes:
    content = bytearray(gzip.decompress(_WHOLE))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, 1023))] = data.draw(st.integers(0, 255))
    return gzip.compress(content[: data.draw(st.integers(0, len(content)))], compresslevel=1)


@given(st.data())
def test_damage_never_ends_in_another_error(data: st.DataObject) -> None:
    content = data.draw(st.binary(max_size=2000)) if data.draw(st.booleans()) else _damaged(data)
    with tempfile.TemporaryDirectory() as folder, suppress(UnusableEnvironmentError):
        _extract(content, Path(folder))
