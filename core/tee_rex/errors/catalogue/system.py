"""This machine."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, UnusableEnvironmentError

OUT_OF_MEMORY = ErrorKind(UnusableEnvironmentError, "OUT_OF_MEMORY", "Not enough memory").says(
    "This process could not get the memory it needs.",
    "Close other programs, or raise the limit that this process was started with (ulimit -v).",
)
TOO_MANY_OPEN_FILES = ErrorKind(UnusableEnvironmentError, "TOO_MANY_OPEN_FILES", "Too many open files").says(
    "This process, or this machine, may not open more files and connections.",
    "Raise the limit of open files (LimitNOFILE= of a systemd unit, or ulimit -n), then restart the program.",
)
FILE_REFUSED = ErrorKind(UnusableEnvironmentError, "FILE_REFUSED", "A file or folder is not usable").says(
    "{file}: {reason}.", "Check this path and its permissions, or set TEE_REX_HOME to another folder."
)
