"""What is released: its sizes, how soon the app of the package is painted, how soon the first proof is there.

Measured are the files of build/package, as ``make package`` has built them, or those in TEE_REX_PACKAGES.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.first_paint import seconds_to_first_paint
from support.released import Packages

_ROUNDS = 5
_OFFLINE = ("unshare", "--map-root-user", "--net", "--")
_BUILT = Path(__file__).parents[2] / "build" / "package"


def measure() -> dict[str, float]:
    """Megabytes; seconds from the downloaded archive to a verified proof without a network; first paints."""
    packages = Packages(Path(os.environ.get("TEE_REX_PACKAGES", _BUILT)))
    files = {"deb": packages.app, "archive": packages.archive, "deb_of_the_server": packages.server}
    with tempfile.TemporaryDirectory() as folder:
        return {
            **{f"{name}_mb": file.stat().st_size / 1e6 for name, file in files.items()},
            "deb_unpacked_mb": _unpack(packages.app, Path(folder)) / 1e6,
            "archive_to_first_verified_proof_offline_s": _first_proof(packages.archive, Path(folder)),
            **_first_paints(Path(folder)),
        }


def _unpack(deb: Path, folder: Path) -> int:
    """Unpack the package; the bytes of its files."""
    subprocess.run(["dpkg-deb", "--extract", deb, folder / "deb"], check=True)
    return sum(
        path.stat().st_size
        for path in (folder / "deb").rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def _first_proof(archive: Path, folder: Path) -> float:
    started = time.monotonic()
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", folder], check=True)
    told = subprocess.run(
        [*_OFFLINE, folder / "tee-rex" / "tee-rex", "demo", "--json"],
        env=_environ(folder / "first-proof"),
        capture_output=True,
        check=True,
    ).stdout
    if json.loads(told)["verified"] is not True:
        raise RuntimeError("the proof is not verified")
    return time.monotonic() - started


def _first_paints(folder: Path) -> dict[str, float]:
    """The app of the package and the checkout's, in turns; each has started before."""
    programs = {
        "package": (str(folder / "deb" / "usr" / "bin" / "tee-rex-app"),),
        "checkout": (str(Path(sys.executable).with_name("tee-rex-app")),),
    }
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(_ROUNDS + 1):
        for name, command in programs.items():
            took = seconds_to_first_paint(command, _environ(folder / name), folder / f"{name}.log")
            if turn:
                seconds[name].append(took)
    paints = {name: statistics.median(all_of) for name, all_of in seconds.items()}
    return {
        "first_paint_of_the_package_ms": paints["package"] * 1000,
        "first_paint_of_the_package_over_the_checkout": paints["package"] / paints["checkout"],
    }


def _environ(home: Path) -> dict[str, str]:
    """Nothing of this process's own environment, so that nothing of the checkout is found by chance."""
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), "TEE_REX_HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"}
