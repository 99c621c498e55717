"""The origin of a web page or an extension, as browsers name it in the Origin header."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from tee_rex.errors.catalogue.browser import INVALID_ORIGIN

_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_EXTENSIONS: Final = frozenset({"chrome-extension", "moz-extension", "safari-web-extension"})
_MAX_PORT: Final = 65_535
_MAX_CHARACTERS: Final = 300
"""A scheme, a DNS name of 253 characters and a port."""
_MAX_NAME: Final = 253
_PARTS: Final = re.compile(r"([a-z-]+)://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}", re.ASCII)
_EXTENSION_ID: Final = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Scheme, host and port, as WHATWG serialises an origin: lower case, punycode, without a default port.

    Parse it; two origins are the same site exactly when they are equal.
    """

    text: str

    @classmethod
    def parse(cls, header: str) -> Origin:
        """An http(s), ws(s) or extension origin, in any case; raises INVALID_ORIGIN.

        Names in other letters are written in punycode, as browsers send them.
        """
        parts = _PARTS.fullmatch(header.lower()) if len(header) <= _MAX_CHARACTERS else None
        if parts is None or not header.isascii():
            raise INVALID_ORIGIN()
        scheme, host, digits = parts.groups()
        if scheme in _EXTENSIONS:
            if digits is not None or not _EXTENSION_ID.fullmatch(host):
                raise INVALID_ORIGIN()
            return cls(f"{scheme}://{host}")
        port = _DEFAULT_PORTS.get(scheme) if digits is None else int(digits)
        if scheme not in _DEFAULT_PORTS or port is None or not 0 < port <= _MAX_PORT:
            raise INVALID_ORIGIN()
        suffix = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
        return cls(f"{scheme}://{_canonical_host(host)}{suffix}")

    @property
    def is_loopback(self) -> bool:
        """Whether a program on this machine serves the page: localhost, 127.0.0.0/8 or [::1]."""
        scheme, _, rest = self.text.partition("://")
        if scheme in _EXTENSIONS:
            return False
        host = re.sub(r":[0-9]+\Z", "", rest)
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host.strip("[]")).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return self.text


def _canonical_host(host: str) -> str:
    try:
        if host.startswith("["):
            return f"[{_compressed(ipaddress.IPv6Address(host[1:-1]))}]"
        labels = host.split(".")
        if _NUMBER.fullmatch(labels[-1]):  # browsers read a name that ends in a number as an address
            return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise INVALID_ORIGIN() from None
    if len(host) > _MAX_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise INVALID_ORIGIN()
    return host


def _compressed(address: ipaddress.IPv6Address) -> str:
    mapped = address.ipv4_mapped
    if mapped is None:
        return address.compressed
    high, low = divmod(int(mapped), 1 << 16)  # browsers write no dots; Python 3.13 does
    return f"::ffff:{high:x}:{low:x}"
