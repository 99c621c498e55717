"""Failures that can happen anywhere: this machine has no memory or descriptors left, or refuses a file."""

from __future__ import annotations

import errno
import socket

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.system import FILE_REFUSED, NO_NETWORK, OUT_OF_MEMORY, TOO_MANY_OPEN_FILES
from tee_rex.system.text import os_reason

_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH})


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


def no_network(error: BaseException | None) -> bool:
    """Whether the other computer could not even be looked for: its name has no address, or there is no route.

    What an exception was caused by counts, too.
    """
    match error:
        case None:
            return False
        case BaseExceptionGroup():
            return all(map(no_network, error.exceptions))
        case TeeRexError(title=title) if title == NO_NETWORK:
            return True
        case socket.gaierror():
            return True
        case OSError(errno=number) if number in _NO_ROUTE:
            return True
    return no_network(error.__cause__ or error.__context__)
