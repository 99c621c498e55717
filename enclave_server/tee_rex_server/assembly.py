"""Puts a server together from its settings: the same for every place it runs in."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tee_rex.bb.platform import Platform
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex_server.http.limits import ClientAddresses, RateLimit
from tee_rex_server.http.metrics import Metrics
from tee_rex_server.http.routes import Api
from tee_rex_server.http.serving import serve as serve_until_signal
from tee_rex_server.malloc_tuning import return_large_buffers
from tee_rex_server.process_hardening import forbid_reading
from tee_rex_server.proving.decoder import Intake
from tee_rex_server.proving.jobs import Jobs
from tee_rex_server.proving.provers import ServedProvers
from tee_rex_server.proving.service import ProvingService, ServiceLimits
from tee_rex_server.tee.keys import ServerKey

if TYPE_CHECKING:
    import socket

    from structlog.typing import FilteringBoundLogger

    from tee_rex.local.installation import Installation
    from tee_rex_server.settings import ServerSettings
    from tee_rex_server.tee.provider import TeeProvider


async def serve(
    settings: ServerSettings,
    installation: Installation,
    listener: socket.socket,
    control_listener: socket.socket | None,
    tee: TeeProvider,
    log: FilteringBoundLogger,
) -> None:
    """Serve on the listeners until SIGINT or SIGTERM; raises an UnusableEnvironmentError.

    control_listener: for uploads by an enclave's host, None where the installation brings what is missing.
    """
    forbid_reading()
    return_large_buffers()
    api = compose(settings, installation, tee, log)
    place = listener.getsockname() if settings.vsock_port is None else (None, None)
    log.info(
        "listening",
        host=place[0],
        port=place[1],
        vsock_port=settings.vsock_port,
        vsock_control_port=settings.vsock_control_port,
        tee_mode=settings.tee_mode,
        key=api.key.fingerprint,
        slots=settings.slots,
        threads_per_proof=settings.threads_per_proof,
        versions=api.provers.versions,
        setups=sorted(settings.setups),
    )
    await serve_until_signal(
        api,
        listener,
        installation,
        grace_seconds=settings.grace_seconds,
        control_listener=control_listener,
    )


def compose(
    settings: ServerSettings, installation: Installation, tee: TeeProvider, log: FilteringBoundLogger
) -> Api:
    """All parts of a server, with a key of its own; raises BadSettingError."""
    # A bb for each proof: one client's transaction never meets the memory that held another's.
    options = LocalOptions(settings.threads_per_proof, settings.memory_limit, keep_warm=False)
    metrics = Metrics()
    service = ProvingService(
        [LocalBackend(installation, options) for _ in range(settings.slots)],
        ServiceLimits(settings.queue, settings.request_memory, settings.proof_seconds),
        metrics,
    )
    key = ServerKey.generate(datetime.now(UTC))
    behind_host = settings.vsock_port is not None
    return Api(
        service=service,
        jobs=Jobs(service, time.monotonic, discreet=tee.mode == "nitro"),
        intake=Intake(key),
        key=key,
        tee=tee,
        provers=ServedProvers.pinned(installation.pins, settings.setups, Platform.current()),
        threads_per_proof=settings.threads_per_proof,
        rate_limit=RateLimit(
            settings.rate_limit, exempt_loopback=not settings.trusted_proxies and not behind_host
        ),
        addresses=ClientAddresses(settings.trusted_proxies, behind_host=behind_host),
        metrics=metrics,
        log=log,
        ready=asyncio.Event(),
    )
