"""``tee-rex``: assembles the groups of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from tee_rex import __version__
from tee_rex.cli import attest, bb, crs, devnet, doctor, flow, prove, servers, setup

app = typer.Typer(
    name="tee-rex",
    help="Prove private Aztec transactions: on this machine, on a server, or in a TEE.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(prove.demo)
app.command()(prove.prove)
app.command()(prove.verify)
app.command()(flow.flow)
app.command()(attest.attest)
app.command()(doctor.doctor)
app.command()(setup.setup)
app.add_typer(bb.app, name="bb")
app.add_typer(crs.app, name="crs")
app.add_typer(devnet.app, name="devnet")
app.add_typer(servers.app, name="servers")


def _print_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"tee-rex {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda asked: _print_version(asked=asked),
            help="Print the version and end.",
        ),
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Entry point of the ``tee-rex`` command."""
    app()
