"""The ``tee-rex-server`` command."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS
from tee_rex.errors import ExitCode
from tee_rex.errors.message import printable
from tee_rex.terminal.console import exit_on_error, run_command
from tee_rex.terminal.program import JsonOption, print_json, program, run_program, version_option
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.protocol import TeeMode
from tee_rex_server import __version__
from tee_rex_server import cli_options as options
from tee_rex_server.deploy.commands import bench, deploy, host
from tee_rex_server.fleet.commands import database, dispatch, tokens
from tee_rex_server.image.command import app as image
from tee_rex_server.proxy.commands import enclave_log, proxy
from tee_rex_server.settings import DEFAULT_MAX_POINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.updates.client import UpdateReport
    from tee_rex_server.tee.providers import TeeProvider

_MEGABYTE = 1_000_000

app = program("tee-rex-server", "Prove private Aztec transactions for clients.")


@app.callback()
def _options(*, _version: Annotated[bool, version_option("tee-rex-server", __version__)] = False) -> None:
    """Options of the program itself."""


@app.command(short_help="Serve proofs over HTTP.")
def serve(
    host: options.HostOption = options.DEFAULT_HOST,
    port: options.PortOption = options.DEFAULT_PORT,
    vsock_port: Annotated[
        int | None,
        options.vsock_port("TEE_REX_VSOCK_PORT", "In an enclave: listen on this vsock port instead (Linux)."),
    ] = None,
    vsock_control_port: Annotated[
        int | None,
        options.vsock_port(
            "TEE_REX_VSOCK_CONTROL_PORT",
            "In an enclave: accept uploads of pinned bb and CRS from the host on this vsock port.",
        ),
    ] = None,
    tee_mode: Annotated[
        TeeMode, typer.Option(envvar="TEE_MODE", help="standard: no TEE. nitro: inside a Nitro enclave.")
    ] = "standard",
    crs: Annotated[
        list[TrustedSetup] | None,
        typer.Option(
            "--crs", envvar="TEE_REX_CRS", help="Trusted setup to prove under (repeatable); default: genuine."
        ),
    ] = None,
    aztec_version: Annotated[
        list[str] | None,
        typer.Option(
            envvar="AZTEC_VERSIONS",
            metavar="VERSION",
            help="Aztec version whose bb proves (repeatable); default: one for every generation of circuits.",
        ),
    ] = None,
    max_points: Annotated[
        int | None,
        typer.Option(
            envvar="TEE_REX_MAX_POINTS",
            metavar="NUMBER",
            min=MIN_POINTS,
            max=MAX_POINTS,
            help="Refuse circuits with more rows, which need more points of the CRS; default:"
            f" {DEFAULT_MAX_POINTS[TrustedSetup.GENUINE]}, for the development setup"
            f" {DEFAULT_MAX_POINTS[TrustedSetup.DEVELOPMENT]}.",
        ),
    ] = None,
    slots: Annotated[
        int, typer.Option(envvar="TEE_REX_SLOTS", metavar="NUMBER", min=1, max=64, help="Proofs at once.")
    ] = 1,
    threads_per_proof: Annotated[
        int | None,
        typer.Option(
            envvar="TEE_REX_THREADS",
            metavar="NUMBER",
            min=1,
            max=256,
            help="Threads of bb; default: cores / slots.",
        ),
    ] = None,
    queue: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_QUEUE",
            metavar="NUMBER",
            min=0,
            max=10_000,
            help="Requests that can wait for a slot.",
        ),
    ] = 16,
    request_memory: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_REQUEST_MEMORY",
            min=68,
            metavar="MB",
            help="Memory for all requests together.",
        ),
    ] = 512,
    memory_limit: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_MEMORY_LIMIT", min=0, metavar="MB", help="Stop a bb that uses more; 0: no limit."
        ),
    ] = 4096,
    proof_timeout: Annotated[
        float,
        typer.Option(
            envvar="TEE_REX_PROOF_TIMEOUT", min=1, metavar="SECONDS", help="Time limit for one proof."
        ),
    ] = 600.0,
    rate_limit: options.RateLimitOption = options.DEFAULT_RATE_LIMIT,
    trusted_proxy: options.TrustedProxyOption = None,
    grace: options.GraceOption = options.DEFAULT_GRACE_SECONDS,
    bb_binary_path: Annotated[
        Path | None,
        typer.Option(
            envvar="BB_BINARY_PATH",
            metavar="FILE",
            help="The only bb to use; its SHA-256 must be the pinned one of --aztec-version.",
        ),
    ] = None,
    join: options.JoinOption = None,
    join_name: options.JoinNameOption = None,
    join_address: options.JoinAddressOption = None,
    join_idle_slots: options.IdleSlotsOption = None,
    *,
    offline: options.OfflineOption = False,
    verbose: options.VerboseOption = False,
) -> None:
    """Serve proofs over HTTP until SIGINT or SIGTERM. Logs are JSON on stderr.

    With --join it proves for a fleet, whose dispatcher limits the clients; --rate-limit then does nothing.
    """
    from tee_rex.system.threads import usable_cores
    from tee_rex.web.server import listening_socket
    from tee_rex_server.assembly import serve as serve_on
    from tee_rex_server.joining import Joining, JoinSettings, beside, own_address
    from tee_rex_server.logs import process_log
    from tee_rex_server.settings import ServerSettings, parse_network, parse_rate_limit
    from tee_rex_server.vsock import listening_vsock

    with exit_on_error():
        settings = ServerSettings(
            host=host,
            port=port,
            vsock_port=vsock_port,
            vsock_control_port=vsock_control_port,
            tee_mode=tee_mode,
            setups=frozenset(crs or [TrustedSetup.GENUINE]),
            versions=_versions(aztec_version or (), bb_binary_path),
            max_points=(
                DEFAULT_MAX_POINTS if max_points is None else dict.fromkeys(TrustedSetup, max_points)
            ),
            slots=slots,
            threads_per_proof=threads_per_proof or max(1, usable_cores() // slots),
            queue=queue,
            request_memory=request_memory * _MEGABYTE,
            memory_limit=memory_limit * _MEGABYTE or None,
            proof_seconds=proof_timeout,
            rate_limit=None if join else parse_rate_limit(rate_limit),
            trusted_proxies=tuple(parse_network(text) for text in trusted_proxy or ()),
            grace_seconds=grace,
        )
        log = process_log(sys.stderr, logging.DEBUG if verbose else logging.INFO)
        # An enclave has no network: it gets everything from its host.
        installation = _installation(
            bb_binary_path, allow_download=not offline and vsock_control_port is None
        )
        if settings.vsock_port is None:
            listener = listening_socket(settings.host, settings.port)
        else:
            listener = listening_vsock(settings.vsock_port)
        control_port = settings.vsock_control_port
        control_listener = None if control_port is None else listening_vsock(control_port)
        tee = _tee(settings.tee_mode)
        joining = None
        if join is not None and vsock_port is None:
            address = own_address(listener)
            to = JoinSettings.read(
                join, join_name, join_address or str(address.base), os.environ, join_idle_slots
            )
            joining = Joining(to, address, lambda _digests: sorted(settings.setups), log)
        try:
            serving = serve_on(settings, installation, listener, control_listener, tee, log)
            asyncio.run(serving if joining is None else beside(joining.run(), serving))
        except KeyboardInterrupt:  # before the server took over the signals
            sys.exit(ExitCode.CANCELLED)


def _tee(mode: TeeMode) -> TeeProvider:
    from tee_rex_server.tee.nsm import Nsm, NsmDevice
    from tee_rex_server.tee.providers import NitroProvider, StandardProvider

    return NitroProvider(Nsm(NsmDevice())) if mode == "nitro" else StandardProvider()


def _versions(named: Sequence[str], bb_binary_path: Path | None) -> tuple[AztecVersion, ...]:
    """Those that are named; without any, all, but of a single file only the one that it is expected to be."""
    from tee_rex.bb.pins import BbPins

    if bb_binary_path is not None and not named:
        return (BbPins.shipped().default_version,)
    return tuple(map(AztecVersion.parse, named))


def _installation(bb_binary_path: Path | None, *, allow_download: bool) -> DownloadingInstallation:
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.pins import current_pins

    paths = Paths.from_environment(os.environ)
    return DownloadingInstallation(
        paths,
        current_pins(paths),
        bb_binary_path,
        allow_download=allow_download,
        exact=True,
    )


@app.command(short_help="Fetch new pins and revocations.")
def update(*, as_json: JsonOption = False) -> None:
    """Fetch what the maintainers have signed since this release, into the data folder (TEE_REX_HOME).

    These are new versions of bb, new enclave builds, and revocations. Run this daily, as the user of the
    server or proxy and with its data folder. A server or proxy that is running refuses what was revoked at
    the next use, and knows what was added from its next start. Newer releases are only reported.
    """
    report = run_command(_update(), as_json=as_json)
    if as_json:
        print_json(report)
    else:
        for line in report.lines():
            typer.echo(printable(line))


async def _update() -> UpdateReport:
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.client import UpdateClient

    return await UpdateClient.this(Paths.from_environment(os.environ)).check()


app.command(short_help="Serve proofs in front of enclaves.")(proxy)
app.command(short_help="Hand out tickets for many provers.")(dispatch)
app.add_typer(tokens, name="tokens", short_help="Say who may prove, and which provers may join a fleet.")
app.add_typer(database, name="database", short_help="Run a PostgreSQL for trying a fleet.")
app.command("enclave-log", short_help="Follow the logs of enclaves.")(enclave_log)
app.add_typer(image, name="image", short_help="Build the image of the Nitro enclave; measure images.")
app.command(short_help="Measure the proofs an hour of this machine.")(bench)
app.add_typer(deploy, name="deploy", short_help="Bring a release to the enclaves of a fleet.")
app.add_typer(host, name="host", short_help="What a host of enclaves does for a deployment.")


def main() -> None:
    """Entry point of the ``tee-rex-server`` command."""
    run_program(app)
