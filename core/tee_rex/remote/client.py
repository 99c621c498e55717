"""The remote and the TEE mode: proofs made by a server, verified here."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Final, Self

from tee_rex.crs.crs import MIN_POINTS
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.transaction import PROOF_INVALID_FROM_SERVER
from tee_rex.errors.tree import (
    BbCorruptError,
    BbNotPinnedError,
    BbUnavailableHereError,
    TicketReturnedError,
)
from tee_rex.http_client.answers import MAX_ERROR_BYTES, refusal
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.retries import NO_ANSWER, Retries
from tee_rex.local.session import BbSession
from tee_rex.openpgp import encrypt
from tee_rex.remote.jobs import JobsApi
from tee_rex.remote.original import OriginalApi
from tee_rex.remote.tickets import Ticket, takes_tickets
from tee_rex.system.threads import read_in_thread, run_both, usable_cores
from tee_rex.transaction.events import Phase, PhaseClock, ProofTimings
from tee_rex.transaction.request import ProofResult, ProverBackend
from tee_rex.transaction.steps import InflationLimit
from tee_rex.wire.protocol import (
    PROOFS_PATH,
    STREAM_SECRET_BYTES,
    StreamOpening,
    StreamPart,
)

if TYPE_CHECKING:
    from types import TracebackType

    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.local.installation import Installation
    from tee_rex.remote.api import MadeProof, ProvingApi
    from tee_rex.remote.trust import KeyTrust, TrustedKey
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.generations import StepKind
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.steps import ExecutionStep, ExecutionSteps

DEFAULT_RETRIES: Final = Retries()

HEAD_START_SECONDS: Final = 1.0
"""Lets the server's bb start first, which may run on this machine too; no proof takes less."""


class RemoteBackend(ProverBackend):
    """Proves on one server. The witness leaves this machine only encrypted to the key that ``trust`` gives.

    1. Serialize the steps, if they have all arrived. Where the server is a fleet's dispatcher, take a ticket,
       and wait for the prover whose interface the next steps use.
    2. Ask ``trust`` for the server's key; what it refuses ends the proof, without a fallback.
    3. Encrypt the steps to that key. Those that are still being made follow in parts, each encrypted, where
       the server takes parts (ADR 37); else they are awaited.
    4. Have the server prove, by TEE-Rex's interface or, where the server lacks it, by the original's.
    5. Verify the proof with the bb of this machine, which starts while the server proves.

    The mode is that of ``trust``.
    """

    def __init__(
        self,
        server: ServerUrl,
        trust: KeyTrust,
        installation: Installation,
        *,
        retries: Retries = DEFAULT_RETRIES,
        trust_env: bool = False,
        token: str | None = None,
    ) -> None:
        """installation: of the bb that verifies. trust_env: whether to use the environment's proxies.

        token: by which a fleet knows its clients.
        """
        self._server = server
        self._trust = trust
        self._installation = installation
        self._retries = retries
        self._trust_env = trust_env
        self._token = token

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        """Have one proof made, and verify it.

        Raises an InputError for steps whose parts do not inflate, an AttestationError, the errors of
        ``errors.catalogue.servers``, PROOF_INVALID, and what verifying can raise. Cancelling it ends the
        proof at the server too, which takes a second at most.
        """
        phases = PhaseClock(listener)
        serialized = await self._serialized(request.steps, phases) if request.steps.complete else None
        async with ServerConnection.open(
            self._server, trust_env=self._trust_env, token=self._token
        ) as connection:
            if not await self._retries.run(lambda: takes_tickets(connection), NO_ANSWER, listener):
                return await self._prove(connection, request, serialized, phases)
            async with Ticket.taken(connection, request, self._retries, phases) as ticket:
                while True:
                    prover = await ticket.ready()
                    try:
                        return await self._prove(prover, request, serialized, phases)
                    except TicketReturnedError:
                        continue  # the next prover has another key

    async def _prove(
        self,
        connection: ServerConnection,
        request: ProofRequest,
        serialized: bytes | None,
        phases: PhaseClock,
    ) -> ProofResult:
        """Steps 2 to 5, at one prover. serialized: the steps; None for those that are still being made."""
        listener = phases.listener
        phases.begin(Phase.FETCH_ATTESTATION)
        key = await self._retries.run(
            lambda: self._trust.key(connection, request, listener), NO_ANSWER, listener
        )
        api = await self._retries.run(lambda: self._api(connection), NO_ANSWER, listener)
        stream = None
        if serialized is None and await self._retries.run(api.streams, NO_ANSWER, listener):
            stream = EncryptedStream(request, key)
        elif serialized is None:
            serialized = await self._serialized(request.steps, phases)
        phases.begin(Phase.ENCRYPT)
        message = await read_in_thread(
            lambda: (
                stream.opening()
                if stream is not None
                else encrypt(key.public_key, api.plaintext(request, serialized or b"", key.bb))
            )
        )
        parts = None if stream is None else stream.parts()
        async with ProofVerifier(self._installation, request, listener) as verifier:
            made = await api.prove(message, request, phases, parts)
            phases.begin(Phase.VERIFY)
            verified = await verifier.verify(made.proof)
            if verified is False:
                raise PROOF_INVALID_FROM_SERVER(host=self._server.base.host)
            phases.end()
            timings = _timings(made, phases)
        return ProofResult(
            proof=made.proof,
            mode=self._trust.mode,
            setup=request.setup,
            version=request.version,
            bb=key.bb,
            verified=verified,
            timings=timings,
            peak_memory_bytes=None,
            attestation=key.attestation,
            claimed_bb=made.bb if key.bb is None else None,
        )

    async def close(self) -> None:
        """Does nothing: no resource is held between proofs."""

    @staticmethod
    async def _serialized(steps: ExecutionSteps, phases: PhaseClock) -> bytes:
        phases.end()
        await steps.ended()
        phases.begin(Phase.SERIALIZE)
        serialized, _ = await run_both(read_in_thread(steps.to_bytes), read_in_thread(steps.check_inflation))
        return serialized

    async def _api(self, connection: ServerConnection) -> ProvingApi:
        """TEE-Rex's own interface if the server knows its route, which answers a GET with 405."""
        answer = await connection.exchange("GET", PROOFS_PATH, limit=MAX_ERROR_BYTES)
        if answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
            return JobsApi(connection, self._retries)
        if answer.status == HTTPStatus.NOT_FOUND:
            return OriginalApi(connection, self._retries)
        raise refusal(answer)


def _timings(made: MadeProof, phases: PhaseClock) -> ProofTimings:
    return ProofTimings(
        circuits=made.circuits,
        final_proof_ms=made.final_proof_ms,
        prove_ms=phases.spent_ms(Phase.PROVING) if made.prove_ms is None else made.prove_ms,
        total_ms=phases.total_ms,
        phases=phases.timings,
        restarts=made.restarts,
    )


class EncryptedStream:
    """The messages of steps that are still being made: an opening, then parts as the steps arrive.

    Each is encrypted by itself. A random secret that only opening and parts contain, and the parts' numbers,
    bind them to each other and to their order.
    """

    def __init__(self, request: ProofRequest, key: TrustedKey) -> None:
        """key: what to encrypt to."""
        self._request = request
        self._key = key
        self._secret = secrets.token_bytes(STREAM_SECRET_BYTES)
        self._kinds = request.steps.kinds

    def opening(self) -> bytearray:
        """The message that opens the job."""
        request, bb = self._request, self._key.bb
        opening = StreamOpening(
            str(request.version),
            None if bb is None else bytes.fromhex(bb.sha256),
            request.setup,
            [*self._kinds],
            self._secret,
        )
        return encrypt(self._key.public_key, opening.to_bytes())

    async def parts(self) -> AsyncIterator[bytearray]:
        """The messages with the steps; raises as ``ExecutionSteps.step`` and ``InflationLimit``."""
        steps, limit = self._request.steps, InflationLimit()
        kinds, sent = self._kinds, 0
        for part in count():
            await steps.news(sent, kinds)
            kinds, new, last = steps.kinds, steps.steps[sent:], steps.complete
            sent += len(new)
            yield await read_in_thread(partial(self._sealed, part, kinds, new, limit, last=last))
            if last:
                return

    def _sealed(
        self,
        part: int,
        kinds: Sequence[StepKind],
        steps: Sequence[ExecutionStep],
        limit: InflationLimit,
        *,
        last: bool,
    ) -> bytearray:
        for step in steps:
            limit.check(step)
        content = StreamPart(self._secret, part, [*kinds], [step.to_bytes() for step in steps], last=last)
        return encrypt(self._key.public_key, content.to_bytes())


class ProofVerifier:
    """A bb that verifies one proof, started while the server proves; leaving the context ends it."""

    def __init__(self, installation: Installation, request: ProofRequest, progress: ProgressListener) -> None:
        """progress: of downloads, where the installation may download what is missing."""
        self._installation = installation
        self._request = request
        self._progress = progress
        self._wanted = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._starting = asyncio.create_task(self._start())
        return self

    async def verify(self, proof: ChonkProof) -> bool | None:
        """Whether the proof is valid under the steps' final key; None where bb or its CRS is unavailable.

        Raises a ProvingError or UnusableEnvironmentError when bb fails, BbCorruptError when its file is not
        the pinned bb.
        """
        self._wanted.set()
        try:
            session = await asyncio.shield(self._starting)
            if session is None:
                return None
            return await session.verify(proof, self._request.steps.final_verification_key)
        except BbUnavailableHereError:  # this processor lacks what bb is compiled for
            return None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        starting = self._starting
        starting.cancel()
        try:
            await asyncio.wait([starting])
        finally:
            if starting.done() and not starting.cancelled() and starting.exception() is None:
                session = starting.result()
                if session is not None:
                    await session.close()

    async def _start(self) -> BbSession | None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), HEAD_START_SECONDS)
        request = self._request
        try:
            command = await self._installation.bb(request.version, request.setup, self._progress)
            crs = await self._installation.crs(request.setup, MIN_POINTS, self._progress)
        except BbCorruptError:
            raise
        except (UnusableEnvironmentError, BbNotPinnedError):
            return None
        return await BbSession.start(
            command,
            crs,
            threads=usable_cores(),
            grumpkin_folder=self._installation.paths.data,
        )
