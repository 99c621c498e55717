"""How this process gives memory back."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
"""mallopt(3)."""
_LARGE_BYTES: Final = 1024 * 1024


def return_large_buffers() -> None:
    """With glibc: give every freed buffer of a megabyte or more back to the system at once.

    Otherwise glibc soon keeps them for reuse (it raises the size from which it does not, up to 32 MB): the
    server would stay as large as its largest requests, with decrypted transactions in what is unused.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
