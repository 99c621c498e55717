"""Options that the commands which listen have in common: one name, variable and text for each."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import typer

HostOption: TypeAlias = Annotated[
    str, typer.Option(envvar="TEE_REX_HOST", metavar="ADDRESS", help="Address to listen on.")
]
PortOption: TypeAlias = Annotated[
    int, typer.Option(envvar="PORT", metavar="PORT", min=0, max=65535, help="0: any free one.")
]
RateLimitOption: TypeAlias = Annotated[
    str,
    typer.Option(
        envvar="TEE_REX_RATE_LIMIT",
        metavar="RATE",
        help="Proofs of one client, like 10/hour or 2/minute; or off.",
    ),
]
TrustedProxyOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        envvar="TEE_REX_TRUSTED_PROXIES",
        metavar="CIDR",
        help="Whose X-Forwarded-For is believed (repeatable). With any, loopback is rate limited too.",
    ),
]
GraceOption: TypeAlias = Annotated[
    float,
    typer.Option(envvar="TEE_REX_GRACE", min=0, metavar="SECONDS", help="For running proofs at shutdown."),
]
OfflineOption: TypeAlias = Annotated[
    bool,
    typer.Option(envvar="TEE_REX_OFFLINE", help="Download nothing: bb and the CRS must be on this machine."),
]
VerboseOption: TypeAlias = Annotated[
    bool, typer.Option(envvar="TEE_REX_VERBOSE", help="Log health checks and preparation too.")
]

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 4000
DEFAULT_RATE_LIMIT: Final = "10/hour"
DEFAULT_GRACE_SECONDS: Final = 120.0
