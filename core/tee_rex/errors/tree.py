"""The one tree of errors that people can meet; any other exception is a bug.

Every leaf names its cause by a stable, machine-readable ``code``. The command line prints an error
without a traceback and ends with its ``exit_code``, the server maps it to JSON, the app shows it with
its hint. Nothing secret (witness, keys, decrypted input) may ever be put into a message or a hint.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a command of ours ends with."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    ENVIRONMENT = 4
    CANCELLED = 130


class TeeRexError(Exception):
    """Base of the tree.

    code: stable and machine readable. title: a few words. message: what happened, one sentence.
    hint: what to do about it.
    """

    code: ClassVar[str] = "FAILED"
    title: ClassVar[str] = "Something failed"
    default_hint: ClassVar[str] = ""
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.default_hint if hint is None else hint

    def __str__(self) -> str:
        return f"{self.title}: {self.message}"


class UsageError(TeeRexError):
    """The caller asked for something that cannot be asked for."""

    code = "USAGE"
    title = "That cannot be asked for"
    exit_code = ExitCode.USAGE


class InputError(TeeRexError):
    """What was given to prove or to verify is not well formed."""

    code = "BAD_INPUT"
    title = "The input cannot be used"
    exit_code = ExitCode.BAD_INPUT


class UnusableEnvironmentError(TeeRexError):
    """This machine, its disk or its network lacks what is needed."""

    code = "ENVIRONMENT"
    title = "This machine is not ready"
    exit_code = ExitCode.ENVIRONMENT


class ProvingError(TeeRexError):
    """A proof was started and did not come to a good end."""

    code = "PROVING_FAILED"
    title = "The proof failed"
    exit_code = ExitCode.FAILED
