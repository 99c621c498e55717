"""``tee-rex https``: whether this machine's browsers may prove over HTTPS."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode
from tee_rex.errors.message import printable
from tee_rex.terminal.console import Style, run_command, say
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.browser.https import Https, HttpsStatus
    from tee_rex.browser.trust_stores import TrustState

app = typer.Typer(
    name="https",
    help="Let browsers reach TEE-Rex over HTTPS, with a certificate for this machine only.",
    no_args_is_help=True,
)


@app.command(short_help="Create a certificate that browsers trust.")
def enable(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Explain, ask, create a certificate, and make this user's browsers trust it.

    Repeat it to renew the certificate, and after you have installed another browser.
    """
    from tee_rex.browser.https import EXPLANATION
    from tee_rex.browser.trust_stores import TrustState

    https = _https()
    if not yes:
        for paragraph in EXPLANATION:
            say(str(paragraph))
        for line in _store_lines(run_command(https.status(), as_json=as_json)):
            say(line)
        if sys.stdin is None:  # closed, and so nobody can answer
            raise typer.Abort
        typer.confirm("Make these browsers trust TEE-Rex on this machine?", abort=True, err=True)
    status = run_command(https.enable(), as_json=as_json)
    _finish(status, {TrustState.TRUSTED, TrustState.UNREACHABLE}, as_json=as_json)


@app.command(short_help="Remove it from browsers and from the disk.")
def disable(*, as_json: JsonOption = False) -> None:
    """Remove the authority from every browser, and the certificate with its key from the disk."""
    from tee_rex.browser.trust_stores import TrustState

    status = run_command(_https().disable(), as_json=as_json)
    _finish(status, {TrustState.NOT_TRUSTED, TrustState.UNREACHABLE}, as_json=as_json)


@app.command()
def status(*, as_json: JsonOption = False) -> None:
    """Show the certificate, and which browsers trust it."""
    _show(run_command(_https().status(), as_json=as_json), as_json=as_json)


def _https() -> Https:
    from tee_rex.browser.https import Https
    from tee_rex.settings.paths import Paths

    return Https.of_user(Paths.from_environment(os.environ).data, os.environ)


def _finish(status: HttpsStatus, wanted: Collection[TrustState], *, as_json: bool) -> None:
    """Show the result; exit with ExitCode.ENVIRONMENT if a store is in another state."""
    _show(status, as_json=as_json)
    if not as_json:
        say("Restart `tee-rex listen` if it is running: it reads the certificate when it starts.")
    if not {store.state for store in status.stores} <= set(wanted):
        sys.exit(ExitCode.ENVIRONMENT)


def _show(status: HttpsStatus, *, as_json: bool) -> None:
    from tee_rex.browser.https import CertificateState

    if as_json:
        print_json(status.fields())
        return
    certificate = status.certificate
    if certificate.problem is not None:
        typer.echo(f"✗ {certificate.problem}")
        say(f"  → {certificate.problem.hint}")
    elif certificate.state is CertificateState.DISABLED:
        typer.echo("HTTPS is disabled.")
    elif certificate.state is CertificateState.RENEWAL_DUE:
        typer.echo(f"! HTTPS is enabled; the certificate expires on {certificate.expires:%Y-%m-%d}.")
        say("  → Renew it: tee-rex https enable", Style.WARNING)
    else:
        typer.echo(f"✓ HTTPS is enabled; the certificate expires on {certificate.expires:%Y-%m-%d}.")
    if certificate.fingerprint is not None:
        file = printable(str(certificate.authority_file))
        typer.echo(f"Authority: {file}, SHA-256 {certificate.fingerprint}")
    for line in _store_lines(status):
        typer.echo(line)
    for note in status.notes:
        say(str(note))


def _store_lines(status: HttpsStatus) -> list[str]:
    from tee_rex.browser.trust_stores import TrustState

    said = {
        TrustState.TRUSTED: "✓ trusted",
        TrustState.OUTDATED: "! trusts an old one",
        TrustState.NOT_TRUSTED: "○ not trusted",
        TrustState.UNKNOWN: "✗ unknown",
        TrustState.UNREACHABLE: "- not reachable",
    }
    lines = []
    for store in status.stores:
        lines.append(f"{said[store.state]}: {store.browsers} ({printable(store.place)})")
        if store.problem is not None:
            lines += [f"  {store.problem.message}", f"  → {store.problem.hint}"]
    return lines or ["No browser was found."]
