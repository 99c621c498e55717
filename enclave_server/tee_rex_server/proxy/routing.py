"""Which enclave a request is for: the one that can read its message, or the one that has its job."""

from __future__ import annotations

import base64
import binascii
import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.openpgp.recipients import MAX_HEAD_OCTETS, read_recipients
from tee_rex.web.bodies import BodyForm
from tee_rex.wire.protocol import PROOFS_PATH
from tee_rex_server.errors.proxy import JOB_UNREACHABLE, EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.errors.serving import JOB_UNKNOWN
from tee_rex_server.proxy.exchange import RETRY_SECONDS, get

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tee_rex_server.proxy.enclaves import Enclave, Fleet

MAX_KNOWN_JOBS: Final = 10_000
"""As many as ten enclaves keep; 1 MB."""
_MAX_STATUS_BYTES: Final = 4 << 20
"""A proof of 3,216 fields has 0.14 MB in base64."""
_JSON_START: Final = re.compile(rb'[ \t\r\n]{0,64}\{[ \t\r\n]{0,64}"data"[ \t\r\n]{0,64}:[ \t\r\n]{0,64}"')
_MAX_JSON_START_BYTES: Final = 300
_MAX_HEAD_BYTES: Final = {
    BodyForm.MESSAGE: MAX_HEAD_OCTETS,
    BodyForm.JSON: _MAX_JSON_START_BYTES + (MAX_HEAD_OCTETS + 2) // 3 * 4,
}


class JobLocations:
    """The enclaves of known jobs; when full, it forgets the least recently used one."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._enclaves: OrderedDict[str, Enclave] = OrderedDict()

    def remember(self, job_id: str, enclave: Enclave) -> None:
        """Store the enclave of a job."""
        self._enclaves[job_id] = enclave
        self._enclaves.move_to_end(job_id)
        if len(self._enclaves) > MAX_KNOWN_JOBS:
            self._enclaves.popitem(last=False)

    async def find(self, job_id: str) -> Enclave:
        """The enclave of a job; asks all enclaves about an unknown one.

        Raises JOB_UNKNOWN, or EnclaveUnreachableError when the job may be in an enclave that does not answer.
        """
        known = self._enclaves.get(job_id)
        if known is not None:
            self._enclaves.move_to_end(job_id)
            return known
        if len(self._fleet.enclaves) == 1:
            return self._fleet.enclaves[0]
        unreachable = False
        path = f"{PROOFS_PATH}/{job_id}"
        for enclave in self._fleet.enclaves:
            try:
                async with enclave.request():
                    await get(enclave.address, enclave.http_port, path, msgspec.Raw, limit=_MAX_STATUS_BYTES)
            except EnclaveUnreachableError:
                unreachable = True
            except EnclaveAnswerError:
                continue  # 404
            else:
                self.remember(job_id, enclave)
                return enclave
        if unreachable:
            raise JOB_UNREACHABLE(retry_after=RETRY_SECONDS)
        raise JOB_UNKNOWN()


async def read_message_head(parts: AsyncIterator[bytes], form: BodyForm) -> tuple[tuple[bytes, ...], bytes]:
    """The recipients of a body's message, and the start of the body that was read to find them.

    Recipients are in clear in every message. Reads at most some 11 KB and one part. There are none when the
    body is not a message, and in JSON also when anything stands before ``"data"``.
    """
    head = bytearray()
    async for part in parts:
        head += part
        found = recipients_in(head, form)
        if found is not None:
            return found, bytes(head)
    return recipients_in(head, form) or (), bytes(head)


def recipients_in(untrusted: bytes | bytearray, form: BodyForm) -> tuple[bytes, ...] | None:
    """The recipients named in the start of a body; None when more of it is needed."""
    head = memoryview(untrusted)[: _MAX_HEAD_BYTES[form]]
    if form is BodyForm.JSON:
        start = _JSON_START.match(head)
        if start is None:
            return None if len(head) < _MAX_JSON_START_BYTES else ()
        encoded = bytes(head[start.end() :]).partition(b'"')[0]
        try:
            found = read_recipients(base64.b64decode(encoded[: len(encoded) // 4 * 4], validate=True))
        except binascii.Error:
            return ()
    else:
        found = read_recipients(head)
    return () if found is None and len(head) == _MAX_HEAD_BYTES[form] else found
