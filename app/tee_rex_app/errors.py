"""The catalogue of errors that only the application has, and the one class that it catches."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, InputError, TeeRexError, UnusableEnvironmentError


class HistoryUnusableError(UnusableEnvironmentError):
    """The history's file cannot be opened, read or written; the application works without it."""


BUG = ErrorKind(TeeRexError, "BUG", "TEE-Rex hit an internal error").says(
    "{exception}, {place}", "Copy the details and report them. You can keep working."
)
ALREADY_RUNNING = ErrorKind(UnusableEnvironmentError, "ALREADY_RUNNING", "TEE-Rex is already running").says(
    "It does not respond.", "Wait a moment, or end its process, then start it again."
)
LOCAL_NETWORK_ENDED = ErrorKind(
    UnusableEnvironmentError, "LOCAL_NETWORK_ENDED", "The local network stopped unexpectedly"
).says("{detail} Its logs are in {folder}.", "Start it again.")
HISTORY_UNUSABLE = ErrorKind(HistoryUnusableError, "HISTORY_UNUSABLE", "The history is unavailable").says(
    "{file}: {reason}.", "Proving works without it. Check that the folder is writable and has free space."
)
HISTORY_UNREADABLE = HISTORY_UNUSABLE.says("Reading it failed ({reason}).")
HISTORY_NOT_WRITTEN = HISTORY_UNUSABLE.says("Writing it failed ({reason}).")
HISTORY_NEWER = ErrorKind(
    HistoryUnusableError, "HISTORY_NEWER", "The history was written by a newer TEE-Rex"
).says(
    "Its schema has version {version}; this TEE-Rex reads up to version {known}.",
    "Proving works without it. Start the newer TEE-Rex to see it. The file was not changed.",
)
NOT_SAVED = ErrorKind(UnusableEnvironmentError, "NOT_SAVED", "The file could not be saved").says(
    "{file}: {reason}.", "Choose another folder, or free disk space."
)
EXPORT_INTERRUPTED = NOT_SAVED.says("TEE-Rex was closed before everything was written.")
PROOF_NOT_KEPT = NOT_SAVED.says(
    "The history no longer has this proof.", "Prove it again; then save the proof from the result."
)
MEASUREMENTS_UNREADABLE = ErrorKind(
    InputError, "MEASUREMENTS_UNREADABLE", "No image measurements in this file"
).says(
    "It has no PCR0 of 96 hexadecimal digits.",
    "Choose the measurements.json that was written when the image was built.",
)
MEASUREMENTS_TOO_LARGE = MEASUREMENTS_UNREADABLE.says("{file} has {size}; at most {limit} can be read.")
MEASUREMENTS_NOT_JSON = MEASUREMENTS_UNREADABLE.says("It is not JSON.")
