"""``tee-rex listen``: prove for the websites in this machine's browsers, without a window."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tee_rex.cli.prover_config import ChosenProver
from tee_rex.cli.prover_options import ProverOptions, with_prover_options
from tee_rex.errors.message import printable
from tee_rex.terminal.console import Style, all_errors, run_command, say
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.browser.listeners import Listeners

_HTTP_PORT: Final = 59833
_HTTPS_PORT: Final = 59834

_PortOption = Annotated[
    int,
    typer.Option("--port", min=0, max=65535, metavar="NUMBER", help="Port for HTTP; websites look at 59833."),
]


@with_prover_options
def listen(prover: ProverOptions, *, port: _PortOption = _HTTP_PORT, as_json: JsonOption = False) -> None:
    """Prove for the websites in this machine's browsers, until Ctrl-C or SIGTERM.

    Websites that use Presto's client find this program by its port.
    """
    run_command(_listen(prover, port, as_json=as_json), as_json=as_json)


async def _listen(options: ProverOptions, port: int, *, as_json: bool) -> None:
    from tee_rex.browser.listeners import Listeners
    from tee_rex.browser.proving import HeadlessProver
    from tee_rex.provers import build_prover

    logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # else Python prints its warnings
    with all_errors():
        chosen = ChosenProver.from_options(options)
        config = replace(chosen.config, keep_warm=True)
        log = _JsonEvents() if as_json else _Lines()
        async with build_prover(config, chosen.mode) as prover:
            listeners = Listeners(
                HeadlessProver(prover, config.prover_url),
                chosen.installation,
                log,
                tls=None,
                http_port=port,
            )
            try:
                await listeners.serve(started=lambda: _started(listeners, chosen, log))
            except asyncio.CancelledError:
                log.info("stopped")


def _started(listeners: Listeners, chosen: ChosenProver, log: _Lines) -> None:
    log.info("listening", http_port=listeners.http_port, mode=chosen.mode)
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
    "listening": "Listening on http://127.0.0.1:{http_port} in {mode} mode. Press Ctrl-C to stop.",
    "downloading bb": "{origin} asks for Aztec {version}: downloading its bb",
    "proof": "✓ {origin}: {circuits} circuits, Aztec {version}, {setup} setup, proved in {prove_ms:,} ms",
    "refused": "✗ {origin}: {reason} [{code}]",
    "stopped": "Stopped.",
}
_FAILURES: Final = {"proof failed": "✗ {origin}: {reason} [{code}]"}


def _shown(value: object) -> object:
    return printable(value) if isinstance(value, str) else value
