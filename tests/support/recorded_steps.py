"""Execution steps for tests: the shipped recordings, and small well-formed ones made up here."""

from __future__ import annotations

import gzip

import msgspec

from tee_rex.system.files import resource
from tee_rex.transaction.generations import generations

V4, V5, V6 = generations()


def development_deployment() -> bytes:
    """An account deployment recorded under the development setup."""
    return resource("samples", "dev-deploy-account.msgpack").read_bytes()


def genuine_deployment() -> bytes:
    """An account deployment recorded under the genuine setup."""
    return resource("samples", "genuine-deploy-account.msgpack").read_bytes()


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
