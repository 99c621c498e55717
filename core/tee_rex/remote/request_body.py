"""The body ``{"data": base64}`` of a request, written piece by piece."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Final

from tee_rex.progress import BytesSent, ProofListener

_BEFORE, _AFTER = b'{"data":"', b'"}'
_PIECE_BYTES: Final = 192 * 1024
"""Of the message; a multiple of 3, so that the pieces' base64 put together is that of the whole."""


class EncryptedBody:
    """An encrypted message as the JSON that carries it; may be iterated again for another try."""

    def __init__(self, message: bytes | bytearray, listener: ProofListener) -> None:
        """message: as ``tee_rex.openpgp.encrypt`` made it; never empty."""
        self._message = memoryview(message)
        self._listener = listener
        self.last_piece_begun = False

    @property
    def headers(self) -> dict[str, str]:
        """What tells the server of the body."""
        return {"Content-Type": "application/json", "Content-Length": str(self.length)}

    @property
    def length(self) -> int:
        """Bytes."""
        return len(_BEFORE) + (len(self._message) + 2) // 3 * 4 + len(_AFTER)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces; when one is asked for, those before it have gone to the system's socket."""
        self.last_piece_begun = False
        sent = 0
        pieces = [self._message[at : at + _PIECE_BYTES] for at in range(0, len(self._message), _PIECE_BYTES)]
        for number, piece in enumerate(pieces, 1):
            self.last_piece_begun = number == len(pieces)
            encoded = (_BEFORE if number == 1 else b"") + base64.b64encode(piece)
            encoded += _AFTER if self.last_piece_begun else b""
            yield encoded
            sent += len(encoded)
            self._listener(BytesSent(sent, self.length))
