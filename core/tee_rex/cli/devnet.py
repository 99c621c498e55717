"""``tee-rex devnet``: a local Aztec network."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode
from tee_rex.errors.message import printable
from tee_rex.settings.paths import Paths
from tee_rex.terminal.console import Style, run_command, say, show_task_progress
from tee_rex.terminal.program import JsonOption, print_json
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.devnet.network import Devnet, NetworkStatus

app = typer.Typer(no_args_is_help=True, help="Run a local Aztec network for development.")

_SetupOption = Annotated[
    TrustedSetup,
    typer.Option(
        "--crs",
        help="Trusted setup. development: INSECURE verification keys, which accept proofs made without the "
        "genuine CRS; genuine: Aztec's unmodified packages.",
    ),
]
_PortOption = Annotated[
    int | None,
    typer.Option(min=1, max=65535, metavar="PORT", help="Port of Aztec's node on 127.0.0.1 (default: 8080)."),
]
_L1PortOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="Port of anvil, the L1 node (default: 8545, or any free port)."
    ),
]
_WaitOption = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time limit for the start.")]
_ReinstallOption = Annotated[bool, typer.Option("--reinstall", help="Download its programs again.")]
_KeepOption = Annotated[bool, typer.Option("--keep", help="Keep the data of L1 and L2 until the next start.")]


@app.command(short_help="Start the network and wait until it is ready.")
def up(
    *,
    setup: _SetupOption = TrustedSetup.DEVELOPMENT,
    port: _PortOption = None,
    l1_port: _L1PortOption = None,
    wait: _WaitOption = 300.0,
    reinstall: _ReinstallOption = False,
    as_json: JsonOption = False,
) -> None:
    """Start the network and wait until it is ready.

    The first start downloads 283 MB and npm metadata (0.75 GB on disk), in one to two minutes; starting takes
    half a minute to a minute. The network runs in the background until `tee-rex devnet down`.
    """
    if setup is TrustedSetup.DEVELOPMENT:
        from tee_rex.cli.proof_view import DEVELOPMENT_WARNING

        say(f"! {DEVELOPMENT_WARNING}", Style.WARNING)
    status = run_command(_up(setup, port, l1_port, wait, reinstall=reinstall), as_json=as_json)
    if as_json:
        _print_status(status)
        return
    typer.echo(f"✓ The local network is ready: {status.node_url} (L1: {status.l1_url})")
    typer.echo(f"  Logs: {printable(str(status.logs))}. To stop it, run: tee-rex devnet down")


async def _up(
    setup: TrustedSetup, port: int | None, l1_port: int | None, wait: float, *, reinstall: bool
) -> NetworkStatus:
    from tee_rex.devnet.network import Condition
    from tee_rex.devnet.packages import DevnetPackages
    from tee_rex.devnet.ports import DEFAULT_NODE_PORT, Ports
    from tee_rex.updates.pins import current_pins

    paths = Paths.from_environment(os.environ)
    devnet = _devnet(paths, setup)
    if (status := await devnet.status()).condition is Condition.READY and not reinstall:
        devnet.require_ports(status, port, l1_port)
        say("It is already running.")
        return status
    ports = Ports(port or DEFAULT_NODE_PORT, l1_port)
    if status.condition is Condition.STARTING:
        say("It is already starting; waiting until it is ready.")
    if status.condition is Condition.DOWN:  # fail before anything is downloaded
        ports.choose()
    with show_task_progress() as progress:
        packages = await DevnetPackages(paths, current_pins(paths), setup).ensure(
            progress, reinstall=reinstall
        )
        return await devnet.up(packages, ports, progress, wait_seconds=wait)


@app.command(short_help="Stop the network and delete its data.")
def down(
    *, setup: _SetupOption = TrustedSetup.DEVELOPMENT, keep: _KeepOption = False, as_json: JsonOption = False
) -> None:
    """Stop the network and delete its data, including what a killed `up` left. The logs stay."""
    ended = run_command(
        _devnet(Paths.from_environment(os.environ), setup).down(keep_state=keep), as_json=as_json
    )
    if as_json:
        print_json({"ended": ended})
        return
    typer.echo("✓ The local network is stopped." if ended else "No local network is running.")


@app.command(short_help="Show whether it is ready, and where its logs are.")
def status(*, setup: _SetupOption = TrustedSetup.DEVELOPMENT, as_json: JsonOption = False) -> None:
    """Show whether the network is ready (exit code 0) or not (1), and where its logs are."""
    from tee_rex.devnet.network import Condition

    found = run_command(_devnet(Paths.from_environment(os.environ), setup).status(), as_json=as_json)
    if as_json:
        _print_status(found)
    else:
        _show(found)
    sys.exit(ExitCode.OK if found.condition is Condition.READY else ExitCode.FAILED)


@app.command(hidden=True)
def supervise(folder: Path, *, with_parent: Annotated[bool, typer.Option("--with-parent")] = False) -> None:
    """Supervise a running network; started by `up`."""
    from tee_rex.devnet.supervisor import run
    from tee_rex.system.memory import allow_memory_access

    allow_memory_access()  # `status` and `down` find it by its environment
    run(folder, with_parent=with_parent)


def _devnet(paths: Paths, setup: TrustedSetup) -> Devnet:
    from tee_rex.devnet.network import Devnet

    return Devnet.of_user(paths, setup)


def _show(found: NetworkStatus) -> None:
    typer.echo(f"{found.condition}: {found.detail}")
    if found.node_url is not None:
        typer.echo(f"Node  {found.node_url} (Aztec {found.aztec_version}, {found.setup} setup)")
        typer.echo(f"L1    {found.l1_url}")
        running = ", ".join(f"{name} (process {pid})" for name, pid in found.processes.items())
        typer.echo(f"Runs  {running or 'nothing'}, {found.memory_bytes / 1e6:,.0f} MB")
    if found.logs.is_dir():
        typer.echo(f"Logs  {printable(str(found.logs))}")


def _print_status(status: NetworkStatus) -> None:
    import msgspec

    print_json({**msgspec.to_builtins(status, enc_hook=str), "detail": str(status.detail)})
