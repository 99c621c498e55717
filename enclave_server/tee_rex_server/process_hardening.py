"""Keeping the server's memory, and so its private key, from other processes of the same user."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""prctl(2); includes: no core dumps, no ptrace, no /proc/PID/mem, except for CAP_SYS_PTRACE."""


def forbid_reading() -> None:
    """On Linux: from now on only root reads this process's memory. Programs it starts are not affected.

    bb parses what clients send. One that was taken over by a client runs as the same user as the server,
    and could otherwise read the key that opens all other clients' requests. Raises OSError.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
