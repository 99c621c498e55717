"""The real npm of the wheel, with nothing to fetch or nowhere to fetch it from."""

from __future__ import annotations

import asyncio
import errno
import json
import tarfile
import zlib
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psutil
import pytest

from support.errors import raises
from support.http_files import QuietHandler, serving
from support.processes import running
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.npm import NPM_ENDLESS, NPM_HOST_NOT_FOUND, NPM_INSTALL_FAILED
from tee_rex.npm.npm import Npm, failure_of
from tee_rex.system.child_process import Bounds, Finished


def _project(folder: Path, **packages: object) -> Path:
    folder.mkdir()
    dependencies = {name.rpartition("node_modules/")[2]: "1.0.0" for name in packages}
    project = {"name": "small", "version": "1.0.0", "dependencies": dependencies}
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": project, **packages}}
    (folder / "package.json").write_text(json.dumps(project))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def _missing_package() -> dict[str, object]:
    return {"node_modules/left": {"version": "1.0.0", "integrity": "sha512-" + "A" * 86 + "=="}}


@pytest.mark.integration
async def test_npm_installs_what_the_lock_names(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    heard: list[int] = []
    tree = await Npm.bundled().install_locked(
        _project(tmp_path / "project"), folder, lambda done, _total: heard.append(done)
    )
    assert tree == folder / "node_modules"
    assert (folder / "package-lock.json").exists()


@pytest.mark.integration
async def test_an_unreachable_registry_is_said_in_npms_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    project = _project(tmp_path / "project", **_missing_package())
    with raises(NPM_INSTALL_FAILED, match="ECONNREFUSED") as raised:
        await Npm.bundled().install_locked(project, _folder(tmp_path), lambda _done, _total: None)
    assert "proxy" in raised.value.hint


@pytest.mark.integration
async def test_cancelling_ends_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{port}/")
    project = _project(tmp_path / "project", **_missing_package())
    installing = asyncio.create_task(
        Npm.bundled().install_locked(project, _folder(tmp_path), lambda _done, _total: None)
    )
    await asked.wait()
    npms = psutil.Process().children()
    assert npms
    installing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await installing
    assert not [process for process in npms if running(process.pid)]
    silent.close()
    await silent.wait_closed()


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (b'{"error":{"code":"ETARGET","summary":"No matching version"}}', "No matching version"),
        (b'{"error":{"code":"E500"}}', "E500"),
        (b'{"error":{"code":null,"summary":"' + b"x" * 1000 + b'"}}', f"{'x' * 300}."),
        (rb'{"error":{"code":"E403","summary":"\u001b[1mNo\u001b]0;\n  way."}}', ": �[1mNo�]0; way."),
        (b'{"error":{"code":"E403","summary":"getaddrinfo ENOTFOUND here"}}', "npm reported: getaddrinfo"),
        (b'{"error":{"code":"E403","summary":"\xff"}}', "code 7"),
        (b'{"error":' * 100_000, "code 7"),
        (b"", "code 7"),
        (b"[]", "code 7"),
        (b"\xff", "code 7"),
    ],
)
def test_what_npm_says_is_passed_on_briefly(stdout: bytes, reason: str) -> None:
    failure = failure_of(Finished(7, stdout, b""))
    assert isinstance(failure, UnusableEnvironmentError)
    assert reason in failure.message
    assert len(failure.message) <= 320


@pytest.mark.integration
async def test_a_registry_that_cannot_be_found_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://no-such-host.invalid/")
    with raises(NPM_HOST_NOT_FOUND, match="Can't find the host no-such-host.invalid."):
        await Npm.bundled().pack("left-pad@1.3.0", tmp_path, lambda _done, _total: None)


@pytest.mark.parametrize("name", ["ENOSPC", "EROFS"])
def test_npm_naming_a_full_or_read_only_disk_is_no_fault_of_the_source(name: str) -> None:
    failure = failure_of(Finished(1, b'{"error":{"code":"%s","summary":""}}' % name.encode(), b""))
    assert isinstance(failure, OSError)
    assert failure.errno == getattr(errno, name)


class EndlessRegistry(QuietHandler, BaseHTTPRequestHandler):
    """A registry whose package never ends: it has a name and a version, and then sends for ever."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.endswith(".tgz"):
            self.end_headers()
            file = tarfile.TarInfo("package/file")
            file.size = 8**11 - 1  # the most that a header can say
            packer = zlib.compressobj(0, wbits=31)
            with suppress(ConnectionError):
                self.wfile.write(packer.compress(file.tobuf()))
                while True:
                    self.wfile.write(packer.compress(bytes(1 << 20)))
        else:
            host = self.headers["Host"]
            dist = {"tarball": f"http://{host}/left.tgz"}
            version = {"name": "left", "version": "1.0.0", "dist": dist}
            packument = {"name": "left", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
            body = json.dumps(packument).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


@pytest.mark.integration
@pytest.mark.parametrize("pack", [True, False], ids=["pack", "ci"])
async def test_a_package_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, pack: bool
) -> None:
    bounds = Bounds(memory=400_000_000, disk=30_000_000)  # npm pack keeps it in memory, npm ci unpacks it
    monkeypatch.setattr("tee_rex.npm.npm._PACK_BOUNDS", bounds)
    monkeypatch.setattr("tee_rex.npm.npm._INSTALL_BOUNDS", bounds)
    npm, folder = Npm.bundled(), _folder(tmp_path)
    with serving(EndlessRegistry) as url:
        monkeypatch.setenv("npm_config_registry", url)
        with raises(NPM_ENDLESS):
            async with asyncio.timeout(60):
                if pack:
                    await npm.pack("left@1.0.0", folder, lambda _done, _total: None)
                else:
                    resolved = {"node_modules/left": {"version": "1.0.0", "resolved": f"{url}/left.tgz"}}
                    project = _project(tmp_path / "project", **resolved)
                    await npm.install_locked(project, folder, lambda _done, _total: None)
    assert psutil.Process().children() == []
