"""Files that people choose, drop, or open with the application."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tee_rex.transaction.request import ProvingMode
from tee_rex_app.controllers.attestation import AttestationController
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.proving import ProvingController
from tee_rex_app.model.runs import RunStage, WaitingFile
from tee_rex_app.model.state import Page, State
from tee_rex_app.platform.remembered import RECENT_FILES, Remembered
from tee_rex_app.services.attestation import is_document


class FilesController:
    """Shows attestation documents, and proves everything else, as soon as that is possible and agreed.

    1. A file that cannot be proved at once waits in the state, where the window shows it: while something
       runs, or where its witness would leave this computer and nobody has agreed to that.
    2. The user agrees (:meth:`prove_waiting`), or removes it.
    3. What is agreed begins when the running proof is done. If that fails or is cancelled, nothing begins by
       itself; the files stay.
    """

    def __init__(
        self,
        context: ControllerContext,
        proving: ProvingController,
        attestation: AttestationController,
        remembered: Remembered,
    ) -> None:
        self._context = context
        self._proving = proving
        self._attestation = attestation
        self._remembered = remembered
        self._begun: Path | None = None
        self._started: float | None = None
        context.store.update(recent_files=remembered.recent_files)
        context.store.run_ended.connect(self._run_ended)
        context.store.changed.connect(self._see)

    def prove_files(self, paths: Sequence[Path]) -> None:
        """Take files that the user chose or dropped, and was told what happens to them."""
        self._context.tasks.start(self._take(paths, agreed=True))

    def open_files(self, paths: Sequence[Path]) -> None:
        """Take files that came with a start of the application."""
        self._context.tasks.start(self._take(paths, agreed=False))

    def prove_waiting(self, file: WaitingFile) -> None:
        """Prove a waiting file, in the present mode: at once, or after the running proof."""
        mode = self._context.store.state.mode
        self._show(replace(one, next_in=mode) if one == file else one for one in self._waiting)
        self._go_on()

    def remove_waiting(self, file: WaitingFile) -> None:
        """Forget a waiting file."""
        self._show(one for one in self._waiting if one != file)

    def clear_recent(self) -> None:
        """Forget which files were proved."""
        self._remember(())

    async def _take(self, paths: Sequence[Path], *, agreed: bool) -> None:
        store = self._context.store
        taken = []
        for path in paths:
            if await asyncio.to_thread(is_document, path):
                self._attestation.open_document(path)
            else:
                taken.append(path)
        if taken:
            state = store.state
            agreed = agreed or (state.mode is ProvingMode.LOCAL and not state.busy)
            possible = state.running or not state.busy
            mode = state.mode if agreed and possible else None
            others = (one for one in self._waiting if one.path not in taken)
            waiting = (*others, *(WaitingFile(path, mode) for path in dict.fromkeys(taken)))
            store.update(waiting_files=waiting, page=Page.PROVE)
            self._go_on()

    def _see(self, state: State) -> None:
        run = state.last_run
        if run is not None and run.active:
            self._started = run.started
        if (
            self._begun is not None
            and state.running
            and state.run is not None
            and state.run.setup is not None
        ):
            begun, self._begun = self._begun, None  # it was read, and is a transaction
            asyncio.get_running_loop().call_soon(self._remember_proved, begun)
        if not state.busy and any(one.next_in is not None for one in state.waiting_files):
            asyncio.get_running_loop().call_soon(self._go_on)

    def _run_ended(self, state: State) -> None:
        self._begun = None
        run = state.last_run
        # An earlier run is shown again where no run came of a file.
        done = run is not None and run.started == self._started and run.stage is RunStage.DONE
        if state.waiting_files and not done:
            asyncio.get_running_loop().call_soon(self._stay)  # before what follows from the change

    def _stay(self) -> None:
        """Begin none by itself."""
        self._show(replace(one, next_in=None) for one in self._waiting)

    def _go_on(self) -> None:
        """Prove the next file that may be proved now."""
        state = self._context.store.state
        if state.busy or state.history is None:  # the run would not be recorded
            return
        file = next((one for one in self._waiting if one.next_in is state.mode), None)
        if file is not None:
            self._show(one for one in self._waiting if one is not file)
            self._proving.prove_file(file.path)
            self._begun = file.path

    @property
    def _waiting(self) -> tuple[WaitingFile, ...]:
        return self._context.store.state.waiting_files

    def _show(self, files: Iterable[WaitingFile]) -> None:
        waiting = tuple(files)
        if waiting != self._waiting:
            self._context.store.update(waiting_files=waiting)

    def _remember_proved(self, path: Path) -> None:
        recent = self._context.store.state.recent_files
        self._remember((path, *(one for one in recent if one != path)))

    def _remember(self, paths: tuple[Path, ...]) -> None:
        self._remembered.recent_files = kept = paths[:RECENT_FILES]
        self._context.store.update(recent_files=kept)
