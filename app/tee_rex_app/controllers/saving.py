"""Saving what people export, at the place that they chose."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tee_rex.errors import TeeRexError, UnusableEnvironmentError
from tee_rex.proof_report import ErrorReport
from tee_rex_app.controllers.shared import Shared
from tee_rex_app.state import Notice


class NotSavedError(UnusableEnvironmentError):
    """The disk did not take the file."""

    code = "NOT_SAVED"
    title = "The file could not be saved"
    default_hint = "Choose another folder, or make room on the disk."


async def save_for_user(shared: Shared, path: Path, content: bytes, notice: Notice) -> None:
    """Write the file in a thread; an error becomes a problem to read, success a notice."""
    try:
        await asyncio.to_thread(_write, path, content)
    except TeeRexError as error:
        shared.store.update(problem=ErrorReport.of(error))
    else:
        shared.store.update(notice=notice)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise NotSavedError(f"{path.name}: {error.strerror}.") from error
