"""``tee-rex listen``: prove for the websites in this machine's browsers, without a window."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tee_rex.cli.prover_config import ChosenProver
from tee_rex.cli.prover_options import ProverOptions, with_prover_options
from tee_rex.errors.message import printable
from tee_rex.terminal.console import Style, all_errors, run_command, say
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.browser.approvals import Approvals
    from tee_rex.browser.https import CertificateStatus
    from tee_rex.browser.listeners import Listeners
    from tee_rex.settings.paths import Paths

_HTTP_PORT: Final = 59833
_HTTPS_PORT: Final = 59834

_PortOption = Annotated[
    int,
    typer.Option("--port", min=0, max=65535, metavar="NUMBER", help="Port for HTTP; websites look at 59833."),
]

_HttpsPortOption = Annotated[
    int,
    typer.Option(
        "--https-port",
        min=0,
        max=65535,
        metavar="NUMBER",
        help="Port for HTTPS, after `tee-rex https enable`; websites look at 59834.",
    ),
]
_AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow", metavar="ORIGIN", help="A website that may prove, such as https://app.example; repeatable."
    ),
]
_AllowAllOption = Annotated[bool, typer.Option("--allow-all", help="Let every website prove.")]


@with_prover_options
def listen(
    prover: ProverOptions,
    *,
    allow: _AllowOption = None,
    allow_all: _AllowAllOption = False,
    port: _PortOption = _HTTP_PORT,
    https_port: _HttpsPortOption = _HTTPS_PORT,
    json: JsonOption = False,
) -> None:
    """Prove for the websites in this machine's browsers, until Ctrl-C or SIGTERM.

    Websites that use Presto's client find this program by its port. Pages of this machine (localhost), those
    that --allow names, and those of `tee-rex sites` may prove. Browsers ask for HTTPS; see
    `tee-rex https`.
    """
    allowed = _Allowed(tuple(allow or ()), everybody=allow_all)
    run_command(_listen(prover, allowed, (port, https_port), as_json=json), as_json=json)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """The websites that options let prove."""

    origins: tuple[str, ...]
    everybody: bool

    def approvals(self, paths: Paths) -> Approvals:
        """Nobody is asked; raises INVALID_ORIGIN."""
        from tee_rex.browser.approvals import Approvals
        from tee_rex.browser.origins import Origin
        from tee_rex.browser.sites import SiteStore

        return Approvals(
            SiteStore.in_folder(paths.data),
            None,
            now=lambda: datetime.now(UTC),
            clock=time.monotonic,
            allowed=frozenset(Origin.parse(one.removesuffix("/")) for one in self.origins),
            allow_all=self.everybody,
        )

    def __str__(self) -> str:
        if self.everybody:
            return "Every website"
        named = ", ".join(map(printable, self.origins))
        return f"Programs, pages of localhost{f', {named}' if named else ''}, and those of 'tee-rex sites'"


async def _listen(
    options: ProverOptions, allowed: _Allowed, ports: tuple[int, int], *, as_json: bool
) -> None:
    from tee_rex.browser.https import Https
    from tee_rex.browser.listeners import Listeners
    from tee_rex.browser.proving import HeadlessProver
    from tee_rex.provers import build_prover

    logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # else Python prints its warnings
    with all_errors():
        chosen = ChosenProver.from_options(options)
        config = replace(chosen.config, keep_warm=True)
        log = _JsonEvents() if as_json else _Lines()
        https = Https.of_user(chosen.installation.paths.data, os.environ)
        certificate = https.certificate()
        async with build_prover(config, chosen.mode) as prover:
            listeners = Listeners(
                HeadlessProver(prover, config.prover_url),
                allowed.approvals(chosen.installation.paths),
                chosen.installation,
                log,
                tls=https.server_context() if certificate.usable else None,
                http_port=ports[0],
                https_port=ports[1],
            )
            started = partial(_started, listeners, chosen, allowed, log, certificate)
            try:
                await listeners.serve(started=started)
            except asyncio.CancelledError:
                log.info("stopped")


def _announce_https(certificate: CertificateStatus, port: int, log: _Lines) -> None:
    """Say whether browsers are served by HTTPS, and until when."""
    from tee_rex.browser.https import CertificateState

    if certificate.problem is not None:
        log.error("https failed", code=certificate.problem.code, reason=str(certificate.problem))
    elif certificate.state is CertificateState.DISABLED:
        log.info("https disabled")
    else:
        log.info("listening for HTTPS", https_port=port)
    if certificate.state is CertificateState.RENEWAL_DUE:
        log.info("https ends", end=f"{certificate.expires:%Y-%m-%d}")


def _started(
    listeners: Listeners, chosen: ChosenProver, allowed: _Allowed, log: _Lines, certificate: CertificateStatus
) -> None:
    log.info(
        "listening",
        http_port=listeners.http_port,
        mode=chosen.mode,
        allowed=str(allowed),
    )
    _announce_https(certificate, listeners.https_port, log)
    if type(log) is _Lines:
        from tee_rex.cli.proof_view import announce_readers

        announce_readers(chosen)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A log for people: a line on stderr for each proof, and for what was refused."""

    def debug(self, event: str, **details: object) -> None:
        """Not shown."""

    def info(self, event: str, **details: object) -> None:
        """Show what people want to know."""
        line = _LINES.get(event)
        if line is not None:
            say(line.format(**{name: _shown(value) for name, value in details.items()}))

    def error(self, event: str, **details: object) -> None:
        """Show a failure."""
        line = _FAILURES.get(event, f"✗ {event}: {{details}}")
        shown = {name: _shown(value) for name, value in details.items()}
        say(line.format(**shown, details=printable(str(details))), Style.ERROR)


class _JsonEvents(_Lines):
    """A log for programs: each event as a line of JSON on stdout."""

    __slots__ = ()

    def info(self, event: str, **details: object) -> None:
        """Print it, unless it is a request that ended well."""
        if event in _LINES:
            print_json({"event": event, **details})

    def error(self, event: str, **details: object) -> None:
        """Print it."""
        print_json({"event": event, **details})


_LINES: Final = {
    "listening": "Listening on http://127.0.0.1:{http_port} in {mode} mode. Press Ctrl-C to stop.\n"
    "{allowed} may prove.",
    "listening for HTTPS": "Listening on https://127.0.0.1:{https_port} for browsers.",
    "https disabled": "Browsers ask for HTTPS, which is disabled. To enable it: tee-rex https enable",
    "https ends": "! The certificate for HTTPS ends on {end}. To renew it: tee-rex https enable",
    "downloading bb": "{origin} asks for Aztec {version}: downloading its bb",
    "proof": "✓ {origin}: {circuits} circuits, Aztec {version}, {setup} setup, proved in {prove_ms:,} ms",
    "refused": "✗ {origin}: {reason} [{code}]",
    "stopped": "Stopped.",
}
_FAILURES: Final = {
    "proof failed": "✗ {origin}: {reason} [{code}]",
    "https failed": "✗ No HTTPS for browsers: {reason} [{code}]\n"
    "  → To make a new certificate: tee-rex https enable",
}


def _shown(value: object) -> object:
    return printable(value) if isinstance(value, str) else value
