"""``tee-rex listen``: prove for the websites in this machine's browsers, without a window."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tee_rex.cli.prover_config import ChosenProver
from tee_rex.cli.prover_options import ProverOptions, with_prover_options
from tee_rex.errors.catalogue.extras import LISTENER_MISSING
from tee_rex.errors.message import printable
from tee_rex.terminal.console import Style, print_error, run_command, say
from tee_rex.terminal.program import print_json
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.browser.approvals import Approvals
    from tee_rex.browser.https import CertificateStatus
    from tee_rex.browser.listeners import Listeners
    from tee_rex.settings.paths import Paths

_HTTP_PORT: Final = 59833
_HTTPS_PORT: Final = 59834

_AllowOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ORIGIN", help="A website that may prove, such as https://app.example; repeatable."),
]
_AllowAllOption = Annotated[bool, typer.Option("--allow-all", help="Let every website prove.")]
_PortOption = Annotated[
    int, typer.Option(min=0, max=65535, metavar="NUMBER", help="HTTP port; websites use 59833.")
]
_HttpsPortOption = Annotated[
    int, typer.Option(min=0, max=65535, metavar="NUMBER", help="HTTPS port; websites use 59834.")
]
_NoirCrsOption = Annotated[
    TrustedSetup, typer.Option("--noir-crs", help="Trusted setup of the proofs of Noir circuits.")
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print each event as a line of JSON.")]

_EVENTS: Final = {
    "downloading bb": "{origin} asks for Aztec {version}: downloading its bb",
    "proof": "✓ {origin}: {circuits} circuits, Aztec {version}, {setup} setup, proved in {prove_ms:,} ms",
    "circuit proof": "✓ {origin}: a Noir circuit for {target}, bb {version}, {setup} setup, "
    "proved in {prove_ms:,} ms",
    "proof failed": "✗ {origin}: {reason} [{code}]",
    "refused": "✗ {origin} is refused: {reason} [{code}]",
    "not trusted": "! {reason} Run: tee-rex https enable; then restart the browser. [{code}]",
}
"""The listener's events that are shown."""


@dataclass(frozen=True, slots=True)
class _Options:
    """What the command line gave besides the prover's options."""

    allowed: tuple[str, ...]
    allow_all: bool
    http_port: int
    https_port: int
    noir_crs: TrustedSetup
    as_json: bool

    def approvals(self, paths: Paths) -> Approvals:
        """Who may prove, without asking anybody; raises INVALID_ORIGIN."""
        from tee_rex.browser.approvals import Approvals
        from tee_rex.browser.origins import Origin
        from tee_rex.browser.sites import SiteStore

        return Approvals(
            SiteStore.in_folder(paths.data),
            None,
            now=lambda: datetime.now(UTC),
            clock=time.monotonic,
            allowed=frozenset(Origin.parse(one.removesuffix("/")) for one in self.allowed),
            allow_all=self.allow_all,
        )

    def who_may_prove(self) -> str:
        """For people."""
        if self.allow_all:
            return "Every website may prove."
        named = "".join(f", {printable(one)}" for one in self.allowed)
        return f"Programs, pages of localhost{named}, and the websites of `tee-rex sites` may prove."


@with_prover_options
def listen(
    prover: ProverOptions,
    *,
    allow: _AllowOption = None,
    allow_all: _AllowAllOption = False,
    port: _PortOption = _HTTP_PORT,
    https_port: _HttpsPortOption = _HTTPS_PORT,
    noir_crs: _NoirCrsOption = TrustedSetup.GENUINE,
    json: _JsonOption = False,
) -> None:
    """Prove for the websites in this machine's browsers, until Ctrl-C or SIGTERM.

    Websites with Presto's client find this program by its ports. Pages of localhost may prove, and the
    websites of --allow and `tee-rex sites`. Most websites look for TEE-Rex only over HTTPS: see
    `tee-rex https`. Single Noir circuits are proved on this machine in every mode.
    """
    options = _Options(tuple(allow or ()), allow_all, port, https_port, noir_crs, json)
    run_command(_listen(prover, options), as_json=json)


async def _listen(prover_options: ProverOptions, options: _Options) -> None:
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise LISTENER_MISSING()
    from tee_rex.browser.https import Https
    from tee_rex.browser.listeners import Listeners
    from tee_rex.browser.proving import PROOF_SECONDS, HeadlessProver
    from tee_rex.browser.ultra_honk import HeadlessCircuits
    from tee_rex.provers import build_prover, make_circuit_prover

    logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # else Python prints its warnings
    chosen = ChosenProver.from_options(prover_options)
    config = replace(chosen.config, keep_warm=True)
    approvals = options.approvals(chosen.installation.paths)
    https = Https.of_user(chosen.installation.paths.data, os.environ)
    certificate = https.certificate()
    async with build_prover(config, chosen.mode) as prover, make_circuit_prover(config) as circuits:
        listeners = Listeners(
            HeadlessProver(prover, config.prover_url),
            approvals,
            chosen.installation,
            _Events(as_json=options.as_json),
            tls=https.server_context() if certificate.usable else None,
            http_port=options.http_port,
            https_port=options.https_port,
            circuits=HeadlessCircuits(circuits, PROOF_SECONDS, options.noir_crs),
        )
        try:
            await listeners.serve(started=partial(_show_start, listeners, chosen, options, certificate))
        except asyncio.CancelledError:
            say("Stopped.")


def _show_start(
    listeners: Listeners, chosen: ChosenProver, options: _Options, certificate: CertificateStatus
) -> None:
    from tee_rex.cli.proof_view import DEVELOPMENT_WARNING, announce_readers, server_text

    if options.as_json:
        print_json(
            {
                "event": "listening",
                "http_port": listeners.http_port,
                "https_port": listeners.https_port if certificate.usable else None,
                "certificate": certificate.fields(),
                "mode": chosen.mode,
                "noir_crs": options.noir_crs,
                "allowed": options.allowed,
                "allow_all": options.allow_all,
            }
        )
        return
    also = f" and https://127.0.0.1:{listeners.https_port}" if certificate.usable else ""
    say(f"Listening on http://127.0.0.1:{listeners.http_port}{also}. Press Ctrl-C to stop.")
    _show_certificate(certificate)
    say(options.who_may_prove())
    say(f"Proving in {chosen.mode} mode{server_text(chosen)}.")
    announce_readers(chosen)
    if options.noir_crs is TrustedSetup.DEVELOPMENT:
        say(f"! Noir circuits: {DEVELOPMENT_WARNING}", Style.WARNING)


def _show_certificate(certificate: CertificateStatus) -> None:
    """What keeps browsers from HTTPS, or soon will."""
    from tee_rex.browser.https import CertificateState

    if certificate.problem is not None:
        print_error(certificate.problem)
    elif certificate.state is CertificateState.DISABLED:
        say("Browsers ask for HTTPS, which is disabled. To enable it, run: tee-rex https enable")
    elif certificate.state is CertificateState.RENEWAL_DUE:
        end = f"{certificate.expires:%Y-%m-%d}"
        say(
            f"! The certificate for HTTPS expires on {end}. To renew it, run: tee-rex https enable",
            Style.WARNING,
        )


class _Events:
    """The listener's log: a line on stderr for people, or on stdout in JSON for programs."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def debug(self, event: str, **details: object) -> None:
        """Not shown."""

    def info(self, event: str, **details: object) -> None:
        """Show it, if it is one of _EVENTS."""
        if event in _EVENTS:
            self._show(event, details, Style.PLAIN)

    def error(self, event: str, **details: object) -> None:
        """Show it, whatever it is."""
        self._show(event, details, Style.ERROR)

    def _show(self, event: str, details: Mapping[str, object], style: Style) -> None:
        if self._as_json:
            print_json({"event": event, **details})
            return
        say(_EVENTS[event].format(**details) if event in _EVENTS else f"✗ {event}: {details}", style)
