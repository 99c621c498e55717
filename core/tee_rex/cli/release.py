"""``tee-rex release``: checking what was downloaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.updates import NO_SIGNATURES_KNOWN, NO_UPDATE_SOURCE
from tee_rex.errors.message import printable
from tee_rex.terminal.console import run_command
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.updates.verify import VerifiedFile

app = typer.Typer(no_args_is_help=True, help="Check that a downloaded file belongs to a release of TEE-Rex.")


@app.command(short_help="Verify the signatures of a downloaded file.")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The downloaded file.")],
    *,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline", help="Use the signed metadata that was fetched last; the SBOM is not compared."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify that TEE-Rex's maintainers signed a file, and that its SBOM describes it.

    The PCRs of an enclave image are measured and compared with the signed ones.
    """
    found = run_command(_verify(file, offline=offline), as_json=as_json)
    if as_json:
        print_json(found)
        return
    offered = "" if found.offered else ", not (or no longer) offered to everybody"
    typer.echo(printable(f"✓ {found.file} is {found.signed_as} of TEE-Rex {found.version}{offered}."))
    typer.echo(f"  SHA-256 {found.sha256}, in metadata {found.targets_version}, signed by the maintainers")
    for index, pcr in enumerate(found.pcrs):
        typer.echo(f"  PCR{index} {pcr}")
    if found.sbom and not found.sbom_sha256:
        typer.echo(printable(f"  {found.sbom}, its SBOM, was not compared (--offline)."))
    elif found.sbom:
        typer.echo(f"✓ {found.sbom} describes it: {found.components} components, SHA-256 {found.sbom_sha256}")


async def _verify(file: Path, *, offline: bool) -> VerifiedFile:
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.client import UpdateClient

    try:
        client = UpdateClient.this(Paths.from_environment(os.environ))
    except UnusableEnvironmentError as error:
        if error.code == NO_UPDATE_SOURCE.code:
            raise NO_SIGNATURES_KNOWN() from error
        raise
    return await client.verify(file, offline=offline)
