"""Execution steps for tests: the shipped recordings, and small well-formed ones made up here."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec

from tee_rex.system.files import resource
from tee_rex.transaction.generations import generations

V4, V5, V6 = generations()

_RECORDINGS = Path(__file__).with_name("recordings")


def development_deployment() -> bytes:
    """An account deployment recorded under the development setup."""
    return resource("samples", "dev-deploy-account.msgpack").read_bytes()


def genuine_deployment() -> bytes:
    """An account deployment recorded under the genuine setup."""
    return resource("samples", "genuine-deploy-account.msgpack").read_bytes()


def mock_transaction(calls: int = 2) -> bytes:
    """A v5 transaction of this many app calls, of the circuits in ``tools/mock_circuits``.

    Its hiding kernel is that of every other one. 2 calls are 7 circuits.
    """
    return (_RECORDINGS / f"v5-{calls}-calls.msgpack").read_bytes()


def wire_step(**changes: object) -> dict[str, object]:
    """One well-formed step of no meaning, with some of its fields changed."""
    step = {
        "bytecode": gzip.compress(b"bytecode"),
        "witness": gzip.compress(b"witness"),
        "vk": bytes(V4.key_bytes.hiding),
        "functionName": "Contract:function",
    }
    return step | changes


def wire(*steps: object) -> bytes:
    """The wire form of a list of anything."""
    return msgspec.msgpack.encode(list(steps))
