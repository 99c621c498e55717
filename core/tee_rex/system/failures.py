"""Failures that can happen anywhere: this machine has no memory or descriptors left, or refuses a file."""

from __future__ import annotations

import errno
import socket

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.system import FILE_REFUSED, NO_NETWORK, OUT_OF_MEMORY, TOO_MANY_OPEN_FILES
from tee_rex.system.text import os_reason

_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})
_NO_ROUTE = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
)
# Root name server A (RFC 8109, root.hints): as far away as any host, and its addresses do not change.
_FAR_AWAY = ((socket.AF_INET, "198.41.0.4"), (socket.AF_INET6, "2001:503:ba3e::2:30"))


def explained(error: BaseException) -> TeeRexError | None:
    """What to tell people of an exception: an error of ours itself; None if it may be a bug."""
    if isinstance(error, TeeRexError):
        return error
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
    """Whether a connection failed because this computer has no network, and not because of the other one.

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
            return not has_route()
        case OSError(errno=number) if number in _NO_ROUTE:
            return not has_route()
    return no_network(error.__cause__ or error.__context__)


def host_not_found(error: BaseException | None) -> bool:
    """Whether the other computer's name has no address, as far as the name server or its absence tells."""
    while error is not None and not isinstance(error, socket.gaierror):
        error = error.__cause__ or error.__context__
    return error is not None


def has_route() -> bool:
    """Whether this computer has a route to the internet; True where that cannot be told.

    Connecting a UDP socket only looks the route up: nothing is sent.
    """
    for family, address in _FAR_AWAY:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 53))
        except OSError as error:
            if error.errno in _NO_ROUTE:
                continue
        return True
    return False
