"""Content that differs from the original, whatever that is: a fixed byte may be there already."""

from __future__ import annotations


def last_bit_changed(content: bytes) -> bytes:
    """The same but for its last bit."""
    return content[:-1] + bytes([content[-1] ^ 1])
