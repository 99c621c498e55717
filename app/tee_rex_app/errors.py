"""The catalogue of errors that only the application has."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, TeeRexError

BUG = ErrorKind(
    TeeRexError,
    "BUG",
    "TEE-Rex hit an internal error",
    "{exception}, {place}",
    "Copy the details and report them. You can keep working.",
)
