"""A feed of releases with throw-away keys, served by a real web server, well or badly."""

from __future__ import annotations

import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import msgspec
from securesystemslib.signer import CryptoSigner

from release.archive import write_archive
from release.feed import ROLES, Feed, NewFile
from support.http_files import QuietHandler, serving
from tee_rex.settings.paths import Paths
from tee_rex.updates.client import UpdateClient
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.installed import Installed
from tee_rex.updates.releases import FOLDER, Description
from tee_rex.updates.source import ROOT_FILE, SOURCE_FILE, SourceFile, UpdateSource

PLATFORM = "amd64-linux"

Fault = Callable[[QuietHandler, bytes], None]
"""Answers a request instead of the server; it is given what is asked for."""


def new_keys() -> dict[str, tuple[CryptoSigner, ...]]:
    """Throw-away keys, as many as each role needs."""
    return {
        role: tuple(CryptoSigner.generate_ed25519() for _ in range(count))
        for role, (count, _threshold) in ROLES.items()
    }


@dataclass
class TestFeed:
    """A feed whose keys are all at hand. now: what its makers take for the time of day."""

    __test__ = False

    folder: Path
    keys: dict[str, tuple[CryptoSigner, ...]] = field(default_factory=new_keys)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def feed(self) -> Feed:
        return Feed(self.folder, self.now)

    def begin(self) -> None:
        self.feed.begin({role: [one.public_key for one in keys] for role, keys in self.keys.items()})
        self.publish()

    def publish(self) -> None:
        """Sign with as many keys as are needed, and publish."""
        for role in self.feed.staged():
            for signer in self.keys[role][: ROLES[role][1]]:
                self.feed.sign(signer)
        self.feed.publish(self.keys["snapshot"][0], self.keys["timestamp"][0])

    def release(
        self, version: str, *, promoted: bool = True, program: str | None = None, app: str | None = None
    ) -> Path:
        """Publish a release with an archive of a small program, and of a small app if given; the archive."""
        archive, unpacked = small_archive(self.folder.parent, version, program, app)
        described = Description(
            version, FOLDER, PLATFORM, changes=f"What {version} brings.", unpacked_bytes=unpacked
        )
        self.feed.add([NewFile(f"{version}/{archive.name}", archive, described)])
        if promoted:
            self.feed.promote(version)
        self.publish()
        return archive

    def publish_pins(self, content: bytes, serial: int) -> None:
        """Publish a pins update."""
        file = self.folder.parent / f"pins-{serial}.json"
        file.write_bytes(content)
        self.feed.add_pins(file, serial)
        self.publish()

    def newest(self, role: str) -> int:
        """The newest published version of a role's metadata."""
        found = (self.folder / "metadata").glob(f"*.{role}.json")
        return max(int(path.name.partition(".")[0]) for path in found)

    def root(self, version: int = 1) -> bytes:
        return (self.folder / "metadata" / f"{version}.root.json").read_bytes()

    def write_source(self, url: str, folder: Path) -> None:
        """What a build has in resources/updates."""
        folder.mkdir(exist_ok=True)
        source = self.source(url)
        (folder / ROOT_FILE).write_bytes(source.root)
        given = SourceFile(source.metadata_url, source.targets_url, source.least_targets_version)
        (folder / SOURCE_FILE).write_bytes(msgspec.json.encode(given))

    def source(self, url: str, least_targets_version: int = 1) -> UpdateSource:
        return UpdateSource(self.root(), f"{url}/metadata", f"{url}/targets", least_targets_version)


def small_program(version: str) -> str:
    """A program that tells its version, as tee-rex does."""
    return f"#!/bin/sh\necho 'tee-rex {version} (standalone program)'\n"


def small_archive(
    folder: Path, version: str, program: str | None = None, app: str | None = None
) -> tuple[Path, int]:
    """An archive as TEE-Rex's, with programs of a few lines, and the bytes that it unpacks to."""
    frozen = folder / f"frozen-{version}"
    (frozen / "_internal").mkdir(parents=True, exist_ok=True)
    (frozen / "tee-rex").write_text(program or small_program(version))
    (frozen / "tee-rex").chmod(0o755)
    if app is not None:
        (frozen / "tee-rex-app").write_text(app)
        (frozen / "tee-rex-app").chmod(0o755)
    (frozen / "_internal" / "library").write_bytes(version.encode() * 1000)
    (frozen / "_internal" / "link").unlink(missing_ok=True)
    (frozen / "_internal" / "link").symlink_to("library")
    archive = folder / f"tee-rex-{version}-{PLATFORM}.tar.xz"
    return archive, write_archive(frozen, version, archive, made_at=1_700_000_000)


def unpacked(archive: Path, folder: Path) -> InstallFolder:
    """Unpack an archive as a user does."""
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="fully_trusted")
    return InstallFolder(folder / "tee-rex")


def installed_in(folder: InstallFolder, version: str) -> Installed:
    """The installation as that version finds it."""
    return Installed.of(folder.top / "versions" / version / "tee-rex", version, frozen=True)


def client_of(source: UpdateSource, installed: Installed, home: Path) -> UpdateClient:
    return UpdateClient(source, Paths(home, home / "config"), installed, PLATFORM)


@dataclass
class FeedServer:
    """A web server. asked: the paths of all requests. faults: by the end of a path."""

    url: str
    asked: list[str] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)


@contextmanager
def served(folder: Path) -> Iterator[FeedServer]:
    """Serve what is in the folder at the time of each request."""
    server = FeedServer("")

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802  # http.server's name
            path = unquote(self.path)
            server.asked.append(path)
            file = folder / path.removeprefix("/")
            content = file.read_bytes() if file.is_file() else None
            for end, fault in server.faults.items():
                if path.endswith(end):
                    try:
                        fault(self, content or b"")
                    except OSError:  # the client has seen enough
                        self.close_connection = True
                    return
            answer(self, content or b"", 404 if content is None else 200)

    with serving(Handler) as url:
        server.url = url
        yield server


def answer(handler: QuietHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def tampered(handler: QuietHandler, content: bytes) -> None:
    middle = len(content) // 2
    answer(handler, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])


def truncated(handler: QuietHandler, content: bytes) -> None:
    answer(handler, content[: len(content) // 2])


def broken_off(handler: QuietHandler, content: bytes) -> None:
    answer(handler, content[: len(content) // 2], Content_Length=str(len(content)))
    handler.close_connection = True


def endless(handler: QuietHandler, content: bytes) -> None:
    answer(handler, content, Content_Length=str(1 << 40))
    while True:
        handler.wfile.write(bytes(65536))


def slow(handler: QuietHandler, content: bytes) -> None:
    """A byte now and then, so that it is never silent for long."""
    answer(handler, b"", Content_Length=str(len(content)))
    for byte in content:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


def silent(handler: QuietHandler, content: bytes) -> None:
    time.sleep(30)


def failing(status: int) -> Fault:
    return lambda handler, _content: answer(handler, b"no", status)


def redirecting(url: str) -> Fault:
    return lambda handler, _content: answer(handler, b"", 302, Location=url)


def instead(content: bytes) -> Fault:
    return lambda handler, _content: answer(handler, content)


@dataclass
class Stage:
    """A feed that is served, and an installation of release 0.1.0 in a folder."""

    feed: TestFeed
    server: FeedServer
    folder: InstallFolder
    home: Path

    @property
    def source(self) -> UpdateSource:
        return self.feed.source(self.server.url)

    def client(self, running: str = "0.1.0") -> UpdateClient:
        return client_of(self.source, installed_in(self.folder, running), self.home)

    def starts(self) -> str:
        """What a user sees who starts it."""
        done = subprocess.run(
            [self.folder.top / "tee-rex", "--version"], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[1]


@contextmanager
def stage_in(folder: Path, app: str | None = None) -> Iterator[Stage]:
    """app: the program of 0.1.0's app; by default, it has the command alone."""
    feed = TestFeed(folder / "feed")
    feed.begin()
    installed = unpacked(feed.release("0.1.0", app=app), folder)
    with served(feed.folder) as server:
        yield Stage(feed, server, installed, folder / "home")
