"""``tee-rex-server proxy`` and ``enclave-log``: what the parent instance runs beside its enclaves."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode
from tee_rex.terminal.console import exit_on_error
from tee_rex_server import cli_options as options
from tee_rex_server.errors.proxy import LOG_UNREACHABLE
from tee_rex_server.vsock import CONTROL_PORT, HTTP_PORT, LOG_PORT

if TYPE_CHECKING:
    from typing import BinaryIO

    from tee_rex_server.vsock import EnclaveAddress

_CONNECT_SECONDS = 10.0
_PART_BYTES = 65536

CidOption = Annotated[
    list[int] | None,
    typer.Option(
        "--cid", envvar="TEE_REX_CIDS", metavar="NUMBER", help="Context ID of an enclave (repeatable)."
    ),
]
VsockSocketOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--vsock-socket",
        envvar="TEE_REX_VSOCK_SOCKETS",
        metavar="FILE",
        help="Socket of an enclave under QEMU: the uds-path of vhost-device-vsock (repeatable).",
    ),
]


def proxy(
    cid: CidOption = None,
    vsock_socket: VsockSocketOption = None,
    host: options.HostOption = options.DEFAULT_HOST,
    port: options.PortOption = options.DEFAULT_PORT,
    http_port: Annotated[
        int,
        options.vsock_port("TEE_REX_ENCLAVE_HTTP_PORT", "vsock port of the enclaves' HTTP API."),
    ] = HTTP_PORT,
    control_port: Annotated[
        int,
        options.vsock_port("TEE_REX_ENCLAVE_CONTROL_PORT", "vsock port where the enclaves accept uploads."),
    ] = CONTROL_PORT,
    draining: options.DrainingOption = options.DEFAULT_DRAINING_FOLDER,
    patience: Annotated[
        float,
        typer.Option(
            envvar="TEE_REX_ENCLAVE_PATIENCE",
            metavar="SECONDS",
            min=1,
            help="Timeout of a health check; after three, the enclave's requests are aborted.",
        ),
    ] = 15.0,
    rate_limit: options.RateLimitOption = options.DEFAULT_RATE_LIMIT,
    trusted_proxy: options.TrustedProxyOption = None,
    grace: options.GraceOption = options.DEFAULT_GRACE_SECONDS,
    join: options.JoinOption = None,
    join_name: options.JoinNameOption = None,
    join_address: options.JoinAddressOption = None,
    *,
    uploads: Annotated[
        bool,
        typer.Option(
            envvar="TEE_REX_UPLOADS", help="Upload the bb and CRS that the enclaves' images list and lack."
        ),
    ] = True,
    offline: options.OfflineOption = False,
    verbose: options.VerboseOption = False,
) -> None:
    """Serve the public HTTP API in front of enclaves until SIGINT or SIGTERM.

    Requests are forwarded over vsock, encrypted to the enclaves; the proxy cannot read them. With --join its
    enclaves prove for a fleet, whose dispatcher limits the clients. Logs are JSON on stderr.
    """
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.pins import current_pins
    from tee_rex.web.server import listening_socket
    from tee_rex_server.joining import Joining, JoinSettings, beside, own_address, setups_by_pins
    from tee_rex_server.logs import process_log
    from tee_rex_server.proxy.server import proxy_api, serve_proxy
    from tee_rex_server.proxy.settings import ProxySettings, enclave_addresses
    from tee_rex_server.settings import parse_network, parse_rate_limit

    with exit_on_error():
        settings = ProxySettings(
            host=host,
            port=port,
            enclaves=enclave_addresses(cid or (), vsock_socket or ()),
            http_port=http_port,
            control_port=control_port if uploads else None,
            draining=draining,
            patience_seconds=patience,
            rate_limit=None if join else parse_rate_limit(rate_limit),
            trusted_proxies=tuple(parse_network(text) for text in trusted_proxy or ()),
            grace_seconds=grace,
        )
        log = process_log(sys.stderr, logging.DEBUG if verbose else logging.INFO)
        paths = Paths.from_environment(os.environ)
        installation = DownloadingInstallation(paths, current_pins(paths), allow_download=not offline)
        listener = listening_socket(settings.host, settings.port)
        api = proxy_api(settings, installation, log)
        address, bound_port = listener.getsockname()[:2]
        log.info("listening", host=address, port=bound_port, enclaves=[one.name for one in settings.enclaves])
        serving = serve_proxy(api, listener, grace_seconds=settings.grace_seconds)
        if join is not None:
            own = own_address(listener)
            to = JoinSettings.read(join, join_name, join_address or str(own.base), os.environ)
            serving = beside(Joining(to, own, setups_by_pins(installation.pins), log).run(), serving)
        try:
            asyncio.run(serving)
        except KeyboardInterrupt:  # before the server handles signals
            sys.exit(ExitCode.CANCELLED)


def enclave_log(cid: CidOption = None, vsock_socket: VsockSocketOption = None) -> None:
    """Print the last lines of enclaves' logs, then new ones, until Ctrl-C or until the enclaves end.

    An enclave has no console; its log contains nothing that a client sent encrypted.
    """
    from tee_rex_server.proxy.settings import enclave_addresses

    with exit_on_error():
        addresses = enclave_addresses(cid or (), vsock_socket or ())
        try:
            asyncio.run(_follow_all(addresses))
        except KeyboardInterrupt:
            sys.exit(ExitCode.CANCELLED)


async def _follow_all(addresses: tuple[EnclaveAddress, ...]) -> None:
    await asyncio.gather(*(follow_log(address, sys.stdout.buffer) for address in addresses))


async def follow_log(address: EnclaveAddress, output: BinaryIO) -> None:
    """Write an enclave's lines to ``output`` until it closes the connection; raises LOG_UNREACHABLE."""
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await address.connect(LOG_PORT)
    except OSError as error:
        raise LOG_UNREACHABLE(enclave=address.name) from error
    rest = b""
    try:
        while part := await reader.read(_PART_BYTES):
            # Whole lines, because another enclave's may come between. The enclave itself cuts long ones.
            lines, line_break, rest = (rest + part).rpartition(b"\n")
            if len(rest) > _PART_BYTES:
                lines, rest = lines + line_break + rest, b""
            output.write(lines + line_break)
            output.flush()
        output.write(rest)
        output.flush()
    except ConnectionError:
        pass  # the enclave ended
    finally:
        writer.transport.abort()
