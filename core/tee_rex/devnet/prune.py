"""Leaving out of a tree of npm packages what no program on this machine reads."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tee_rex.system.platform import Platform
from tee_rex.system.threads import Checkpoint

# Source maps, type declarations, documentation. Licences stay.
_UNREAD_ENDINGS = (".map", ".d.ts", ".d.mts", ".d.cts", ".ts", ".md", ".markdown", ".flow", ".tsbuildinfo")


def prune(tree: Path, platform: Platform, checkpoint: Checkpoint) -> None:
    """Remove it from the ``node_modules`` folder ``tree``: half of the files, a third of the bytes, 0.5 s.

    Aztec's generators write TypeScript of their own and read none.
    """
    removed = 0
    for folder, _, files in os.walk(tree):
        for name in files:
            if name.endswith(_UNREAD_ENDINGS):
                Path(folder, name).unlink()
                removed += 1
        checkpoint(removed)
    for other in (tree / "@aztec" / "bb.js" / "build").glob("*"):
        if other.name != platform:
            shutil.rmtree(other)
    checkpoint(removed)
