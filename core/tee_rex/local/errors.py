"""What can go wrong between us and bb, each cause by a class of its own."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ProvingError, UnusableEnvironmentError


class BbEndedError(ProvingError):
    """Base: bb's process ended while it was needed.

    diagnostics: the last lines bb wrote. They can hold values of the transaction, so they are for the
    machine's owner alone and never part of the message.
    """


class BbStartError(UnusableEnvironmentError):
    """bb did not come up."""

    code = "BB_START_FAILED"
    title = "The prover does not start"
    default_hint = "Run 'tee-rex doctor'; it names what is missing on this machine."


class BbCrashedError(BbEndedError):
    """bb ended by a fault of its own: a segmentation fault, or an exit in the middle."""

    code = "BB_CRASHED"
    title = "The prover crashed"
    default_hint = (
        "Try again. When it crashes again, run 'tee-rex bb verify' and report the transaction's kind."
    )


class BbAbortedError(BbEndedError):
    """bb gave up with SIGABRT: memory could not be had, or a check inside it failed."""

    code = "BB_ABORTED"
    title = "The prover gave up"
    default_hint = (
        "Close other programs to free memory and try again; 'tee-rex doctor' shows how much there is."
    )


class BbKilledError(BbEndedError):
    """Something outside killed bb; on Linux that is most often the kernel, out of memory."""

    code = "BB_KILLED"
    title = "The prover was killed"
    default_hint = "The system may have run out of memory: close other programs, or prove with fewer threads."


class BbHungError(BbEndedError):
    """bb runs and does not answer any more; it was ended."""

    code = "BB_HUNG"
    title = "The prover hangs"
    default_hint = (
        "Try again. When it hangs again, prove with fewer threads, or report the transaction's kind."
    )


class BbRefusedError(BbEndedError):
    """bb answered a command with an error."""

    default_status = HTTPStatus.BAD_REQUEST

    code = "BB_REFUSED"
    title = "The prover refused the transaction"
    default_hint = (
        "The steps are damaged, or made for another Aztec version or trusted setup. Record them again."
    )


class BbProtocolError(BbEndedError):
    """bb answered something that this version of the protocol does not have."""

    code = "BB_PROTOCOL"
    title = "The prover answered nonsense"
    default_hint = "Run 'tee-rex bb verify'."


class MemoryLimitError(ProvingError):
    """bb passed the caller's memory limit and was ended."""

    code = "MEMORY_LIMIT"
    title = "The prover needs more memory than allowed"
    default_hint = "Raise --memory-limit; an account deployment takes about 300 MB."
