"""The command line."""

from __future__ import annotations

from tee_rex.errors import CancelledByUserError, ErrorKind, UnusableEnvironmentError, UsageError

USAGE = ErrorKind(UsageError, "USAGE", "Invalid usage").says("{reason}", "", "Run the command with --help.")
CANCELLED = ErrorKind(
    CancelledByUserError,
    "CANCELLED",
    "Cancelled",
    remedy="Nothing is left running; run it again at any time.",
).says("Stopped before it was finished.")
OUTPUT_NOT_WRITTEN = ErrorKind(
    UnusableEnvironmentError, "OUTPUT_NOT_WRITTEN", "The result could not be written to stdout"
).says("{reason}.", "Write stdout to a terminal, a program, or a file on a disk with free space.")
PROOF_NOT_WRITTEN = ErrorKind(
    UnusableEnvironmentError, "PROOF_NOT_WRITTEN", "The proof cannot be written there"
).says("{file}: {reason}.", "Choose another file with --out, in an existing folder with free space.")
PROOF_PATH_NOT_A_FILE = PROOF_NOT_WRITTEN.says("{file} exists and is not a file.")

OPTION_NOT_FOR_MODE = ErrorKind(
    UsageError,
    "OPTION_NOT_FOR_MODE",
    "An option does not fit the mode",
    remedy="Omit the option, or choose its mode with `--mode`.",
).says("{option} is for {owner} mode, but the mode is {mode}.", "Choose --mode {owner}, or omit {option}.")
URL_NOT_FOR_LOCAL_MODE = OPTION_NOT_FOR_MODE.says(
    "--url is for remote and tee mode, but the mode is local.", "Choose --mode remote or tee, or omit --url."
)
PCRS_UNPAIRED = ErrorKind(UsageError, "PCRS_UNPAIRED", "The PCRs of several builds are ambiguous").says(
    "Builds given by --pcr0: {expected}, by another PCR: {given}.",
    "Give --pcr1 and --pcr2 as often as --pcr0 and in the same order, or not at all.",
)
TOKEN_INVALID = ErrorKind(UsageError, "BAD_SETTING", "Invalid setting").says(
    "{variable} is not a token.", "Copy it as the server's operator gave it to you."
)
BB_DIGEST_INVALID = ErrorKind(UsageError, "BB_DIGEST_INVALID", "Invalid SHA-256").says(
    "--bb-digest expects 64 hexadecimal digits.", "Copy the digest as sha256sum prints it."
)
SHA256_INVALID = BB_DIGEST_INVALID.says("--sha256 expects 64 hexadecimal digits.")
