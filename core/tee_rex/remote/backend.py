"""The remote and the TEE mode: proofs made by a server, verified here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tee_rex.http_client.answers import MAX_ERROR_BYTES, refusal
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.retries import NO_ANSWER, Retries
from tee_rex.openpgp import encrypt
from tee_rex.remote.jobs import JobsApi
from tee_rex.remote.local_check import LocalCheck
from tee_rex.remote.original_api import OriginalApi
from tee_rex.system.threads import run_both
from tee_rex.transaction.events import Phase, ProofTimings
from tee_rex.transaction.phase_clock import PhaseClock
from tee_rex.transaction.proof import ProofInvalidError
from tee_rex.transaction.request import ProofResult, ProverBackend
from tee_rex.wire.protocol import PROOFS_PATH

if TYPE_CHECKING:
    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.local.installation import Installation
    from tee_rex.remote.proving_api import MadeProof, ProvingApi
    from tee_rex.remote.trust import KeyTrust
    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.request import ProofRequest

DEFAULT_RETRIES: Final = Retries()

_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405


class RemoteBackend(ProverBackend):
    """Proves on one server. The witness leaves this machine only encrypted to the key that ``trust`` gives.

    The mode is that of ``trust``; what it refuses ends the proof, and there is nothing to fall back to.
    """

    def __init__(
        self,
        server: ServerUrl,
        trust: KeyTrust,
        installation: Installation,
        *,
        retries: Retries = DEFAULT_RETRIES,
        trust_env: bool = False,
    ) -> None:
        """installation: of the bb that verifies here. trust_env: whether the environment's proxies count."""
        self._server = server
        self._trust = trust
        self._installation = installation
        self._retries = retries
        self._trust_env = trust_env

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        """Have one proof made, and verify it.

        Raises an InputError for steps whose parts do not inflate, an AttestationError, what
        ``tee_rex.remote.errors`` holds, ProofInvalidError, and what verifying here can raise. Cancelling it
        ends the proof at the server too, which takes a second at the most.
        """
        phases = PhaseClock(listener)
        phases.begin(Phase.SERIALIZE)
        steps, _ = await run_both(
            asyncio.to_thread(request.steps.to_bytes), asyncio.to_thread(request.steps.check_inflation)
        )
        async with ServerConnection.open(self._server, trust_env=self._trust_env) as connection:
            phases.begin(Phase.FETCH_ATTESTATION)
            key = await self._retries.run(
                lambda: self._trust.key(connection, request, listener), NO_ANSWER, listener
            )
            api = await self._retries.run(lambda: self._api(connection), NO_ANSWER, listener)
            phases.begin(Phase.ENCRYPT)
            message = await asyncio.to_thread(
                lambda: encrypt(key.public_key, api.plaintext(request, steps, key.bb))
            )
            async with LocalCheck(self._installation, request, listener) as check:
                made = await api.prove(message, request, phases)
                phases.begin(Phase.VERIFY)
                verified = await check.valid(made.proof)
                if verified is False:
                    raise ProofInvalidError(
                        f"{self._server.base.host} sent a proof that bb does not accept.",
                        hint="The server is faulty or dishonest: use another one, or prove on this machine.",
                    )
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
        )

    async def close(self) -> None:
        """Nothing is kept between proofs."""

    async def _api(self, connection: ServerConnection) -> ProvingApi:
        """Ours, unless the server does not know its route; a known one takes no GET."""
        answer = await connection.exchange("GET", PROOFS_PATH, limit=MAX_ERROR_BYTES)
        if answer.status == _METHOD_NOT_ALLOWED:
            return JobsApi(connection, self._retries)
        if answer.status == _NOT_FOUND:
            return OriginalApi(connection, self._retries)
        raise refusal(answer)


def _timings(made: MadeProof, phases: PhaseClock) -> ProofTimings:
    return ProofTimings(
        circuits=made.circuits,
        final_proof_ms=made.final_proof_ms,
        prove_ms=phases.spent_ms(Phase.PROVING) if made.prove_ms is None else made.prove_ms,
        total_ms=phases.total_ms,
        phases=phases.timings,
    )
