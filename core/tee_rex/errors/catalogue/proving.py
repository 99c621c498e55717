"""Proving: the choice of the mode, and bb at work.

What bb wrote goes into ``diagnostics``: it can hold values of the transaction.
"""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, ProvingError, UnusableEnvironmentError, UsageError
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.errors.tree import BbUnavailableHereError

MODE_NOT_CONFIGURED = ErrorKind(UsageError, "MODE_NOT_CONFIGURED", "This mode is not set up").says(
    "No server is set for {mode} mode.",
    "Give its address.",
    "--url or {variable} gives it, or the app's Settings.",
)

PROOF_TIMED_OUT = ErrorKind(ProvingError, "PROOF_TIMED_OUT", "The proof took too long").says(
    "Timed out after {seconds:g} s.",
    "Close programs that use the processor, or use more of its cores, then try again.",
    "--timeout allows more time, --threads uses more cores.",
)
SERVER_PROOF_TIMED_OUT = PROOF_TIMED_OUT.says(
    PROOF_TIMED_OUT.message,
    "The server may be busy: try again later, or prove on this machine.",
    "--timeout allows more time.",
)

BB_START_FAILED = ErrorKind(UnusableEnvironmentError, "BB_START_FAILED", "The prover does not start").says(
    "{reason}", "The system check shows what is missing on this computer.", "Run: tee-rex doctor"
)
BB_START_SHORT_OF_MEMORY = BB_START_FAILED.says(
    "{reason} It may have got too little memory.",
    "Close other programs, then try again.",
    "Or raise this system's limit (ulimit -v): an account deployment needs 400 MB of addresses.",
)
BB_NOT_RUNNABLE = BB_START_FAILED.says("bb cannot be run ({reason}).")
BB_NOT_READY = BB_START_FAILED.says("bb was not ready within {seconds:.0f} seconds.")
BB_REFUSED_CRS = BB_START_FAILED.says("bb refused the CRS.")
BB_SCHEMA_UNKNOWN = ErrorKind(
    UnusableEnvironmentError, "BB_SCHEMA_UNKNOWN", "This bb expects other messages"
).says(
    "The messages that this bb lists are not those of {generation}.",
    "Install the bb of the version that you named, or update TEE-Rex.",
)
NO_TEMPORARY_FOLDER = BB_START_FAILED.says(
    "Cannot create a temporary folder ({reason}).",
    "Free some disk space, then try again.",
    "TMPDIR can name another writable folder.",
)
BB_FOLDER_FULL = NO_TEMPORARY_FOLDER.says(
    "bb needs {megabytes:,.0f} MB of temporary files in {folder} ({reason}).",
    "Free some disk space, then try again.",
    "TMPDIR can name a folder on another disk.",
)
BB_FILES_LIMITED = BB_FOLDER_FULL.says(
    "bb needs a temporary file of {megabytes:,.0f} MB in {folder} ({reason}).",
    "This session limits the size of files: start TEE-Rex from another one.",
    "Raise the limit (ulimit -f), or let TMPDIR name a folder on another disk.",
)

BB_CRASHED = ErrorKind(ProvingError, "BB_CRASHED", "The prover crashed").says(
    "{reason}",
    "Close other programs to free memory, then try again. If it crashes again, prove on a server (remote "
    "mode) or in an enclave (TEE mode), and report the kind of transaction.",
)
BB_CRASHED_BY_SIGILL = BB_CRASHED.says(
    "The processor refused an instruction (SIGILL), although it has everything that bb is known to need.",
    "Try again. If it crashes again, prove on a server (remote mode) or in an enclave (TEE mode), and report "
    "the model of the processor.",
)
BB_LACKS_INSTRUCTIONS = ErrorKind(
    BbUnavailableHereError,
    "BB_LACKS_INSTRUCTIONS",
    "The prover does not run on this processor",
    status=HTTPStatus.INTERNAL_SERVER_ERROR,
).says(
    "bb is compiled for instructions that this processor lacks: {missing}.",
    "Prove on a server (remote mode) or in an enclave (TEE mode). A virtual machine can lack what its host "
    "has: give it the host's processor model.",
)
BB_ABORTED = ErrorKind(ProvingError, "BB_ABORTED", "The prover gave up").says(
    "{reason}",
    "The usual cause is too little memory: close other programs, or prove with fewer threads, on a "
    "server (remote mode) or in an enclave (TEE mode).",
)
BB_STOPPED = ErrorKind(ProvingError, "BB_STOPPED", "The prover was stopped").says(
    "{reason}",
    "A person, a program that guards this system's memory, or a shutdown stopped it. Try again.",
)
BB_OUT_OF_PROCESSOR_TIME = BB_STOPPED.says(
    "It used up the processor time that this system allows it.",
    "Prove on a server (remote mode) or in an enclave (TEE mode).",
    "Or raise this limit (ulimit -t).",
)
BB_KILLED = ErrorKind(ProvingError, "BB_KILLED", "The prover was killed").says(
    "{reason}",
    "A person, or a program that guards this system's memory, killed it. Try again. If it happens again, "
    "close other programs, or prove with fewer threads.",
)
BB_KILLED_FOR_MEMORY = BB_KILLED.says(
    "The system killed it because memory ran out.",
    "Close other programs, prove with fewer threads, or give this machine or container more memory; or prove "
    "on a server (remote mode) or in an enclave (TEE mode).",
)
BB_HUNG = ErrorKind(ProvingError, "BB_HUNG", "The prover does not respond").says(
    "No answer for {minutes:.0f} minutes while {activity}.",
    "Try again. If it hangs again, prove with fewer threads, or report the kind of transaction.",
)
BB_REFUSED = ErrorKind(
    ProvingError, "BB_REFUSED", "The prover rejected the transaction", status=HTTPStatus.BAD_REQUEST
).says(
    "bb reported an error while {activity}.",
    "The steps are damaged, or made for another Aztec version or trusted setup. Record them again.",
)
BB_REFUSED_SHORT_KEY = BB_REFUSED.says(
    "A circuit is larger than its verification key says, which bb found while {activity}.",
    "The verification key is of another circuit. Record the transaction's steps again.",
)
BB_PROTOCOL = ErrorKind(ProvingError, "BB_PROTOCOL", "Malformed prover response").says(
    "bb sent an unreadable answer while {activity}.",
    "Try again. If it happens again, report the Aztec version and the kind of transaction.",
)
MEMORY_LIMIT = ErrorKind(ProvingError, "MEMORY_LIMIT", "The prover needs more memory than allowed").says(
    "bb used more than {limit_mb:,.0f} MB.",
    "Raise the memory limit: an account deployment needs about {needed_mb} MB.",
    "Option: --memory-limit",
)
BB_SHORT_OF_MEMORY = MEMORY_LIMIT.says(
    "bb ran out of memory while {activity}.",
    "Close other programs, or prove with fewer threads.",
    "Or raise this system's limit (ulimit -v).",
)
BB_DISK_FULL = DISK_FULL.says(
    "bb ran out of space for its temporary files in {folder} while {activity}.",
    "Free some disk space, then try again.",
    "TMPDIR can name a folder on another disk.",
)
