"""``tee-rex devnet``: a real Aztec network on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode
from tee_rex.settings.paths import Paths
from tee_rex.terminal.console import Style, run_command, say, task_progress_shown
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.devnet.network import Devnet, NetworkStatus

app = typer.Typer(no_args_is_help=True, help="Run a real Aztec network on this machine, for development.")

_SetupOption = Annotated[
    TrustedSetup,
    typer.Option(
        "--crs",
        help="Trusted setup. development: INSECURE verification keys, so that proofs made offline are "
        "accepted; genuine: Aztec's packages as they are.",
    ),
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_PortOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="Where Aztec's node listens, on 127.0.0.1; default: 8080."
    ),
]
_L1PortOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="Where anvil listens; default: 8545, or any free one."
    ),
]
_WaitOption = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="How long it may take to start.")]
_ReinstallOption = Annotated[bool, typer.Option("--reinstall", help="Fetch its programs anew.")]
_KeepOption = Annotated[
    bool, typer.Option("--keep", help="Leave the data of L1 and L2 until the next start.")
]


@app.command(short_help="Start it and wait until it is ready.")
def up(
    *,
    setup: _SetupOption = TrustedSetup.DEVELOPMENT,
    port: _PortOption = None,
    l1_port: _L1PortOption = None,
    wait: _WaitOption = 300.0,
    reinstall: _ReinstallOption = False,
    as_json: _JsonOption = False,
) -> None:
    """Start it and wait until it is ready; the first time fetches 0.4 GB (0.75 GB on disk) from npm.

    Fetching takes one to two minutes, starting half a minute to a minute. It runs in the background until
    `tee-rex devnet down`. Where it runs already nothing is done.
    """
    if setup is TrustedSetup.DEVELOPMENT:
        from tee_rex.cli.proof_view import DEVELOPMENT_WARNING

        say(f"! {DEVELOPMENT_WARNING}", Style.WARNING)
    status = run_command(_up(setup, port, l1_port, wait, reinstall=reinstall), as_json=as_json)
    if as_json:
        _print_json(status)
        return
    typer.echo(f"✓ The local network is ready: {status.node_url} (L1: {status.l1_url})")
    typer.echo(f"  Logs are in {status.logs}. End it with: tee-rex devnet down")


async def _up(
    setup: TrustedSetup, port: int | None, l1_port: int | None, wait: float, *, reinstall: bool
) -> NetworkStatus:
    from tee_rex.bb.pins import BbPins
    from tee_rex.devnet.network import Condition, Ports
    from tee_rex.devnet.packages import DevnetPackages
    from tee_rex.devnet.ports import DEFAULT_NODE_PORT

    paths = Paths.from_environment(os.environ)
    devnet = _devnet(paths, setup)
    if (status := await devnet.status()).condition is Condition.READY and not reinstall:
        devnet.require_ports(status, port, l1_port)
        say("It runs already.")
        return status
    ports = Ports(port or DEFAULT_NODE_PORT, l1_port)
    if status.condition is Condition.STARTING:
        say("It is being started already; this waits for it.")
    if status.condition is Condition.DOWN:  # what cannot work is said before anything is fetched
        ports.require_free()
    with task_progress_shown() as progress:
        packages = await DevnetPackages(paths, BbPins.shipped(), setup).ensure(progress, reinstall=reinstall)
        return await devnet.up(packages, ports, progress, wait_seconds=wait)


@app.command(short_help="End it and remove its data.")
def down(
    *, setup: _SetupOption = TrustedSetup.DEVELOPMENT, keep: _KeepOption = False, as_json: _JsonOption = False
) -> None:
    """End it and remove its data; also what a killed `up` left. The logs stay."""
    ended = run_command(
        _devnet(Paths.from_environment(os.environ), setup).down(keep_state=keep), as_json=as_json
    )
    if as_json:
        _print_json({"ended": ended})
        return
    typer.echo("✓ The local network has ended." if ended else "No local network runs.")


@app.command(short_help="Say whether it is ready, and where its logs are.")
def status(*, setup: _SetupOption = TrustedSetup.DEVELOPMENT, as_json: _JsonOption = False) -> None:
    """Say whether it is ready (exit code 0) or not (1), and where its logs are."""
    from tee_rex.devnet.network import Condition

    found = run_command(_devnet(Paths.from_environment(os.environ), setup).status(), as_json=as_json)
    if as_json:
        _print_json(found)
    else:
        _show(found)
    sys.exit(ExitCode.OK if found.condition is Condition.READY else ExitCode.FAILED)


@app.command(hidden=True)
def supervise(folder: Path, *, with_parent: Annotated[bool, typer.Option("--with-parent")] = False) -> None:
    """Be the process that stays while a network runs; started by `up`."""
    from tee_rex.devnet.supervisor import run

    run(folder, with_parent=with_parent)


def _devnet(paths: Paths, setup: TrustedSetup) -> Devnet:
    from tee_rex.devnet.network import Devnet
    from tee_rex.npm.development_keys import AZTEC_VERSION

    return Devnet(paths.devnet_dir(setup) / AZTEC_VERSION / "run", setup)


def _show(found: NetworkStatus) -> None:
    typer.echo(f"{found.condition}: {found.detail}")
    if found.node_url is not None:
        typer.echo(f"Node  {found.node_url} (Aztec {found.aztec_version}, {found.setup} setup)")
        typer.echo(f"L1    {found.l1_url}")
        running = ", ".join(f"{name} (process {pid})" for name, pid in found.processes.items())
        typer.echo(f"Runs  {running or 'nothing'}, {found.memory_bytes / 1e6:,.0f} MB")
    if found.logs.is_dir():
        typer.echo(f"Logs  {found.logs}")


def _print_json(value: object) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(value, enc_hook=str).decode())
