"""``tee-rex-server proxy``: reads the settings, and serves in front of enclaves."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tee_rex.errors import ExitCode
from tee_rex.terminal.console import exit_on_error
from tee_rex_server import cli_options as options
from tee_rex_server.vsock import CONTROL_PORT, HTTP_PORT, MAX_VSOCK_NUMBER

CidOption = Annotated[
    list[int] | None,
    typer.Option(
        "--cid", envvar="TEE_REX_CIDS", metavar="NUMBER", help="Context id of an enclave (repeatable)."
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
    host: options.HostOption = options.DEFAULT_HOST,
    port: options.PortOption = options.DEFAULT_PORT,
    http_port: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_ENCLAVE_HTTP_PORT",
            metavar="PORT",
            min=1,
            max=MAX_VSOCK_NUMBER,
            help="vsock port of the enclaves' API.",
        ),
    ] = HTTP_PORT,
    control_port: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_ENCLAVE_CONTROL_PORT",
            metavar="PORT",
            min=1,
            max=MAX_VSOCK_NUMBER,
            help="vsock port where the enclaves take uploads.",
        ),
    ] = CONTROL_PORT,
    patience: Annotated[
        float,
        typer.Option(
            envvar="TEE_REX_ENCLAVE_PATIENCE",
            metavar="SECONDS",
            min=1,
            help="An enclave that says nothing for three times as long is given up.",
        ),
    ] = 15.0,
    rate_limit: options.RateLimitOption = options.DEFAULT_RATE_LIMIT,
    trusted_proxy: options.TrustedProxyOption = None,
    grace: options.GraceOption = options.DEFAULT_GRACE_SECONDS,
    *,
    uploads: Annotated[
        bool,
        typer.Option(
            envvar="TEE_REX_UPLOADS", help="Bring enclaves the bb and CRS that their images list and lack."
        ),
    ] = True,
    offline: options.OfflineOption = False,
    verbose: options.VerboseOption = False,
) -> None:
    """Serve the public HTTP API in front of enclaves, over vsock, until SIGINT or SIGTERM.

    It passes on what is encrypted to the enclaves and cannot read it. Logs are JSON on stderr.
    """
    from tee_rex.bb.pins import BbPins
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.settings.paths import Paths
    from tee_rex.web.server import listening_socket
    from tee_rex_server.logs import process_log
    from tee_rex_server.proxy.serving import proxy_api, serve_proxy
    from tee_rex_server.proxy.settings import ProxySettings, enclave_addresses
    from tee_rex_server.settings import parse_network, parse_rate_limit

    with exit_on_error():
        settings = ProxySettings(
            host=host,
            port=port,
            enclaves=enclave_addresses(cid or (), vsock_socket or ()),
            http_port=http_port,
            control_port=control_port if uploads else None,
            patience_seconds=patience,
            rate_limit=parse_rate_limit(rate_limit),
            trusted_proxies=tuple(parse_network(text) for text in trusted_proxy or ()),
            grace_seconds=grace,
        )
        log = process_log(sys.stderr, logging.DEBUG if verbose else logging.INFO)
        installation = DownloadingInstallation(
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
