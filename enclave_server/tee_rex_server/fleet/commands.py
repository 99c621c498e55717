"""``tee-rex-server dispatch``, ``tokens`` and ``database``: what runs a fleet."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from tee_rex.errors import ExitCode
from tee_rex.errors.message import printable
from tee_rex.terminal.console import exit_on_error, run_command
from tee_rex.terminal.program import JsonOption, print_json, program
from tee_rex_server import cli_options as options

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tee_rex_server.fleet.postgres import OwnPostgres
    from tee_rex_server.fleet.tokens import Token, Tokens

T = TypeVar("T")

_PACKAGES: Final = ("procrastinate", "psycopg", "psycopg_pool")

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        envvar="TEE_REX_DATABASE",
        metavar="URL",
        help="PostgreSQL's address; default: the one that `tee-rex-server database up` starts.",
    ),
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        envvar="TEE_REX_DATABASE_FOLDER",
        metavar="FOLDER",
        help="Its folder; default: in the data folder, for root /var/lib/tee-rex-database.",
    ),
]


def dispatch(
    database: DatabaseOption = None,
    host: options.HostOption = options.DEFAULT_HOST,
    port: options.PortOption = options.DEFAULT_PORT,
    tickets_per_client: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_TICKETS_PER_CLIENT",
            min=1,
            max=10_000,
            metavar="NUMBER",
            help="Tickets that one client may have, waiting or proving.",
        ),
    ] = 64,
    queue: Annotated[
        int,
        typer.Option(
            envvar="TEE_REX_TICKETS",
            min=1,
            max=1_000_000,
            metavar="NUMBER",
            help="Tickets that all clients may have together.",
        ),
    ] = 10_000,
    rate_limit: options.RateLimitOption = "off",
    trusted_proxy: options.TrustedProxyOption = None,
    grace: options.GraceOption = options.DEFAULT_GRACE_SECONDS,
    *,
    require_tokens: Annotated[
        bool,
        typer.Option(envvar="TEE_REX_REQUIRE_TOKENS", help="Accept only clients with a token."),
    ] = False,
    verbose: options.VerboseOption = False,
) -> None:
    """Hand out tickets for many provers until SIGINT or SIGTERM. Logs are JSON on stderr.

    Provers join with `tee-rex-server serve --join` or `proxy --join`. Everything is kept in PostgreSQL, so
    several dispatchers can run at once, behind one address.
    """
    with exit_on_error():
        _require_fleet()
        from tee_rex.web.server import listening_socket
        from tee_rex_server.fleet.server import DispatchSettings
        from tee_rex_server.fleet.server import dispatch as dispatch_on
        from tee_rex_server.fleet.tickets import TicketLimits
        from tee_rex_server.logs import process_log
        from tee_rex_server.settings import parse_network, parse_rate_limit

        settings = DispatchSettings(
            database=_url(database),
            limits=TicketLimits(tickets_per_client, queue),
            tokens_required=require_tokens,
            rate_limit=parse_rate_limit(rate_limit),
            trusted_proxies=tuple(parse_network(text) for text in trusted_proxy or ()),
            grace_seconds=grace,
        )
        log = process_log(sys.stderr, logging.DEBUG if verbose else logging.INFO)
        try:
            asyncio.run(dispatch_on(settings, listening_socket(host, port), log))
        except KeyboardInterrupt:  # before the server handles signals
            sys.exit(ExitCode.CANCELLED)


tokens = program("tokens", "Tokens of a fleet: who may prove, and which provers may join.")
database = program("database", "A PostgreSQL to try a fleet with, from the system's package.")


@tokens.command(short_help="Make a token.")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who gets it.")],
    database: DatabaseOption = None,
    *,
    prover: Annotated[bool, typer.Option("--prover", help="A token that provers join with.")] = False,
) -> None:
    """Make a token and print it once: the database keeps only its hash."""
    typer.echo(_with_tokens(database, lambda tokens: tokens.add(name, prover=prover)))


@tokens.command("list", short_help="List the tokens.")
def list_(database: DatabaseOption = None, *, as_json: JsonOption = False) -> None:
    """List the names of all tokens, and when each was last used."""
    found: list[Token] = _with_tokens(database, lambda tokens: tokens.list(), as_json=as_json)
    if as_json:
        print_json(found)
        return
    for token in found:
        used = "never used" if token.used is None else f"last used {token.used:%Y-%m-%d %H:%M}"
        typer.echo(printable(f"{token.name:<24} {'prover' if token.prover else 'client':<8} {used}"))


@tokens.command(short_help="Revoke a token.")
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")], database: DatabaseOption = None
) -> None:
    """Revoke a token at every dispatcher, at once. Running proofs continue."""
    _with_tokens(database, lambda tokens: tokens.revoke(name))


@database.command(short_help="Start it, and print its address.")
def up(folder: FolderOption = None) -> None:
    """Start a PostgreSQL in a folder, unless it runs, and print its address for --database.

    It listens on a socket in that folder alone. Started by root, it runs as the user postgres.
    """
    with exit_on_error():
        typer.echo(_own_postgres(folder).up())


@database.command(short_help="Stop it.")
def down(folder: FolderOption = None) -> None:
    """Stop the PostgreSQL of this folder, if it runs; its data stays."""
    with exit_on_error():
        _own_postgres(folder).down()


def _own_postgres(folder: Path | None = None) -> OwnPostgres:
    from tee_rex.settings.paths import Paths
    from tee_rex_server.fleet.postgres import OwnPostgres

    if folder is None:
        # PostgreSQL's user may not enter root's home.
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0 and "TEE_REX_HOME" not in os.environ
        data = Path("/var/lib") if as_root else Paths.from_environment(os.environ).data
        folder = data / ("tee-rex-database" if as_root else "database")
    return OwnPostgres(folder.absolute())


def _url(given: str | None) -> str:
    return given or _own_postgres().url


def _with_tokens(
    url: str | None, work: Callable[[Tokens], Coroutine[None, None, T]], *, as_json: bool = False
) -> T:
    async def connected() -> T:
        from tee_rex_server.fleet.database import Database
        from tee_rex_server.fleet.tokens import Tokens
        from tee_rex_server.logs import process_log

        async with Database.open(_url(url), process_log(sys.stderr, logging.WARNING)) as opened:
            return await work(Tokens(opened))

    with exit_on_error(as_json=as_json):
        _require_fleet()
    return run_command(connected(), as_json=as_json)


def _require_fleet() -> None:
    """Raise FLEET_EXTRA_MISSING where the fleet's packages are not installed."""
    from tee_rex_server.errors.fleet import FLEET_EXTRA_MISSING

    for package in _PACKAGES:
        if find_spec(package) is None:
            raise FLEET_EXTRA_MISSING(module=package)
