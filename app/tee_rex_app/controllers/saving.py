"""Saving what people export, at the place that they chose: whole, or as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tee_rex.errors import UnusableEnvironmentError
from tee_rex.system.files import replacing
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.model.state import Notice


class NotSavedError(UnusableEnvironmentError):
    """The disk did not take the file."""

    code = "NOT_SAVED"
    title = "The file could not be saved"
    default_hint = "Choose another folder, or make room on the disk."


async def save_for_user(context: ControllerContext, path: Path, content: bytes, notice: Notice) -> None:
    """Write the file in a thread, and show the notice. Raises NotSavedError."""
    await asyncio.to_thread(_write, path, content)
    context.store.update(notice=notice)


@contextmanager
def file_for_user(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the file's place at the end; after an exception the file is as before.

    Blocking. Raises NotSavedError.
    """
    try:
        with replacing(path) as new, new.open("wb") as stream:
            yield stream
    except OSError as error:
        raise NotSavedError(f"{path.name}: {error.strerror}.") from error


def _write(path: Path, content: bytes) -> None:
    with file_for_user(path) as stream:
        stream.write(content)
