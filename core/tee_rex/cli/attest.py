"""``tee-rex attest``: examine the attestation of a server, or a saved document."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.attestation import ATTEST_OPTIONS_INVALID
from tee_rex.system.files import read_named
from tee_rex.terminal.console import exit_on_error, run

if TYPE_CHECKING:
    from cryptography import x509

    from tee_rex.attestation.builds import ExpectedPcrs
    from tee_rex.attestation.examination import Examination
    from tee_rex.transaction.versions import AztecVersion

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_UNIX_MS = 253_402_300_799_999
"""The last millisecond of year 9999, the last that a datetime holds."""


def attest(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="Server to ask for an attestation now.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="DOC", help="Saved document to verify instead of a server's.")
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(
            min=0, max=_MAX_UNIX_MS, metavar="UNIX_MS", help="Verify the file as of this time (default: now)."
        ),
    ] = None,
    pcr0: Annotated[
        str | None,
        typer.Option(
            metavar="HEX",
            help="Expected measurement of the image (default for a server: TEE-Rex's releases).",
        ),
    ] = None,
    pcr1: Annotated[
        str | None, typer.Option(metavar="HEX", help="Expected measurement of the kernel.")
    ] = None,
    pcr2: Annotated[
        str | None, typer.Option(metavar="HEX", help="Expected measurement of the application.")
    ] = None,
    aztec_version: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION", help="Refuse a server whose enclave has no bb for this version's circuits."
        ),
    ] = None,
    no_nonce: Annotated[  # noqa: FBT002  # a flag on the command line
        bool,
        typer.Option("--no-nonce", help="Accept a server that ignores nonces (a replay may pass)."),
    ] = False,
    json: Annotated[  # noqa: FBT002  # a flag on the command line
        bool, typer.Option("--json", help="Print the report as JSON.")
    ] = False,
) -> None:
    """Check whether an enclave is genuine, and whether it runs the code you expect."""
    from tee_rex.attestation.roots import aws_nitro_root
    from tee_rex.transaction.events import AttestationReport
    from tee_rex.transaction.generations import generation_of
    from tee_rex.transaction.versions import AztecVersion

    with exit_on_error():
        try:
            builds = _builds(pcr0, pcr1, pcr2)
            version = None if aztec_version is None else AztecVersion.parse(aztec_version)
            if version is not None:
                generation_of(version)
            if file is not None and url is None and version is None and not no_nonce:
                moment = _now() if at is None else _UNIX_EPOCH + timedelta(milliseconds=at)
                examination = examine_file(file, builds, root=aws_nitro_root(), at=moment)
            elif url is not None and file is None and at is None:
                examination = run(_examine_url(url, builds, version, nonce_required=not no_nonce))
            else:
                raise ATTEST_OPTIONS_INVALID()
        except TeeRexError as error:
            if json:
                typer.echo(AttestationReport(genuine=False, code=error.code).to_json())
            raise
    if json:
        typer.echo(examination.report().to_json())
    else:
        from tee_rex.cli.attestation_view import show_examination

        show_examination(examination)
    if examination.refusal is not None:
        sys.exit(examination.refusal.exit_code)


def examine_file(
    file: Path, builds: tuple[ExpectedPcrs, ...], *, root: x509.Certificate, at: datetime
) -> Examination:
    """Examine a saved document; builds: none if the code is not to be compared. Raises FILE_UNREADABLE."""
    from tee_rex.attestation.document import MAX_DOCUMENT_BYTES
    from tee_rex.attestation.examination import examine_saved
    from tee_rex.revocations import Revocations
    from tee_rex.settings.paths import Paths

    revoked = Revocations.known(Paths.from_environment(os.environ)).enclave_builds
    content = read_named(file, MAX_DOCUMENT_BYTES)
    return examine_saved(content, builds, root=root, at=at, revoked_builds=revoked)


async def _examine_url(
    url: str, builds: tuple[ExpectedPcrs, ...], version: AztecVersion | None, *, nonce_required: bool
) -> Examination:
    from tee_rex.attestation.checks import AttestationPolicy
    from tee_rex.attestation.roots import aws_nitro_root
    from tee_rex.http_client.connection import ServerConnection
    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.remote.attestation import AllowedProvers, examine_server
    from tee_rex.revocations import Revocations
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.pins import approved_builds, current_pins

    paths = Paths.from_environment(os.environ)
    policy = AttestationPolicy(
        builds=builds or approved_builds(paths),
        provers=AllowedProvers.pinned(current_pins(paths)).genuine,
        aztec_version=version,
        nonce_required=nonce_required,
        revoked_builds=Revocations.known(paths).enclave_builds,
    )
    async with ServerConnection.open(ServerUrl.parse(url), trust_env=True) as connection:
        return await examine_server(connection, policy, root=aws_nitro_root(), now=_now)


def _builds(pcr0: str | None, pcr1: str | None, pcr2: str | None) -> tuple[ExpectedPcrs, ...]:
    from tee_rex.attestation.builds import ExpectedPcrs

    if (pcr0, pcr1, pcr2) == (None, None, None):
        return ()
    return (ExpectedPcrs.from_hex(pcr0, pcr1, pcr2),)


def _now() -> datetime:
    return datetime.now(UTC)
