"""Noir circuits and their witnesses, as ``tools/noir_circuits`` recorded them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from tee_rex.local.ultra_honk import UltraHonkRequest, VerifierTarget
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

SECRET: Final = hashlib.sha256(b"witness").digest()[:31]
"""What the witness of ``sealed`` holds."""
V4, V5 = AztecVersion.parse("4.1.2"), AztecVersion.parse("5.0.0")


@cache
def _recorded() -> dict[str, dict[str, str]]:
    content = Path(__file__).with_name("recordings") / "noir-circuits.json"
    recorded: dict[str, dict[str, str]] = json.loads(content.read_bytes())
    return recorded


def bytecode_of(circuit: str, version: AztecVersion = V5) -> bytes:
    """A circuit as bb 4 or 5 reads it, gzip'ed."""
    return base64.b64decode(_recorded()[circuit][f"v{version.major}"])


def witness_of(circuit: str) -> bytes:
    """A witness that satisfies the circuit, gzip'ed."""
    return base64.b64decode(_recorded()[circuit]["witness"])


def request_of(
    circuit: str,
    target: VerifierTarget = VerifierTarget.EVM_NO_ZK,
    version: AztecVersion = V5,
    **changes: Any,  # noqa: ANN401  # fields of the request
) -> UltraHonkRequest:
    """A request to prove that circuit under the development setup, with some of its fields changed."""
    fields: dict[str, Any] = {
        "bytecode": bytecode_of(circuit, version),
        "witness": witness_of(circuit),
        "target": target,
        "version": version,
        "setup": TrustedSetup.DEVELOPMENT,
    }
    return UltraHonkRequest(**(fields | changes))


def gzipped(content: bytes) -> bytes:
    """Always the same for the same content."""
    return gzip.compress(content, mtime=0)


def body_of(request: UltraHonkRequest, **changes: object) -> bytes:
    """What a website sends to have it proved, with some fields changed; None: without that field."""
    fields: dict[str, object] = {
        "bytecode": base64.b64encode(request.bytecode).decode(),
        "witness": base64.b64encode(request.witness).decode(),
        "verifier_target": request.target,
    }
    if request.verification_key is not None:
        fields["vk"] = base64.b64encode(request.verification_key).decode()
    return json.dumps({k: v for k, v in (fields | changes).items() if v is not None}).encode()
