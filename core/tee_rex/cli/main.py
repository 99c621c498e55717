"""``tee-rex``: assembles the groups of commands."""

from __future__ import annotations

import typer

from tee_rex.cli import bb

app = typer.Typer(
    name="tee-rex",
    help="Prove private Aztec transactions: on this machine, on a server, or in a TEE.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(bb.app, name="bb")


def main() -> None:
    """Entry point of the ``tee-rex`` command."""
    app()
