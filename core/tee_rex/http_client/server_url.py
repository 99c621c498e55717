"""Server addresses: https everywhere, plain http on this machine only."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import httpx2

from tee_rex.errors import Message, TeeRexError
from tee_rex.errors.catalogue import servers as errors

_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """The base address of a server; its routes follow it."""

    base: httpx2.URL

    @classmethod
    def parse(cls, text: str) -> ServerUrl:
        """Parse with the code that connects later; raises SERVER_URL_INVALID, SERVER_URL_INSECURE."""
        try:
            url = httpx2.URL(text)
            cls(url).at("/")  # "%00" is a path, but none that a route can follow
        except (httpx2.InvalidURL, UnicodeError) as error:  # surrogates stand for bytes that are no UTF-8
            raise errors.SERVER_URL_MALFORMED() from error
        if url.scheme not in ("http", "https") or not url.host:
            raise errors.SERVER_URL_INVALID()
        if url.port is not None and url.port > _MAX_PORT:
            raise errors.SERVER_URL_BAD_PORT(port=url.port)
        if url.userinfo or url.query or url.fragment:
            raise errors.SERVER_URL_EXTRA_PARTS()
        server = cls(url)
        if url.scheme == "http" and not server.is_loopback:
            raise errors.SERVER_URL_INSECURE(host=url.host)
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


def address_problem(text: str) -> Message | None:
    """What is wrong with a server's address as text, or None; empty is fine."""
    if not text.strip():
        return None
    try:
        ServerUrl.parse(text.strip())
    except TeeRexError as error:
        return error.message_parts
    return None
