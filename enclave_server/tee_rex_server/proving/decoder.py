"""Decryption and decoding of request bodies, with the key that clients encrypt to."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tee_rex.errors import TeeRexError
from tee_rex.openpgp import PrivateKey, decrypt
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import MAX_STEPS_BYTES, ExecutionSteps
from tee_rex.web.bodies import BodyForm
from tee_rex.wire.protocol import MAX_MESSAGE_BYTES, ProofPayload, ProveBody
from tee_rex_server.errors.serving import PROVE_BODY_MALFORMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tee_rex.transaction.versions import AztecVersion

_USER_ID = "TEE-Rex prover"
_CLOCK_ALLOWANCE = timedelta(hours=1)
"""OpenPGP.js rejects keys dated after its own clock; a client's clock may be behind by this much."""
_THREADS = 2
"""Bodies decrypted at once; 50 MB take about 0.1 s, and three times their size in memory meanwhile."""


@dataclass(frozen=True, slots=True)
class ServerKey:
    """The key pair that clients encrypt to; it lives only in this process's memory.

    armored: the public half.
    """

    private: PrivateKey = field(repr=False)
    armored: str

    @classmethod
    def generate(cls, now: datetime) -> ServerKey:
        """A new pair; ``now`` has a time zone."""
        private = PrivateKey.generate(_USER_ID, now - _CLOCK_ALLOWANCE)
        return cls(private, private.public_key.armored())

    @property
    def fingerprint(self) -> str:
        """40 lower-case hexadecimal digits, which clients pin."""
        return self.private.public_key.fingerprint


@dataclass(frozen=True, slots=True)
class DecodedRequest:
    """A decrypted request.

    size: length of the plaintext in bytes. decrypt_ms: milliseconds. allowed_bb: SHA-256 (32 bytes) of the
    only bb that the client allows to prove, None for any.
    """

    request: ProofRequest
    size: int
    decrypt_ms: float
    allowed_bb: bytes | None = None


class RequestDecoder:
    """Decrypts and decodes bodies in its own threads, and empties each body as soon as possible."""

    def __init__(self, key: ServerKey) -> None:
        """key: the one that clients encrypt to."""
        self._key = key
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="decode")

    async def decode_steps(
        self, body: bytearray, form: BodyForm, version: AztecVersion | None
    ) -> DecodedRequest:
        """Decode the body of ``POST /prove``; version: the one that the client asserts.

        Raises BODY_MALFORMED, DECRYPTION_FAILED, and an InputError as ExecutionSteps and ProofRequest do.
        """
        return await self._in_thread(partial(self._steps_request, body, form, version))

    async def decode_payload(self, body: bytearray, form: BodyForm) -> DecodedRequest:
        """Decode the body of ``POST /v1/proofs``; raises as :meth:`decode_steps` and ProofPayload do."""
        return await self._in_thread(partial(self._payload_request, body, form))

    def close(self) -> None:
        """Start no more work; bodies being decoded are finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, read: Callable[[], DecodedRequest]) -> DecodedRequest:
        # asyncio puts a thread's future into a reference cycle, which stays in memory until the garbage
        # collector runs: neither its result nor an error's traceback may refer to a transaction.
        outcome: list[DecodedRequest] = []

        def work() -> None:
            try:
                outcome.append(read())
            except TeeRexError as error:
                error.__context__ = None
                raise error.with_traceback(None) from None

        await asyncio.get_running_loop().run_in_executor(self._threads, work)
        return outcome.pop()

    def _steps_request(self, body: bytearray, form: BodyForm, version: AztecVersion | None) -> DecodedRequest:
        plaintext, decrypt_ms = self._decrypt(body, form, MAX_STEPS_BYTES)
        steps = ExecutionSteps.from_bytes(plaintext)
        request = ProofRequest.recognised(steps, asserted_version=version)
        return DecodedRequest(request, len(plaintext), decrypt_ms)

    def _payload_request(self, body: bytearray, form: BodyForm) -> DecodedRequest:
        plaintext, decrypt_ms = self._decrypt(body, form, MAX_MESSAGE_BYTES)
        payload = ProofPayload.from_bytes(plaintext)
        request = ProofRequest.recognised(
            payload.steps, asserted_setup=payload.setup, asserted_version=payload.version
        )
        return DecodedRequest(request, len(plaintext), decrypt_ms, payload.bb_sha256)

    def _decrypt(self, body: bytearray, form: BodyForm, max_plaintext: int) -> tuple[bytearray, float]:
        begin = time.perf_counter()
        message: bytes | bytearray = body
        if form is BodyForm.JSON:
            try:
                message = decode_json(body, ProveBody).data
            except UndecodableError:
                raise PROVE_BODY_MALFORMED() from None
            body.clear()
        plaintext = decrypt(self._key.private, message, max_plaintext=max_plaintext)
        body.clear()
        return plaintext, (time.perf_counter() - begin) * 1000
