"""Every error that people can meet; any other exception is a bug."""

from tee_rex.errors.tree import (
    ExitCode,
    InputError,
    ProvingError,
    TeeRexError,
    UnusableEnvironmentError,
    UsageError,
)

__all__ = [
    "ExitCode",
    "InputError",
    "ProvingError",
    "TeeRexError",
    "UnusableEnvironmentError",
    "UsageError",
]
