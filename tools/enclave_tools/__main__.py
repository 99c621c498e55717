"""``make enclave-tools``: makes whatever is missing of kernel, QEMU and vhost-device-vsock.

Each lies in ``enclave-tools/<tool>-<version>`` of the data folder. What is there is left alone, so a second
call takes a moment, and an interrupted one goes on with the tool at which it stopped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from enclave_tools import kernel, qemu, vhost_vsock
from enclave_tools.archive import DebianArchive, debian_mirror
from enclave_tools.build_root import SUITE, BuildRoot
from enclave_tools.cache import ToolCache, folder_name
from enclave_tools.commands import say
from enclave_tools.errors import EnclaveToolsError
from enclave_tools.host import prepare_host
from enclave_tools.installed import KERNEL_PIN, usable_kernel, usable_qemu
from tee_rex.settings.paths import Paths

_ENDED_BY_SIGTERM = 128 + signal.SIGTERM


class EnclaveTools:
    """One run: the root and the lists of packages are made when the first tool needs them."""

    def __init__(self, cache: ToolCache, scratch: Path) -> None:
        self._cache = cache
        self._scratch = scratch
        self._root: BuildRoot | None = None
        self._archives: dict[str, DebianArchive] = {}

    def kernel(self, pinned: kernel.KernelPin | None) -> kernel.KernelPin:
        """Build the pinned kernel, or the archive's newest where the pinned one is no longer offered."""
        archive = self._archive(SUITE)
        version, source = kernel.download_kernel_source(
            archive, pinned.version if pinned else None, self._folder("kernel-source")
        )
        root = self._build_root("kernel")
        with timed(f"Building the kernel {version}", root.log):
            built = kernel.build_kernel(root, version, source)
        with self._cache.storing(kernel.TOOL, version) as target:
            shutil.copy(built.image, target / "bzImage")
            kernel.write_pin(target / "kernel.json", built.pin)
        return built.pin

    def qemu(self) -> None:
        """Build QEMU from trixie's source."""
        archive = self._archive(SUITE)
        dsc = qemu.download_qemu(archive, self._folder("qemu-source"))
        version = dsc.stem.partition("_")[2]
        root = self._build_root("qemu")
        with (
            timed(f"Building QEMU {version}", root.log),
            self._cache.storing(qemu.TOOL, version) as target,
        ):
            qemu.build_qemu(root, dsc, target)

    def vhost_vsock(self) -> None:
        """Fetch vhost-device-vsock."""
        archive = self._archive(vhost_vsock.SUITE)
        version = archive.version(vhost_vsock.PACKAGE)
        with (
            timed(f"Fetching {vhost_vsock.PACKAGE} {version}", self._log("apt")),
            self._cache.storing(vhost_vsock.TOOL, version) as target,
        ):
            vhost_vsock.store_vhost_vsock(archive, self._folder("vhost-vsock"), target)

    def _archive(self, suite: str) -> DebianArchive:
        if suite not in self._archives:
            archive = DebianArchive(debian_mirror(), suite, self._folder(f"apt-{suite}"), self._log("apt"))
            with timed(f"Reading the packages of Debian {suite}", archive.log):
                archive.update()
            self._archives[suite] = archive
        return self._archives[suite]

    def _build_root(self, log: str) -> BuildRoot:
        if self._root is None:
            with timed(f"Installing Debian {SUITE} to build in", self._log("root")):
                self._root = BuildRoot.create(debian_mirror(), self._scratch / "root", self._log("root"))
        return BuildRoot(self._root.folder, self._log(log))

    def _folder(self, name: str) -> Path:
        folder = self._scratch / name
        folder.mkdir()
        return folder

    def _log(self, name: str) -> Path:
        return self._cache.logs / f"{name}.log"


class timed:  # noqa: N801 - reads as a statement
    """Says what begins and where its output goes, and how long it took."""

    def __init__(self, what: str, log: Path) -> None:
        self._what = what
        self._log = log
        self._start = time.monotonic()

    def __enter__(self) -> None:
        """Say it."""
        say(f"{self._what} … (log: {self._log})")

    def __exit__(self, kind: object, *_: object) -> None:
        """Say that it is done."""
        if kind is None:
            say(f"{self._what}: {time.monotonic() - self._start:.0f} s")


def make_all(cache: ToolCache, *, pin: bool, rebuild_kernel: bool, only_host: bool) -> None:
    """Make what is missing. pin: whatever kernel comes out becomes the pinned one.

    only_host: make nothing yet, but bring what this machine needs to do it.
    """
    pinned = kernel.read_pin(KERNEL_PIN)
    missing = {
        kernel.TOOL: pin or rebuild_kernel or usable_kernel(cache, pinned) is None,
        qemu.TOOL: usable_qemu(cache) is None,
        vhost_vsock.TOOL: cache.newest(vhost_vsock.TOOL) is None,
    }
    if not any(missing.values()):
        say(f"Enclave tools: complete in {cache.folder}")
        return
    if only_host:
        cache.logs.mkdir(parents=True, exist_ok=True)
        prepare_host(cache.logs / "host.log")
        return
    with ExitStack() as stack:
        stack.enter_context(cache.locked())
        for log in cache.logs.glob("*.log"):
            log.unlink()
        prepare_host(cache.logs / "host.log")
        tools = EnclaveTools(cache, stack.enter_context(cache.scratch("build")))
        if missing[vhost_vsock.TOOL]:
            tools.vhost_vsock()
        if missing[kernel.TOOL]:
            built = tools.kernel(None if pin else pinned)
            if pin:
                kernel.write_pin(KERNEL_PIN, built)
                say(f"Pinned: kernel {built.version}, SHA-256 {built.sha256}")
            else:
                _compare(built, pinned)
        if missing[qemu.TOOL]:
            tools.qemu()
    say(f"Enclave tools: complete in {cache.folder}")


def _compare(built: kernel.KernelPin, pinned: kernel.KernelPin | None) -> None:
    if pinned is None:
        raise EnclaveToolsError("No kernel is pinned yet: start with --pin.")
    if built == pinned:
        say(f"The kernel is the pinned one, bit for bit: SHA-256 {built.sha256}")
        return
    differences = [
        f"{name}: {was or 'none'} pinned, {now or 'none'} here"
        for name, was, now in [
            ("source", pinned.version, built.version),
            ("configuration", pinned.config_sha256, built.config_sha256),
            *(
                (tool, pinned.toolchain.get(tool), built.toolchain.get(tool))
                for tool in sorted(pinned.toolchain | built.toolchain)
            ),
            ("bzImage", pinned.sha256, built.sha256),
        ]
        if was != now
    ]
    text = "The kernel is not the pinned one:\n  " + "\n  ".join(differences)
    if folder_name(built.version) == folder_name(pinned.version) and len(differences) == 1:
        raise EnclaveToolsError(f"{text}\nThe same inputs gave other bytes: do not use it.")
    say(f"{text}\nImages made with it boot and can be tested; their PCRs are not the published ones.")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="enclave-tools", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="pin the kernel that the archive's source gives")
    parser.add_argument(
        "--only-host", action="store_true", help="only install what building needs of this machine's packages"
    )
    parser.add_argument("--rebuild-kernel", action="store_true", help="build it again and compare")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED_BY_SIGTERM))  # so that half-done work is removed
    cache = ToolCache.of(Paths.from_environment(os.environ))
    try:
        make_all(
            cache,
            pin=arguments.pin,
            rebuild_kernel=arguments.rebuild_kernel,
            only_host=arguments.only_host,
        )
    except EnclaveToolsError as error:
        print(f"enclave-tools: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("enclave-tools: stopped; the next call goes on from here", file=sys.stderr)
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
