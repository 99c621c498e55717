"""The client and our own server together, on a real socket."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from support.errors import raises, raises_with
from support.fake_tee import FakeTee
from support.local_prover import deployment_request, mock_request, real_installation
from support.patience import PATIENCE
from support.proving_server import GatedBackend, eventually, published_key, server_process, serving, small_api
from support.recorded_steps import genuine_deployment, mock_transaction
from support.remote_client import PHASES, now, remote_backend
from tee_rex.errors.catalogue.transaction import PROOF_INVALID_FROM_SERVER
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.remote import jobs as jobs_api
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import KeyTrust, TrustOnFirstUse
from tee_rex.transaction.events import CircuitStarted, ProofEvent, QueuePosition, ignore_events
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.steps import ExecutionSteps

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]


@pytest.fixture
def known(tmp_path: Path) -> KeyTrust:
    return TrustOnFirstUse(KnownServers(tmp_path / "known-servers.json"), now)


@pytest.fixture(autouse=True)
def time_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is the client's promise; these tests show that cancelling reaches even a slow server."""
    monkeypatch.setattr(jobs_api, "CANCEL_SECONDS", PATIENCE)


def proving(url: str, known: KeyTrust) -> asyncio.Task[ProofResult]:
    return asyncio.create_task(remote_backend(url, known).prove(deployment_request(), ignore_events))


@pytest.mark.parametrize(
    ("request_of", "digest"),
    [
        pytest.param(deployment_request, "faaab500", marks=pytest.mark.soak),
        (mock_request, "9069540b"),
    ],
)
async def test_a_real_proof_in_tee_mode(request_of: Callable[[], ProofRequest], digest: str) -> None:
    tee = FakeTee()
    request = request_of()
    prover = LocalBackend(real_installation(), LocalOptions(threads=2))
    events: list[ProofEvent] = []
    async with serving(small_api(prover, tee=tee, versions=())) as url:
        result = await remote_backend(url, tee.trust(), real_installation()).prove(request, events.append)
    assert (result.mode, result.verified) == (ProvingMode.TEE, True)
    assert [timing.phase for timing in result.timings.phases] == PHASES
    names = request.steps.function_names
    circuits = [event for event in events if isinstance(event, CircuitStarted)]
    assert circuits == [CircuitStarted(index, len(names), name) for index, name in enumerate(names)]
    assert tuple(timing.name for timing in result.timings.circuits) == names
    assert all(timing.accumulate_ms > 0 for timing in result.timings.circuits)
    assert result.timings.final_proof_ms is not None
    assert result.timings.final_proof_ms < result.timings.prove_ms < result.timings.total_ms
    assert result.bb is not None
    assert result.bb.sha256.startswith(digest)
    assert result.attestation is not None
    assert result.attestation.expected_code is True


def test_a_real_proof_by_the_command_in_remote_mode(tmp_path: Path) -> None:
    steps, proof = tmp_path / "steps", tmp_path / "proof"
    steps.write_bytes(mock_transaction())
    tee_rex = Path(sys.executable).with_name("tee-rex")
    with server_process() as server:
        with httpx2.Client(base_url=server.url, trust_env=False) as http:
            fingerprint = published_key(http).fingerprint
        done = subprocess.run(
            [
                *(tee_rex, "prove", steps, "--out", proof, "--json", "--aztec-version", "5.2.0"),
                *("--url", server.url, "--server-key", fingerprint),
            ],
            capture_output=True,
            timeout=500,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    assert (report["mode"], report["verified"], report["attestation"]) == ("remote", True, None)
    assert [phase["name"] for phase in report["phases"]] == PHASES
    assert (report["bb"], report["claimed_bb_version"], report["aztec_version"]) == (None, "5.0.0", "5.2.0")
    assert len(report["circuits"]) == 7
    assert report["proof"]["bytes"] == proof.stat().st_size
    shown = done.stderr.decode()
    assert "The server's operator, and whoever terminates its TLS, could read the witness." in shown
    assert "7/7 hiding" in shown


async def test_a_false_proof_is_refused(known: KeyTrust) -> None:
    liar = GatedBackend()
    liar.gate.set()
    async with serving(small_api(liar)) as url:
        with raises(PROOF_INVALID_FROM_SERVER):
            await remote_backend(url, known, real_installation()).prove(deployment_request(), ignore_events)


async def test_the_queue_position_is_reported(known: KeyTrust) -> None:
    prover = GatedBackend()
    api = small_api(prover)
    events: list[ProofEvent] = []
    async with serving(api) as url:
        first = proving(url, known)
        await eventually(lambda: prover.proving)
        second = proving(url, known)
        await eventually(lambda: api.service.queued == 1)
        third = asyncio.create_task(remote_backend(url, known).prove(deployment_request(), events.append))
        await eventually(lambda: any(isinstance(event, QueuePosition) for event in events))
        prover.gate.set()
        results = await asyncio.gather(first, second, third)
    assert [result.verified for result in results] == [None] * 3
    assert next(event.position for event in events if isinstance(event, QueuePosition)) == 1


@pytest.mark.parametrize("queued", [False, True])
async def test_cancelling_frees_the_server_at_once(queued: bool, known: KeyTrust) -> None:
    prover = GatedBackend()
    api = small_api(prover)
    async with serving(api) as url:
        tasks = [proving(url, known)]
        await eventually(lambda: prover.proving)
        if queued:
            tasks.append(proving(url, known))
            await eventually(lambda: api.service.queued)
        cancelled = tasks.pop()
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert (prover.proving, api.service.queued) == ((1, 0) if queued else (0, 0))
        prover.gate.set()
        await asyncio.gather(*tasks)
        await remote_backend(url, known).prove(deployment_request(), ignore_events)


async def test_events_and_polling_lead_to_the_same_proof(
    known: KeyTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    prover = GatedBackend()
    prover.gate.set()
    async with serving(small_api(prover)) as url:
        listened = await remote_backend(url, known).prove(deployment_request(), ignore_events)
        monkeypatch.setattr(jobs_api, "MAX_EVENTS_BYTES", 0)
        polled = await remote_backend(url, known).prove(deployment_request(), ignore_events)
    assert listened.proof == polled.proof
    assert listened.timings.prove_ms == polled.timings.prove_ms


async def test_a_restarted_server_has_another_key_and_is_refused(known: KeyTrust) -> None:
    prover = GatedBackend()
    prover.gate.set()
    api = small_api(prover)
    async with serving(api) as url:
        await remote_backend(url, known).prove(deployment_request(), ignore_events)
        object.__setattr__(api, "key", small_api(prover).key)
        with raises_with("SERVER_KEY_CHANGED"):
            await remote_backend(url, known).prove(deployment_request(), ignore_events)


async def test_a_refusal_of_the_server_shows_its_reason(known: KeyTrust) -> None:
    request = ProofRequest.recognised(ExecutionSteps.from_bytes(genuine_deployment()))
    async with serving(small_api(GatedBackend())) as url:
        with raises_with("NOT_SERVED", match="does not prove such transactions"):
            await remote_backend(url, known).prove(request, ignore_events)
