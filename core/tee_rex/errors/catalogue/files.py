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
).says(
    "No space is left in {folder}.",
    "Free about 200 MB, then try again.",
    "TEE_REX_HOME can name a folder on another disk.",
)
NOT_ENOUGH_SPACE = DISK_FULL.says(
    "{folder} has {free_mb:,.0f} MB free; {needed_mb:,.0f} MB are needed.",
    "Free some space, then try again.",
    "TEE_REX_HOME can name a folder on another disk.",
)
DISK_NOT_WRITABLE = ErrorKind(
    UnusableEnvironmentError, "DISK_NOT_WRITABLE", "The data folder is not writable"
).says(
    "{folder}: {reason}.",
    "Change its permissions so that you can write to it, then try again.",
    "TEE_REX_HOME can name another folder.",
)
CHANGEABLE_BY_OTHERS = ErrorKind(
    UnusableEnvironmentError, "CHANGEABLE_BY_OTHERS", "Other users could change TEE-Rex's files"
).says(
    "{path} can be written by other users.",
    "Remove their write access.",
    "Run: chmod go-w {quoted}",
)
BELONGS_TO_ANOTHER_USER = CHANGEABLE_BY_OTHERS.says(
    "{path} belongs to another user.",
    "Run TEE-Rex as that user.",
    "TEE_REX_HOME can name a folder of your own.",
)
