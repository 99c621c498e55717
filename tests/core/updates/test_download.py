from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from support.errors import raises, raises_code
from support.http_files import closed_port
from support.update_feed import (
    Fault,
    FeedServer,
    broken_off,
    endless,
    failing,
    instead,
    redirecting,
    served,
    silent,
    slow,
    tampered,
    truncated,
)
from tee_rex.errors.catalogue import updates as errors
from tee_rex.updates.download import download
from tee_rex.updates.releases import FOLDER, Description, SignedFile
from tee_rex.updates.source import UpdateSource

CONTENT = bytes(range(256)) * 10
FILE = SignedFile(
    "0.2.0/a file+1.tar.xz", len(CONTENT), sha256(CONTENT).hexdigest(), Description("0.2.0", FOLDER)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "served" / "targets" / FILE.stored_path
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    return tmp_path / "served"


async def fetched(server: FeedServer, target: Path, seconds: float | None = None) -> bytes:
    source = UpdateSource(b"", f"{server.url}/metadata", f"{server.url}/targets", 1)
    await download(source, FILE, target, lambda _done, _total: None, seconds=seconds)
    return target.read_bytes()


async def test_a_file_is_fetched_by_its_digest(folder: Path, tmp_path: Path) -> None:
    with served(folder) as server:
        assert await fetched(server, tmp_path / "file") == CONTENT
        assert server.asked == [f"/targets/0.2.0/{FILE.sha256}.a file+1.tar.xz"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (tampered, errors.UPDATE_CONTENT_DIFFERS),
        (truncated, errors.UPDATE_CONTENT_DIFFERS),
        (instead(b""), errors.UPDATE_CONTENT_DIFFERS),
        (instead(CONTENT + b"x"), errors.UPDATE_TOO_LARGE),
        (endless, errors.UPDATE_TOO_LARGE),
        (broken_off, errors.UPDATE_DOWNLOAD_BROKE_OFF),
        (failing(404), errors.UPDATE_SOURCE_FAILED),
        (slow, errors.UPDATE_SOURCE_SLOW),
        (silent, errors.UPDATE_SOURCE_SLOW),
        (redirecting("http://203.0.113.1/"), errors.UPDATE_SOURCE_REDIRECTS),
        (redirecting("file:///etc/passwd"), errors.UPDATE_DOWNLOAD_BROKE_OFF),
        (redirecting("/targets/a.tar.xz"), errors.UPDATE_DOWNLOAD_BROKE_OFF),
    ],
    ids=[
        *("tampered", "truncated", "empty", "longer", "endless", "breaks off", "404", "slow", "silent"),
        *("unprotected", "file", "in a circle"),
    ],
)
async def test_bad_answers(folder: Path, tmp_path: Path, fault: Fault, kind: object) -> None:
    with served(folder) as server:
        server.faults[".tar.xz"] = fault
        with raises_code(kind):  # type: ignore[arg-type]
            await fetched(server, tmp_path / "file", seconds=1.0)


async def test_redirects_are_followed_because_the_digest_decides(folder: Path, tmp_path: Path) -> None:
    with served(folder) as elsewhere, served(tmp_path / "nothing") as server:
        server.faults[".tar.xz"] = redirecting(
            f"{elsewhere.url}/targets/0.2.0/{FILE.sha256}.a%20file+1.tar.xz"
        )
        assert await fetched(server, tmp_path / "file") == CONTENT


async def test_a_host_that_cannot_be_found_is_named(tmp_path: Path) -> None:
    with raises(errors.UPDATE_HOST_NOT_FOUND, match="Can't find the host no-such-host.invalid."):
        await fetched(FeedServer("https://no-such-host.invalid"), tmp_path / "file")


async def test_nobody_listens(tmp_path: Path) -> None:
    with closed_port() as url, raises(errors.UPDATE_DOWNLOAD_BROKE_OFF):
        await fetched(FeedServer(url), tmp_path / "file")
