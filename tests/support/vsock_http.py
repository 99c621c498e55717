"""One HTTP request over a stream to an enclave, as the simplest of hosts would make it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec

from support.nitro_emulator import PATIENCE_SECONDS, NitroEmulator
from tee_rex.wire.protocol import HEALTH_PATH
from tee_rex_server.vsock import HTTP_PORT, Stream


@dataclass(frozen=True, slots=True)
class VsockAnswer:
    """What the enclave answered."""

    status: int
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body, decoded."""
        return msgspec.json.decode(self.body)


async def ask(
    stream: Stream, method: str, target: str, body: bytes = b"", *, content_type: str = ""
) -> VsockAnswer:
    """Send one request, read its answer, close. An answer may come before the whole body was taken."""
    reader, writer = stream
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: enclave\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    )
    if content_type:
        head += f"Content-Type: {content_type}\r\n"
    try:
        writer.write(head.encode() + b"\r\n" + body)
        answer = await reader.read(-1)
    finally:
        writer.close()
    lines, _, content = answer.partition(b"\r\n\r\n")
    return VsockAnswer(int(lines.split(b" ", 2)[1]), content)


async def ready_health(enclave: NitroEmulator, *, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """What ``/health`` of the enclave says once it can prove.

    It is not asked before its heartbeat: vhost-device-vsock 0.3.0 can lock itself up when many connections
    come while the guest's driver starts.
    """
    await enclave.heartbeat(seconds=seconds)
    async with asyncio.timeout(seconds):
        while True:
            answer = await ask(await enclave.connect(HTTP_PORT), "GET", HEALTH_PATH)
            assert answer.status == 200, answer.body
            health: dict[str, Any] = answer.json()
            if health["ready"]:
                return health
            await asyncio.sleep(0.2)
