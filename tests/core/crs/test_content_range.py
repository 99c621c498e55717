from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex.crs.sources import range_sent

positions = st.integers(0, 10**15 - 1)


@given(positions, positions, positions.map(str) | st.just("*"))
def test_ranges_are_read(first: int, last: int, total: str) -> None:
    assert range_sent(f"bytes {first}-{last}/{total}") == (first, last)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes */5",
        "bytes=0-1/2",
        "items 0-1/2",
        "bytes 0-1",
        "bytes -1-1/2",
        "bytes 0-1/2\n",
        "bytes \N{ARABIC-INDIC DIGIT ZERO}-1/2",
        "bytes 0-1/2, bytes 3-4/5",
        f"bytes 0-{'9' * 5000}/*",
    ],
)
def test_other_headers_are_not(header: str) -> None:
    assert range_sent(header) is None


@given(st.text() | st.text(alphabet="bytes 0123456789-/*"))
def test_any_text_is_a_range_or_not(header: str) -> None:
    sent = range_sent(header)
    if sent is not None:
        first, last = header.removeprefix("bytes ").partition("/")[0].split("-")
        assert sent == (int(first), int(last))
