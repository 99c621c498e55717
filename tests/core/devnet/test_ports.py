from __future__ import annotations

import os
import socket

import pytest

from support.errors import raises
from support.ports import free_port
from tee_rex.devnet import ports
from tee_rex.devnet.ports import Ports
from tee_rex.errors.catalogue.devnet import PORT_IN_USE


@pytest.fixture
def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_free_port_is_taken_as_wanted() -> None:
    free = free_port()
    assert ports.is_free(free)
    assert Ports(free, free).choose() == (free, free)


def test_who_holds_a_port_and_which_other_is_free_is_said(taken: socket.socket) -> None:
    with taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        with raises(PORT_IN_USE, match=f"process {os.getpid()}.*port {port}") as raised:
            Ports(port).choose()
        suggested = int(raised.value.hint.rpartition(" ")[2])
        assert suggested != port
        assert ports.is_free(suggested)


def test_l1_may_be_anywhere_unless_its_port_was_chosen(
    taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with taken:
        port = taken.getsockname()[1]
        free = free_port()
        with raises(PORT_IN_USE, match=str(port)) as raised:
            Ports(free, port).choose()
        assert "--l1-port" in raised.value.hint
        monkeypatch.setattr(ports, "DEFAULT_L1_PORT", port)
        _, other = Ports(free).choose()
        assert other != port
        assert ports.is_free(other)


def test_the_default_port_of_l1_is_used_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    free = free_port()
    monkeypatch.setattr(ports, "DEFAULT_L1_PORT", free)
    assert Ports(free_port()).choose()[1] == free
