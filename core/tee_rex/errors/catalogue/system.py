"""This machine."""

from __future__ import annotations

from typing import Final

from tee_rex.errors import ErrorKind, UnusableEnvironmentError

NO_NETWORK: Final = "No network connection"
"""The title of every download that failed because this computer reaches nobody."""

OUT_OF_MEMORY = ErrorKind(UnusableEnvironmentError, "OUT_OF_MEMORY", "Not enough memory").says(
    "This process could not get the memory it needs.",
    "Close other programs, then try again.",
    "A limit that this process was started with can be the cause, too (ulimit -v).",
)
TOO_MANY_OPEN_FILES = ErrorKind(UnusableEnvironmentError, "TOO_MANY_OPEN_FILES", "Too many open files").says(
    "This process, or this machine, may not open more files and connections.",
    "Close other programs, then start this one again.",
    "Or raise the limit of open files: LimitNOFILE= of a systemd unit, or ulimit -n",
)
FILE_REFUSED = ErrorKind(UnusableEnvironmentError, "FILE_REFUSED", "A file or folder is not usable").says(
    "{file}: {reason}.",
    "Check this path and its permissions, then try again.",
    "TEE_REX_HOME can name another folder.",
)
