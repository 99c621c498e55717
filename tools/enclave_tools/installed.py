"""Which of the tools in the data folder may be used."""

from __future__ import annotations

from pathlib import Path

from enclave_tools import kernel, qemu
from enclave_tools.cache import ToolCache

_REPOSITORY = Path(__file__).resolve().parents[2]
KERNEL_PIN = _REPOSITORY / "enclave_server" / "tee_rex_server" / "image" / "pins" / "kernel.json"
"""Which kernel images are made with; whoever builds one reads it too."""


def usable_kernel(cache: ToolCache, pinned: kernel.KernelPin | None) -> Path | None:
    """A finished kernel: the pinned one with the pinned bytes, else another made from this configuration."""
    wanted = kernel.sha256_of(kernel.CONFIGURATION)
    if pinned is not None:
        image = cache.path(kernel.TOOL, pinned.version) / "bzImage"
        if image.exists() and kernel.sha256_of(image) == pinned.sha256:
            return image
    newest = cache.newest(kernel.TOOL)
    if newest is None or (pinned is not None and newest == cache.path(kernel.TOOL, pinned.version)):
        return None
    made = kernel.read_pin(newest / "kernel.json")
    image = newest / "bzImage"
    unchanged = made is not None and made.config_sha256 == wanted and made.sha256 == kernel.sha256_of(image)
    return image if unchanged else None


def usable_qemu(cache: ToolCache) -> Path | None:
    """The folder of the newest QEMU, if it was built as qemu.py builds it now."""
    newest = cache.newest(qemu.TOOL)
    if newest is None or not (newest / "recipe").exists():
        return None
    return newest if (newest / "recipe").read_text() == qemu.RECIPE else None
