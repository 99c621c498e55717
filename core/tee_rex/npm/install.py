"""Installing packages from npm exactly as a lock file says."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from tee_rex.bb.sources import END_WITH_PARENT, NpmPackage, npm_failure
from tee_rex.npm.errors import NpmInstallFailedError
from tee_rex.system.child_process import run_to_end
from tee_rex.system.progress import ByteCount, report_folder_size

# 0.4 GB over a line of 2 Mbit/s.
_INSTALL_SECONDS = 1800.0
LOCK_FILES = ("package.json", "package-lock.json")


async def install_locked(npm: NpmPackage, project: Traversable, folder: Path, report: ByteCount) -> Path:
    """Install what ``project`` (a folder with LOCK_FILES) locks into an empty ``folder``; its node_modules.

    No script of a package is run. npm checks the content of each package against the lock. report: hears
    of the packed bytes that have arrived. Raises NpmInstallFailedError, or OSError from the disk.
    """
    for name in LOCK_FILES:
        (folder / name).write_bytes(project.joinpath(name).read_bytes())
    cache = folder / ".npm-cache"  # a private one leaves nothing behind and shows how much has arrived
    try:
        async with report_folder_size(cache, report):
            finished = await run_to_end(_command(npm, cache), cwd=folder, seconds=_INSTALL_SECONDS)
    except TimeoutError as error:
        raise NpmInstallFailedError(f"npm was not done after {_INSTALL_SECONDS / 60:.0f} minutes.") from error
    if finished.returncode != 0:
        failure = npm_failure(finished)
        if isinstance(failure, OSError):
            raise failure
        raise NpmInstallFailedError(f"npm says: {failure.message}")
    return folder / "node_modules"


def _command(npm: NpmPackage, cache: Path) -> Sequence[str | Path]:
    return [
        npm.node,
        END_WITH_PARENT,
        npm.npm,
        "ci",
        f"--cache={cache}",
        "--ignore-scripts",
        "--omit=dev",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--json",
        "--loglevel=error",
        "--fetch-retries=2",  # after 1 and 3 s; its default waits 70 s for a closed port
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-factor=3",
    ]
