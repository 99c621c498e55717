"""A wallet that resets its kernels between calls, as only transactions with many side effects need it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tee_rex.aztec.wallet.process import BridgeCommand
from tee_rex.aztec.wallet.runtime import ENTRY, InstalledBridges
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_DECISION = "needsReset(){"
_EARLIER = (
    "if(this.nextIteration&&this.previousKernel.validationRequests.noteHashReadRequests.claimedLength>0)"
    "return this.needsResetNoteHashReadRequests(true);"
)


@dataclass(frozen=True)
class EarlyResets:
    """The installed bridge, in whose copy PXE resets a kernel as soon as it holds one read of a note.

    Without that it waits until the 65th would come, which no transaction of a flow can have. Everything else
    is as it is: PXE builds the reset's inputs, its witness is that of the real circuit, and bb proves it.
    folder: for the copy.
    """

    folder: Path
    installed: InstalledBridges

    async def command(
        self, setup: TrustedSetup, version: AztecVersion, progress: ProgressListener
    ) -> BridgeCommand:
        """See BridgeProvider."""
        original = await self.installed.command(setup, version, progress)
        shutil.copytree(original.folder, self.folder)
        entry = self.folder / ENTRY
        code = entry.read_text()
        assert code.count(_DECISION) == 1
        entry.write_text(code.replace(_DECISION, _DECISION + _EARLIER))
        return BridgeCommand((*original.argv[:-1], str(entry)), self.folder)
