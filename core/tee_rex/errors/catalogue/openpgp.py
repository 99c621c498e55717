"""Keys and encrypted messages."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, InputError

INVALID_PUBLIC_KEY = ErrorKind(InputError, "INVALID_PUBLIC_KEY", "The encryption key cannot be used").says(
    "Invalid public key: {reason}.",
    "Check the server's address, or ask its operator for the current public key.",
)
# Always the same words: whoever could distinguish a wrong key from an altered or an oversized message could
# use the server to learn about other people's messages.
DECRYPTION_FAILED = ErrorKind(InputError, "DECRYPTION_FAILED", "The message cannot be decrypted").says(
    "It is not encrypted to this key, was altered in transit, or is too large.",
    "Fetch the server's current public key and encrypt the input again.",
)
