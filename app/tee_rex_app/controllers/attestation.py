"""Documents that people open, save, and compare with images that they built."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.model.state import Page, Success
from tee_rex_app.services.attestation import examine_file, read_measurements


class AttestationController:
    """What is done on the attestation page."""

    def __init__(self, context: ControllerContext) -> None:
        self._context = context

    def open_document(self, path: Path) -> None:
        """Examine a document from a file, and show it in place of the server's."""
        self._context.attempt(partial(self._open, path), self.open_document)

    def save_document(self, path: Path) -> None:
        """Save the document that is shown."""
        shown = self._context.store.state.shown_attestation
        if shown is not None and shown.examination.untrusted is not None:
            save = partial(self._context.save, path, shown.examination.untrusted, Success.DOCUMENT_SAVED)
            self._context.attempt(save, self.save_document, saved=True)

    def compare_image(self, path: Path) -> None:
        """Show whether the enclave runs the image that was measured in a file."""
        self._context.attempt(partial(self._compare, path), self.compare_image)

    async def _open(self, path: Path) -> None:
        examined = await asyncio.to_thread(examine_file, path, self._context.attestation_rules())
        self._context.store.update(opened_document=examined, page=Page.ATTESTATION)

    async def _compare(self, path: Path) -> None:
        measurements = await asyncio.to_thread(read_measurements, path)
        self._context.store.update(measurements=measurements)
