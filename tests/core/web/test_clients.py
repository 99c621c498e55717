"""Who a client is, and how much one may hold."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network

import pytest

from support.errors import raises
from support.patience import PATIENCE
from tee_rex.errors.catalogue.http import TOO_MANY_OF_CLIENT
from tee_rex.web.clients import ClientAddresses, Shares

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        pytest.param("203.0.113.7", ["127.0.0.1"], "203.0.113.7", id="a stranger's header"),
        pytest.param("10.0.0.1", ["203.0.113.7"], "203.0.113.7", id="one proxy"),
        pytest.param("10.0.0.1", ["127.0.0.1, 203.0.113.7"], "203.0.113.7", id="made up before the proxy"),
        pytest.param("10.0.0.1", ["203.0.113.7, 10.0.0.2"], "203.0.113.7", id="two proxies"),
        pytest.param("10.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7", id="two headers"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="no header"),
        pytest.param("10.0.0.1", ["nonsense"], "10.0.0.1", id="no address"),
        pytest.param("10.0.0.1", ["10.0.0.9"], "10.0.0.9", id="proxies alone"),
        pytest.param("::1", ["2001:db8::5"], "2001:db8::5", id="IPv6"),
        pytest.param("::ffff:10.0.0.1", ["203.0.113.7"], "203.0.113.7", id="IPv4 written as IPv6"),
        pytest.param(None, ["203.0.113.7"], None, id="no address at all"),
    ],
)
def test_only_trusted_proxies_name_the_client(
    peer: str | None, forwarded_for: list[str], client: str | None
) -> None:
    found = ClientAddresses(PROXIES).client(peer, forwarded_for)
    assert found == (None if client is None else ip_address(client))


def test_without_trusted_proxies_the_header_is_ignored() -> None:
    assert ClientAddresses().client("127.0.0.1", ["203.0.113.7"]) == ip_address("127.0.0.1")


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["nonsense"], None),
        ([], None),
    ],
)
def test_an_enclaves_host_names_the_client(forwarded_for: list[str], client: str | None) -> None:
    """A vsock peer is a context id and a port."""
    found = ClientAddresses(PROXIES, behind_host=True).client("3", forwarded_for)
    assert found == (None if client is None else ip_address(client))


@pytest.mark.parametrize(
    ("addresses", "peer", "client"),
    [
        (ClientAddresses(), "127.0.0.1", "127.0.0.1"),
        (ClientAddresses(PROXIES), "203.0.113.7", "203.0.113.7"),
        (ClientAddresses(PROXIES), "10.0.0.1", None),
        (ClientAddresses(behind_host=True), "3", None),
        (ClientAddresses(), None, None),
    ],
)
def test_a_proxys_connections_belong_to_no_client(
    addresses: ClientAddresses, peer: str | None, client: str | None
) -> None:
    found = addresses.of_connection(peer)
    assert found == (None if client is None else ip_address(client))


def test_a_client_holds_no_more_than_its_share() -> None:
    shares = Shares(2)
    one, same, other = map(ip_address, ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"))
    with shares.held_by(one), shares.held_by(same):
        with raises(TOO_MANY_OF_CLIENT) as refused, shares.held_by(one):
            pass
        assert refused.value.retry_after
        with shares.held_by(other), shares.held_by(None), shares.held_by(None), shares.held_by(None):
            pass
    with shares.held_by(one, 2), raises(TOO_MANY_OF_CLIENT), shares.held_by(one):
        pass
    assert not shares._held


async def test_a_client_waits_for_its_turn() -> None:
    shares = Shares(2)
    client = ip_address("203.0.113.7")
    order = []

    async def take(name: str) -> None:
        async with shares.turn_of(client, 2, PATIENCE):
            order.append(name)

    with shares.held_by(client):
        with raises(TOO_MANY_OF_CLIENT):
            async with shares.turn_of(client, 2, 0.01):
                pass
        waiting = [asyncio.create_task(take(name)) for name in "ab"]
        cancelled = asyncio.create_task(take("c"))
        await asyncio.sleep(0)
        cancelled.cancel()
        async with shares.turn_of(None, 2, PATIENCE), shares.turn_of(ip_address("::1"), 2, PATIENCE):
            assert order == []
    await asyncio.gather(*waiting)
    assert order == ["a", "b"]
    assert not shares._held
