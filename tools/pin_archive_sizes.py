"""Measure what npm downloads: bb's package of every pinned version, and what our lock files name.

``python tools/pin_archive_sizes.py`` writes ``resources/pins/archive-sizes.json``. npm downloads and checks
whatever is not measured yet (1 GB for everything), for each platform as it would there.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tee_rex.bb.pins import BbPins
from tee_rex.bb.sources import BB_FILES, npm_package
from tee_rex.npm.npm import END_WITH_PARENT, LOCK_FILES, Npm
from tee_rex.npm.sizes import ArchiveSizes, LockSizes
from tee_rex.system.child_process import run_to_end
from tee_rex.system.files import bytes_below
from tee_rex.system.platform import Platform
from tee_rex.system.threads import read_in_thread

RESOURCES = Path(__file__).parents[1] / "resources"
PINS = RESOURCES / "pins" / "archive-sizes.json"
PLATFORMS = tuple(platform for platform, files in BB_FILES.items() if files.packaged)
PROJECTS: Mapping[str, Iterable[Platform]] = {
    **{f"bridge/{file.parent.name}": PLATFORMS for file in RESOURCES.glob("bridge/*/package-lock.json")},
    "devnet": (Platform.AMD64_LINUX,),
}
SECONDS = 3600.0


class Installed(msgspec.Struct):
    """An entry of npm's list of what it has installed."""

    integrity: str | None = None


class InstalledPackages(msgspec.Struct):
    """That list."""

    packages: dict[str, Installed]


async def package_bytes(npm: Npm, package: str) -> int:
    """The size of one package's archive."""
    with tempfile.TemporaryDirectory() as folder:
        await npm.pack(package, Path(folder), lambda _done, _total: None)
        return await read_in_thread(bytes_below, Path(folder))


async def project_bytes(npm: Npm, lock: Path, platform: Platform, cache: Path) -> int:
    """The size of all archives that npm installs of a project on this platform, each counted once."""
    processor, system = platform.split("-")
    wanted = {
        "os": {"linux": "linux", "macos": "darwin"}[system],
        "cpu": {"amd64": "x64", "arm64": "arm64"}[processor],
        **({"libc": "glibc"} if system == "linux" else {}),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in LOCK_FILES:
            (folder / file).write_bytes(lock.with_name(file).read_bytes())
        finished = await run_to_end(
            [
                *(npm.node, END_WITH_PARENT, npm.script, "ci", "--omit=dev", "--ignore-scripts"),
                *("--no-audit", "--no-fund", "--loglevel=error", f"--cache={cache}"),
                *(f"--{name}={value}" for name, value in wanted.items()),
            ],
            cwd=folder,
            seconds=SECONDS,
        )
        if finished.returncode != 0:
            raise SystemExit(finished.stderr.decode())
        listed = (folder / "node_modules" / ".package-lock.json").read_bytes()
        packages = msgspec.json.decode(listed, type=InstalledPackages).packages.values()
    archives = {content_of(one.integrity, cache) for one in packages if one.integrity is not None}
    return sum(archive.stat().st_size for archive in archives)


def content_of(integrity: str, cache: Path) -> Path:
    """Where npm keeps an archive, by the digest that the lock file has of it."""
    digest = base64.b64decode(integrity.removeprefix("sha512-")).hex()
    return cache / "_cacache" / "content-v2" / "sha512" / digest[:2] / digest[2:4] / digest[4:]


async def main() -> None:
    """Measure what is not pinned yet."""
    known = ArchiveSizes.shipped()
    npm = Npm.bundled()
    packages = {}
    for version, pins in BbPins.shipped().versions.items():
        if pins.bb:
            package = npm_package(version)
            packages[package] = known.of_package(package) or await package_bytes(npm, package)
            print(package, packages[package])
    projects = {}
    with tempfile.TemporaryDirectory() as cache:
        for name, platforms in sorted(PROJECTS.items()):
            lock = RESOURCES / name / "package-lock.json"
            content = lock.read_bytes()
            sizes = {}
            for one in platforms:
                sizes[one] = known.of_lock(content, one) or await project_bytes(npm, lock, one, Path(cache))
                print(name, one, sizes[one])
            projects[name] = LockSizes(hashlib.sha256(content).hexdigest(), sizes)
    sizes_of_all = ArchiveSizes(packages, projects)
    PINS.write_bytes(msgspec.json.format(msgspec.json.encode(sizes_of_all), indent=2) + b"\n")


if __name__ == "__main__":
    asyncio.run(main())
