from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support.http_files import Answer, http_files
from support.small_bb import CONTENT, VERSION, tar_gz
from tee_rex.bb import sources
from tee_rex.bb.archive_member import extract_member
from tee_rex.bb.errors import BbDownloadFailedError
from tee_rex.bb.platform import Platform
from tee_rex.bb.sources import NpmPackage, ReleaseArchive, npm_failure
from tee_rex.system.child_process import Finished

_PATH = "/v1.2.3/barretenberg-arm64-darwin.tar.gz"
_ARCHIVE = tar_gz({"bb": CONTENT})


async def _download(answers: dict[str, Answer], folder: Path) -> list[tuple[int, int | None]]:
    reports: list[tuple[int, int | None]] = []
    with http_files(answers) as url:
        archive = await ReleaseArchive(url).download(
            VERSION, Platform.ARM64_MACOS, folder, lambda done, total: reports.append((done, total))
        )
    target = folder / "target"
    extract_member(archive.path, archive.member, target, lambda _done: None)
    assert target.read_bytes() == CONTENT
    return reports


@pytest.mark.integration
async def test_a_release_archive_is_fetched_through_redirects(tmp_path: Path) -> None:
    answers = {
        _PATH: Answer(status=302, headers={"Location": "/objects/1"}),
        "/objects/1": Answer(_ARCHIVE),
    }
    reports = await _download(answers, tmp_path)
    assert reports[-1] == (len(_ARCHIVE), len(_ARCHIVE))


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
    monkeypatch.setattr(sources, "_MAX_ARCHIVE_BYTES", 1000)
    with pytest.raises(BbDownloadFailedError, match=reason):
        await _download({_PATH: answer}, tmp_path)


@pytest.mark.integration
async def test_a_release_server_that_takes_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_DOWNLOAD_SECONDS", 0.2)
    with trickling() as url, pytest.raises(BbDownloadFailedError, match="not finished"):
        await ReleaseArchive(url).download(
            VERSION, Platform.ARM64_MACOS, tmp_path, lambda _done, _total: None
        )


@contextmanager
def trickling() -> Iterator[str]:
    """A server whose answer comes byte by byte, and never to its end."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not ended.wait(0.01):
                    self.wfile.write(b"x")

        def log_message(self, *_args: object) -> None:
            """Tests speak for themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            ended.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (b'{"error":{"code":"ETARGET","summary":"No matching version"}}', "No matching version"),
        (b'{"error":{"code":"E500"}}', "E500"),
        (b'{"error":{"code":null,"summary":"' + b"x" * 1000 + b'"}}', "x" * 200),
        (b"", "code 7"),
        (b"[]", "code 7"),
        (b"\xff", "code 7"),
    ],
)
def test_what_npm_says_is_passed_on_briefly(stdout: bytes, reason: str) -> None:
    failure = npm_failure(Finished(7, stdout, b""))
    assert isinstance(failure, BbDownloadFailedError)
    assert reason in failure.message
    assert len(failure.message) <= 200


@pytest.mark.parametrize("name", ["ENOSPC", "EROFS"])
def test_npm_naming_a_full_or_read_only_disk_is_no_fault_of_the_source(name: str) -> None:
    failure = npm_failure(Finished(1, b'{"error":{"code":"%s","summary":""}}' % name.encode(), b""))
    assert isinstance(failure, OSError)
    assert failure.errno == getattr(errno, name)


async def test_without_node_there_is_no_npm(tmp_path: Path) -> None:
    source = NpmPackage(tmp_path / "node", tmp_path / "npm-cli.js")
    with pytest.raises(BbDownloadFailedError, match="no Node"):
        await source.download(VERSION, Platform.AMD64_LINUX, tmp_path, lambda _done, _total: None)
