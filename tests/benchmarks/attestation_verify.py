"""How long one attestation document takes to verify, with every check of the first step."""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime

from support.vectors import vector_path
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.attestation.verifier import verify_document

_ROUNDS = 20


def measure() -> dict[str, float]:
    """Milliseconds a document, each in its best round: the median over all genuine ones, and the slowest."""
    root = aws_nitro_root()
    best = []
    for described in sorted(vector_path("nitro").glob("*.json")):
        about = json.loads(described.read_bytes())
        if (about["user_data"]["size"] or 0) > 512:
            continue  # genuine, but out of AWS's own limits, and so refused before any signature
        document = described.with_suffix(".bin").read_bytes()
        made_at = datetime.fromtimestamp(about["timestamp_ms"] / 1000, UTC)
        rounds = []
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            verify_document(document, root, made_at)
            rounds.append((time.perf_counter() - start) * 1000)
        best.append(min(rounds))
    return {
        "attestation_verify_ms": statistics.median(best),
        "attestation_verify_slowest_ms": max(best),
        "documents": len(best),
    }
