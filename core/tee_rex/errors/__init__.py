"""Every error that people can meet; any other exception is a bug.

Here are what an error is made of and the branches of its classes; :mod:`tee_rex.errors.tree` has the classes
below them, for code that catches one. ``catalogue`` has what people are told: codes, titles, message
templates, hints. The command line prints an error without a traceback and ends with its exit code, the server
answers with its HTTP status, and the app shows it in the user's language.
"""

from tee_rex.errors.message import Hint, Message, message
from tee_rex.errors.tree import (
    AttestationError,
    CancelledByUserError,
    ErrorKind,
    ExitCode,
    FlowError,
    InputError,
    ProvingError,
    RefusedError,
    ServerError,
    TeeRexError,
    UnusableEnvironmentError,
    UsageError,
)

__all__ = [
    "AttestationError",
    "CancelledByUserError",
    "ErrorKind",
    "ExitCode",
    "FlowError",
    "Hint",
    "InputError",
    "Message",
    "ProvingError",
    "RefusedError",
    "ServerError",
    "TeeRexError",
    "UnusableEnvironmentError",
    "UsageError",
    "message",
]
