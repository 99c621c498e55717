"""Every error that people can meet; any other exception is a bug.

``tree`` has the classes, for code that catches them. ``catalogue`` has what people are told: codes, titles,
message templates, hints. The command line prints an error without a traceback and ends with its exit code,
the server answers with its HTTP status, and the app shows it in the user's language.
"""

from tee_rex.errors.message import Message, message
from tee_rex.errors.tree import (
    AttestationError,
    BridgeError,
    BridgeMissingError,
    CancelledByUserError,
    ErrorKind,
    ExitCode,
    FlowError,
    InputError,
    NodeError,
    ProvingError,
    RefusedError,
    ServerError,
    TeeRexError,
    TransactionDroppedError,
    TransactionRevertedError,
    UnusableEnvironmentError,
    UsageError,
    WalletDataError,
    WalletError,
)

__all__ = [
    "AttestationError",
    "BridgeError",
    "BridgeMissingError",
    "CancelledByUserError",
    "ErrorKind",
    "ExitCode",
    "FlowError",
    "InputError",
    "Message",
    "NodeError",
    "ProvingError",
    "RefusedError",
    "ServerError",
    "TeeRexError",
    "TransactionDroppedError",
    "TransactionRevertedError",
    "UnusableEnvironmentError",
    "UsageError",
    "WalletDataError",
    "WalletError",
    "message",
]
