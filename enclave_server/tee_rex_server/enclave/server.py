"""The server inside an enclave: as ``tee-rex-server serve`` elsewhere, but without any choice."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.bb.pins import BbPins
from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server.assembly import serve as serve_on
from tee_rex_server.enclave.layout import GuestConfiguration
from tee_rex_server.logs import process_log
from tee_rex_server.settings import ServerSettings
from tee_rex_server.tee.nsm import Nsm
from tee_rex_server.tee.providers import NitroProvider
from tee_rex_server.vsock import CONTROL_PORT, HTTP_PORT

if TYPE_CHECKING:
    import socket

    from tee_rex_server.tee.nsm import Exchange

BEAT_SECONDS: Final = 5.0
_MEGABYTE: Final = 1_000_000
_QUEUE: Final = 16
_PROOF_SECONDS: Final = 600.0
_GRACE_SECONDS: Final = 120.0
_MAX_POINTS: Final = {TrustedSetup.GENUINE: MAX_POINTS, TrustedSetup.DEVELOPMENT: MIN_POINTS}
"""What a host uploads, and an image may hold."""


def settings_here(configuration: GuestConfiguration, memory: int, cores: int) -> ServerSettings:
    """Settings for an enclave of ``memory`` bytes and ``cores`` CPUs: one proof at a time uses all of them.

    Rate limits are left to the host's proxy: the enclave sees no client addresses that it could trust.
    """
    return ServerSettings(
        host="",
        port=0,
        vsock_port=HTTP_PORT,
        vsock_control_port=CONTROL_PORT,
        tee_mode="nitro",
        setups=frozenset(configuration.setups),
        versions=(),
        max_points=_MAX_POINTS,
        slots=1,
        threads_per_proof=cores,
        queue=_QUEUE,
        request_memory=min(512 * _MEGABYTE, max(68 * _MEGABYTE, memory // 8)),
        memory_limit=memory * 3 // 4,
        proof_seconds=_PROOF_SECONDS,
        rate_limit=None,
        trusted_proxies=(),
        grace_seconds=_GRACE_SECONDS,
    )


def serve(
    device: Exchange,
    http: socket.socket,
    control: socket.socket,
    beats: socket.socket,
    configuration: bytes,
) -> None:
    """Serve until SIGTERM.

    device: the Nitro Secure Module. http, control: listening vsock sockets. beats: gets a byte every
    BEAT_SECONDS while the event loop runs. configuration: the JSON of GuestConfiguration.
    """
    settings = settings_here(
        msgspec.json.decode(configuration, type=GuestConfiguration),
        os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        usable_cores(),
    )
    log = process_log(sys.stderr, logging.INFO)
    installation = Installation(Paths.from_environment(os.environ), BbPins.shipped())
    gc.freeze()
    gc.enable()

    async def serve_and_beat() -> None:
        beating = asyncio.create_task(beat(beats))
        try:
            await serve_on(settings, installation, http, control, NitroProvider(Nsm(device)), log)
        finally:
            beating.cancel()

    asyncio.run(serve_and_beat())


async def beat(beats: socket.socket) -> None:
    """Send a byte every BEAT_SECONDS, forever; none when its reader is that late."""
    beats.settimeout(0)
    while True:
        with suppress(BlockingIOError):
            beats.send(b"\0")
        await asyncio.sleep(BEAT_SECONDS)
