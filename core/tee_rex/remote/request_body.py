"""The body of a request that carries an encrypted message, written piece by piece."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import ClassVar, Final

from tee_rex.transaction.events import BytesSent, ProofListener

_PIECE_BYTES: Final = 192 * 1024
"""Of the message; a multiple of 3, so that the pieces' base64 put together is that of the whole."""
_JSON_BEFORE: Final = b'{"data":"'
_JSON_AFTER: Final = b'"}'


class MessageBody:
    """The message as it is; may be iterated again for another try.

    last_piece_begun: whether the server may have the whole message.
    """

    content_type: ClassVar[str] = "application/octet-stream"

    def __init__(self, message: bytes | bytearray, listener: ProofListener) -> None:
        """message: as ``tee_rex.openpgp.encrypt`` made it; never empty."""
        self._message = memoryview(message)
        self._listener = listener
        self.last_piece_begun = False

    @property
    def headers(self) -> dict[str, str]:
        """What tells the server of the body."""
        return {"Content-Type": self.content_type, "Content-Length": str(self.length)}

    @property
    def length(self) -> int:
        """Bytes."""
        return len(self._message)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces; when one is asked for, those before it have gone to the system's socket."""
        self.last_piece_begun = False
        sent = 0
        for at in range(0, len(self._message), _PIECE_BYTES):
            end = at + _PIECE_BYTES
            self.last_piece_begun = end >= len(self._message)
            piece = self._encoded(self._message[at:end], first=at == 0, last=self.last_piece_begun)
            yield piece
            sent += len(piece)
            self._listener(BytesSent(sent, self.length))

    def _encoded(self, piece: memoryview, *, first: bool, last: bool) -> bytes:
        del first, last
        return bytes(piece)


class JsonBody(MessageBody):
    """``{"data": base64 of the message}``, the only form that the original server takes."""

    content_type: ClassVar[str] = "application/json"

    @property
    def length(self) -> int:
        """Bytes."""
        return len(_JSON_BEFORE) + (len(self._message) + 2) // 3 * 4 + len(_JSON_AFTER)

    def _encoded(self, piece: memoryview, *, first: bool, last: bool) -> bytes:
        encoded = base64.b64encode(piece)
        return (_JSON_BEFORE if first else b"") + encoded + (_JSON_AFTER if last else b"")
