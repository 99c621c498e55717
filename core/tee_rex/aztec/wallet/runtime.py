"""The bridge's runtime folder: built on the user's machine from locked packages, checked at every use.

One folder for each trusted setup, Aztec version and digest of our sources,
``<setup>/bridge/<version>-<digest>/``: the bundle, circuits and contracts, WASM, and one native module.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Protocol

import msgspec

from tee_rex.aztec.wallet.process import BridgeCommand
from tee_rex.aztec.wallet.sources import BridgeSources, bridge_for, shipped_bridges
from tee_rex.bb.install import ensure_bb, place_bb
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.npm.development_keys import apply_development_keys
from tee_rex.npm.npm import END_WITH_PARENT, Npm
from tee_rex.runtime.store import runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.child_process import exit_reason, run_to_end
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, TaskProgress
from tee_rex.system.text import quoted
from tee_rex.system.threads import Checkpoint, finish_in_thread, in_thread, read_in_thread
from tee_rex.system.untrusted import Sha256, UndecodableError, decode_json
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.updates.pins import current_pins

ENTRY: Final = "bridge.mjs"
_NATIVE_MODULE: Final = "nodejs_module.node"
_MANIFEST: Final = "manifest.json"
_MAX_MANIFEST_BYTES: Final = 1 << 20
_BUILD_SECONDS: Final = 300.0
_BYTES_NEEDED: Final = 900 << 20
"""Downloaded packages, the same unpacked, and the result: 740 MB measured, of which 38 MB stay."""
_FOLDERS_KEPT: Final = 2
"""Of each major version. Another release of TEE-Rex may be running from the previous one."""

_FileName = Annotated[str, msgspec.Meta(pattern=r"^(artifacts/)?[A-Za-z0-9_.-]+\Z")]


class BridgeProvider(Protocol):
    """Provides the command that starts the wallet's process."""

    async def command(
        self, setup: TrustedSetup, version: AztecVersion, progress: ProgressListener
    ) -> BridgeCommand:
        """The command for networks of this version; raises UnusableEnvironmentError."""


class _Manifest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    files: dict[_FileName, Sha256]


@dataclass(frozen=True, slots=True)
class InstalledBridges:
    """Finds runtime folders and, unless ``allow_download`` is false, builds missing ones.

    system: as ``sys.platform``.
    """

    paths: Paths
    allow_download: bool = True
    system: str = sys.platform

    async def command(
        self, setup: TrustedSetup, version: AztecVersion, progress: ProgressListener
    ) -> BridgeCommand:
        """The command that starts the bridge for networks of this version.

        1. Check the runtime folder by its manifest; build it if it is missing or damaged.
        2. Make sure that Node and the native module can run here (``RuntimeStore``, ``Npm.standalone_node``).

        Raises WALLET_NOT_ON_WINDOWS, BRIDGE_VERSION_UNSUPPORTED, BridgeMissingError if downloading is not
        allowed, WalletError, the errors of npm, of Node's runtime (RUNTIME_UNAVAILABLE …), and of
        ``disk_errors``.
        """
        if self.system == "win32":
            raise errors.WALLET_NOT_ON_WINDOWS()
        sources = bridge_for(version)
        if sources is None:
            raise errors.BRIDGE_VERSION_UNSUPPORTED(
                version=str(version), supported=", ".join(str(one.version) for one in shipped_bridges())
            )
        folder = self.folder(setup, sources)
        files.require_own_tree(folder, self.paths.data)
        if not await in_thread(partial(is_intact, folder)):
            if not self.allow_download:
                raise errors.BRIDGE_MISSING(folder=str(folder))
            with files.disk_errors(folder.parent):
                await finish_in_thread(folder.parent.mkdir, parents=True, exist_ok=True)
                async with files.exclusive(folder.parent / ".lock"):
                    if not await in_thread(partial(is_intact, folder)):
                        await self._install(setup, sources, folder, progress)
        runtime = await runtime_store(self.paths).ensure(
            folder / _NATIVE_MODULE, progress, allow_download=self.allow_download
        )
        node = await Npm.bundled().standalone_node(self.paths, runtime)
        return BridgeCommand((str(node), "--disable-sigusr1", str(folder / ENTRY)), folder)

    def folder(self, setup: TrustedSetup, sources: BridgeSources) -> Path:
        """The runtime folder made from these sources, installed or not."""
        return self.paths.setup_dir(setup) / "bridge" / f"{sources.version}-{sources.digest()[:12]}"

    async def _install(
        self, setup: TrustedSetup, sources: BridgeSources, folder: Path, progress: ProgressListener
    ) -> None:
        def report(done: int, total: int | None) -> None:
            progress(TaskProgress("bridge.download", "Downloading Aztec's wallet", done, total, "bytes"))
            if done == total:
                progress(TaskProgress.phase("bridge.unpack", "Unpacking Aztec's wallet"))

        files.require_free_space(folder.parent, _BYTES_NEEDED)
        async with files.temporary_folder(folder.parent, "install") as temporary:
            builder = await finish_in_thread(sources.copy, temporary / "project")
            npm = Npm.bundled()
            tree = await npm.install_locked(sources.project, builder.parent, report)
            if setup is TrustedSetup.DEVELOPMENT:
                await self._exchange_keys(tree, sources.version, progress)
            progress(TaskProgress.phase("bridge.build", "Building Aztec's wallet"))
            new = temporary / "new"
            await _build(npm.node, builder, tree, new)
            await in_thread(partial(_place, new, folder))

    async def _exchange_keys(self, tree: Path, version: AztecVersion, progress: ProgressListener) -> None:
        pins = await read_in_thread(current_pins, self.paths)
        bb = (await ensure_bb(self.paths, pins, version, TrustedSetup.GENUINE, progress)).executable
        runtime = await runtime_store(self.paths).ensure(bb.path, progress)
        progress(TaskProgress.phase("bridge.keys", "Adding the development keys to Aztec's wallet"))
        await place_bb(tree, bb, Platform.current(), runtime)
        await apply_development_keys(tree, version, await Npm.bundled().standalone_node(self.paths, runtime))


def is_intact(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether a runtime folder holds every file of its manifest, unchanged (38 MB are hashed)."""
    try:
        with files.open_regular(folder / _MANIFEST) as file:
            manifest = decode_json(file.read(_MAX_MANIFEST_BYTES), _Manifest)
        return ENTRY in manifest.files and all(
            files.sha256_of(folder / name, checkpoint) == digest for name, digest in manifest.files.items()
        )
    except (OSError, UndecodableError):
        return False


async def _build(node: Path, builder: Path, tree: Path, output: Path) -> None:
    try:
        finished = await run_to_end(
            [node, END_WITH_PARENT, builder, tree, Platform.current().value, output],
            cwd=builder.parent,
            seconds=_BUILD_SECONDS,
        )
    except TimeoutError as error:
        raise errors.BRIDGE_BUILD_TIMED_OUT(seconds=_BUILD_SECONDS) from error
    if finished.returncode != 0:
        if not (reason := quoted(finished.stderr)):
            raise errors.BRIDGE_BUILD_ENDED(reason=exit_reason(finished.returncode))
        raise errors.BRIDGE_INSTALL_FAILED(reason=reason)


def _place(new: Path, folder: Path, checkpoint: Checkpoint) -> None:
    names = sorted(str(path.relative_to(new)) for path in new.rglob("*") if path.is_file())
    manifest = _Manifest({name: files.sha256_of(new / name, checkpoint) for name in names})
    (new / _MANIFEST).write_bytes(msgspec.json.encode(manifest))
    for name in (*names, _MANIFEST):
        files.flush_to_disk(new / name)
    files.move_into_place(new, folder)
    major = folder.name.partition(".")[0]
    others = [one for one in folder.parent.glob(f"{major}.*") if one != folder]  # whatever the clock says
    others.sort(key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[_FOLDERS_KEPT - 1 :]:
        shutil.rmtree(other, ignore_errors=True)
