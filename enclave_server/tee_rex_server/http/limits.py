"""Client addresses, and how many proofs each client may request."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

from tee_rex.errors.catalogue.http import RATE_LIMITED
from tee_rex_server.settings import Network

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.storage import MemoryStorage
    from limits.aio.strategies import FixedWindowRateLimiter
    from starlette.types import Scope

Address: TypeAlias = IPv4Address | IPv6Address

_IPV6_CUSTOMER_BITS = 64
"""An IPv6 customer has at least a network of this size, so its addresses count as one client."""


@dataclass(frozen=True, slots=True)
class ClientAddresses:
    """Determines a request's client from its peer and X-Forwarded-For, which only trusted proxies may set.

    behind_host: requests arrive over vsock, from the host of this enclave, which names their clients.
    """

    trusted_proxies: Sequence[Network] = ()
    behind_host: bool = False

    def of_request(self, scope: Scope) -> Address | None:
        """As :meth:`client`, for the request of an ASGI scope."""
        forwarded_for = [
            value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
        ]
        peer = scope.get("client")
        return self.client(peer[0] if peer else None, forwarded_for)

    def client(self, peer: str | None, forwarded_for: Sequence[str]) -> Address | None:
        """The nearest address that is not a trusted proxy's; None for a peer without an IP address.

        forwarded_for: the values of X-Forwarded-For, in order. They are read backwards, as far as trusted
        proxies wrote them.
        """
        hops = ",".join(forwarded_for).split(",")
        address = _parse(hops.pop().strip() if self.behind_host else peer or "")
        for hop in reversed(hops):
            if address is None or not self._trusts(address):
                break
            before = _parse(hop.strip())
            if before is None:
                break
            address = before
        return address

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self.trusted_proxies)


@dataclass(frozen=True, slots=True)
class _Windows:
    """The clients' windows, created only where there is a limit: importing ``limits`` is slow."""

    rate: RateLimitItem
    storage: MemoryStorage
    limiter: FixedWindowRateLimiter

    @classmethod
    def of(cls, rate: RateLimitItem) -> _Windows:
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import FixedWindowRateLimiter

        storage = MemoryStorage()
        return cls(rate, storage, FixedWindowRateLimiter(storage))


class RateLimit:
    """A number of proofs for each client in each window, which starts with the first one."""

    def __init__(self, rate: RateLimitItem | None, *, exempt_loopback: bool) -> None:
        """rate: None for no limit. exempt_loopback: false behind a proxy, where every peer is loopback."""
        self._windows = None if rate is None else _Windows.of(rate)
        self._exempt_loopback = exempt_loopback

    async def check(self, client: Address | None) -> None:
        """Raises RATE_LIMITED when ``client`` has used up its proofs."""
        windows = self._windows
        if windows is None or self._is_exempt(client):
            return
        if not await windows.limiter.test(windows.rate, _key(client)):
            resets_at = (await windows.limiter.get_window_stats(windows.rate, _key(client))).reset_time
            raise RATE_LIMITED(
                amount=windows.rate.amount,
                seconds=windows.rate.get_expiry(),
                retry_after=max(1, math.ceil(resets_at - time.time())),
            )

    async def count(self, client: Address | None) -> None:
        """Count one proof of ``client``; raises RATE_LIMITED when it exceeds the limit."""
        windows = self._windows
        if windows is None or self._is_exempt(client):
            return
        if not await windows.limiter.hit(windows.rate, _key(client)):
            await self.check(client)

    async def give_back(self, client: Address | None) -> None:
        """Uncount one proof of ``client``, which failed through no fault of theirs."""
        windows = self._windows
        if windows is not None and not self._is_exempt(client):
            await windows.storage.decr(windows.rate.key_for(_key(client)))

    def _is_exempt(self, client: Address | None) -> bool:
        return self._exempt_loopback and client is not None and client.is_loopback


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _key(client: Address | None) -> str:
    if isinstance(client, IPv6Address):
        return str(ip_network((int(client), _IPV6_CUSTOMER_BITS), strict=False))
    return str(client)
