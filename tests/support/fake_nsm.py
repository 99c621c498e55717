"""A Nitro Secure Module of our own: real CBOR, real registers, documents signed by a ``FakeNitro``.

It stands in for ``NsmDevice``: request bytes in, answer bytes out, by the rules of AWS's nsm-api and
of QEMU's device.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import cbor2

from support.nitro_fake import PRODUCTION_PCRS, FakeNitro

LOCKED_PCRS = 16


class FakeNsm:
    """The device of an enclave that booted on ``nitro``.

    pcrs: what was measured; the first 16 are locked, as in every enclave, and stand in documents.
    requests: those that came, decoded.
    """

    def __init__(self, nitro: FakeNitro, *, pcrs: Mapping[int, bytes] = PRODUCTION_PCRS) -> None:
        self.nitro = nitro
        self.pcrs = {index: bytes(48) for index in range(LOCKED_PCRS)} | dict(pcrs)
        self.requests: list[Any] = []

    def __call__(self, request: bytes) -> bytes:
        decoded = cbor2.loads(request)
        self.requests.append(decoded)
        name, fields = next(iter(decoded.items())) if isinstance(decoded, dict) else (decoded, {})
        answers: dict[str, Callable[..., dict[str, Any]]] = {
            "Attestation": self._attestation,
            "GetRandom": lambda: {"random": os.urandom(256)},
        }
        if name not in answers:
            return cbor2.dumps({"Error": "InvalidOperation"})
        return cbor2.dumps({name: answers[name](**fields)})

    def _attestation(
        self, public_key: bytes | None, user_data: bytes | None, nonce: bytes | None
    ) -> dict[str, bytes]:
        document = self.nitro.document(
            pcrs=dict(sorted(self.pcrs.items())),
            public_key=public_key,
            user_data=user_data,
            nonce=nonce,
            timestamp=datetime.now(UTC),
        )
        return {"document": document}
