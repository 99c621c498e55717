"""Settings and their file."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, UsageError
from tee_rex.errors.tree import BadSettingError

BAD_SETTING = ErrorKind(
    BadSettingError,
    "BAD_SETTING",
    "Invalid setting",
    remedy="The message names the setting and where it was given.",
).says("In the settings file: {reason}.", "Fix or delete {file}.")
SETTINGS_UNREADABLE = BAD_SETTING.says("The settings file cannot be read ({reason}).")
SETTINGS_NOT_TOML = BAD_SETTING.says("The settings file is not valid TOML.")
SETTINGS_FILE_TOO_LARGE = BAD_SETTING.says("The settings file is larger than {limit:,} bytes.")
SETTINGS_TOO_LARGE = BAD_SETTING.says(
    "The settings do not fit into {limit:,} bytes.", "Remove some profiles or builds."
)

FPC_SALT_INVALID = ErrorKind(UsageError, "FPC_SALT_INVALID", "Invalid salt").says(
    "{reason}", "Give a number, in decimal or as 0x and hexadecimal digits."
)
