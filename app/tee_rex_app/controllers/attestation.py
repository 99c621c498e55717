"""Documents that people open, save, and compare with images that they built."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path

from tee_rex.errors import TeeRexError
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.saving import save_for_user
from tee_rex_app.controllers.services import ServicesController
from tee_rex_app.model.attestation import examine_file, read_measurements
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.state import Notice, Page


class AttestationController:
    """What is done on the page of the attestation."""

    def __init__(self, context: ControllerContext, services: ServicesController) -> None:
        self._context = context
        self._services = services
        intents, start = context.intents, context.tasks.start
        intents.open_document.connect(lambda path: start(self._told(self._open(Path(path)))))
        intents.save_document.connect(lambda path: start(self._told(self._save(Path(path)))))
        intents.compare_image.connect(lambda path: start(self._told(self._compare(Path(path)))))
        intents.close_document.connect(lambda: context.store.update(opened_document=None, measurements=None))

    async def _open(self, path: Path) -> None:
        examined = await asyncio.to_thread(examine_file, path, self._services.rules())
        self._context.store.update(opened_document=examined, page=Page.ATTESTATION)

    async def _save(self, path: Path) -> None:
        shown = self._context.store.state.shown_attestation
        if shown is None or shown.examination.untrusted is None:
            return
        await save_for_user(self._context, path, shown.examination.untrusted, Notice.DOCUMENT_SAVED)

    async def _compare(self, path: Path) -> None:
        measurements = await asyncio.to_thread(read_measurements, path)
        self._context.store.update(measurements=measurements)

    async def _told(self, work: Coroutine[None, None, None]) -> None:
        """An error of ours becomes a problem to read."""
        try:
            await work
        except TeeRexError as error:
            self._context.store.update(problem=Problem.of(error))
