"""``tee-rex servers``: the servers whose keys are remembered from their first use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors.message import printable
from tee_rex.terminal.console import exit_on_error, run_command, say

if TYPE_CHECKING:
    from tee_rex.remote.known_servers import KnownServers

app = typer.Typer(
    name="servers", help="List or forget the remembered keys of remote servers.", no_args_is_help=True
)


@app.command(name="list")
def list_servers(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False
) -> None:
    """List the remembered servers with their keys' fingerprints."""
    import msgspec

    with exit_on_error(as_json=as_json):
        servers = _known_servers().read()
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(servers), indent=2).decode())
    elif not servers:
        say("No servers are remembered.")
    else:
        for url, known in servers.items():
            typer.echo(f"{known.fingerprint}  {known.first_used:%Y-%m-%d}  {printable(url)}")


@app.command()
def forget(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server's address, as used before.")],
) -> None:
    """Forget a server's key, so that its next key is accepted."""
    from tee_rex.http_client.server_url import ServerUrl

    with exit_on_error():
        server = ServerUrl.parse(url)
    if run_command(_known_servers().forget(server)):
        say("✓ Key forgotten. The server's next key will be accepted.")
    else:
        say("This server is not remembered.")


def _known_servers() -> KnownServers:
    from tee_rex.remote.known_servers import KnownServers
    from tee_rex.settings.paths import Paths

    return KnownServers.in_folder(Paths.from_environment(os.environ).data)
