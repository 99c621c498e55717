"""Replacing a file so that it is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from tee_rex.system.files import disk_errors


def replace_file(file: Path, content: bytes) -> None:
    """Write ``content`` beside ``file`` and rename it into its place; its folder must exist.

    The new file is the user's alone (0600). A link is followed, so that it stays one. Killed at any moment,
    it leaves the old file whole, and at most a hidden one beside it. Raises DiskFullError,
    DiskNotWritableError.
    """
    file = file.resolve()
    with disk_errors(file.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(descriptor)
            Path(name).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
