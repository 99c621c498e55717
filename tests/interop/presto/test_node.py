"""Presto's client in Node against our listeners: what it does with each answer."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from support.bb_command_line import BbCommandLine
from support.browser_listener import HeldProver, approvals_in, listening, requests
from support.local_prover import real_installation
from support.noir_circuits import V5, body_of, request_of, witness_of
from support.patience import PATIENCE
from support.presto import PrestoClient
from support.proving_server import eventually
from support.recorded_steps import development_deployment, mock_transaction
from support.scripted_server import SOME_PROOF
from tee_rex.browser.approvals import Approvals
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import MAX_IN_FLIGHT, MAX_OF_ORIGIN
from tee_rex.browser.routes import MAX_BODY_BYTES
from tee_rex.browser.sites import Readers, SiteStore
from tee_rex.browser.ultra_honk import HeadlessCircuits
from tee_rex.errors.catalogue import browser as errors
from tee_rex.errors.catalogue import http
from tee_rex.errors.catalogue.system import TOO_MANY_OPEN_FILES
from tee_rex.local.backend import LocalOptions
from tee_rex.local.ultra_honk import UltraHonkProver, VerifierTarget
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = pytest.mark.integration

PAGE = "https://app.example"
BUSY = "fallback transient"


@pytest.fixture
def client(presto: Path) -> PrestoClient:
    return PrestoClient(presto)


@pytest.fixture
def certificates(tmp_path: Path) -> CertificateFolder:
    folder = CertificateFolder(tmp_path / "https")
    folder.write(Certificates.make(datetime.now(UTC)))
    assert folder.read() is not None
    return folder


class Refusing(Approvals):
    """Refuses every website with one error."""

    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(SiteStore.in_folder(folder), None, now=lambda: datetime.now(UTC), clock=monotonic)
        self._error = error

    async def admit(self, origin: Origin, readers: Readers, *, local: bool = False) -> None:
        raise self._error


ROWS: dict[str, tuple[Exception, str]] = {
    "invalid_request": (errors.INVALID_REQUEST(), "throws PrestoHttpError 400 invalid_request"),
    "body_read_timeout": (http.BODY_READ_TIMEOUT(received=1), BUSY),
    "too_many_origins": (errors.TOO_MANY_ORIGINS(limit=10), BUSY),
    "origin_queue_full": (errors.ORIGIN_QUEUE_FULL(origin=PAGE, most=4), BUSY),
    "download_budget": (errors.DOWNLOAD_BUDGET_EXHAUSTED(minutes=10, version="4.1.2"), BUSY),
    "download_failed": (errors.DOWNLOAD_FAILED(version="4.1.2"), BUSY),
    "service_unavailable": (errors.SERVICE_UNAVAILABLE(), BUSY),
    "of this machine": (TOO_MANY_OPEN_FILES(), BUSY),
    "a bug": (RuntimeError("a bug"), BUSY),
}


@pytest.mark.parametrize("row", ROWS)
async def test_what_a_refusal_makes_of_the_client(client: PrestoClient, tmp_path: Path, row: str) -> None:
    """The answers that a client cannot cause by itself; the others follow."""
    error, reaction = ROWS[row]
    async with listening(HeldProver(), Refusing(tmp_path, error)) as running:
        assert (await client.prove(running.listeners, b"", origin=PAGE)).short == reaction


async def test_what_it_asks_for_decides(client: PrestoClient, tmp_path: Path) -> None:
    async with listening(HeldProver(), approvals_in(tmp_path)) as running:
        wrong, unknown, malformed, large, nowhere, denied = await asyncio.gather(
            client.prove(running.listeners, b"", version="4..1"),
            client.prove(running.listeners, b"", version="9.9.9"),
            client.prove(running.listeners, b"not steps"),
            client.prove(running.listeners, bytes(MAX_BODY_BYTES + 1)),
            client.prove(running.listeners, b"", origin="null"),
            client.prove(running.listeners, b"", origin=PAGE),
        )
    assert wrong.short == "throws PrestoHttpError 400 invalid_version"
    assert wrong.message.startswith("Invalid Aztec version: ")
    assert (unknown.short, unknown.phase) == ("fallback version-mismatch", "version-mismatch")
    assert malformed.short == BUSY
    assert large.short == BUSY
    assert nowhere.short == "throws PrestoHttpError 400 invalid_origin"
    assert (denied.short, denied.phase) == ("fallback denied", "denied")
    assert "availableVersions" in malformed.status
    assert "availableVersions" not in denied.status
    (failed,) = running.log.named("proof failed")
    assert failed["code"] == "STEPS_MALFORMED"


async def test_denied_then_cooling_down(client: PrestoClient, tmp_path: Path) -> None:
    async def deny(_question: object) -> bool:
        return False

    async with listening(HeldProver(), approvals_in(tmp_path, deny)) as running:
        reactions = [await client.prove(running.listeners, b"", origin=PAGE) for _ in range(2)]
    assert [reaction.short for reaction in reactions] == ["fallback denied", "fallback cooldown"]
    assert [reaction.phase for reaction in reactions] == ["denied", ""]


async def test_not_answered(client: PrestoClient, tmp_path: Path) -> None:
    async def wait(_question: object) -> bool:
        return await asyncio.Event().wait()

    async with listening(HeldProver(), approvals_in(tmp_path, wait, answer_seconds=0.1)) as running:
        assert (await client.prove(running.listeners, b"", origin=PAGE)).short == "fallback denied"
    assert running.log.named("refused")[0]["code"] == "AUTHORIZATION_TIMEOUT"


async def test_closed_while_it_is_asked(client: PrestoClient, tmp_path: Path) -> None:
    shown = asyncio.Event()

    async def wait(_question: object) -> bool:
        shown.set()
        return await asyncio.Event().wait()

    approvals = approvals_in(tmp_path, wait)
    async with listening(HeldProver(), approvals) as running:
        proving = asyncio.create_task(client.prove(running.listeners, b"", origin=PAGE))
        await asyncio.wait_for(shown.wait(), PATIENCE)
        approvals.withdraw_questions()
        assert (await proving).short == "fallback denied"
    assert running.log.named("refused")[0]["code"] == "AUTHORIZATION_CANCELLED"


async def test_too_many_at_once(client: PrestoClient, tmp_path: Path) -> None:
    async with (
        listening(HeldProver(), approvals_in(tmp_path)) as running,
        requests(running, MAX_IN_FLIGHT + 1),
    ):
        await eventually(lambda: running.log.named("refused"))
        assert (await client.prove(running.listeners, mock_transaction(), version=None)).short == BUSY
    assert {refused["code"] for refused in running.log.named("refused")} == {"PROVE_QUEUE_FULL"}


async def test_too_many_of_one_page(client: PrestoClient, tmp_path: Path) -> None:
    async def wait(_question: object) -> bool:
        return await asyncio.Event().wait()

    approvals = approvals_in(tmp_path, wait)
    async with (
        listening(HeldProver(), approvals) as running,
        requests(running, MAX_OF_ORIGIN + 1, PAGE),
    ):
        await eventually(lambda: running.log.named("refused"))
        assert (await client.prove(running.listeners, b"", origin=PAGE)).short == BUSY
        refused = running.log.named("refused")
        approvals.withdraw_questions()
    assert {one["code"] for one in refused} == {"TOO_MANY_REQUESTS"}


async def test_stopped_during_its_proof(client: PrestoClient, tmp_path: Path) -> None:
    prover = HeldProver()
    async with listening(prover, approvals_in(tmp_path)) as running:
        proving = asyncio.create_task(client.prove(running.listeners, mock_transaction(), version=None))
        await eventually(lambda: prover.waiting)
        running.task.cancel()
        assert (await proving).short == BUSY


@pytest.mark.parametrize("protocol", ["http", "https"])
async def test_a_proof(
    client: PrestoClient, certificates: CertificateFolder, tmp_path: Path, protocol: str
) -> None:
    tls = certificates.server_context()
    async with listening(HeldProver(at_once=True), approvals_in(tmp_path), tls=tls) as running:
        proof = await client.prove(
            running.listeners,
            development_deployment(),
            https_only=protocol == "https",
            authority=certificates.authority_file if protocol == "https" else None,
        )
    assert (proof.kind, proof.status["protocol"]) == ("native", protocol)
    assert proof.phases == ["detect", "serialize", "transmit", "proving", "proved", "receive"]
    assert base64.b64decode(proof.body["proof"]) == SOME_PROOF.to_wire()
    assert proof.durationMs == running.log.named("proof")[0]["prove_ms"]


async def test_circuits(client: PrestoClient, certificates: CertificateFolder, tmp_path: Path) -> None:
    """What the adapter for Noir sends, and what it reads of the answer."""
    tls, installation = certificates.server_context(), real_installation()
    circuits = HeadlessCircuits(
        UltraHonkProver(installation, LocalOptions(2)), 300.0, TrustedSetup.DEVELOPMENT
    )
    square, folder = request_of("square", VerifierTarget.EVM_NO_ZK), tmp_path / "bb"
    folder.mkdir()
    written = (await BbCommandLine.of(V5, folder)).prove(square)
    prove = partial(client.prove, version="5.0.0", scheme="ultra_honk")
    async with listening(
        HeldProver(), approvals_in(tmp_path, None, PAGE), installation, tls=tls, circuits=circuits
    ) as running:
        proof = await prove(
            running.listeners,
            body_of(square),
            origin=PAGE,
            https_only=True,
            authority=certificates.authority_file,
        )
        wrong = await prove(
            running.listeners, body_of(replace(square, witness=witness_of("square_plus_one")))
        )
        target = await prove(running.listeners, body_of(square, verifier_target="plonk"))
        malformed = await prove(running.listeners, b"{}")
        unknown = await prove(running.listeners, body_of(square), version="4.9.9")
    assert (proof.kind, proof.status["schemes"]) == ("native", ["chonk", "ultra_honk"])
    (logged,) = running.log.named("circuit proof")
    assert proof.durationMs == logged["prove_ms"]
    read = {
        name: base64.b64decode(proof.body[name], validate=True) for name in ("proof", "public_inputs", "vk")
    }
    assert read == {"proof": written.proof, "public_inputs": written.public_inputs, "vk": written.key}
    assert wrong.short == BUSY
    assert target.short == "throws PrestoHttpError 400 invalid_verifier_target"
    assert malformed.short == "throws PrestoHttpError 400 invalid_request"
    assert unknown.short == "fallback version-mismatch"


async def test_circuits_where_none_are_proved(client: PrestoClient, tmp_path: Path) -> None:
    async with listening(HeldProver(), approvals_in(tmp_path)) as running:
        reaction = await client.prove(running.listeners, b"{}", scheme="ultra_honk")
    assert reaction.short == "fallback scheme-unsupported"


async def test_https_that_is_not_trusted(
    client: PrestoClient, certificates: CertificateFolder, tmp_path: Path
) -> None:
    tls = certificates.server_context()
    async with listening(HeldProver(), approvals_in(tmp_path), tls=tls) as running:
        reaction = await client.prove(running.listeners, b"", https_only=True)
    assert reaction.short == "fallback secure-connection-unavailable"
    assert reaction.status["diagnosis"] == "tls-or-trust-failure"


async def test_https_that_is_off(client: PrestoClient, tmp_path: Path) -> None:
    async with listening(HeldProver(), approvals_in(tmp_path)) as running:
        reaction = await client.prove(running.listeners, b"", https_only=True)
    assert reaction.short == "fallback secure-connection-unavailable"
    assert reaction.status["diagnosis"] == "https-disabled"
