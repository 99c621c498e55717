"""Programs in place of bb."""

from __future__ import annotations

import sys
from pathlib import Path

from tee_rex.bb.store import BbCommand, BbExecutable
from tee_rex.system.files import OpenFile
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def in_place_of_bb(program: Path) -> BbCommand:
    """The command that starts another program as bb is started."""
    version, file = AztecVersion(4, 1, 2), OpenFile(program)
    sha256 = file.sha256(lambda _done: None)
    return BbCommand(BbExecutable(version, TrustedSetup.DEVELOPMENT, program, sha256, file))


def python_in_place_of_bb(*parts: str) -> BbCommand:
    """A Python program, whose last argument is the path of the socket that bb would make."""
    python = in_place_of_bb(Path(sys.executable))
    return BbCommand(python.executable, (sys.executable, "-c", "".join(parts)))
