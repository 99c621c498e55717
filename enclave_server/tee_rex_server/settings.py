"""The settings of a proving server, read and checked once at the start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from tee_rex.crs.crs import MIN_POINTS
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.clients import Network
from tee_rex.wire.protocol import TeeMode
from tee_rex_server.errors.serving import RATE_LIMIT_MALFORMED, TRUSTED_PROXY_MALFORMED

NO_RATE_LIMIT: Final = "off"
_RATE: Final = re.compile(
    r"\s*([0-9]{1,9})\s*(?:/|per)\s*([0-9]{1,4})?\s*(second|minute|hour|day|month|year)s?\s*", re.IGNORECASE
)
_DAY: Final = 24 * 3600
_SECONDS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": _DAY,
    "month": 30 * _DAY,
    "year": 360 * _DAY,
}


DEFAULT_MAX_POINTS: Final[Mapping[TrustedSetup, int]] = {
    TrustedSetup.GENUINE: 2**20,
    TrustedSetup.DEVELOPMENT: MIN_POINTS,
}
"""The largest of Aztec's own circuits has 2^20 rows. Development points are computed, 2^17 in 10 s."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many proofs in so many seconds."""

    amount: int
    seconds: int


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """All settings of ``tee-rex-server serve``.

    vsock_port: to listen on instead of host and port. vsock_control_port: where the host uploads bb and CRS.
    setups: trusted setups whose transactions are proved. versions: of Aztec, whose bb proves; none: the
    default one of each generation. max_points: of the CRS, for the largest circuit that is proved under each
    setup. slots: proofs at once. queue: requests that may wait for a slot.
    request_memory: bytes of all admitted requests together. memory_limit: resident bytes of one bb, None for
    no limit. proof_seconds: limit for one proof. grace_seconds: time for running proofs at shutdown.
    """

    host: str
    port: int
    vsock_port: int | None
    vsock_control_port: int | None
    tee_mode: TeeMode
    setups: frozenset[TrustedSetup]
    versions: tuple[AztecVersion, ...]
    max_points: Mapping[TrustedSetup, int]
    slots: int
    threads_per_proof: int
    queue: int
    request_memory: int
    memory_limit: int | None
    proof_seconds: float
    rate_limit: Rate | None
    trusted_proxies: tuple[Network, ...]
    grace_seconds: float


def parse_rate_limit(text: str) -> Rate | None:
    """Parse ``10/hour``, ``10 per 2 hours`` or, for None, ``off``. Raises RATE_LIMIT_MALFORMED."""
    if text == NO_RATE_LIMIT:
        return None
    match = _RATE.fullmatch(text)
    rate = match and Rate(int(match[1]), int(match[2] or 1) * _SECONDS[match[3].lower()])
    if not rate or rate.amount < 1 or rate.seconds < 1:
        raise RATE_LIMIT_MALFORMED(text=text)
    return rate


def parse_network(text: str) -> Network:
    """Parse an address or a network in CIDR notation. Raises TRUSTED_PROXY_MALFORMED."""
    try:
        return ip_network(text)
    except ValueError:
        raise TRUSTED_PROXY_MALFORMED(text=text) from None
