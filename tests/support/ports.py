"""TCP ports for programs that must be told theirs before they start."""

from __future__ import annotations

import random
from typing import Final

from tee_rex.devnet.ports import Ports, is_free

_PORTS: Final = range(10_000, 32_768)
"""Below those that systems give to whoever asks for any port: what is free now stays free for a while."""


def free_port() -> int:
    """One on which nobody listens, and that no other test has been given by the system."""
    return next(port for port in iter(lambda: random.SystemRandom().choice(_PORTS), None) if is_free(port))


def free_ports() -> Ports:
    """Of a network; not the usual ones, where one of the developer's own may be."""
    node = free_port()
    return Ports(node, next(port for port in iter(free_port, None) if port != node))
