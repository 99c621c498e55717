"""The archive on fresh Debians without a network: unpacked by an ordinary user, and updated."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from packages.test_app_deb import ANA, open_and_close_the_app, parted, prove_and_verify
from release.archive import unpacked_bytes
from release.feed import NewFile
from support.debian_machine import DebianMachine
from support.patience import PATIENCE
from support.released import Boot, Packages
from support.update_feed import PLATFORM, TestFeed
from support.x11_desktop import until
from tee_rex.updates.releases import FOLDER, Description

pytestmark = [
    pytest.mark.integration,
    pytest.mark.packages,
    pytest.mark.soak,
    pytest.mark.timeout(900, func_only=True),
]

PROGRAM = "/home/ana/tee-rex/tee-rex"
PORT = 8123


def unpack(machine: DebianMachine, archive: Path) -> Path:
    """As ana does in a home folder; the folder, seen from outside."""
    machine.run("tar", "--extract", "--xz", "--file", machine.put(archive), user="ana")
    machine.run("rm", f"/tmp/{archive.name}")
    return machine.root / ANA / "tee-rex"


def version_of(machine: DebianMachine) -> str:
    return machine.run(PROGRAM, "--version", user="ana").split()[1]


@contextmanager
def served(machine: DebianMachine, folder: Path) -> Iterator[None]:
    """Serve a folder of this machine there, at its port PORT."""
    serve = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, PORT)
    network = ("nsenter", f"--net=/proc/{machine.pid}/ns/net", "--")
    with subprocess.Popen([str(part) for part in (*network, *serve)], stderr=subprocess.DEVNULL) as server:
        listening = f":{PORT:04X} "
        try:
            until(lambda: listening in Path(f"/proc/{server.pid}/net/tcp").read_text(), PATIENCE)
            yield
        finally:
            server.kill()


def test_it_proves_and_opens_and_leaves_the_system_alone(
    boot: Boot, packages: Packages, tmp_path: Path
) -> None:
    with boot() as machine:
        before, _ = parted(machine.files())
        folder = unpack(machine, packages.archive)
        assert version_of(machine) == packages.version
        prove_and_verify(machine, PROGRAM)
        open_and_close_the_app(machine, tmp_path / "log", f"{PROGRAM}-app")
        assert parted(machine.files())[0] == before
        assert folder.is_dir()


def test_the_release_before_updates_itself_to_this_one(
    boot: Boot, older: Packages, packages: Packages, tmp_path: Path
) -> None:
    feed = TestFeed(tmp_path / "feed")
    feed.begin()
    described = Description(
        packages.version,
        FOLDER,
        PLATFORM,
        changes="What is new.",
        unpacked_bytes=unpacked_bytes(packages.archive, packages.version),
    )
    feed.feed.add([NewFile(f"{packages.version}/{packages.archive.name}", packages.archive, described)])
    feed.feed.promote(packages.version)
    feed.publish()
    with boot() as machine, served(machine, feed.folder):
        folder = unpack(machine, older.archive)
        embedded = folder / "versions" / older.version / "_internal" / "tee_rex" / "_resources" / "updates"
        feed.write_source(f"http://127.0.0.1:{PORT}", embedded)
        assert version_of(machine) == older.version
        told = json.loads(machine.run(PROGRAM, "update", "--json", user="ana"))
        assert packages.version in json.dumps(told)
        assert version_of(machine) == packages.version
        assert (folder / "previous").is_symlink()
        open_and_close_the_app(machine, tmp_path / "log", f"{PROGRAM}-app")
        assert not (folder / "previous").is_symlink()
        prove_and_verify(machine, PROGRAM)
