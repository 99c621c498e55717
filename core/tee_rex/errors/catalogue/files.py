"""Files and disks."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, InputError, UnusableEnvironmentError

FILE_UNREADABLE = ErrorKind(InputError, "FILE_UNREADABLE", "The file cannot be read").says(
    "{file}: {reason}.", "Choose a regular file that exists and that you may read."
)
DISK_FULL = ErrorKind(
    UnusableEnvironmentError,
    "DISK_FULL",
    "The disk is full",
    remedy="Free about 200 MB, or use a folder on another disk (TEE_REX_HOME, --output).",
).says("No space is left in {folder}.", "Free about 200 MB, or set TEE_REX_HOME to a folder on another disk.")
NOT_ENOUGH_SPACE = DISK_FULL.says(
    "{folder} has {free_mb:,.0f} MB free; {needed_mb:,.0f} MB are needed.",
    "Free some space, or set TEE_REX_HOME to a folder on another disk.",
)
DISK_NOT_WRITABLE = ErrorKind(
    UnusableEnvironmentError, "DISK_NOT_WRITABLE", "The data folder is not writable"
).says("{folder}: {reason}.", "Set TEE_REX_HOME to a folder that you can write to.")
CHANGEABLE_BY_OTHERS = ErrorKind(
    UnusableEnvironmentError, "CHANGEABLE_BY_OTHERS", "Other users could change TEE-Rex's files"
).says("{path} can be written by other users.", "Run: chmod go-w {quoted}")
BELONGS_TO_ANOTHER_USER = CHANGEABLE_BY_OTHERS.says(
    "{path} belongs to another user.",
    "Run this as that user, or set TEE_REX_HOME to a folder of your own.",
)
