"""Decryption and decoding of request bodies, with the key that clients encrypt to."""

from __future__ import annotations

import asyncio
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tee_rex.errors import TeeRexError
from tee_rex.openpgp import PrivateKey, decrypt
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.request import ProofRequest, StreamedRequest
from tee_rex.transaction.steps import MAX_STEPS_BYTES, ExecutionSteps
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.bodies import BodyForm
from tee_rex.wire.protocol import MAX_MESSAGE_BYTES, ProveBody, StreamOpening, StreamPart, read_payload
from tee_rex_server.errors.serving import PART_REFUSED, PROVE_BODY_MALFORMED

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_USER_ID = "TEE-Rex prover"
_CLOCK_ALLOWANCE = timedelta(hours=1)
"""OpenPGP.js rejects keys dated after its own clock; a client's clock may be behind by this much."""
CLIENT_SECONDS = 120.0
"""How long bb waits for the steps of one client in all, and its slot with it."""
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
    only bb that the client allows to prove, None for any. stream: where the steps follow in parts.
    """

    request: ProofRequest
    size: int
    decrypt_ms: float
    allowed_bb: bytes | None = None
    stream: StepsInParts | None = None


class StepsInParts:
    """Steps of one request that follow in parts, each decrypted by itself.

    A part is taken only if it has the secret that opened the stream, which the encryption keeps from
    everybody but that client, and is the next one; anything else ends the proof.
    """

    def __init__(self, opening: StreamOpening) -> None:
        """Raises INVALID_VERSION, AZTEC_GENERATION_UNKNOWN, or as ``ExecutionSteps.announced`` does."""
        version = AztecVersion.parse(opening.aztec_version)
        self._stream = StreamedRequest(opening.kinds, opening.crs, version)
        self.request.steps.patience = CLIENT_SECONDS
        self._secret = opening.stream
        self._next = 0
        self.decrypt_ms = 0.0

    @property
    def request(self) -> ProofRequest:
        """What to prove, of steps that are still to come."""
        return self._stream.request

    def has_secret_of(self, other: StepsInParts) -> bool:
        """Whether both were opened with the same secret: then one of them is a repetition."""
        return hmac.compare_digest(self._secret, other._secret)

    def take(self, part: StreamPart, check: Callable[[ProofRequest], None]) -> None:
        """Add the steps of the next part; raises PART_REFUSED, or as StreamedRequest does.

        check: raises where a step may not be proved here; called before the proof goes on.
        """
        steps = self.request.steps
        steps.require_open()
        is_own = hmac.compare_digest(part.stream, self._secret)
        if not is_own or part.part != self._next or steps.complete:
            raise PART_REFUSED()
        self._next += 1
        if tuple(part.kinds) != steps.kinds:
            self._stream.expect(part.kinds)
        for step in part.steps:
            self._stream.add_bytes(len(steps.steps), step)
            check(self.request)
        if part.last:
            self._stream.end()

    def fail(self, error: TeeRexError) -> None:
        """End the proof with ``error``."""
        self._stream.fail(error)

    def close(self, failure: TeeRexError | None = None) -> None:
        """Forget the steps, whose proof has ended; parts are refused from now on, with its failure if any."""
        self.request.steps.close(failure or PART_REFUSED())


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

    async def decode_part(self, body: bytearray) -> tuple[StreamPart, float]:
        """Decrypt a part of a request's steps, in how many milliseconds.

        Raises DECRYPTION_FAILED or PAYLOAD_MALFORMED.
        """
        return await self._in_thread(partial(self._part, body))

    def close(self) -> None:
        """Start no more work; bodies being decoded are finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, read: Callable[[], T]) -> T:
        # asyncio puts a thread's future into a reference cycle, which stays in memory until the garbage
        # collector runs: neither its result nor an error's traceback may refer to a transaction.
        outcome: list[T] = []

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
        payload = read_payload(plaintext)
        if isinstance(payload, StreamOpening):
            stream = StepsInParts(payload)
            return DecodedRequest(stream.request, len(plaintext), decrypt_ms, payload.bb_sha256, stream)
        request = ProofRequest.recognised(
            payload.steps, asserted_setup=payload.setup, asserted_version=payload.version
        )
        return DecodedRequest(request, len(plaintext), decrypt_ms, payload.bb_sha256)

    def _part(self, body: bytearray) -> tuple[StreamPart, float]:
        plaintext, decrypt_ms = self._decrypt(body, BodyForm.MESSAGE, MAX_MESSAGE_BYTES)
        return StreamPart.from_bytes(plaintext), decrypt_ms

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
