"""A whole release on this machine: a ceremony with throw-away keys, real artefacts, an installed program.

Three releases are built, N-1, N and N+1, in a clone of what is committed, each with the root of the ceremony.
The feed is served from this machine. A user unpacks N-1, and the program there updates itself: to N, not past
a rollback, not to a tampered N+1, and to N+1. The user's program verifies every file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, Final

from release.artefacts import DIGESTS, artefacts_in
from tee_rex import __version__
from tee_rex.errors import ExitCode
from tee_rex.updates.folder import APP, COMMAND
from tee_rex.updates.releases import FOLDER, ReleaseVersion

_ROOTS: Final = ("root-ana", "root-ben", "root-eva")
_TARGETS: Final = ("targets-ana", "targets-ben")
_ONLINE: Final = ("snapshot", "timestamp")
_PASSPHRASE: Final = "for a rehearsal alone"  # noqa: S105  # of throw-away keys
_FIRST_START_SECONDS: Final = 60.0


class RehearsalError(Exception):
    """Something is not as it has to be; the text says what."""


@dataclass(slots=True)
class FeedServer:
    """A feed that is served.

    sent: bytes of answers so far. tampered: the end of a path; what is there is altered on its way.
    """

    folder: Path
    url: str = ""
    sent: int = 0
    tampered: str = ""

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve on a free port of this machine."""
        handler = partial(_Handler, self, directory=str(self.folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, feed: FeedServer, *arguments: object, directory: str) -> None:
        self._feed = feed
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]  # socketserver's own

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content = file.read_bytes()
        if self._feed.tampered and file.name.endswith(self._feed.tampered):
            content = _altered(content)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self._feed.sent += len(content)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing: the rehearsal speaks for itself."""


@dataclass(frozen=True, slots=True)
class Maintainers:
    """Those who release. folder: with their keys and the feed. clone: where they build."""

    folder: Path
    clone: Path

    def release(self, *arguments: str | Path, lines: Sequence[str] = ()) -> None:
        """Run ``python -m release`` in the folder; raises RehearsalError."""
        _run(
            [sys.executable, "-m", "release", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            lines=lines,
        )

    def ceremony(self) -> None:
        """Make all keys, and publish the first metadata."""
        for name in (*_ROOTS, *_TARGETS, *_ONLINE):
            self.release("new-key", ".", name, lines=(_PASSPHRASE, _PASSPHRASE))
        keys = [f"{name.partition('-')[0]}={name}.pub.json" for name in (*_ROOTS, *_TARGETS, *_ONLINE)]
        self.release("begin", "feed", *keys)
        self.sign(*_ROOTS[:2], *_TARGETS)

    def sign(self, *holders: str) -> None:
        """Let holders sign what is staged, and publish it."""
        for holder in holders or _TARGETS:
            self.release("sign", "feed", f"{holder}.key.json", lines=("yes", _PASSPHRASE))
        self.release(
            *("publish", "feed", "snapshot.key.json", "timestamp.key.json"), lines=(_PASSPHRASE, _PASSPHRASE)
        )

    def build(self, version: str, url: str) -> Path:
        """Build a release that trusts the feed; the folder of its files."""
        source = (self.clone / "resources" / "updates", f"{url}/metadata", f"{url}/targets")
        self.release("embed", "feed", *source)
        quickly = "PACKAGE=--level 1"  # of compression, which is not what is rehearsed
        built = self.folder / version  # of one version alone, as a release is
        command = ["make", "package", f"VERSION={version}", f"OUTPUT={built}", quickly]
        _run(command, cwd=self.clone, env=_own_environment())
        _run(["sha256sum", "--check", "--strict", DIGESTS], cwd=built)
        return built

    def publish(self, version: str, files: Path) -> None:
        """Publish the files of a release, offered to nobody yet."""
        changes = self.folder / "changes.txt"
        changes.write_text(f"What {version} brings.\n", "utf-8")
        self.release("add", "feed", version, files, "--changes", changes)
        self.sign()

    def promote(self, version: str) -> None:
        """Offer a release to everybody."""
        self.release("promote", "feed", version)
        self.sign()

    def roll_back(self, version: str) -> None:
        """Offer nothing newer than a release."""
        self.release("roll-back", "feed", version)
        self.sign()


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who unpacked an archive. top: where. home: the data folder."""

    top: Path
    home: Path

    def environment(self) -> dict[str, str]:
        """For the user's programs."""
        return {**os.environ, "TEE_REX_HOME": str(self.home), "QT_QPA_PLATFORM": "offscreen"}

    def tee_rex(self, *arguments: str | Path, code: int = 0) -> str:
        """What ``tee-rex`` prints; raises RehearsalError for another exit code."""
        return _run([self.top / COMMAND, *arguments], env=self.environment(), code=code)

    def version(self) -> str:
        """Of the program that starts."""
        return self.tee_rex("--version").split()[1]

    def asks(self, *options: str) -> dict[str, Any]:
        """The report of ``tee-rex update``."""
        report: dict[str, Any] = json.loads(self.tee_rex("update", *options, "--json"))
        return report

    def verifies(self, file: Path) -> dict[str, Any]:
        """What ``tee-rex release verify`` tells of a file."""
        found: dict[str, Any] = json.loads(self.tee_rex("release", "verify", file, "--json"))
        return found

    def starts_app(self) -> float:
        """Start the app for the first time after an update; the seconds until it says that it is healthy."""
        begin = time.monotonic()
        with subprocess.Popen([self.top / APP], env=self.environment(), stderr=subprocess.DEVNULL) as app:
            try:
                while os.path.lexists(self.top / "previous"):
                    if app.poll() is not None:
                        raise RehearsalError(f"the app has ended with {app.returncode}")
                    if time.monotonic() - begin > _FIRST_START_SECONDS:
                        raise RehearsalError("the app did not say that it had started well")
                    time.sleep(0.05)
                return time.monotonic() - begin
            finally:
                app.terminate()


@dataclass(slots=True)
class Rehearsal:
    """One rehearsal.

    checkout: what is committed there is released. folder: for everything, empty. out: for people.
    """

    checkout: Path
    folder: Path
    out: IO[str] = field(default=sys.stdout)

    def run(self) -> None:
        """Go through all of it; raises RehearsalError for the first difference."""
        before, now, after = self._versions()
        clone = self.folder / "clone"
        _run(["git", "clone", "--quiet", "--no-local", self.checkout, clone])
        shutil.copytree(self.checkout / ".tools", clone / ".tools", symlinks=True)
        maintainers = Maintainers(self.folder, clone)
        server = FeedServer(self.folder / "feed")
        with self._timed("ceremony: 7 keys, root and targets signed"):
            maintainers.ceremony()
        with server.serving():
            self._releases(maintainers, server, (before, now, after))

    def _versions(self) -> tuple[str, str, str]:
        own = ReleaseVersion.parse(__version__)
        if own is None:
            raise RehearsalError(f"{__version__} is no version of a release")
        major, minor, patch = own
        before, now, after = (str(ReleaseVersion(major, minor, patch + count)) for count in range(3))
        return before, now, after

    def _releases(self, maintainers: Maintainers, server: FeedServer, versions: tuple[str, str, str]) -> None:
        before, now, after = versions
        files = self._published(maintainers, before, server.url)
        maintainers.promote(before)
        with self._timed(f"archive of {before} unpacked by a user"):
            user = self._unpacked(files, before)
        _equal("what starts", user.version(), before)
        _equal("newest release", user.asks("--check")["state"], "current")

        files = self._published(maintainers, now, server.url)
        _equal("what is not promoted", user.asks("--check")["state"], "current")
        maintainers.promote(now)
        self._updated(user, server, before, now)
        self._verified(user, files, now)

        maintainers.roll_back(before)
        _equal("after the rollback", user.asks()["state"], "ahead")
        _equal("what starts after the rollback", user.version(), now)

        files = self._published(maintainers, after, server.url)
        maintainers.promote(after)
        server.tampered = f".{self._archive(files, after).name}"
        refused = json.loads(user.tee_rex("update", "--json", code=ExitCode.ENVIRONMENT))
        _equal("a tampered archive", refused["error"]["code"], "UPDATE_REFUSED")
        _equal("what starts after that", user.version(), now)
        server.tampered = ""
        self._updated(user, server, now, after)
        self._verified(user, files, after)
        _equal("nothing newer", user.asks()["state"], "current")

    def _published(self, maintainers: Maintainers, version: str, url: str) -> Path:
        with self._timed(f"{version} built"):
            files = maintainers.build(version, url)
        for file in sorted(files.iterdir()):
            self._say(f"    {file.name}: {file.stat().st_size:,} bytes")
        with self._timed(f"{version} added, signed by two, published"):
            maintainers.publish(version, files)
        return files

    def _archive(self, files: Path, version: str) -> Path:
        return next(one.file for one in artefacts_in(files, version) if one.kind == FOLDER)

    def _unpacked(self, files: Path, version: str) -> User:
        with tarfile.open(self._archive(files, version)) as members:
            members.extractall(self.folder / "user", filter="tar")
        return User(self.folder / "user" / "tee-rex", self.folder / "home")

    def _updated(self, user: User, server: FeedServer, before: str, now: str) -> None:
        offer = user.asks("--check")
        _equal("the offer", (offer["state"], offer["changes"]), ("available", f"What {now} brings."))
        sent, begin = server.sent, time.monotonic()
        report = user.asks()
        seconds, received = time.monotonic() - begin, server.sent - sent
        _equal(
            "the update", (report["state"], report["running"], report["newest"]), ("installed", before, now)
        )
        _equal("what starts", user.version(), now)
        self._say(f"{seconds:7.1f} s  {before} updated itself to {now}: {received:,} bytes from the feed")
        if (user.top / "current" / APP).exists():
            self._say(f"{user.starts_app():7.1f} s  the app of {now} had started well")

    def _verified(self, user: User, files: Path, version: str) -> None:
        artefacts = artefacts_in(files, version)
        with self._timed(f"{len(artefacts)} files of {version} verified"):
            for artefact in artefacts:
                found = user.verifies(artefact.file)
                told = (found["version"], found["kind"], found["platform"])
                _equal(artefact.file.name, told, (version, artefact.kind, artefact.platform))
        altered = self.folder / "altered"
        altered.write_bytes(_altered(artefacts[0].file.read_bytes()))
        refused = json.loads(user.tee_rex("release", "verify", altered, "--json", code=ExitCode.BAD_INPUT))
        _equal("an altered file", refused["error"]["code"], "NOT_A_RELEASE")

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self._say(f"{time.monotonic() - begin:7.1f} s  {what}")

    def _say(self, line: str) -> None:
        print(line, file=self.out, flush=True)


def rehearse(checkout: Path, folder: Path) -> None:
    """Rehearse in an empty folder, which is made anew; raises RehearsalError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    Rehearsal(checkout, folder.resolve()).run()


def _altered(content: bytes) -> bytes:
    """The same with one bit changed in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _equal(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise RehearsalError(f"{what}: {found!r}, not {wanted!r}")


def _own_environment() -> dict[str, str]:
    """Without what ``make`` gave to this program, which would tell another ``make`` the wrong things."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def _run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    lines: Sequence[str] = (),
    code: int = 0,
) -> str:
    """The standard output of a program; raises RehearsalError for another exit code.

    lines: of its standard input.
    """
    given = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(command, cwd=cwd, env=env, input=given, capture_output=True, text=True, check=False)
    if done.returncode != code:
        shown = " ".join(map(str, command))
        raise RehearsalError(
            f"{shown}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout
