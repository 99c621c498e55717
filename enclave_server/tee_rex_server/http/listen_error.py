"""Why a server does not start to listen."""

from __future__ import annotations

from tee_rex.errors import UnusableEnvironmentError


class ListenError(UnusableEnvironmentError):
    """The address cannot be listened on."""

    code = "LISTEN_FAILED"
    title = "The server cannot listen there"
    default_hint = "Choose another address or port; something else may use this one."
