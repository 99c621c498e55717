"""Untrusted bytes handed to the library: messages, keys, attestation documents, execution steps."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

import msgspec

from attacks.mutants import mutant
from attacks.programs import run_tests
from attacks.record import Attack, Record
from support.local_prover import is_valid, real_backend
from support.openpgp_forge import ENCRYPTED_DATA, LITERAL, KeyParts, Sealed, literal, packet, packet_in_pieces
from support.recorded_steps import development_deployment
from support.vectors import vector_path
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.attestation.verifier import verify_document
from tee_rex.errors import AttestationError, InputError, TeeRexError
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt, encrypt
from tee_rex.openpgp.armor import armor
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PLAINTEXT = bytes(range(256)) * 6
_LIMIT = 4096
_BATCH = 1000
_LOW_ORDER = (
    bytes([1]) + bytes(31),
    bytes([1]) + bytes(30) + b"\x80",
    bytes(32),
    bytes(31) + b"\x80",
    b"\xec" + b"\xff" * 30 + b"\x7f",
    b"\xee" + b"\xff" * 30 + b"\x7f",
)
"""Ed25519 points: the identity in both signs, and others of a small order."""
_MAX_SECONDS = 1.0
"""Of the processor for one input."""
_MAX_BYTES = 200_000_000
"""That a process may grow by while it reads hostile inputs."""

Judge: TypeAlias = Callable[[random.Random], str]
"""Makes one hostile input, hands it over, and returns the fault, empty if it was held off."""


def _judged(make: Callable[[], Judge], seed: int, count: int) -> tuple[int, Counter[str], float, int]:
    """In a process of its own: tries, faults, the longest time of one input, and the memory grown by."""
    judge = make()
    chance = random.Random(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(count):
        begin = time.thread_time()
        try:
            fault = judge(chance)
        except Exception as error:  # noqa: BLE001  # whatever comes out is what is looked for
            fault = f"{type(error).__name__} came out"
        seconds = time.thread_time() - begin
        slowest = max(slowest, seconds)
        fault = fault or ("slower than a second" if seconds > _MAX_SECONDS else "")
        if fault:
            faults[fault] += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return count, faults, slowest, grown


def judge_many(record: Record, make: Callable[[], Judge], full: int) -> None:
    """Try random inputs on all cores; ``make`` must be a module's function."""
    count = record.count(full, least=200)
    sizes = [min(_BATCH, count - at) for at in range(0, count, _BATCH)]
    slowest, grown = 0.0, 0
    with ProcessPoolExecutor() as pool:
        for tries, faults, seconds, size in pool.map(partial(_judged, make), range(len(sizes)), sizes):
            record.merge(tries, faults)
            slowest, grown = max(slowest, seconds), max(grown, size)
    record.notes.append(f"slowest {slowest:.2f} s, {grown / 1e6:.0f} MB")
    if grown > _MAX_BYTES:
        record.faults[f"more than {_MAX_BYTES / 1e6:.0f} MB"] += 1


def _messages() -> Judge:
    key = PrivateKey.generate("TEE-Rex", _NOW)
    public = key.public_key
    sealed = Sealed(public, packet_in_pieces(LITERAL, b"b\x05steps" + bytes(4) + _PLAINTEXT, [9, 9]))
    messages = [
        bytes(encrypt(public, _PLAINTEXT)),
        sealed.head + packet_in_pieces(ENCRYPTED_DATA, sealed.body, [9, 9]),
        packet(1, b"\6\0") * 7 + sealed.message(),
    ]
    inner = literal(_PLAINTEXT, file_name=b"steps")

    def judge(chance: random.Random) -> str:
        inside = chance.random() < 0.2
        message = (
            Sealed(public, mutant(chance, inner) or b"\0").message()
            if inside
            else mutant(chance, chance.choice(messages))
        )
        with suppress(InputError):
            content = bytes(decrypt(key, message, max_plaintext=_LIMIT))
            if not inside and content != _PLAINTEXT:
                return "changed content was accepted"
            if len(content) > _LIMIT:
                return "more content than the limit"
        return ""

    return judge


def _keys() -> Judge:
    parts = KeyParts()
    good = PublicKey.parse_armored(armor(parts.packets()), at=_NOW)

    def judge(chance: random.Random) -> str:
        hostile = (
            armor(mutant(chance, good.packets))
            if chance.random() < 0.6
            else mutant(chance, good.armored().encode())
        )
        with suppress(InputError):
            key = PublicKey.parse_armored(hostile, at=_NOW)
            if (key.fingerprint, key.user_id, key.subkey) != (good.fingerprint, good.user_id, good.subkey):
                return "a changed key was accepted"
        return ""

    return judge


def _steps() -> Judge:
    sample = ExecutionSteps.from_bytes(development_deployment())
    small = msgspec.msgpack.encode(
        [
            {
                "bytecode": gzip.compress(bytes(100)),
                "witness": gzip.compress(bytes(100)),
                "vk": step.verification_key,
                "functionName": step.function_name,
            }
            for step in sample.steps
        ]
    )

    def judge(chance: random.Random) -> str:
        with suppress(InputError):
            ProofRequest.recognised(ExecutionSteps.from_bytes(mutant(chance, small)))
        return ""

    return judge


def _openpgp_messages(record: Record) -> None:
    judge_many(record, _messages, 150_000)


def _openpgp_keys(record: Record) -> None:
    judge_many(record, _keys, 40_000)
    for point in _LOW_ORDER:
        try:
            PublicKey.parse_armored(armor(KeyParts(certifier=_LowOrderKey(point)).packets()), at=_NOW)  # type: ignore[arg-type]
        except InputError:
            record.expect(True, "")
        else:
            record.expect(False, "a primary key of low order was accepted")


class _LowOrderKey:
    """In place of an Ed25519 key: under the identity point its signatures verify for any content."""

    def __init__(self, point: bytes) -> None:
        self._point = point

    def public_key(self) -> _LowOrderKey:
        return self

    def public_bytes_raw(self) -> bytes:
        return self._point

    def sign(self, _digest: bytes) -> bytes:
        return bytes([1]) + bytes(63)


def _openpgp_crafted(record: Record) -> None:
    run_tests(record, "tests/core/openpgp")


def _flipped(name: str, positions: Iterable[int], change: int) -> tuple[int, Counter[str]]:
    path = vector_path("nitro") / f"{name}.bin"
    document = path.read_bytes()
    at = datetime.fromtimestamp(json.loads(path.with_suffix(".json").read_text())["timestamp_ms"] / 1000, UTC)
    root = aws_nitro_root()
    genuine = verify_document(document, root, at)
    tries, faults = 0, Counter[str]()
    for position in positions:
        changed = bytearray(document)
        changed[position] ^= 1 + (change + position) % 255
        tries += 1
        try:
            if verify_document(bytes(changed), root, at).content != genuine.content:
                faults["a changed document was accepted"] += 1
        except AttestationError:
            pass
        except Exception as error:  # noqa: BLE001  # whatever comes out is what is looked for
            faults[f"{type(error).__name__} came out"] += 1
    return tries, faults


def _attestation_flips(record: Record) -> None:
    folder = vector_path("nitro")
    genuine = sorted(path.stem for path in folder.glob("*.json") if "cape" not in path.name)
    with ProcessPoolExecutor() as pool:
        parts = []
        for number, name in enumerate(genuine):
            size = (folder / f"{name}.bin").stat().st_size
            step = max(1, round(1 / min(1.0, record.scale)))
            for change in range(2 if record.scale >= 1 else 1):
                positions = range((number * 7) % step, size, step)
                parts.append(pool.submit(_flipped, name, positions, change * 100))
        for part in parts:
            record.merge(*part.result())
    record.notes.append(f"{len(genuine)} documents that AWS signed")


def _attestation_resigned(record: Record) -> None:
    run_tests(
        record,
        *(f"tests/core/attestation/test_{part}.py" for part in ("cbor", "chain", "document", "verifier")),
        *(["tests/core/attestation/test_genuine_documents.py"] if "TEE_REX_VECTORS" in os.environ else []),
    )


def _attestation_policy(record: Record) -> None:
    run_tests(
        record,
        *(f"tests/core/attestation/test_{part}.py" for part in ("examination", "provers", "report")),
        "tests/core/remote/test_attacks.py",
        "tests/core/remote/test_attestation.py",
    )


def _steps_read(record: Record) -> None:
    judge_many(record, _steps, 100_000)


def _steps_proved(record: Record) -> None:
    """Witnesses and bytecode changed before compression, given to the real bb."""
    asyncio.run(_prove_mutants(record, record.count(223, least=2)))


async def _prove_mutants(record: Record, count: int) -> None:
    codes: Counter[str] = Counter()
    for seed in range(count):
        chance = random.Random(seed)
        steps = msgspec.msgpack.decode(development_deployment())
        step = steps[-1 if seed % 2 else chance.randrange(len(steps))]
        part = chance.choice(("witness", "bytecode"))
        step[part] = gzip.compress(mutant(chance, gzip.decompress(step[part])), mtime=0)
        backend = real_backend()
        try:
            request = ProofRequest.recognised(ExecutionSteps.from_bytes(msgspec.msgpack.encode(steps)))
            result = await backend.prove(request, ignore_events)
        except TeeRexError as error:
            codes[error.code] += 1
            record.expect(error.code != "INTERNAL", "told as a bug")
        else:
            codes["proved"] += 1
            valid = await is_valid(result.proof, request)
            record.expect(valid and result.verified, "a proof that does not verify was returned")
        finally:
            await backend.close()
    record.notes.append(", ".join(f"{count} {code}" for code, count in codes.most_common()))


ATTACKS = (
    Attack("openpgp-messages", "OpenPGP messages changed at random", _openpgp_messages),
    Attack("openpgp-keys", "OpenPGP keys changed at random, and keys of low order", _openpgp_keys),
    Attack("openpgp-crafted", "OpenPGP messages and keys made to deceive", _openpgp_crafted),
    Attack("attestation-flips", "bytes changed in genuine attestation documents", _attestation_flips),
    Attack(
        "attestation-resigned", "documents and chains made to deceive and signed again", _attestation_resigned
    ),
    Attack("attestation-policy", "genuine enclaves that are not the expected one", _attestation_policy),
    Attack("steps-read", "execution steps changed at random", _steps_read),
    Attack("steps-proved", "changed witnesses and bytecode, given to bb", _steps_proved),
)
