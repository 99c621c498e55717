"""Bytes changed at random, by a generator whose seed names them."""

from __future__ import annotations

import random


def mutant(chance: random.Random, data: bytes, *, front: int = 200) -> bytes:
    """``data`` with one to four changes, half of them within its first ``front`` bytes."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(min(front, len(data)) + 1 if chance.random() < 0.5 else len(data) + 1)
        length = chance.choice((1, 1, 2, 4, 8, 64))
        before, touched, behind = data[:at], data[at : at + length], data[at + length :]
        match chance.randrange(7):
            case 0:
                data = before + chance.randbytes(len(touched)) + behind
            case 1:
                data = before + bytes(octet ^ 1 << chance.randrange(8) for octet in touched) + behind
            case 2:
                data = before + chance.randbytes(length) + touched + behind
            case 3:
                data = before + behind
            case 4:
                data = before + touched * chance.choice((2, 3, 100)) + behind
            case 5:
                data = before + chance.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * len(touched) + behind
            case _:
                data = before + touched if chance.random() < 0.3 else behind + before + touched
    return data
