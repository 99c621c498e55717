from __future__ import annotations

import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.patience import PATIENCE
from tee_rex.aztec.wallet.protocol import (
    MAX_ATTACHMENT_BYTES,
    MAX_JSON_BYTES,
    BadFrameError,
    Frame,
    read_frame,
)


def fed(content: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    return reader


async def all_frames(content: bytes) -> list[Frame]:
    reader = fed(content)
    frames = []
    while frame := await read_frame(reader):
        frames.append(frame)
    return frames


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=50), st.binary(max_size=50)), max_size=4))
def test_a_frame_is_read_as_written(parts: list[tuple[bytes, bytes]]) -> None:
    frames = [Frame(*part) for part in parts]
    content = b"".join(piece for frame in frames for piece in frame.encoded())

    assert asyncio.run(all_frames(content)) == frames


@given(st.binary(max_size=64))
def test_any_bytes_are_frames_or_refused(content: bytes) -> None:
    try:
        frames = asyncio.run(all_frames(content))
    except (BadFrameError, asyncio.IncompleteReadError):
        return
    assert b"".join(piece for frame in frames for piece in frame.encoded()) == content


@pytest.mark.parametrize(
    ("json_length", "attachment_length"),
    [(0, 0), (MAX_JSON_BYTES + 1, 0), (1, MAX_ATTACHMENT_BYTES + 1), (0xFFFFFFFF, 0xFFFFFFFF)],
)
async def test_lengths_out_of_bounds_are_refused_before_anything_is_read(
    json_length: int, attachment_length: int
) -> None:
    reader = asyncio.StreamReader()  # without an end: reading on would wait for ever
    reader.feed_data(struct.pack(">II", json_length, attachment_length))

    with pytest.raises(BadFrameError):
        await asyncio.wait_for(read_frame(reader), PATIENCE)


async def test_a_frame_cut_anywhere_is_told_from_a_bad_one() -> None:
    whole = b"".join(Frame(b"{}", b"attached").encoded())

    for length in range(1, len(whole)):
        with pytest.raises(asyncio.IncompleteReadError):
            await read_frame(fed(whole[:length]))
    assert await read_frame(fed(b"")) is None
