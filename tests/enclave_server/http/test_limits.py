"""Rate limits."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from support.errors import raises
from tee_rex.errors.catalogue.http import RATE_LIMITED
from tee_rex_server.errors.serving import RATE_LIMIT_MALFORMED, TRUSTED_PROXY_MALFORMED
from tee_rex_server.http import limits
from tee_rex_server.http.limits import RateLimit
from tee_rex_server.settings import Rate, parse_network, parse_rate_limit

HOME = ip_address("203.0.113.7")


def test_each_client_has_its_own_limit() -> None:
    limit = RateLimit(parse_rate_limit("2/hour"), exempt_loopback=True)
    for _ in range(2):
        limit.check(HOME)
        limit.count(HOME)
    with raises(RATE_LIMITED) as refused:
        limit.check(HOME)
    assert 3590 < (refused.value.retry_after or 0) <= 3600
    with raises(RATE_LIMITED):
        limit.count(HOME)
    limit.check(ip_address("203.0.113.8"))


def test_a_window_ends_by_the_clock_it_was_given() -> None:
    """Not by the system's time, which may be set back a year."""
    now = 0.0
    limit = RateLimit(parse_rate_limit("1/hour"), exempt_loopback=True, clock=lambda: now)
    limit.count(HOME)
    now = 3590.5
    with raises(RATE_LIMITED) as refused:
        limit.check(HOME)
    assert refused.value.retry_after == 10
    now = 3600.0
    limit.check(HOME)
    limit.count(HOME)
    assert list(limit._windows) == [str(HOME)]
    with raises(RATE_LIMITED):
        limit.count(HOME)


def test_the_windows_of_many_clients_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MAX_CLIENTS", 10)
    limit = RateLimit(parse_rate_limit("1/hour"), exempt_loopback=True)
    for number in range(100):
        limit.count(ip_address(number))
    assert len(limit._windows) == 10


def test_an_ipv6_network_is_one_client() -> None:
    limit = RateLimit(parse_rate_limit("1/hour"), exempt_loopback=True)
    limit.count(ip_address("2001:db8::1"))
    with raises(RATE_LIMITED):
        limit.check(ip_address("2001:db8::ffff:2"))
    limit.check(ip_address("2001:db8:0:1::1"))


@pytest.mark.parametrize("exempt", [True, False])
def test_loopback_is_exempt_only_without_proxies(exempt: bool) -> None:
    limit = RateLimit(parse_rate_limit("1/hour"), exempt_loopback=exempt)
    limit.count(ip_address("127.0.0.1"))
    if exempt:
        limit.check(ip_address("127.0.0.1"))
    else:
        with raises(RATE_LIMITED):
            limit.check(ip_address("127.0.0.1"))


def test_the_limit_can_be_off() -> None:
    limit = RateLimit(parse_rate_limit("off"), exempt_loopback=False)
    for _ in range(50):
        limit.count(HOME)
    limit.check(HOME)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/hour", Rate(10, 3600)),
        ("2/minute", Rate(2, 60)),
        ("5 per 2 Hours", Rate(5, 7200)),
        ("1/30days", Rate(1, 30 * 24 * 3600)),
        ("off", None),
    ],
)
def test_a_rate_is_parsed(text: str, rate: Rate | None) -> None:
    assert parse_rate_limit(text) == rate


@pytest.mark.parametrize("text", ["", "ten/hour", "0/hour", "-1/hour", "10", "10/fortnight", "1/0hours"])
def test_a_malformed_rate_is_refused(text: str) -> None:
    with raises(RATE_LIMIT_MALFORMED):
        parse_rate_limit(text)


@pytest.mark.parametrize("text", ["", "proxy.example", "10.0.0.1/8", "300.0.0.1", "::1/129"])
def test_a_malformed_network_is_refused(text: str) -> None:
    with raises(TRUSTED_PROXY_MALFORMED):
        parse_network(text)


def test_a_failed_proof_is_uncounted() -> None:
    limit = RateLimit(parse_rate_limit("2/hour"), exempt_loopback=True)
    for _ in range(5):
        limit.count(HOME)
        limit.give_back(HOME)
    limit.count(HOME)
    limit.count(HOME)
    with raises(RATE_LIMITED):
        limit.check(HOME)
    limit.give_back(ip_address("203.0.113.8"))
    RateLimit(None, exempt_loopback=True).give_back(HOME)
