"""The command line."""

from __future__ import annotations

from tee_rex.errors.tree import CancelledByUserError, ErrorKind, UnusableEnvironmentError, UsageError

USAGE = ErrorKind(UsageError, "USAGE", "Invalid usage", "{reason}", "Run the command with --help.")
CANCELLED = ErrorKind(
    CancelledByUserError,
    "CANCELLED",
    "Cancelled",
    "Stopped before it was finished.",
    remedy="Nothing is left running; run it again at any time.",
)
PROOF_NOT_WRITTEN = ErrorKind(
    UnusableEnvironmentError,
    "PROOF_NOT_WRITTEN",
    "The proof cannot be written there",
    "{file}: {reason}.",
    "Choose another file with --out, in an existing folder with free space.",
)
PROOF_PATH_NOT_A_FILE = PROOF_NOT_WRITTEN.variant("{file} exists and is not a file.")
