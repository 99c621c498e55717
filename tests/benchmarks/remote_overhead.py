"""What proving on a server costs besides the proving itself, on loopback, against proving here."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from support.local_prover import deployment_request, real_backend, real_installation
from support.proving_server import server_process
from support.remote_client import now
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import TrustOnFirstUse
from tee_rex.transaction.events import Phase, ignore_events
from tee_rex.transaction.request import ProofResult, ProverBackend

_ROUNDS = 3


async def measure() -> dict[str, float]:
    """Milliseconds: medians of alternating rounds; the server is a process of its own.

    besides_proving: all that the caller waited for, less bb's proving. overhead: by how much that is more
    than with the local prover. before_verifying: without the second check of the proof, which local mode
    does not make, because bb has checked its own.
    """
    local = real_backend()
    here, there = [], []
    with tempfile.TemporaryDirectory() as folder, server_process() as server:
        trust = TrustOnFirstUse(KnownServers(Path(folder, "known-servers.json")), now)
        remote = RemoteBackend(ServerUrl.parse(server.url), trust, real_installation())
        for _ in range(_ROUNDS):
            here.append(await _proof(local))
            there.append(await _proof(remote))
    verify = statistics.median(_phase(result, Phase.VERIFY) for result in there)
    overhead = statistics.median(
        _besides_proving(far) - _besides_proving(near) for near, far in zip(here, there, strict=True)
    )
    return {
        "remote_besides_proving_ms": statistics.median(map(_besides_proving, there)),
        "local_besides_proving_ms": statistics.median(map(_besides_proving, here)),
        "remote_overhead_ms": overhead,
        "remote_overhead_before_verifying_ms": overhead - verify,
        **{
            f"remote_{phase}_ms".replace("-", "_"): statistics.median(
                _phase(result, phase) for result in there
            )
            for phase in (
                *(Phase.SERIALIZE, Phase.FETCH_ATTESTATION, Phase.ENCRYPT, Phase.TRANSMIT, Phase.QUEUE),
                *(Phase.PROVED, Phase.RECEIVE, Phase.VERIFY),
            )
        },
    }


async def _proof(backend: ProverBackend) -> ProofResult:
    return await backend.prove(deployment_request(), ignore_events)


def _besides_proving(result: ProofResult) -> float:
    return result.timings.total_ms - result.timings.prove_ms


def _phase(result: ProofResult, phase: Phase) -> float:
    return next(timing.ms for timing in result.timings.phases if timing.phase is phase)
