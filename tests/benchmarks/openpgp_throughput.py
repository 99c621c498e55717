"""Encrypting and decrypting 50 MB, here and in OpenPGP.js, each in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.openpgpjs import OpenPgpJs
from tee_rex.openpgp import PrivateKey, decrypt, encrypt

MESSAGE_OCTETS = 50_000_000
_ROUNDS = 3
_TESTS = Path(__file__).parents[1]


def measure() -> dict[str, float]:
    """Milliseconds (best of three rounds) and peak memory in bytes, interpreter included.

    Keys ``encrypt_ms``, ``decrypt_ms``, ``peak_bytes``, the same with ``openpgpjs_`` before them, which is
    one round in Node, and ``message_bytes``.
    """
    child = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "PYTHONPATH": str(_TESTS)},
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, float] = {"message_bytes": MESSAGE_OCTETS, **json.loads(child.stdout)}
    openpgpjs = OpenPgpJs.install()
    key = openpgpjs.generate()
    answer = openpgpjs.call(
        "measure",
        secrets.token_bytes(MESSAGE_OCTETS),
        publicKey=key["publicKey"],
        privateKey=key["privateKey"],
    )
    return figures | {f"openpgpjs_{name}": value for name, value in json.loads(answer).items()}


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count what the parent had when it started us
        return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _round(key: PrivateKey) -> tuple[float, float]:
    plaintext = secrets.token_bytes(MESSAGE_OCTETS)
    digest = hashlib.sha256(plaintext).digest()
    start = time.perf_counter()
    message = encrypt(key.public_key, plaintext)
    encrypted = time.perf_counter()
    del plaintext
    again = time.perf_counter()
    content = decrypt(key, message, max_plaintext=MESSAGE_OCTETS)
    decrypted = time.perf_counter()
    assert hashlib.sha256(content).digest() == digest
    return (encrypted - start) * 1000, (decrypted - again) * 1000


def _measure_here() -> dict[str, float]:
    key = PrivateKey.generate("TEE-Rex", datetime.now(UTC) - timedelta(minutes=5))
    encrypt_ms, decrypt_ms = zip(*(_round(key) for _ in range(_ROUNDS)), strict=True)
    return {"encrypt_ms": min(encrypt_ms), "decrypt_ms": min(decrypt_ms), "peak_bytes": _peak_bytes()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure_here()))
