"""The emulator of enclaves: QEMU with the machine ``nitro-enclave``, and vhost-device-vsock.

Debian's QEMU packages lack that machine. The built program keeps its libraries beside it, so it runs on older
systems. vhost-device-vsock offers the emulated enclave's vsock as a Unix socket.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from enclave_tools.archive import DebianArchive
from enclave_tools.build_root import BuildRoot, processors
from enclave_tools.cache import ToolCache
from enclave_tools.commands import EnclaveToolsError, output_of

TOOL = "qemu"
SOURCE_PACKAGE = "qemu"
# The machine's firmware and its kernel loader.
_FIRMWARE_PACKAGE = "qemu-system-data"
_FIRMWARE = ("usr/share/qemu/qboot.rom", "usr/share/qemu/linuxboot_dma.bin")
_TREE = "/build/qemu"
_BUILD = f"{_TREE}/build"
_DEVICES = "CONFIG_NITRO_ENCLAVE=y\nCONFIG_MICROVM=y\nCONFIG_VIRTIO_RNG=y\nCONFIG_VIRTIO_BLK=y\n"
_OPTIONS = (
    "--target-list=x86_64-softmmu",
    "--with-devices-x86_64=nitro",
    "--without-default-features",
    "--without-default-devices",
    "--enable-system",
    "--enable-tcg",
    "--enable-fdt=system",
    "--enable-gnutls",
    "--enable-libcbor",
    "--enable-vhost-user",
    "--enable-vhost-kernel",
    "--enable-trace-backends=nop",
    "--disable-docs",
    "--disable-tools",
    "--disable-guest-agent",
    "--disable-install-blobs",
    "--disable-debug-info",
    "--disable-download",
    "--disable-werror",
)
RECIPE = hashlib.sha256(repr((_DEVICES, _OPTIONS, _FIRMWARE)).encode()).hexdigest()
"""Digest of these choices; a finished QEMU keeps it in its file ``recipe``."""
VHOST_TOOL = "vhost-device-vsock"
VHOST_PACKAGE = "vhost-device-vsock"
VHOST_SUITE = "forky"
"""Debian's next release; trixie does not have the package."""
_NINJA_STEP = re.compile(r"\[(\d+)/(\d+)\]")


def usable_qemu(cache: ToolCache) -> Path | None:
    """The folder of the newest QEMU, if it was built with the present RECIPE."""
    newest = cache.newest(TOOL)
    if newest is None or not (newest / "recipe").exists():
        return None
    return newest if (newest / "recipe").read_text() == RECIPE else None


def download_qemu(archive: DebianArchive, folder: Path) -> Path:
    """Download the source package and the firmware's package; returns the .dsc."""
    archive.download([_FIRMWARE_PACKAGE], folder)
    return archive.download_source(SOURCE_PACKAGE, folder)


def build_qemu(root: BuildRoot, dsc: Path, target: Path) -> None:
    """Build from the source beside ``dsc`` and store program, libraries and firmware in ``target``.

    ``target`` gets ``bin/qemu-system-x86_64``, ``lib`` (with the loader ``ld-linux-x86-64.so.2``) and
    ``firmware``. Raises EnclaveToolsError if the program lacks the machine.
    """
    sources = root.build / "qemu-source"
    shutil.copytree(dsc.parent, sources)
    root.run(["dpkg-source", "--no-check", "-x", f"qemu-source/{dsc.name}", _TREE])
    shutil.rmtree(sources)
    tree = root.folder / _TREE.lstrip("/")
    (tree / "configs" / "devices" / "x86_64-softmmu" / "nitro.mak").write_text(_DEVICES)
    root.run(["mkdir", _BUILD])
    root.run(["../configure", *_OPTIONS], cwd=_BUILD)
    root.run(["ninja", f"-j{processors()}", "qemu-system-x86_64"], cwd=_BUILD, progress=_progress)
    root.run(["strip", "qemu-system-x86_64"], cwd=_BUILD)

    program = target / "bin" / "qemu-system-x86_64"
    program.parent.mkdir()
    shutil.copy(tree / "build" / program.name, program)
    _copy_libraries(root, f"{_BUILD}/{program.name}", target / "lib")
    _copy_firmware(dsc.parent, target / "firmware")
    shutil.rmtree(tree)
    check_machine(target)
    (target / "recipe").write_text(RECIPE)


def qemu_command(folder: Path) -> list[str]:
    """The command line that starts the QEMU in ``folder``, whatever libc this system has."""
    library = folder / "lib"
    return [
        str(library / "ld-linux-x86-64.so.2"),
        "--library-path",
        str(library),
        str(folder / "bin" / "qemu-system-x86_64"),
        "-L",
        str(folder / "firmware"),
    ]


def check_machine(folder: Path) -> None:
    """Raise EnclaveToolsError unless the program starts and has the machine."""
    listed = subprocess.run(
        [*qemu_command(folder), "-machine", "help"], capture_output=True, text=True, check=False
    )
    if "nitro-enclave" not in listed.stdout:
        raise EnclaveToolsError(f"The new QEMU lacks the machine nitro-enclave. {listed.stderr}")


def _progress(line: str) -> str | None:
    match = _NINJA_STEP.match(line)
    return f"{match[1]} of {match[2]} steps" if match else None


def _copy_libraries(root: BuildRoot, program: str, target: Path) -> None:
    target.mkdir()
    listed = output_of(["chroot", root.folder, "ldd", program])
    for path in re.findall(r"(/\S+) \(0x", listed):
        shutil.copy(root.folder / path.lstrip("/"), target / Path(path).name)


def _copy_firmware(packages: Path, target: Path) -> None:
    target.mkdir()
    unpacked = target / "unpacked"
    output_of(["dpkg-deb", "-x", next(packages.glob(f"{_FIRMWARE_PACKAGE}_*.deb")), unpacked])
    for name in _FIRMWARE:
        shutil.copy(unpacked / name, target / Path(name).name)
    shutil.rmtree(unpacked)


def store_vhost_vsock(archive: DebianArchive, scratch: Path, target: Path) -> None:
    """Download the package and store its one program as ``bin/vhost-device-vsock``."""
    (deb,) = archive.download([VHOST_PACKAGE], scratch)
    unpacked = scratch / "unpacked"
    output_of(["dpkg-deb", "-x", deb, unpacked])
    program = target / "bin" / VHOST_PACKAGE
    program.parent.mkdir()
    shutil.copy(unpacked / "usr" / "bin" / VHOST_PACKAGE, program)
    output_of([program, "--version"])
