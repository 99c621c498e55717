"""Choosing the TCP ports of a network."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from tee_rex.devnet.errors import PortInUseError
from tee_rex.devnet.programs import LOOPBACK

DEFAULT_NODE_PORT = 8080
"""Aztec's own default, so that other tools find the network."""
DEFAULT_L1_PORT = 8545
"""Anvil's own default."""


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine, on any of its addresses."""
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


def node_port(wanted: int) -> int:
    """``wanted``; never another one, because people would then talk to somebody else's node.

    Raises PortInUseError.
    """
    if not is_free(wanted):
        hint = (
            f"End the other program, or choose another port: tee-rex devnet up --port {_free_after(wanted)}"
        )
        raise PortInUseError(f"{_holder(wanted)} listens on port {wanted}.", hint=hint)
    return wanted


def l1_port(wanted: int | None) -> int:
    """``wanted``; if it is None, anvil's default or any other that is free. Raises PortInUseError."""
    if wanted is None:
        return DEFAULT_L1_PORT if is_free(DEFAULT_L1_PORT) else any_free_port()
    if not is_free(wanted):
        hint = "Leave out --l1-port: then any free one is taken."
        raise PortInUseError(f"{_holder(wanted)} listens on port {wanted}.", hint=hint)
    return wanted


def _free_after(port: int) -> int:
    return next((near for near in range(port + 1, min(port + 50, 1 << 16)) if is_free(near)), any_free_port())


def _holder(port: int) -> str:
    """The program that listens there, as far as this user may know."""
    import psutil

    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listens_on = tuple(connection.laddr)[1:2] if connection.status == psutil.CONN_LISTEN else ()
            if listens_on == (port,) and connection.pid:
                program = Path(psutil.Process(connection.pid).exe()).name
                return f"{program} (process {connection.pid})"
    return "Another program"
