"""Files that the user chooses: read within limits, and written whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tee_rex import provers
from tee_rex.errors import ErrorKind, InputError
from tee_rex.errors.catalogue.transaction import STEPS_FILE_TOO_LARGE
from tee_rex.errors.message import printable
from tee_rex.system.files import read_named, replacing
from tee_rex.system.text import os_reason
from tee_rex.transaction.generations import KnownCircuits
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import MAX_STEPS_BYTES
from tee_rex_app.errors import NOT_SAVED

_NAME_SHOWN = 60


def read_file(path: Path, limit: int, too_large: ErrorKind[InputError] | None = None) -> bytes:
    """A file's bytes, as ``read_named`` reads them. Raises FILE_UNREADABLE, ``too_large``."""
    return read_named(path, limit, too_large, shown=printable(path.name, _NAME_SHOWN))


def read_steps(path: Path) -> bytes:
    """The execution steps in a file, not yet parsed. Raises FILE_UNREADABLE, STEPS_TOO_LARGE."""
    return read_file(path, MAX_STEPS_BYTES, STEPS_FILE_TOO_LARGE)


async def read_request(
    untrusted_steps: Callable[[], bytes], circuits: KnownCircuits | None = None
) -> ProofRequest:
    """Read and parse execution steps in a thread. Raises an InputError.

    circuits: those that are known; by default those of this release, which knows its samples.
    """
    return await asyncio.to_thread(lambda: provers.read_request(untrusted_steps(), circuits))


@contextmanager
def written_file(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content replaces the file at the end; after an exception the file is unchanged.

    Blocking. Raises NOT_SAVED.
    """
    try:
        with replacing(path) as new, new.open("wb") as stream:
            yield stream
    except OSError as error:
        raise NOT_SAVED(file=path.name, reason=os_reason(error)) from error


def write_file(path: Path, content: bytes) -> None:
    """Replace a file. Blocking. Raises NOT_SAVED."""
    with written_file(path) as stream:
        stream.write(content)


def write_staged(path: Path, content: bytes) -> None:
    """Write a temporary file into a folder that only this user may enter. Blocking. Raises NOT_SAVED."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NOT_SAVED(file=path.name, reason=os_reason(error)) from error
    write_file(path, content)
