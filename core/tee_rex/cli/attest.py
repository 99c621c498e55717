"""``tee-rex attest``: judge an attestation, of a server now or of a document that was kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import InputError, TeeRexError, UsageError
from tee_rex.terminal.console import exit_on_error, run

if TYPE_CHECKING:
    from cryptography import x509
    from httpx2 import AsyncClient

    from tee_rex.attestation.checks import AttestationPolicy, ExpectedPcrs
    from tee_rex.attestation.report import AttestationReport
    from tee_rex.http_client.server_url import ServerUrl

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_UNIX_MS = 253_402_300_799_999
"""The last millisecond of year 9999, the last that a datetime holds."""


class BadPcrError(UsageError):
    """A text that is no PCR."""

    code = "PCR_INVALID"
    title = "That is no PCR"
    default_hint = "A PCR is 96 hexadecimal digits, as the image's builder prints them."


class UnreadableDocumentFileError(InputError):
    """The file given cannot be read."""

    code = "FILE_UNREADABLE"
    title = "The file cannot be read"
    default_hint = "Check its name and its permissions."


def attest(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="A server, which is asked to attest itself now.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="DOC", help="A kept document instead of a server.")
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(
            min=0, max=_MAX_UNIX_MS, metavar="UNIX_MS", help="Judge the file as of this time; default: now."
        ),
    ] = None,
    pcr0: Annotated[
        str | None,
        typer.Option(
            metavar="HEX",
            help="Expected measurement of the image; default for a server: those of TEE-Rex's releases.",
        ),
    ] = None,
    pcr1: Annotated[
        str | None, typer.Option(metavar="HEX", help="Expected measurement of the kernel.")
    ] = None,
    pcr2: Annotated[
        str | None, typer.Option(metavar="HEX", help="Expected measurement of the application.")
    ] = None,
    no_nonce: Annotated[  # noqa: FBT002  # a flag on the command line
        bool,
        typer.Option("--no-nonce", help="Accept a server that ignores nonces; a replay may pass."),
    ] = False,
    json: Annotated[  # noqa: FBT002  # a flag on the command line
        bool, typer.Option("--json", help="Print the report as JSON.")
    ] = False,
) -> None:
    """Tell whether an enclave is genuine, and whether it runs the code you expect."""
    from tee_rex.attestation.report import AttestationReport
    from tee_rex.attestation.roots import aws_nitro_root

    with exit_on_error():
        try:
            builds = _builds(pcr0, pcr1, pcr2)
            if file is not None and url is None and not no_nonce:
                moment = _now() if at is None else _UNIX_EPOCH + timedelta(milliseconds=at)
                report = report_on_file(file, builds, root=aws_nitro_root(), at=moment)
            elif url is not None and file is None and at is None:
                report = run(_report_on_url(url, builds, no_nonce=no_nonce))
            else:
                raise UsageError("Give either a URL, or --file with or without --at.")
        except TeeRexError as error:
            if json:
                typer.echo(AttestationReport.of_refusal(error).to_json())
            raise
    if json:
        typer.echo(report.to_json())
    else:
        from tee_rex.cli.attestation_view import show_report

        show_report(report)
    if report.refusal is not None:
        sys.exit(report.refusal.exit_code)


def report_on_file(
    file: Path, builds: tuple[ExpectedPcrs, ...], *, root: x509.Certificate, at: datetime
) -> AttestationReport:
    """Judge a kept document; debug mode and, if builds are given, the code count."""
    from tee_rex.attestation.checks import file_checks
    from tee_rex.attestation.document import MAX_DOCUMENT_BYTES
    from tee_rex.attestation.report import examine

    try:
        with file.open("rb") as stream:
            untrusted = stream.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise UnreadableDocumentFileError(f"{file}: {error.strerror}.") from error
    return examine(untrusted, root=root, at=at, checks=file_checks(builds))


async def report_on_server(
    client: AsyncClient,
    server: ServerUrl,
    policy: AttestationPolicy,
    *,
    nonce: bytes,
    root: x509.Certificate,
    now: Callable[[], datetime],
) -> AttestationReport:
    """Ask a server for a document made for ``nonce`` and judge it as TEE mode does."""
    from tee_rex.attestation.checks import server_checks
    from tee_rex.attestation.errors import AttestationError
    from tee_rex.attestation.report import AttestationReport, examine
    from tee_rex.remote.attestation_source import fetch_attestation

    try:
        untrusted = await fetch_attestation(client, server, nonce)
    except AttestationError as error:
        return AttestationReport.of_refusal(error)
    checks = server_checks(policy, untrusted_key=untrusted.key, untrusted_manifest=untrusted.manifest)
    return examine(
        untrusted.document, root=root, at=now(), checks=checks, untrusted_manifest=untrusted.manifest
    )


async def _report_on_url(url: str, builds: tuple[ExpectedPcrs, ...], *, no_nonce: bool) -> AttestationReport:
    import httpx2

    from tee_rex.attestation.checks import AttestationPolicy, ExpectedPcrs, NonceRule, new_nonce
    from tee_rex.attestation.provers import AllowedProvers
    from tee_rex.attestation.roots import aws_nitro_root
    from tee_rex.bb.pins import BbPins
    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.transaction.trusted_setup import TrustedSetup

    server = ServerUrl.parse(url)
    nonce = new_nonce()
    policy = AttestationPolicy(
        builds=builds or ExpectedPcrs.shipped(),
        nonce=NonceRule.NOT_REQUIRED if no_nonce else nonce,
        provers=AllowedProvers.pinned(BbPins.shipped()),
        setup=TrustedSetup.GENUINE,
    )
    async with httpx2.AsyncClient(trust_env=not server.is_loopback) as client:
        return await report_on_server(client, server, policy, nonce=nonce, root=aws_nitro_root(), now=_now)


def _builds(*pcrs: str | None) -> tuple[ExpectedPcrs, ...]:
    from tee_rex.attestation.checks import ExpectedPcrs

    if all(pcr is None for pcr in pcrs):
        return ()
    try:
        return (ExpectedPcrs(*(None if pcr is None else bytes.fromhex(pcr) for pcr in pcrs)),)
    except ValueError as error:
        raise BadPcrError("One of --pcr0, --pcr1, --pcr2 is not 48 bytes in hexadecimal.") from error


def _now() -> datetime:
    return datetime.now(UTC)
