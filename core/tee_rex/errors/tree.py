"""The classes of errors, and what an entry of the catalogue is.

Code catches by class, so a class exists only where code tells it apart from others. What people and programs
are told (code, title, message, hint) stands in :mod:`tee_rex.errors.catalogue`. The branches decide the exit
code and the HTTP status; :mod:`tee_rex.errors` exports them, and the classes below them are imported from
here::

    TeeRexError
        UsageError
            BadSettingError
            BbNotPinnedError
        InputError
            DevelopmentNetworkRefusedError
            UnnamedKeysError
            MalformedProofError
        UnusableEnvironmentError
            BbMissingError
            BbCorruptError
            BbUnavailableHereError
            RuntimeMissingError
            RuntimeUnavailableError
            CrsMissingError
            CrsDownloadError
            ServerUnreachableError
                NeverConnectedError
            ServerCertificateError
            NodeError
            WalletError
                WalletDataError
                BridgeMissingError
        CancelledByUserError
        ProvingError
        FlowError
            TransactionDroppedError
            TransactionRevertedError
            BridgeError
        AttestationError
            MalformedDocumentError
            ChainFailedError
            SignatureFailedError
            ProverNotAllowedError
        ServerError
            BadServerAnswerError
            ServerBusyError
            ServerFailedError
            NotServedError
            TicketReturnedError
        RefusedError
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from enum import IntEnum
from http import HTTPStatus
from typing import ClassVar, Generic, TypeVar

from tee_rex.errors.message import Hint, Message, Value


class ExitCode(IntEnum):
    """What a command of ours ends with."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    ENVIRONMENT = 4
    CANCELLED = 130


class TeeRexError(Exception):
    """Base of every error that people can meet; made by calling an entry of the catalogue.

    code: stable and machine readable. title: a few words. message: what happened, one sentence. hint: what to
    do about it. exit_code, http_status: what a command ends with, and a server answers with. retry_after:
    seconds after which to ask again, None if never. diagnostics: for this machine's owner alone, because it
    can quote the transaction. Nothing secret may be in any of the others.
    """

    default_exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    default_status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(
        self,
        kind: ErrorKind[TeeRexError],
        message: Message,
        hint: Hint,
        *,
        diagnostics: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = kind.code
        self.title = kind.title
        self.message_parts = message
        self.hint_parts = hint
        self.exit_code = kind.exit_code or self.default_exit_code
        self.http_status = kind.status or self.default_status
        self.diagnostics = diagnostics
        self.retry_after = retry_after

    @property
    def message(self) -> str:
        """What happened, in English."""
        return str(self.message_parts)

    @property
    def hint(self) -> str:
        """What to do about it, in English: the words, and what is for a terminal."""
        return str(self.hint_parts)

    def __str__(self) -> str:
        return f"{self.title}: {self.message}"


ErrorT_co = TypeVar("ErrorT_co", bound=TeeRexError, covariant=True)


@dataclass(frozen=True, slots=True)
class ErrorKind(Generic[ErrorT_co]):
    """An entry of the catalogue; calling it makes the error: ``raise BB_MISSING(path="…/bb")``.

    error_type: the class that is raised. code: stable and machine readable; several entries can share one.
    message, hint, terminal: templates, whose fields the call fills in; the last two are those of a Hint.
    exit_code, status: of the command line and of HTTP answers; None for those of the class. remedy: what the
    list of errors in docs/ says where the hint depends on the case.
    """

    error_type: type[ErrorT_co]
    code: str
    title: str
    message: str = ""
    hint: str = ""
    terminal: str = ""
    _: KW_ONLY
    exit_code: ExitCode | None = None
    status: HTTPStatus | None = None
    remedy: str = ""

    def __call__(
        self,
        *,
        hint: Hint | None = None,
        diagnostics: str = "",
        retry_after: float | None = None,
        **fields: Value,
    ) -> ErrorT_co:
        """The error, its templates filled with ``fields``; see TeeRexError for the others.

        hint: in place of the entry's own.
        """
        return self.error_type(
            self,
            Message(self.message, fields),
            Hint(Message(self.hint, fields), Message(self.terminal, fields)) if hint is None else hint,
            diagnostics=diagnostics,
            retry_after=retry_after,
        )

    def says(self, message: str, hint: str | None = None, terminal: str = "") -> ErrorKind[ErrorT_co]:
        """The same code and title with this message and, unless ``hint`` is None, another hint."""
        if hint is None:
            return replace(self, message=message)
        return replace(self, message=message, hint=hint, terminal=terminal)


class UsageError(TeeRexError):
    """The caller asked for something that cannot be asked for."""

    default_exit_code = ExitCode.USAGE
    default_status = HTTPStatus.BAD_REQUEST


class BadSettingError(UsageError):
    """A setting that cannot be used, whether a flag, a variable or the settings file gave it."""


class BbNotPinnedError(UsageError):
    """A bb whose SHA-256 this release does not know; it is never run."""


class InputError(TeeRexError):
    """What was given to prove or to verify is not well formed."""

    default_exit_code = ExitCode.BAD_INPUT
    default_status = HTTPStatus.BAD_REQUEST


class DevelopmentNetworkRefusedError(InputError):
    """A public network claims the development setup."""


class UnnamedKeysError(InputError):
    """A node does not say which verification keys its network has."""


class MalformedProofError(InputError):
    """Bytes that are not a Chonk proof."""


class UnusableEnvironmentError(TeeRexError):
    """This machine, its disk or its network lacks what is needed."""

    default_exit_code = ExitCode.ENVIRONMENT
    default_status = HTTPStatus.SERVICE_UNAVAILABLE


class BbMissingError(UnusableEnvironmentError):
    """bb is not installed."""


class BbCorruptError(UnusableEnvironmentError):
    """The installed bb is not the pinned file."""


class BbUnavailableHereError(UnusableEnvironmentError):
    """There is no bb for this operating system or processor."""


class RuntimeMissingError(UnusableEnvironmentError):
    """This system's C library is too old, and downloading a newer one was not allowed."""


class RuntimeUnavailableError(UnusableEnvironmentError):
    """This system cannot get newer libraries, however often it tries."""


class CrsMissingError(UnusableEnvironmentError):
    """CRS points are missing on this machine."""


class CrsDownloadError(UnusableEnvironmentError):
    """No host delivers the genuine CRS now."""


class ServerUnreachableError(UnusableEnvironmentError):
    """No answer came; the server may have seen the request."""


class NeverConnectedError(ServerUnreachableError):
    """No connection was made, so the server has not seen the request and it can be repeated."""


class ServerCertificateError(UnusableEnvironmentError):
    """What answers cannot prove to be the server of that name."""


class NodeError(UnusableEnvironmentError):
    """An Aztec node does not respond, or not with what was asked for."""


class WalletError(UnusableEnvironmentError):
    """The wallet of flows cannot be installed or opened."""


class WalletDataError(WalletError):
    """The wallet's data is damaged or inaccessible."""


class BridgeMissingError(WalletError):
    """The wallet's runtime is not installed, and downloading it is not allowed."""


class CancelledByUserError(TeeRexError):
    """Ctrl-C or SIGTERM ended a command."""

    default_exit_code = ExitCode.CANCELLED


class ProvingError(TeeRexError):
    """A proof was started and did not come to a good end."""


class FlowError(TeeRexError):
    """A flow on an Aztec network failed in one of its steps."""


class TransactionDroppedError(FlowError):
    """The node no longer has the transaction."""


class TransactionRevertedError(FlowError):
    """The transaction is in a block, but its public part failed."""


class BridgeError(FlowError):
    """The wallet's process crashed, hung or violated the protocol."""


class AttestationError(TeeRexError):
    """An enclave is not shown to be what the caller accepts."""


class MalformedDocumentError(AttestationError):
    """Bytes that are not a document in the form that Nitro enclaves give it."""


class ChainFailedError(AttestationError):
    """The certificates do not lead from the pinned root to the enclave, now and at the document's time."""


class SignatureFailedError(AttestationError):
    """The enclave's certificate did not sign the document."""


class ProverNotAllowedError(AttestationError):
    """The enclave names no prover binary, or one that is not allowed."""


class ServerError(TeeRexError):
    """A proving server answered, and not with what was asked for."""


class BadServerAnswerError(ServerError):
    """The answer is not one that the interface has."""


class ServerBusyError(ServerError):
    """HTTP status 429 or 503; :attr:`retry_after` is what the server asks for."""


class ServerFailedError(ServerError):
    """Another HTTP status 5xx."""


class NotServedError(ServerError):
    """The server proves for other Aztec versions or another trusted setup."""


class TicketReturnedError(ServerError):
    """The prover of a ticket was lost before it had the request; the ticket waits for another one."""


class RefusedError(TeeRexError):
    """This server does not do what it was asked; :attr:`http_status` says why in HTTP's terms."""

    default_status = HTTPStatus.BAD_REQUEST
