"""One HTTP request over a stream to an enclave, as the simplest of hosts would make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from tee_rex_server.vsock import Stream


@dataclass(frozen=True, slots=True)
class VsockAnswer:
    """What the enclave answered."""

    status: int
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body, decoded."""
        return msgspec.json.decode(self.body)


async def ask(stream: Stream, method: str, target: str, body: bytes = b"") -> VsockAnswer:
    """Send one request, read its answer, close. An answer may come before the whole body was taken."""
    reader, writer = stream
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: enclave\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    )
    try:
        writer.write(head.encode() + b"\r\n" + body)
        answer = await reader.read(-1)
    finally:
        writer.close()
    lines, _, content = answer.partition(b"\r\n\r\n")
    return VsockAnswer(int(lines.split(b" ", 2)[1]), content)
