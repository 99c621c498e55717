"""Execution steps for tests: the shipped recordings, and small well-formed ones made up here."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec

from tee_rex.system.files import resource
from tee_rex.transaction.generations import Generation, StepKind, generations

V4, V5, V6 = generations()

_RECORDINGS = Path(__file__).with_name("recordings")


def development_deployment() -> bytes:
    """An account deployment recorded under the development setup."""
    return resource("samples", "dev-deploy-account.msgpack").read_bytes()


def genuine_deployment() -> bytes:
    """An account deployment recorded under the genuine setup."""
    return resource("samples", "genuine-deploy-account.msgpack").read_bytes()


def mock_transaction(calls: int = 2, *, reset: str = "") -> bytes:
    """A v5 transaction of 2, 6 or 12 app calls, of the circuits in ``tools/mock_circuits``.

    2 calls are 7 circuits, and each further one is 2 more. Every one ends with the same hiding kernel. reset:
    "no-reset"; with 2 calls also "large-reset", which needs 2^18 points, or "full-reset", which needs 2^19.
    """
    suffix = f"-{reset}" if reset else ""
    return (_RECORDINGS / f"v5-{calls}-calls{suffix}.msgpack").read_bytes()


def mock_transaction_of_v4() -> bytes:
    """The same source as ``mock_transaction()``, for bb 4; its keys are in no table."""
    return (_RECORDINGS / "v4-2-calls.msgpack").read_bytes()


def bb_schema_of(version: str) -> bytes:
    """What ``bb msgpack schema`` prints in 4.1.2 or 5.0.0."""
    return (_RECORDINGS / f"bb-schema-{version}.json").read_bytes()


def some_key(length: int, *, log2_rows: int = 0) -> bytes:
    """A verification key of no meaning."""
    return log2_rows.to_bytes(32) + bytes(length - 33) + b"\1"


def wire_step(**changes: object) -> dict[str, object]:
    """One well-formed step of no meaning, with some of its fields changed."""
    step = {
        "bytecode": gzip.compress(b"bytecode"),
        "witness": gzip.compress(b"witness"),
        "vk": some_key(V4.key_bytes.hiding),
        "functionName": "Contract:function",
    }
    return step | changes


def wire_steps_of(generation: Generation) -> list[dict[str, object]]:
    """Well-formed steps of no meaning: an app, as many kernels as bb wants at least, the hiding kernel."""
    kinds = [StepKind.APP, *[StepKind.KERNEL] * (generation.least_circuits - 2), StepKind.HIDING]
    steps = [wire_step(vk=some_key(generation.key_bytes.of(kind))) for kind in kinds]
    if generation.steps_name_kinds:
        return [step | {"kind": kind} for step, kind in zip(steps, kinds, strict=True)]
    return steps


def wire_of(generation: Generation) -> bytes:
    """The wire form of :func:`wire_steps_of`."""
    return wire(*wire_steps_of(generation))


def wire(*steps: object) -> bytes:
    """The wire form of a list of anything."""
    return msgspec.msgpack.encode(list(steps))
