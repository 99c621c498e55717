"""``tee-rex sites``: the websites that may prove."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors.message import printable
from tee_rex.terminal.console import exit_on_error, run_command, say
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.browser.origins import Origin
    from tee_rex.browser.sites import Site, SiteStore

app = typer.Typer(
    name="sites", help="List, allow or revoke the websites that may prove.", no_args_is_help=True
)

OriginArgument = Annotated[
    str, typer.Argument(metavar="ORIGIN", help="The website's origin, such as https://app.example.")
]


@app.command(name="list")
def list_sites(*, json: JsonOption = False) -> None:
    """List the approved websites, and who could read witnesses."""
    with exit_on_error(as_json=json):
        sites = _store().read().values()
    if json:
        print_json([_fields(site) for site in sites])
    elif not sites:
        say("No websites are approved.")
    else:
        for site in sites:
            typer.echo(_line(site))


@app.command()
def allow(
    origin: OriginArgument,
    *,
    may_read: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="A server whose operator can read the witness; repeat for several. Default: nobody else.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Let a website prove, also in a window of TEE-Rex that is open."""
    with exit_on_error(as_json=json):
        site, readers = _parsed(origin), _servers(may_read or [])
    store = _store()
    run_command(store.approve(site, readers, datetime.now(UTC)), as_json=json)
    if json:
        with exit_on_error(as_json=json):
            print_json(_fields(store.read()[site]))
    else:
        say(f"✓ {site} may prove.")


@app.command()
def revoke(origin: OriginArgument, *, json: JsonOption = False) -> None:
    """Take the permission away, also for a proof that runs or waits."""
    with exit_on_error(as_json=json):
        site = _parsed(origin)
    revoked = run_command(_store().revoke(site), as_json=json)
    if json:
        print_json({"origin": str(site), "revoked": revoked})
    else:
        say(f"✓ {site} may no longer prove." if revoked else f"{site} is not approved.")


def _parsed(text: str) -> Origin:
    from tee_rex.browser.origins import Origin

    return Origin.parse(text.removesuffix("/"))


def _servers(urls: list[str]) -> tuple[str, ...]:
    from tee_rex.browser.sites import server_name

    return tuple(sorted({*map(server_name, urls)}))


def _fields(site: Site) -> dict[str, object]:
    return {
        "origin": str(site.origin),
        "approved_at": site.approved_at.isoformat(),
        "last_used": site.last_used.isoformat() if site.last_used else None,
        "proofs": site.proofs,
        "readers": list(site.readers),
    }


def _line(site: Site) -> str:
    readers = ", ".join(map(printable, site.readers)) or "nobody else"
    last = f", last {site.last_used:%Y-%m-%d}" if site.last_used else ""
    return (
        f"{site.origin}  since {site.approved_at:%Y-%m-%d}  {site.proofs:,} proofs{last}"
        f"  may read the witness: {readers}"
    )


def _store() -> SiteStore:
    from tee_rex.browser.sites import SiteStore
    from tee_rex.settings.paths import Paths

    return SiteStore.in_folder(Paths.from_environment(os.environ).data)
