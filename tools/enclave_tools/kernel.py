"""The enclave's kernel: Debian's Linux 6.12 with the few parts that an enclave needs.

The same source, configuration and compiler give the same bytes, so its digest is pinned and anybody can check
it by building the kernel again.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from enclave_tools.archive import DebianArchive
from enclave_tools.build_root import BuildRoot, processors
from enclave_tools.cache import ToolCache
from enclave_tools.commands import EnclaveToolsError, output_of

TOOL = "kernel"
SOURCE_PACKAGE = "linux-source-6.12"
CONFIGURATION = Path(__file__).with_name("kernel.config")
_REPOSITORY = Path(__file__).resolve().parents[2]
KERNEL_PIN = _REPOSITORY / "enclave_server" / "tee_rex_server" / "image" / "pins" / "kernel.json"
"""The pinned kernel, which the image's builder reads too."""

# What a kernel build would otherwise take from its machine and date.
_BUILD_IDENTITY = {
    "KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 2026",
    "KBUILD_BUILD_USER": "tee-rex",
    "KBUILD_BUILD_HOST": "debian",
    "KBUILD_BUILD_VERSION": "1",
}
_TREE = "/build/linux-source-6.12"
# Objects of this configuration, for the progress only.
_ABOUT_OBJECTS = 830


class KernelPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The image's kernel and its inputs.

    version: of Debian's source package. sha256: of the bzImage. config_sha256: of ``kernel.config``.
    toolchain: versions of the packages that built it.
    """

    version: str
    sha256: str
    config_sha256: str
    toolchain: dict[str, str]


@dataclass(frozen=True, slots=True)
class BuiltKernel:
    """A bzImage and its inputs."""

    image: Path
    pin: KernelPin


def read_pin(path: Path) -> KernelPin | None:
    """The pinned kernel; None if none is pinned yet."""
    return msgspec.json.decode(path.read_bytes(), type=KernelPin) if path.exists() else None


def write_pin(path: Path, pin: KernelPin) -> None:
    """Store a kernel's pin."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(pin), indent=2) + b"\n")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def usable_kernel(cache: ToolCache, pinned: KernelPin | None) -> Path | None:
    """A finished kernel: the pinned one, else another one built from this configuration."""
    wanted = sha256_of(CONFIGURATION)
    if pinned is not None:
        image = cache.path(TOOL, pinned.version) / "bzImage"
        if image.exists() and sha256_of(image) == pinned.sha256:
            return image
    newest = cache.newest(TOOL)
    if newest is None or (pinned is not None and newest == cache.path(TOOL, pinned.version)):
        return None
    made = read_pin(newest / "kernel.json")
    image = newest / "bzImage"
    unchanged = made is not None and made.config_sha256 == wanted and made.sha256 == sha256_of(image)
    return image if unchanged else None


def download_kernel_source(archive: DebianArchive, pinned: str | None, folder: Path) -> tuple[str, Path]:
    """Download the pinned version of the source, else the archive's newest; returns version and package."""
    offered = output_of(archive.command("apt-cache", "madison", SOURCE_PACKAGE), archive.environment())
    versions = [line.split("|")[1].strip() for line in offered.splitlines() if "Packages" in line]
    if not versions:
        raise EnclaveToolsError(f"Debian {archive.suite} has no package {SOURCE_PACKAGE}.")
    version = pinned if pinned in versions else versions[0]
    return version, archive.download([f"{SOURCE_PACKAGE}={version}"], folder)[0]


def build_kernel(root: BuildRoot, version: str, source: Path) -> BuiltKernel:
    """Unpack, configure and build inside the root.

    Raises EnclaveToolsError if the source rejects options of ``kernel.config``.
    """
    tree = root.folder / _TREE.lstrip("/")
    if tree.exists():
        shutil.rmtree(tree)
    shutil.copy(source, root.build / "kernel-source.deb")
    shutil.copy(CONFIGURATION, root.build / "kernel.config")
    root.run(["sh", "-ec", _UNPACK, "sh", *(f"--exclude=linux-source-6.12/{name}" for name in _NOT_COMPILED)])
    root.run(["sh", "-ec", _CONFIGURE], cwd=_TREE, environment=_BUILD_IDENTITY)
    wrong = unmet_options(CONFIGURATION.read_text(), (tree / ".config").read_text())
    if wrong:
        raise EnclaveToolsError(f"{SOURCE_PACKAGE} {version} rejects these options: {', '.join(wrong)}")
    compiled = 0

    def progress(line: str) -> str | None:
        nonlocal compiled
        compiled += line.startswith(("  CC ", "  AS "))
        return f"{compiled} of about {_ABOUT_OBJECTS} objects"

    root.run(
        ["make", f"-j{processors()}", "bzImage"], cwd=_TREE, environment=_BUILD_IDENTITY, progress=progress
    )
    image = tree / "arch" / "x86" / "boot" / "bzImage"
    pin = KernelPin(
        version=version,
        sha256=sha256_of(image),
        config_sha256=sha256_of(CONFIGURATION),
        toolchain=root.toolchain(),
    )
    return BuiltKernel(image, pin)


def unmet_options(wanted: str, configuration: str) -> list[str]:
    """The lines of ``wanted`` that a finished .config contradicts; ``=n`` means not set."""
    lines = set(configuration.splitlines())
    names = {line.partition("=")[0] for line in lines}
    return [
        line
        for line in wanted.splitlines()
        if line.startswith("CONFIG_")
        and (line.removesuffix("=n") in names if line.endswith("=n") else line not in lines)
    ]


# Two thirds of the source are for other processors and for devices that no enclave has. Their Kconfig files
# and Makefiles are needed all the same.
_NOT_COMPILED = (
    "Documentation/*/*",
    *(f"drivers/{folder}/*.[ch]" for folder in ("gpu", "iio", "infiniband", "media", "scsi", "staging")),
    *(f"drivers/net/{folder}/*.[ch]" for folder in ("ethernet", "wireless")),
    "sound/*.[ch]",
    "tools/perf",
    "tools/testing",
    "arch/*/boot/dts",
)
_UNPACK = """
dpkg-deb --fsys-tarfile kernel-source.deb | tar x -O ./usr/src/linux-source-6.12.tar.xz | tar xJ "$@"
rm kernel-source.deb
"""
_CONFIGURE = """
make -s tinyconfig
scripts/kconfig/merge_config.sh -m .config /build/kernel.config
make -s olddefconfig
"""
