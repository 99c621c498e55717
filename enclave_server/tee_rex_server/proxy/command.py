"""``tee-rex-server proxy``: reads the settings, and serves in front of enclaves."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tee_rex.cli.console import exit_on_error
from tee_rex.errors import ExitCode

CidOption = Annotated[
    list[int] | None,
    typer.Option(
        "--cid", envvar="TEE_REX_CIDS", metavar="NUMBER", min=0, help="Context id of an enclave (repeatable)."
    ),
]
VsockSocketOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--vsock-socket",
        envvar="TEE_REX_VSOCK_SOCKETS",
        metavar="FILE",
        help="An enclave under QEMU: the uds-path of vhost-device-vsock (repeatable).",
    ),
]


def proxy(
    cid: CidOption = None,
    vsock_socket: VsockSocketOption = None,
    host: Annotated[
        str, typer.Option(envvar="TEE_REX_HOST", metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="PORT", metavar="PORT", min=0, max=65535, help="0: any free one.")
    ] = 4000,
    http_port: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_ENCLAVE_HTTP_PORT", metavar="PORT", min=1, help="vsock port of the enclaves' API."
        ),
    ] = 5000,
    control_port: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_ENCLAVE_CONTROL_PORT",
            metavar="PORT",
            min=1,
            help="vsock port where the enclaves take uploads.",
        ),
    ] = 5001,
    rate_limit: Annotated[
        str,
        typer.Option(
            envvar="TEE_REX_RATE_LIMIT",
            metavar="RATE",
            help="Proofs of one client, like 10/hour or 2/minute; or off.",
        ),
    ] = "10/hour",
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            envvar="TEE_REX_TRUSTED_PROXIES",
            metavar="CIDR",
            help="Whose X-Forwarded-For is believed (repeatable). With any, loopback is rate limited too.",
        ),
    ] = None,
    grace: Annotated[
        float,
        typer.Option(
            envvar="TEE_REX_GRACE", min=0, metavar="SECONDS", help="For requests under way at shutdown."
        ),
    ] = 120.0,
    *,
    uploads: Annotated[
        bool,
        typer.Option(
            envvar="TEE_REX_UPLOADS", help="Bring enclaves the bb and CRS that their images list and lack."
        ),
    ] = True,
    offline: Annotated[
        bool, typer.Option(envvar="TEE_REX_OFFLINE", help="Download nothing: what is uploaded must be here.")
    ] = False,
    verbose: Annotated[bool, typer.Option(envvar="TEE_REX_VERBOSE", help="Log health checks too.")] = False,
) -> None:
    """Serve the public HTTP API in front of enclaves, over vsock, until SIGINT or SIGTERM.

    It passes on what is encrypted to the enclaves and cannot read it. Logs are JSON on stderr.
    """
    from tee_rex.bb.pins import BbPins
    from tee_rex.local.installation import Installation
    from tee_rex.paths import Paths
    from tee_rex_server.logs import LibraryLogs, json_logger
    from tee_rex_server.proxy.serving import proxy_api, serve_proxy
    from tee_rex_server.proxy.settings import ProxySettings, enclave_addresses
    from tee_rex_server.serving import listening_socket
    from tee_rex_server.settings import parse_network, parse_rate_limit

    with exit_on_error():
        settings = ProxySettings(
            host=host,
            port=port,
            enclaves=enclave_addresses(cid or (), vsock_socket or ()),
            http_port=http_port,
            control_port=control_port if uploads else None,
            rate_limit=parse_rate_limit(rate_limit),
            trusted_proxies=tuple(parse_network(text) for text in trusted_proxy or ()),
            grace_seconds=grace,
        )
        log = json_logger(sys.stderr, logging.DEBUG if verbose else logging.INFO)
        logging.basicConfig(level=logging.WARNING, handlers=[LibraryLogs(log)])
        installation = Installation(
            Paths.from_environment(os.environ), BbPins.shipped(), allow_download=not offline
        )
        listener = listening_socket(settings.host, settings.port)
        api = proxy_api(settings, installation, log)
        address, bound_port = listener.getsockname()[:2]
        log.info("listening", host=address, port=bound_port, enclaves=[one.name for one in settings.enclaves])
        try:
            asyncio.run(serve_proxy(api, listener, grace_seconds=settings.grace_seconds))
        except KeyboardInterrupt:  # before the server took over the signals
            sys.exit(ExitCode.CANCELLED)
