from __future__ import annotations

import os
import socket

import pytest

from tee_rex.devnet import ports
from tee_rex.devnet.errors import PortInUseError


@pytest.fixture
def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_free_port_is_taken_as_wanted() -> None:
    free = ports.any_free_port()
    assert ports.is_free(free)
    assert ports.node_port(free) == free
    assert ports.l1_port(free) == free


def test_who_holds_a_port_and_which_other_is_free_is_said(taken: socket.socket) -> None:
    with taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(PortInUseError, match=f"process {os.getpid()}.*port {port}") as raised:
            ports.node_port(port)
        suggested = int(raised.value.hint.rpartition(" ")[2])
        assert suggested != port
        assert ports.is_free(suggested)


def test_l1_may_be_anywhere_unless_its_port_was_chosen(
    taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=str(port)):
            ports.l1_port(port)
        monkeypatch.setattr(ports, "DEFAULT_L1_PORT", port)
        other = ports.l1_port(None)
        assert other != port
        assert ports.is_free(other)


def test_the_default_port_of_l1_is_used_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    free = ports.any_free_port()
    monkeypatch.setattr(ports, "DEFAULT_L1_PORT", free)
    assert ports.l1_port(None) == free
