from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from tee_rex.errors import UsageError
from tee_rex.errors.catalogue.bb import INVALID_VERSION
from tee_rex.transaction.versions import AztecVersion


@pytest.mark.parametrize(
    "text", ["4.1.2", "0.0.0", "5.0.0-nightly.20260101", "4.2.0-aztecnr-rc.2", "1.0.0--", "1.0.0-0a.0"]
)
def test_a_version_keeps_its_text(text: str) -> None:
    assert str(AztecVersion.parse(text)) == text


def test_the_parts_of_a_version() -> None:
    assert AztecVersion.parse("4.2.0-rc.2") == AztecVersion(4, 2, 0, "rc.2")


@pytest.mark.parametrize(
    "text",
    [
        *("", "4", "4.1", "4.1.2.3", "v4.1.2", "04.1.2", "4.1.2-", "4.1.2-01", "4.1.2-a..b", "4.1.2+build"),
        *(" 4.1.2", "4.1.2\n", "4.1.٢", "../4.1.2", "4.1.2-../..", "4.1.2-a/b", "4.1.2-a\\b", "4.1.2-\0"),
        *("1234567890.0.0", "4.1.2-" + "a" * 60, "latest", "4.1.2 --registry=x"),
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with raises(INVALID_VERSION):
        AztecVersion.parse(text)


_ALPHABET = st.sampled_from("019.-+aZv/\\ \n٢")


@given(st.text() | st.text(_ALPHABET) | st.from_regex(r"\A[0-9]\.[0-9]\.[0-9](-[0-9a-zA-Z.\-/]*)?\Z"))
def test_whatever_is_accepted_is_one_plain_path_component_and_survives_a_round_trip(text: str) -> None:
    try:
        version = AztecVersion.parse(text)
    except UsageError:
        return
    assert str(version) == text
    assert PurePath(text).parts == (text,)
    assert text[0].isdigit()  # never taken for an option of npm's command line
