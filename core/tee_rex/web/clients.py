"""Who a client is, and how much one client may hold at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

from tee_rex.errors.catalogue.http import TOO_MANY_OF_CLIENT

if TYPE_CHECKING:
    from starlette.types import Scope

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

MAX_PER_CLIENT: Final = 64
"""Connections, and requests in progress, of one client: an eighth of what a server has for all."""
_IPV6_CUSTOMER_BITS: Final = 64
"""An IPv6 customer has at least a network of this size, so its addresses count as one client."""
_RETRY_SECONDS: Final = 10


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

    def of_connection(self, peer: str | None) -> Address | None:
        """The client that a connection belongs to; None for a proxy's or host's, which carry many clients."""
        address = None if self.behind_host else _parse(peer or "")
        return None if address is None or self._trusts(address) else address

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


class Shares:
    """How much of something each client holds, such as requests in progress."""

    def __init__(self, most: int) -> None:
        """most: of one client."""
        self._most = most
        self._held: Counter[str] = Counter()
        self._released = asyncio.Event()

    @contextmanager
    def held_by(self, client: Address | None, amount: int = 1) -> Iterator[None]:
        """Let the client hold so much more; raises TOO_MANY_OF_CLIENT. None may hold any amount."""
        if client is None:
            yield
            return
        key = client_key(client)
        if not self._fits(client, amount):
            raise TOO_MANY_OF_CLIENT(retry_after=_RETRY_SECONDS)
        self._held[key] += amount
        try:
            yield
        finally:
            self._held[key] -= amount
            if not self._held[key]:
                del self._held[key]
            self._released.set()
            self._released = asyncio.Event()

    @asynccontextmanager
    async def turn_of(self, client: Address | None, amount: int, seconds: float) -> AsyncIterator[None]:
        """As :meth:`held_by`, after waiting up to ``seconds`` until the client holds little enough."""
        try:
            async with asyncio.timeout(seconds):
                while client is not None and not self._fits(client, amount):
                    await self._released.wait()
        except TimeoutError:
            raise TOO_MANY_OF_CLIENT(retry_after=_RETRY_SECONDS) from None
        with self.held_by(client, amount):
            yield

    def _fits(self, client: Address, amount: int) -> bool:
        return self._held[client_key(client)] + amount <= self._most


def client_key(client: Address) -> str:
    """What all addresses of one client have in common: the address, of IPv6 its /64."""
    if isinstance(client, IPv6Address):
        return str(ip_network((int(client), _IPV6_CUSTOMER_BITS), strict=False))
    return str(client)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
