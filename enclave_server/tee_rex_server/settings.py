"""What an operator can set, read and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, TypeAlias

from tee_rex.settings.bad_setting import BadSettingError
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.protocol import TeeMode

if TYPE_CHECKING:
    from limits import RateLimitItem

Network: TypeAlias = IPv4Network | IPv6Network

NO_RATE_LIMIT = "off"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Every setting of ``tee-rex-server serve``.

    vsock_port: listen there instead of on host and port. vsock_control_port: where the host uploads.
    setups: trusted setups whose transactions are proved. slots: proofs at the same time. queue: admitted
    requests that wait. request_memory: bytes that all admitted requests may bring. memory_limit: resident
    bytes of one bb. proof_seconds: for one proof. grace_seconds: for running proofs at shutdown.
    """

    host: str
    port: int
    vsock_port: int | None
    vsock_control_port: int | None
    tee_mode: TeeMode
    setups: frozenset[TrustedSetup]
    slots: int
    threads_per_proof: int
    queue: int
    request_memory: int
    memory_limit: int | None
    proof_seconds: float
    rate_limit: RateLimitItem | None
    trusted_proxies: tuple[Network, ...]
    grace_seconds: float


def parse_rate_limit(text: str) -> RateLimitItem | None:
    """``10/hour`` and the like; None for ``off``. Raises BadSettingError."""
    if text == NO_RATE_LIMIT:
        return None
    from limits import parse

    try:
        rate = parse(text)
    except ValueError:
        rate = None
    if rate is None or rate.amount < 1:
        raise BadSettingError(
            f"The rate limit {text!r} is not understood.", hint=f"Write it as 10/hour, or {NO_RATE_LIMIT}."
        )
    return rate


def parse_network(text: str) -> Network:
    """An address or a network in CIDR form. Raises BadSettingError."""
    try:
        return ip_network(text)
    except ValueError:
        raise BadSettingError(
            f"The trusted proxy {text!r} is no address or network.",
            hint="Write it as 10.0.0.7 or 10.0.0.0/8, without host bits.",
        ) from None
