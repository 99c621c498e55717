"""The settings of a proving server, read and checked once at the start."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, TypeAlias

from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.protocol import TeeMode
from tee_rex_server.errors.serving import RATE_LIMIT_MALFORMED, TRUSTED_PROXY_MALFORMED

if TYPE_CHECKING:
    from limits import RateLimitItem

Network: TypeAlias = IPv4Network | IPv6Network

NO_RATE_LIMIT = "off"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """All settings of ``tee-rex-server serve``.

    vsock_port: to listen on instead of host and port. vsock_control_port: where the host uploads bb and CRS.
    setups: trusted setups whose transactions are proved. slots: proofs at once. queue: requests that may
    wait for a slot. request_memory: bytes of all admitted requests together. memory_limit: resident bytes
    of one bb, None for no limit. proof_seconds: limit for one proof. grace_seconds: time for running proofs
    at shutdown.
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
    """Parse a rate such as ``10/hour``; None for ``off``. Raises RATE_LIMIT_MALFORMED."""
    if text == NO_RATE_LIMIT:
        return None
    from limits import parse

    try:
        rate = parse(text)
    except ValueError:
        rate = None
    if rate is None or rate.amount < 1:
        raise RATE_LIMIT_MALFORMED(text=text)
    return rate


def parse_network(text: str) -> Network:
    """Parse an address or a network in CIDR notation. Raises TRUSTED_PROXY_MALFORMED."""
    try:
        return ip_network(text)
    except ValueError:
        raise TRUSTED_PROXY_MALFORMED(text=text) from None
