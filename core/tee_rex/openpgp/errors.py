"""What can go wrong with keys and messages from outside."""

from __future__ import annotations

from tee_rex.errors import InputError


class MalformedError(Exception):
    """Octets are not of the accepted form. Stays inside this package; callers meet one of the others."""


class InvalidPublicKeyError(InputError):
    """A published key is not one that may be encrypted to; the message says why, as keys hold no secret."""

    code = "INVALID_PUBLIC_KEY"
    title = "The encryption key cannot be used"
    default_hint = "Check the address of the server, or ask whoever runs it for its current public key."


class DecryptionError(InputError):
    """A message cannot be decrypted.

    Always the same words: whoever could tell a wrong key from a changed message, or from one that is too
    large, could ask the server about messages of other people.
    """

    code = "DECRYPTION_FAILED"
    title = "The message cannot be decrypted"
    default_hint = "Fetch the server's current public key and encrypt the input again."

    def __init__(self) -> None:
        super().__init__(
            "It is not an encrypted message to this key, was changed on its way, or is too large."
        )
