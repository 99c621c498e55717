from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex_app.log.redaction import one_line, without_credentials, without_home


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://node.example.org", "https://node.example.org"),
        ("http://localhost:8080/", "http://localhost:8080/"),
        ("https://ada:secret@node.example.org:8080", "https://node.example.org:8080"),
        ("https://node.example.org/v2/SECRET", "https://node.example.org/…"),
        ("https://node.example.org?key=SECRET", "https://node.example.org/…"),
        ("https://node.example.org#SECRET", "https://node.example.org/…"),
        ("https://a:b@c:d@node.example.org/x", "https://node.example.org/…"),
        ("no answer of https://node.example.org/KEY.", "no answer of https://node.example.org/…."),
        ("'http://u:p@[::1]:8080/x'", "'http://[::1]:8080/…'"),
        ("wss://token@host and https://other/key", "wss://host and https://other/…"),
        ("no address here: a/b", "no address here: a/b"),
    ],
)
def test_addresses_keep_scheme_and_host(text: str, kept: str) -> None:
    assert without_credentials(text) == kept


@given(st.text(alphabet="abc019:/@?#[]. '", max_size=60), st.sampled_from(["https", "http", "ws"]))
def test_nothing_before_an_at_sign_or_behind_the_host_survives(noise: str, scheme: str) -> None:
    told = without_credentials(f"{noise} {scheme}://user:SECRET@host:1/SECRET?SECRET#SECRET {noise}")
    assert "SECRET" not in told
    assert f"{scheme}://host:1/…" in told


def test_the_home_folder_is_not_named() -> None:
    assert without_home("at /home/ada/x", Path("/home/ada")) == "at ~/x"
    assert without_home("/a/b", Path("/")) == "/a/b"


def test_a_value_is_one_bounded_printable_line() -> None:
    assert one_line("a\nb\x1b[31m") == "a b [31m"
    assert one_line("x" * 600) == "x" * 499 + "…"
