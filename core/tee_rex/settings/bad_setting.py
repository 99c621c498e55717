"""The error of everything that can be set."""

from __future__ import annotations

from tee_rex.errors import UsageError


class BadSettingError(UsageError):
    """A value that its setting cannot have."""

    code = "BAD_SETTING"
    title = "A setting cannot be used"
