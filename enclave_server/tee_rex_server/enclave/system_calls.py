"""What Linux offers and Python does not: mounts, restart, privileges."""

from __future__ import annotations

import ctypes
import os
from typing import Final

_MS_RDONLY: Final = 1
_MS_NOSUID: Final = 2
_MS_NODEV: Final = 4
_MS_NOEXEC: Final = 8
_RB_AUTOBOOT: Final = 0x0123_4567
"""reboot(2): restart, which ends an enclave."""
_SYSLOG_ACTION_CONSOLE_OFF: Final = 6
"""syslog(2)."""
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
"""prctl(2)."""
_MAX_CAPABILITY: Final = 63


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(kind: str, target: str, options: str = "", *, writable: bool = True, devices: bool = False) -> None:
    """Mount a file system without a device; never are programs in it run, or set-user-id. Raises OSError."""
    flags = _MS_NOSUID | _MS_NOEXEC | (0 if devices else _MS_NODEV) | (0 if writable else _MS_RDONLY)
    result = _library().mount(
        kind.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _check(result, f"mount {target}")


def silence_kernel() -> None:
    """Let the kernel write no more to the console, which nobody may be reading. Raises OSError."""
    if _library().klogctl(_SYSLOG_ACTION_CONSOLE_OFF, None, 0) < 0:
        _check(-1, "klogctl")


def drop_privileges(uid: int, gid: int) -> None:
    """Become another user for good: no groups, no capabilities, none to be had from any program."""
    library = _library()
    for capability in range(_MAX_CAPABILITY + 1):
        if library.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel has no such capability, nor any above
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    _check(library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def restart() -> None:
    """End the enclave; returns only if that fails."""
    os.sync()
    _library().reboot(_RB_AUTOBOOT)
