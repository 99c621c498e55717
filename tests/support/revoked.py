"""A data folder with this machine's bb and CRS, and pins updates that revoke."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tee_rex.bb.pins import BbPins
from tee_rex.revocations import Revocations, pins_file
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.updates.pins import FORMAT, PinsUpdate


def linked_home(folder: Path) -> Paths:
    """A data folder with links to what is installed; what is downloaded is kept for the next test."""
    data = Paths.from_environment(os.environ).data
    folder.mkdir(exist_ok=True)
    for name in ("development", "genuine", "runtime"):
        (data / name).mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(data / name)
    for points in data.glob("grumpkin*.dat"):
        shutil.copy(points, folder)
    return Paths.from_environment({"TEE_REX_HOME": str(folder)})


def every_bb() -> frozenset[str]:
    """The SHA-256 of everything that this release pins, executables and archives."""
    digests = set[str]()
    for version in BbPins.shipped().versions.values():
        digests |= {file.sha256 for file in (*version.bb.values(), *version.archives.values())}
        digests |= set(version.digests(TrustedSetup.DEVELOPMENT).values())
    return frozenset(digests)


def revoke(paths: Paths, *, bb: Iterable[str] = (), builds: Iterable[str] = (), serial: int = 1) -> None:
    """What a program finds after a pins update that revokes was fetched; a signature is not looked at."""
    update = PinsUpdate(FORMAT, serial, Revocations(0, frozenset(bb), frozenset(builds)))
    file = pins_file(paths)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(msgspec.json.encode(update))
