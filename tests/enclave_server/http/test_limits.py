"""Client addresses and rate limits."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from support.errors import raises
from tee_rex.errors.catalogue.http import RATE_LIMITED
from tee_rex_server.errors.serving import RATE_LIMIT_MALFORMED, TRUSTED_PROXY_MALFORMED
from tee_rex_server.http.limits import ClientAddresses, RateLimit
from tee_rex_server.settings import parse_network, parse_rate_limit

HOME = ip_address("203.0.113.7")
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


async def test_each_client_has_its_own_limit() -> None:
    limit = RateLimit(parse_rate_limit("2/hour"), exempt_loopback=True)
    for _ in range(2):
        await limit.check(HOME)
        await limit.count(HOME)
    with raises(RATE_LIMITED) as refused:
        await limit.check(HOME)
    assert 3590 < (refused.value.retry_after or 0) <= 3600
    with raises(RATE_LIMITED):
        await limit.count(HOME)
    await limit.check(ip_address("203.0.113.8"))


async def test_an_ipv6_network_is_one_client() -> None:
    limit = RateLimit(parse_rate_limit("1/hour"), exempt_loopback=True)
    await limit.count(ip_address("2001:db8::1"))
    with raises(RATE_LIMITED):
        await limit.check(ip_address("2001:db8::ffff:2"))
    await limit.check(ip_address("2001:db8:0:1::1"))


@pytest.mark.parametrize("exempt", [True, False])
async def test_loopback_is_exempt_only_without_proxies(exempt: bool) -> None:
    limit = RateLimit(parse_rate_limit("1/hour"), exempt_loopback=exempt)
    await limit.count(ip_address("127.0.0.1"))
    if exempt:
        await limit.check(ip_address("127.0.0.1"))
    else:
        with raises(RATE_LIMITED):
            await limit.check(ip_address("127.0.0.1"))


async def test_the_limit_can_be_off() -> None:
    limit = RateLimit(parse_rate_limit("off"), exempt_loopback=False)
    for _ in range(50):
        await limit.count(HOME)
    await limit.check(HOME)


@pytest.mark.parametrize("text", ["", "ten/hour", "0/hour", "-1/hour", "10", "10/fortnight"])
def test_a_malformed_rate_is_refused(text: str) -> None:
    with raises(RATE_LIMIT_MALFORMED):
        parse_rate_limit(text)


@pytest.mark.parametrize("text", ["", "proxy.example", "10.0.0.1/8", "300.0.0.1", "::1/129"])
def test_a_malformed_network_is_refused(text: str) -> None:
    with raises(TRUSTED_PROXY_MALFORMED):
        parse_network(text)


async def test_a_failed_proof_is_uncounted() -> None:
    limit = RateLimit(parse_rate_limit("2/hour"), exempt_loopback=True)
    for _ in range(5):
        await limit.count(HOME)
        await limit.give_back(HOME)
    await limit.count(HOME)
    await limit.count(HOME)
    with raises(RATE_LIMITED):
        await limit.check(HOME)
    await limit.give_back(ip_address("203.0.113.8"))
    await RateLimit(None, exempt_loopback=True).give_back(HOME)
