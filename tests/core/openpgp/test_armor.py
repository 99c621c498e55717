from __future__ import annotations

import base64

import pytest

from tee_rex.openpgp.armor import MAX_ARMORED_OCTETS, armor, crc24, unarmor
from tee_rex.openpgp.packets import MalformedError

BEGIN, END = "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----"
DATA = bytes(range(100))
LINES = base64.b64encode(DATA).decode()
CHECKSUM = base64.b64encode(crc24(DATA)).decode()
GOOD = f"{BEGIN}\n\n{LINES}\n{END}\n"


@pytest.mark.parametrize("size", [1, 47, 48, 49, 500])
def test_what_is_armored_is_unarmored(size: int) -> None:
    data = bytes(size)
    assert unarmor(armor(data)) == data
    assert all(len(line) <= 64 for line in armor(data).splitlines())


def test_the_checksum_is_crc_24_of_openpgp() -> None:
    assert crc24(b"") == bytes.fromhex("b704ce")  # the initial value
    assert crc24(b"123456789") == bytes.fromhex("21cf02")  # check value of CRC-24/OPENPGP


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD, id="plain"),
        pytest.param(GOOD.encode(), id="octets"),
        pytest.param(GOOD.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"\n {GOOD}\n\n", id="white space around"),
        pytest.param(GOOD.replace("\n\n", "\nVersion: OpenPGP.js\nComment: a b\n\n", 1), id="headers"),
        pytest.param(GOOD.replace(END, f"={CHECKSUM}\n{END}"), id="checksum"),
        pytest.param(GOOD.replace(LINES, f"{LINES[:5]}\n{LINES[5:]}"), id="other line length"),
    ],
)
def test_accepted(text: str | bytes) -> None:
    assert unarmor(text) == DATA


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "not an armored", id="empty"),
        pytest.param(BEGIN, "not an armored", id="beginning alone"),
        pytest.param(GOOD.replace(END, ""), "not an armored", id="no end"),
        pytest.param(GOOD.replace("PUBLIC", "PRIVATE"), "not an armored", id="private key"),
        pytest.param(GOOD.replace("\n\n", "\n"), "not an armored", id="no blank line"),
        pytest.param(f"text\n{GOOD}", "not an armored", id="text before"),
        pytest.param(f"{GOOD}text", "not an armored", id="text behind"),
        pytest.param(GOOD + GOOD, "base64", id="two blocks"),
        pytest.param(GOOD.replace("\n\n", "\nVersion\n\n", 1), "headers", id="malformed header"),
        pytest.param(GOOD.replace("\n\n", "\nA: \x1b[2J\n\n", 1), "headers", id="control character"),
        pytest.param(GOOD.replace(LINES, f"{LINES}!"), "base64", id="not base64"),
        pytest.param(GOOD.replace(LINES, f"{LINES[:4]} {LINES[4:]}"), "base64", id="space in base64"),
        pytest.param(GOOD.replace(LINES, LINES[:-1]), "base64", id="no padding"),
        pytest.param(GOOD.replace(LINES, "AB=="), "canonical", id="loose bits"),
        pytest.param(GOOD.replace(END, f"=AAAA\n{END}"), "checksum", id="wrong checksum"),
        pytest.param(GOOD.replace(END, f"=\n{END}"), "checksum", id="empty checksum"),
        pytest.param(GOOD.replace(LINES, f"é{LINES}"), "ASCII", id="not ASCII"),
        pytest.param("\n" * (MAX_ARMORED_OCTETS - len(GOOD) + 1) + GOOD, "longer", id="too long"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        unarmor(text)


def test_the_longest_text_is_accepted() -> None:
    assert unarmor("\n" * (MAX_ARMORED_OCTETS - len(GOOD)) + GOOD) == DATA
