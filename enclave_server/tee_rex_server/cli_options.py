"""Options shared by the commands that listen: one name, environment variable and help text for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from tee_rex_server.vsock import MAX_VSOCK_NUMBER

HostOption: TypeAlias = Annotated[
    str, typer.Option(envvar="TEE_REX_HOST", metavar="ADDRESS", help="Address to listen on.")
]
PortOption: TypeAlias = Annotated[
    int,
    typer.Option(
        envvar="PORT", metavar="PORT", min=0, max=65535, help="Port to listen on; 0: any free port."
    ),
]
RateLimitOption: TypeAlias = Annotated[
    str,
    typer.Option(
        envvar="TEE_REX_RATE_LIMIT",
        metavar="RATE",
        help="Proofs per client, such as 10/hour or 2/minute; or off.",
    ),
]
TrustedProxyOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        envvar="TEE_REX_TRUSTED_PROXIES",
        metavar="CIDR",
        help="Proxies whose X-Forwarded-For is trusted (repeatable). With any, loopback is rate limited too.",
    ),
]
GraceOption: TypeAlias = Annotated[
    float,
    typer.Option(
        envvar="TEE_REX_GRACE", min=0, metavar="SECONDS", help="Time for running proofs at shutdown."
    ),
]
DrainingOption: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--draining",
        envvar="TEE_REX_DRAINING",
        metavar="FOLDER",
        help="Folder with the names of enclaves that get no new clients (tee-rex-server host drain).",
    ),
]
OfflineOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        envvar="TEE_REX_OFFLINE", help="Download nothing: bb and the CRS must already be installed."
    ),
]
JoinOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--join",
        envvar="TEE_REX_JOIN",
        metavar="URL",
        help="Join the fleet of this dispatcher, with the token in TEE_REX_JOIN_TOKEN.",
    ),
]
JoinNameOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--join-name",
        envvar="TEE_REX_JOIN_NAME",
        metavar="NAME",
        help="Name in the fleet; default: the host's.",
    ),
]
JoinAddressOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--join-address",
        envvar="TEE_REX_JOIN_ADDRESS",
        metavar="URL",
        help="Where dispatchers reach this server; default: http://127.0.0.1 and its port.",
    ),
]
IdleSlotsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--join-idle-slots",
        envvar="TEE_REX_JOIN_IDLE_SLOTS",
        metavar="NUMBER",
        min=1,
        max=64,
        help="Slots to offer while few tickets wait; all of --slots when many do. Default: always all.",
    ),
]
VerboseOption: TypeAlias = Annotated[
    bool, typer.Option(envvar="TEE_REX_VERBOSE", help="Also log health checks and preparation.")
]

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 4000
DEFAULT_DRAINING_FOLDER: Final = Path("/run/tee-rex-enclave/draining")
DEFAULT_RATE_LIMIT: Final = "10/hour"
DEFAULT_GRACE_SECONDS: Final = 120.0


def vsock_port(variable: str, help_text: str) -> Any:  # noqa: ANN401  # typer's own type is private
    """The option of a vsock port, which the environment variable can set too."""
    return typer.Option(envvar=variable, metavar="PORT", min=1, max=MAX_VSOCK_NUMBER, help=help_text)
