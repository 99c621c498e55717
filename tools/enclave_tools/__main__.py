"""``make enclave-tools``: builds or downloads the missing ones of kernel, QEMU and vhost-device-vsock.

Each is stored in ``enclave-tools/<tool>-<version>`` of the data folder. Existing ones are kept, so a second
run takes a moment, and an interrupted run resumes with the tool at which it stopped.
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

from enclave_tools import emulator, kernel
from enclave_tools.archive import DebianArchive, debian_mirror
from enclave_tools.build_root import SUITE, BuildRoot
from enclave_tools.cache import ToolCache, folder_name
from enclave_tools.commands import EnclaveToolsError, say
from enclave_tools.host import prepare_host
from tee_rex.settings.paths import Paths

_ENDED_BY_SIGTERM = 128 + signal.SIGTERM


class EnclaveTools:
    """One run; the build root and the package lists are created when the first tool needs them."""

    def __init__(self, cache: ToolCache, scratch: Path) -> None:
        self._cache = cache
        self._scratch = scratch
        self._root: BuildRoot | None = None
        self._archives: dict[str, DebianArchive] = {}

    def kernel(self, pinned: kernel.KernelPin | None) -> kernel.KernelPin:
        """Build the pinned kernel, or the archive's newest where the archive no longer has the pinned one."""
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
        """Build QEMU from trixie's source package."""
        archive = self._archive(SUITE)
        dsc = emulator.download_qemu(archive, self._folder("qemu-source"))
        version = dsc.stem.partition("_")[2]
        root = self._build_root("qemu")
        with (
            timed(f"Building QEMU {version}", root.log),
            self._cache.storing(emulator.TOOL, version) as target,
        ):
            emulator.build_qemu(root, dsc, target)

    def vhost_vsock(self) -> None:
        """Download vhost-device-vsock."""
        archive = self._archive(emulator.VHOST_SUITE)
        version = archive.version(emulator.VHOST_PACKAGE)
        with (
            timed(f"Downloading {emulator.VHOST_PACKAGE} {version}", self._log("apt")),
            self._cache.storing(emulator.VHOST_TOOL, version) as target,
        ):
            emulator.store_vhost_vsock(archive, self._folder("vhost-vsock"), target)

    def _archive(self, suite: str) -> DebianArchive:
        if suite not in self._archives:
            archive = DebianArchive(debian_mirror(), suite, self._folder(f"apt-{suite}"), self._log("apt"))
            with timed(f"Downloading the package lists of Debian {suite}", archive.log):
                archive.update()
            self._archives[suite] = archive
        return self._archives[suite]

    def _build_root(self, log: str) -> BuildRoot:
        if self._root is None:
            with timed(f"Installing Debian {SUITE} as the build root", self._log("root")):
                self._root = BuildRoot.create(debian_mirror(), self._scratch / "root", self._log("root"))
        return BuildRoot(self._root.folder, self._log(log))

    def _folder(self, name: str) -> Path:
        folder = self._scratch / name
        folder.mkdir()
        return folder

    def _log(self, name: str) -> Path:
        return self._cache.logs / f"{name}.log"


class timed:  # noqa: N801  # reads as a statement
    """Prints a step with its log file, and how long it took."""

    def __init__(self, what: str, log: Path) -> None:
        self._what = what
        self._log = log
        self._start = time.monotonic()

    def __enter__(self) -> None:
        """Print the step."""
        say(f"{self._what} … (log: {self._log})")

    def __exit__(self, kind: object, *_: object) -> None:
        """Print the time, unless the step failed."""
        if kind is None:
            say(f"{self._what}: {time.monotonic() - self._start:.0f} s")


def build_missing(cache: ToolCache, *, pin: bool, rebuild_kernel: bool, only_host: bool) -> None:
    """Build or download what is missing.

    pin: the kernel that is built becomes the pinned one. only_host: only install the packages that building
    needs on this machine.
    """
    pinned = kernel.read_pin(kernel.KERNEL_PIN)
    missing = {
        kernel.TOOL: pin or rebuild_kernel or kernel.usable_kernel(cache, pinned) is None,
        emulator.TOOL: emulator.usable_qemu(cache) is None,
        emulator.VHOST_TOOL: cache.newest(emulator.VHOST_TOOL) is None,
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
        if missing[emulator.VHOST_TOOL]:
            tools.vhost_vsock()
        if missing[kernel.TOOL]:
            built = tools.kernel(None if pin else pinned)
            if pin:
                kernel.write_pin(kernel.KERNEL_PIN, built)
                say(f"Pinned: kernel {built.version}, SHA-256 {built.sha256}")
            else:
                _compare(built, pinned)
        if missing[emulator.TOOL]:
            tools.qemu()
    say(f"Enclave tools: complete in {cache.folder}")


def _compare(built: kernel.KernelPin, pinned: kernel.KernelPin | None) -> None:
    if pinned is None:
        raise EnclaveToolsError("No kernel is pinned yet; run with --pin.")
    if built == pinned:
        say(f"The kernel is identical to the pinned one: SHA-256 {built.sha256}")
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
    text = "The kernel differs from the pinned one:\n  " + "\n  ".join(differences)
    if folder_name(built.version) == folder_name(pinned.version) and len(differences) == 1:
        raise EnclaveToolsError(f"{text}\nThe same inputs gave other bytes. Do not use it.")
    say(f"{text}\nImages with this kernel boot and can be tested, but their PCRs are not the published ones.")


def main() -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(prog="enclave-tools", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="build the archive's newest kernel and pin it")
    parser.add_argument(
        "--only-host", action="store_true", help="only install the packages that building needs"
    )
    parser.add_argument(
        "--rebuild-kernel",
        action="store_true",
        help="build the kernel again and compare it with the pinned one",
    )
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(_ENDED_BY_SIGTERM)
    )  # so that unfinished work is removed
    cache = ToolCache.of(Paths.from_environment(os.environ))
    try:
        build_missing(
            cache,
            pin=arguments.pin,
            rebuild_kernel=arguments.rebuild_kernel,
            only_host=arguments.only_host,
        )
    except EnclaveToolsError as error:
        print(f"enclave-tools: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("enclave-tools: stopped; the next run resumes here", file=sys.stderr)
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
