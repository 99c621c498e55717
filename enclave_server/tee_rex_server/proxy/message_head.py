"""Whom a body on its way is for: the bit of it that is read here, and that is in clear in every message."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from tee_rex.openpgp.recipients import MAX_HEAD_OCTETS, read_recipients
from tee_rex.web.bodies import BodyForm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_JSON_BEGIN: Final = re.compile(rb'[ \t\r\n]{0,64}\{[ \t\r\n]{0,64}"data"[ \t\r\n]{0,64}:[ \t\r\n]{0,64}"')
_MAX_JSON_BEGIN_BYTES: Final = 300
_MAX_HEAD_BYTES: Final = {
    BodyForm.MESSAGE: MAX_HEAD_OCTETS,
    BodyForm.JSON: _MAX_JSON_BEGIN_BYTES + (MAX_HEAD_OCTETS + 2) // 3 * 4,
}


async def read_message_head(parts: AsyncIterator[bytes], form: BodyForm) -> tuple[tuple[bytes, ...], bytes]:
    """The message's recipients, and the part of the body that was taken from ``parts`` to learn them.

    At most some 11 KB and one part are taken. There are no recipients when it is no message, and in JSON also
    when anything stands before ``"data"``.
    """
    head = bytearray()
    async for part in parts:
        head += part
        found = recipients_in(head, form)
        if found is not None:
            return found, bytes(head)
    return recipients_in(head, form) or (), bytes(head)


def recipients_in(untrusted: bytes | bytearray, form: BodyForm) -> tuple[bytes, ...] | None:
    """As ``read_recipients``, for the beginning of a body."""
    head = memoryview(untrusted)[: _MAX_HEAD_BYTES[form]]
    if form is BodyForm.JSON:
        begin = _JSON_BEGIN.match(head)
        if begin is None:
            return None if len(head) < _MAX_JSON_BEGIN_BYTES else ()
        encoded = bytes(head[begin.end() :]).partition(b'"')[0]
        try:
            message = base64.b64decode(encoded[: len(encoded) // 4 * 4], validate=True)
        except binascii.Error:
            return ()
        found = read_recipients(message)
    else:
        found = read_recipients(head)
    return () if found is None and len(head) == _MAX_HEAD_BYTES[form] else found
