from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from tee_rex.browser.origins import Origin
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.browser import INVALID_ORIGIN

ID = "abcdefghijklmnopabcdefghijklmnop"
UUID = "0f3c1b7e-9c1d-4f7a-8c3e-0123456789ab"


@pytest.mark.parametrize(
    ("header", "canonical"),
    [
        ("https://app.example", "https://app.example"),
        ("HTTPS://App.Example:443", "https://app.example"),
        ("http://app.example:80", "http://app.example"),
        ("http://app.example:443", "http://app.example:443"),
        ("https://app.example:00443", "https://app.example"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("ws://app.example:80", "ws://app.example"),
        ("wss://app.example:443", "wss://app.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://a_b-.example", "https://a_b-.example"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
        ("http://[2001:DB8::0:1]", "http://[2001:db8::1]"),
        ("http://[::ffff:1.2.3.4]", "http://[::ffff:102:304]"),
        (f"chrome-extension://{ID}", f"chrome-extension://{ID}"),
        (f"moz-extension://{UUID}", f"moz-extension://{UUID}"),
        (f"safari-web-extension://{UUID.upper()}", f"safari-web-extension://{UUID}"),
        ("https://" + ".".join(["a" * 61] * 4), "https://" + ".".join(["a" * 61] * 4)),
    ],
)
def test_an_origin_has_one_form(header: str, canonical: str) -> None:
    assert str(Origin.parse(header)) == canonical
    assert Origin.parse(canonical) == Origin.parse(header)


@pytest.mark.parametrize(
    "header",
    [
        *("", "null", "NULL", "*", "app.example", "//app.example", "https:", "https://", "https:app.example"),
        *("https://app.example/", "https://app.example/x", "https://app.example?x", "https://app.example#x"),
        *("https://user@app.example", "https://user:pass@app.example", "https://app.example."),
        *("https://app..example", "https://.app.example", "https://app.example:", "https://app.example:0"),
        *("https://app.example:65536", "https://app.example:-1", "https://app.example:1x"),
        *("https://app.example https://b.example", "https://a.example, https://b.example"),
        *(" https://app.example", "https://app.example\n", "https://app.example\0", "https://a\\b"),
        *(
            "https://bücher.example",
            "https://app.example:\uff14\uff14\uff13",
            "https://%61pp.example",
            "https://a b",
        ),
        *("http://1.2.3", "http://1.2.3.4.5", "http://256.0.0.1", "http://01.2.3.4", "http://0x7f.1"),
        *("http://[::1", "http://::1", "http://[::1%25lo]", "http://[g::1]", "http://[127.0.0.1]"),
        *("file://", "file:///x", "data:text/html,x", "ftp://a.example", "javascript://a.example"),
        *(f"chrome-extension://{ID}:443", f"chrome-extension://{ID}/x", "chrome-extension://a.b"),
        *("chrome-extension://", "chrome://settings", f"edge-extension://{ID}"),
        *("https://" + "a" * 64, "https://" + ".".join(["a" * 63] * 4) + ".a", "https://a" + ":1" * 200),
        "https://" + "a." * 50_000 + "a",
    ],
    ids=lambda header: repr(header[:40]),
)
def test_what_is_no_origin_is_refused(header: str) -> None:
    with raises(INVALID_ORIGIN):
        Origin.parse(header)


@pytest.mark.parametrize(
    ("header", "local"),
    [
        ("http://localhost:5173", True),
        ("http://app.localhost", True),
        ("https://127.9.9.9:1", True),
        ("http://[::1]:3000", True),
        ("http://localhost.example", False),
        ("http://notlocalhost", False),
        ("http://10.0.0.1", False),
        ("http://[::2]", False),
        ("chrome-extension://localhost", False),
    ],
)
def test_pages_of_this_machine(header: str, *, local: bool) -> None:
    assert Origin.parse(header).is_loopback is local


@given(st.text(max_size=60) | st.from_regex(r"(?i)(https?|wss?|moz-extension)://[\[\]a-z0-9.:%@_-]{0,40}\Z"))
def test_whatever_is_parsed_is_canonical(header: str) -> None:
    try:
        origin = Origin.parse(header)
    except TeeRexError:
        return
    assert Origin.parse(str(origin)) == origin
    assert str(origin) == str(origin).lower()
    assert str(origin).isascii()
