"""Proving: the choice of the mode, and bb at work."""

from __future__ import annotations

from tee_rex.errors.tree import ErrorKind, ProvingError, UsageError

MODE_NOT_CONFIGURED = ErrorKind(
    UsageError,
    "MODE_NOT_CONFIGURED",
    "This mode is not set up",
    "No server is set for {mode} mode.",
    "Give its address with --url, set {variable}, or save it in Settings.",
)

PROOF_TIMED_OUT = ErrorKind(
    ProvingError,
    "PROOF_TIMED_OUT",
    "The proof took too long",
    "Timed out after {seconds:g} seconds.",
    "Allow more time with --timeout, or use more threads.",
)
