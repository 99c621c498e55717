from __future__ import annotations

import pytest

from support.errors import raises_code
from tee_rex.errors import UsageError
from tee_rex.errors.catalogue.servers import SERVER_URL_INSECURE
from tee_rex.http_client.server_url import ServerUrl


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("https://prover.example", "https://prover.example/attestation"),
        ("https://prover.example/", "https://prover.example/attestation"),
        ("https://prover.example:8443/tee/", "https://prover.example:8443/tee/attestation"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000/attestation"),
        ("http://127.9.9.9", "http://127.9.9.9/attestation"),
        ("http://localhost:80", "http://localhost/attestation"),
        ("http://[::1]:4000", "http://[::1]:4000/attestation"),
    ],
)
def test_a_route_is_found_below_the_base(text: str, route: str) -> None:
    assert str(ServerUrl.parse(text).at("/attestation")) == route


@pytest.mark.parametrize(
    "text",
    [
        "http://prover.example",
        "http://192.168.0.1",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://0.0.0.0",
        "http://[fe80::1]",
    ],
)
def test_plain_http_stays_on_this_machine(text: str) -> None:
    with raises_code(SERVER_URL_INSECURE):
        ServerUrl.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://prover.example/%00",
        "",
        "prover.example",
        "https://",
        "https:///attestation",
        "ftp://prover.example",
        "file:///etc/passwd",
        "https://user@prover.example",
        "https://:secret@prover.example",
        "https://prover.example?x=1",
        "https://prover.example#x",
        "https://prover.example:port",
        "https://prover.example:99999",
        "https://prover\x00.example",
        "http://localhost\\@prover.example",
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        ServerUrl.parse(text)
    assert "secret" not in str(caught.value)
