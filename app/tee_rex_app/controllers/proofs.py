"""The proofs of finished runs: saved, and put into temporary files that can be dragged to other programs."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import shutil
from pathlib import Path

from tee_rex.system.threads import finish_in_thread
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.history import HistoryController
from tee_rex_app.errors import PROOF_NOT_KEPT
from tee_rex_app.model.runs import RunProof, RunRecord, RunState, StagedProof
from tee_rex_app.model.state import Success
from tee_rex_app.services.files import write_staged

FOLDER_NAME = "dragged"
"""Below the data folder; each file in a folder of its own, named by the proof's digest."""
SECONDS_AFTER_DROP = 60.0
"""File managers copy after the drop, perhaps to a slow disk."""


class ProofsController:
    """Files have the format of ``tee-rex prove --out``, which ``tee-rex verify`` reads.

    A temporary file is removed when its drag is cancelled, a minute after its drop, at the end of the
    application, or at its next start if it was killed.
    """

    def __init__(self, context: ControllerContext, history: HistoryController) -> None:
        self._context = context
        self._history = history
        self._folder = context.dependencies.paths.data / FOLDER_NAME
        self._removals: dict[Path, asyncio.Task[None]] = {}

    def save(self, path: Path, run: RunRecord | RunState) -> None:
        """Write a run's proof to a file."""
        self._context.attempt(
            functools.partial(self._save, path, run), lambda other: self.save(other, run), saved=True
        )

    def stage(self, run: RunRecord | RunState) -> None:
        """Put a run's proof into a temporary file."""
        self._context.attempt(functools.partial(self._stage, run))

    def unstage(self, staged: StagedProof, dropped: bool) -> None:  # noqa: FBT001  # an intent
        """Remove a temporary file; later, if it was dropped somewhere."""
        if self._context.store.state.staged == staged:
            self._context.store.update(staged=None)
        removing = self._remove(staged.file, SECONDS_AFTER_DROP if dropped else 0.0)
        self._removals[staged.file] = self._context.tasks.start(removing)

    async def remove_all(self) -> None:
        """Remove every temporary file, also those of an application that was killed."""
        await finish_in_thread(functools.partial(shutil.rmtree, self._folder, ignore_errors=True))

    async def _save(self, path: Path, run: RunRecord | RunState) -> None:
        """Raises NOT_SAVED, HistoryUnusableError."""
        proof, _ = await self._read(run)
        await self._context.save(path, proof, Success.PROOF_SAVED)

    async def _stage(self, run: RunRecord | RunState) -> None:
        """Likewise."""
        proof, about = await self._read(run)
        file = self._folder / about.sha256[:16] / about.file_name
        if (removal := self._removals.pop(file, None)) is not None:
            removal.cancel()
            await asyncio.wait([removal])
        await finish_in_thread(write_staged, file, proof)
        self._context.store.update(staged=StagedProof(about.sha256, file))

    async def _read(self, run: RunRecord | RunState) -> tuple[bytes, RunProof]:
        """The proof, and what its run's report says of it. Raises PROOF_NOT_KEPT, HistoryUnusableError."""
        about = RunProof.of(run)
        proof = run.proof if isinstance(run, RunState) else await self._history.proof(run.id)
        if about is None or proof is None or hashlib.sha256(proof).hexdigest() != about.sha256:
            raise PROOF_NOT_KEPT()
        return proof, about

    async def _remove(self, file: Path, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await finish_in_thread(functools.partial(shutil.rmtree, file.parent, ignore_errors=True))
