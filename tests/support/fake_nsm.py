"""A Nitro Secure Module of our own: real CBOR, real registers, documents signed by a ``FakeNitro``.

It stands in the place of ``NsmDevice``: request bytes in, answer bytes out. Its rules are those of AWS's
nsm-api and of QEMU's device.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha384
from typing import Any

import cbor2

from support.nitro_fake import PRODUCTION_PCRS, FakeNitro

MAX_PCRS = 32


def utc_now() -> datetime:
    return datetime.now(UTC)


class FakeNsm:
    """The device of an enclave that booted on ``nitro``.

    pcrs: what was measured; the first 16 are locked, as in every enclave. clock: the time in documents.
    requests: those that came, decoded.
    """

    def __init__(
        self,
        nitro: FakeNitro,
        *,
        pcrs: Mapping[int, bytes] = PRODUCTION_PCRS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.nitro = nitro
        self.pcrs = {index: bytes(48) for index in range(MAX_PCRS)} | dict(pcrs)
        self.locked = set(range(16))
        self.clock = clock
        self.requests: list[Any] = []

    def __call__(self, request: bytes) -> bytes:
        decoded = cbor2.loads(request)
        self.requests.append(decoded)
        name, fields = next(iter(decoded.items())) if isinstance(decoded, dict) else (decoded, {})
        if "index" in fields and fields["index"] >= MAX_PCRS:
            return self._refuse("InvalidIndex")
        if name in ("ExtendPCR", "LockPCR") and fields["index"] in self.locked:
            return self._refuse("ReadOnlyIndex")
        if name == "LockPCR":
            self.locked.add(fields["index"])
            return cbor2.dumps(name)
        answers: dict[str, Callable[..., dict[str, Any]]] = {
            "Attestation": self._attestation,
            "DescribePCR": self._describe_pcr,
            "ExtendPCR": self._extend_pcr,
            "GetRandom": lambda: {"random": os.urandom(256)},
            "DescribeNSM": self._describe,
        }
        if name not in answers:
            return self._refuse("InvalidOperation")
        return cbor2.dumps({name: answers[name](**fields)})

    @staticmethod
    def _refuse(code: str) -> bytes:
        return cbor2.dumps({"Error": code})

    def _attestation(
        self, public_key: bytes | None, user_data: bytes | None, nonce: bytes | None
    ) -> dict[str, bytes]:
        document = self.nitro.document(
            pcrs={index: self.pcrs[index] for index in sorted(self.locked)},
            public_key=public_key,
            user_data=user_data,
            nonce=nonce,
            timestamp=self.clock(),
        )
        return {"document": document}

    def _describe_pcr(self, index: int) -> dict[str, object]:
        return {"data": self.pcrs[index], "lock": index in self.locked}

    def _extend_pcr(self, index: int, data: bytes) -> dict[str, bytes]:
        self.pcrs[index] = sha384(self.pcrs[index] + data).digest()
        return {"data": self.pcrs[index]}

    def _describe(self) -> dict[str, object]:
        return {
            "version_major": 1,
            "version_minor": 0,
            "version_patch": 0,
            "module_id": self.nitro.module_id,
            "max_pcrs": MAX_PCRS,
            "locked_pcrs": sorted(self.locked),
            "digest": "SHA384",
        }
