"""Failures that can happen anywhere: this machine has no memory or descriptors left, or refuses a file."""

from __future__ import annotations

import errno

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.system import FILE_REFUSED, OUT_OF_MEMORY, TOO_MANY_OPEN_FILES
from tee_rex.system.text import os_reason

_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})


def explained(error: BaseException) -> TeeRexError | None:
    """What to tell people in place of an exception that says enough by itself; None if it may be a bug."""
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY()
    if not isinstance(error, OSError):
        return None
    if error.errno in _NO_DESCRIPTORS:
        return TOO_MANY_OPEN_FILES()
    if error.errno == errno.ENOMEM:
        return OUT_OF_MEMORY()
    if error.filename is not None:
        return FILE_REFUSED(file=str(error.filename), reason=os_reason(error))
    return None
