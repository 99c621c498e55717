"""Uploads to the listener for websites, in parts."""

from __future__ import annotations

from tee_rex.system.untrusted import MAX_MSGPACK_ITEMS, msgpack_end


def cut(content: bytes, size: int) -> list[bytes]:
    """The content in parts of so many bytes."""
    return [content[at : at + size] for at in range(0, len(content), size)]


def beginning(content: bytes, steps: int) -> int:
    """How many bytes the first so many steps of a wire form take, with its head, which is of one byte."""
    position = 1
    for _ in range(steps):
        end = msgpack_end(memoryview(content)[position:], MAX_MSGPACK_ITEMS)
        assert end is not None
        position += end
    return position


def head_of(url: str, length: int) -> bytes:
    """The head of a request to prove a body of so many bytes."""
    host = url.removeprefix("http://")
    return f"POST /prove HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode()
