"""Installing a bb that the user vouches for; it is in no enclave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tee_rex.bb.install import downloading_store
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand, BbExecutable
from tee_rex.errors import message
from tee_rex.errors.catalogue.bb import BB_FILE_UNUSABLE
from tee_rex.local.dialects import dialect_of
from tee_rex.local.process import bb_schema
from tee_rex.runtime.store import runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.versions import AztecVersion

_HEAD_BYTES: Final = 20
_ELF: Final = b"\x7fELF\x02\x01"
_PE: Final = b"MZ"
_MACH_O: Final = b"\xcf\xfa\xed\xfe"
_KINDS: Final[Mapping[Platform, tuple[bytes, int, bytes]]] = {
    Platform.AMD64_LINUX: (_ELF, 18, b"\x3e\x00"),
    Platform.ARM64_LINUX: (_ELF, 18, b"\xb7\x00"),
    Platform.AMD64_MACOS: (_MACH_O, 4, b"\x07\x00\x00\x01"),
    Platform.ARM64_MACOS: (_MACH_O, 4, b"\x0c\x00\x00\x01"),
    Platform.AMD64_WINDOWS: (_PE, 0, _PE),  # names its processor further on
}
"""How a program begins, and where it names its processor (elf(5): e_machine; mach-o/loader.h: cputype)."""


async def approve_bb(
    paths: Paths,
    pins: BbPins,
    version: AztecVersion,
    sha256: str,
    given: Path | None = None,
    progress: ProgressListener = ignore_progress,
) -> BbCommand:
    """Install a bb as ``UserBbStore.approve`` does, once it lists the messages of its generation.

    Newer system libraries are downloaded if it needs them. Raises as ``UserBbStore.approve``,
    BB_FILE_UNUSABLE (no program of this platform), BB_SCHEMA_UNKNOWN, BB_START_FAILED, the errors of
    ``errors.catalogue.runtime``.
    """
    store = downloading_store(paths, pins)

    async def check(bb: BbExecutable) -> None:
        if not await read_in_thread(is_program, bb.path, store.platform):
            reason = message("It is not an executable for {platform}.", platform=store.platform)
            raise BB_FILE_UNUSABLE(file=bb.path.name if given is None else str(given), reason=reason)
        dialect_of(version).with_names_from(await bb_schema(await command_of(bb)))

    async def command_of(bb: BbExecutable) -> BbCommand:
        return BbCommand(bb, (await runtime_store(paths).ensure(bb.path, progress)).loader)

    return await command_of(await store.approve(version, sha256, check, given, progress))


def is_program(file: Path, platform: Platform) -> bool:
    """Whether it begins as a program for this platform; raises OSError."""
    with file.open("rb") as content:
        head = content.read(_HEAD_BYTES)
    kind, offset, processor = _KINDS[platform]
    return head.startswith(kind) and head[offset : offset + len(processor)] == processor
