"""What can go wrong between us and a server."""

from __future__ import annotations

from tee_rex.errors import ProvingError, TeeRexError, UnusableEnvironmentError, UsageError


class BadServerUrlError(UsageError):
    """A text that is not the address of a server."""

    code = "SERVER_URL_INVALID"
    title = "That is not a server's address"
    default_hint = "Give it like https://prover.example.org, without user name, query or fragment."


class InsecureServerUrlError(UsageError):
    """Plain HTTP to another machine: everybody between could answer in the server's place."""

    code = "SERVER_URL_INSECURE"
    title = "The connection would not be protected"
    default_hint = "Use https; plain http is accepted for this machine only."


class ServerUnreachableError(UnusableEnvironmentError):
    """No answer came."""

    code = "SERVER_UNREACHABLE"
    title = "The server does not answer"
    default_hint = "Check its address, the network and the proxy settings."


class BadServerAnswerError(TeeRexError):
    """An answer came, but not one that this interface has."""

    code = "SERVER_ANSWER_INVALID"
    title = "The server's answer cannot be used"
    default_hint = "Check that the address is that of a TEE-Rex server."


class NeverConnectedError(ServerUnreachableError):
    """No connection came about, so the server has not seen the request and it can be made again."""


class ServerCertificateError(UnusableEnvironmentError):
    """Whoever answers cannot prove to be the server of that name."""

    code = "SERVER_CERTIFICATE_INVALID"
    title = "The server cannot prove who it is"
    default_hint = (
        "Something may be in between: a captive portal, a proxy, or an attacker. Check the address."
    )


class ServerBusyError(TeeRexError):
    """HTTP status 429 or 503; retry_after: seconds after which the server wants to be asked again."""

    code = "SERVER_BUSY"
    title = "The server is busy"
    default_hint = "Try again later, use another server, or prove on this machine."

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServerFailedError(TeeRexError):
    """HTTP status 5xx."""

    code = "SERVER_FAILED"
    title = "The server has failed"
    default_hint = "Try again later; whoever runs the server can look up the request in its log."


class ServerRefusedError(TeeRexError):
    """Any other HTTP status that is not the one of success."""

    code = "SERVER_REFUSED"
    title = "The server refuses the request"
    default_hint = "Its key may have changed on the way: try again. Else ask whoever runs the server."


class NotServedError(TeeRexError):
    """The server proves for other Aztec versions or another trusted setup."""

    code = "NOT_SERVED"
    title = "The server does not prove such transactions"
    default_hint = (
        "Its operator chooses the trusted setup: tee-rex-server serve --crs development, or genuine."
    )


class RemoteProofFailedError(ProvingError):
    """The server took the request and could not prove it."""

    code = "REMOTE_PROOF_FAILED"
    title = "The server could not make the proof"
    default_hint = "Try again, or prove on this machine to see the reason."


class JobLostError(ProvingError):
    """The server does not know the job any more, or has given it up."""

    code = "JOB_LOST"
    title = "The server has lost the proof"
    default_hint = "It may have been restarted. Try again."


class InvalidFingerprintError(UsageError):
    """A text that is not the fingerprint of a key."""

    code = "FINGERPRINT_INVALID"
    title = "That is no key's fingerprint"
    default_hint = "A fingerprint is 40 hexadecimal digits, as the server shows it when it starts."


class ServerKeyMismatchError(TeeRexError):
    """The server has another key than the caller pinned."""

    code = "SERVER_KEY_MISMATCH"
    title = "The server has another key than you expect"
    default_hint = "Nothing was sent. Ask whoever runs the server for the fingerprint of its present key."


class ServerKeyChangedError(TeeRexError):
    """The server has another key than when it was first used."""

    code = "SERVER_KEY_CHANGED"
    title = "The server's key has changed"


class KnownServersUnreadableError(UnusableEnvironmentError):
    """The file of known servers is damaged; starting a new one would accept any key in silence."""

    code = "KNOWN_SERVERS_UNREADABLE"
    title = "The list of known servers cannot be read"
