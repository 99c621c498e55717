"""What can go wrong between us and a server, before anything it says is judged."""

from __future__ import annotations

from tee_rex.errors import TeeRexError, UnusableEnvironmentError, UsageError


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
