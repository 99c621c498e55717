"""Addresses of servers: https everywhere, plain http on this machine only."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import httpx2

from tee_rex.remote.errors import BadServerUrlError, InsecureServerUrlError

_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """Where a server's interface begins."""

    base: httpx2.URL

    @classmethod
    def parse(cls, text: str) -> ServerUrl:
        """Read by the very code that connects later. Raises BadServerUrlError, InsecureServerUrlError."""
        try:
            url = httpx2.URL(text)
        except httpx2.InvalidURL as error:
            raise BadServerUrlError("It cannot be read as an address.") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise BadServerUrlError("It does not begin with https:// and a host.")
        if url.port is not None and url.port > _MAX_PORT:
            raise BadServerUrlError(f"There is no port {url.port}.")
        if url.userinfo or url.query or url.fragment:
            raise BadServerUrlError("It has a user name, a query or a fragment.")
        server = cls(url)
        if url.scheme == "http" and not server.is_loopback:
            raise InsecureServerUrlError(f"{url.host} is another machine, and http is not encrypted.")
        return server

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        if self.base.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.base.host).is_loopback
        except ValueError:
            return False

    def at(self, route: str) -> httpx2.URL:
        """The address of a route such as ``/attestation``."""
        return self.base.copy_with(path=self.base.path.rstrip("/") + route)
