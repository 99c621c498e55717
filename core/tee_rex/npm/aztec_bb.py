"""The bb inside Aztec's packages: bb.js starts it for hashes, signatures and its own proofs."""

from __future__ import annotations

from pathlib import Path

from tee_rex.bb.executable import BbExecutable
from tee_rex.bb.platform import Platform
from tee_rex.bb.runtime import Runtime
from tee_rex.npm.standalone_program import copy_standalone


async def place_bb(tree: Path, bb: BbExecutable, platform: Platform, runtime: Runtime) -> None:
    """Put a copy of ``bb`` that starts here by its path alone into the ``node_modules`` folder ``tree``.

    Raises RuntimeUnavailableError, or OSError from the disk.
    """
    target = tree / "@aztec" / "bb.js" / "build" / platform / "bb"
    new = target.with_name("bb.new")  # the old one may be running
    await copy_standalone(bb.path, runtime, new)
    new.replace(target)
