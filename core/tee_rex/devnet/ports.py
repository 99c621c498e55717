"""The TCP ports of a network."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tee_rex.devnet.programs import LOOPBACK
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue import devnet as errors

DEFAULT_NODE_PORT = 8080
"""Aztec's own default, so that other tools find the network."""
DEFAULT_L1_PORT = 8545
"""Anvil's own default."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a network listens, on 127.0.0.1. l1: None for anvil's default or any free port."""

    node: int = DEFAULT_NODE_PORT
    l1: int | None = None

    def choose(self) -> tuple[int, int]:
        """The node's port and L1's. Raises PORT_IN_USE.

        The node's is never another one, because people would then talk to somebody else's node.
        """
        if not is_free(self.node):
            raise _in_use(self.node)
        if self.l1 is None:
            return self.node, DEFAULT_L1_PORT if is_free(DEFAULT_L1_PORT) else any_free_port()
        if not is_free(self.l1):
            raise _in_use(self.l1, l1=True)
        return self.node, self.l1


def is_free(port: int) -> bool:
    """Whether no program listens on a port of this machine, on any of its addresses."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports that were just closed are free
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """A port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _in_use(port: int, *, l1: bool = False) -> UnusableEnvironmentError:
    holder = _holder(port)
    if holder is None:
        kind = errors.L1_PORT_IN_USE_BY_UNKNOWN if l1 else errors.PORT_IN_USE_BY_UNKNOWN
        return kind(port=port, free=_free_after(port))
    program, pid = holder
    kind = errors.L1_PORT_IN_USE if l1 else errors.PORT_IN_USE
    return kind(program=program, pid=pid, port=port, free=_free_after(port))


def _free_after(port: int) -> int:
    return next((near for near in range(port + 1, min(port + 50, 1 << 16)) if is_free(near)), any_free_port())


def _holder(port: int) -> tuple[str, int] | None:
    """Name and id of the program that listens there, if this user may know."""
    import psutil

    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listens_on = tuple(connection.laddr)[1:2] if connection.status == psutil.CONN_LISTEN else ()
            if listens_on == (port,) and connection.pid:
                return Path(psutil.Process(connection.pid).exe()).name, connection.pid
    return None
