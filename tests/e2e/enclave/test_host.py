"""The whole way: client, host (``tee-rex-server proxy``), vsock, enclave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from support.built_image import BuiltImage
from support.errors import raises_code
from support.host_process import HostProcess, host_process
from support.local_prover import deployment_request, mock_request, real_installation
from support.nitro_emulator import EMULATED, PATIENCE_SECONDS, EmulatorTools, NitroEmulator
from support.nitro_fake import FakeNitro
from support.proving_server import eventually
from support.recorded_steps import mock_transaction
from support.remote_client import now
from support.signing_front import signing_front
from support.vsock_http import ask, ready_health
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.bb.pins import BbPins
from tee_rex.errors.catalogue.attestation import INVALID_COSE, PCR_MISMATCH
from tee_rex.errors.catalogue.servers import CIRCUIT_TOO_LARGE
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.openpgp import PublicKey
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.trust import AttestedKey
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.events import CircuitStarted, Phase, PhaseStarted, ProofEvent
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.web.clients import MAX_PER_CLIENT
from tee_rex.wire.control import INVENTORY_PATH, bb_path
from tee_rex.wire.protocol import HEALTH_PATH, PUBLIC_KEY_PATH
from tee_rex_server.vsock import CONTROL_PORT, HTTP_PORT

pytestmark = [*EMULATED, pytest.mark.asyncio(loop_scope="module")]

VERSIONS = ["4.1.2", "5.0.0"]


def trust(root: object, *builds: ExpectedPcrs) -> AttestedKey:
    """TEE mode as the app composes it, with another root where it is not AWS's."""
    return AttestedKey(builds, AllowedProvers.pinned(BbPins.shipped()), root, now)  # type: ignore[arg-type]


def build_of(image: BuiltImage) -> ExpectedPcrs:
    return ExpectedPcrs(image.pcr(0), image.pcr(1), image.pcr(2))


async def health_of(url: str) -> dict[str, object]:
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
        answer = await client.get(HEALTH_PATH)
    assert answer.status_code == 200, answer.text
    health: dict[str, object] = answer.json()
    return health


async def published_key(url: str) -> PublicKey | None:
    """None while the host does not reach the enclave."""
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
        answer = await client.get(PUBLIC_KEY_PATH)
    if answer.status_code == 503:
        return None
    return PublicKey.parse_armored(answer.json()["publicKey"], at=now())


async def until(condition: Callable[[], Awaitable[object]], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.2)


async def ready(url: str) -> dict[str, object]:
    """Health, when the host has an enclave that can prove."""

    async def is_ready() -> object:
        return (await health_of(url))["ready"]

    await until(is_ready, seconds=PATIENCE_SECONDS)
    return await health_of(url)


@asynccontextmanager
async def proving(
    host: HostProcess, image: BuiltImage, moment: Callable[[ProofEvent], bool], request: ProofRequest
) -> AsyncIterator[None]:
    """A proof in the attested enclave that has come to ``moment``; its client cancels it after the block."""
    nitro = FakeNitro(now(), module_id="tee-rex")
    events: list[ProofEvent] = []
    async with signing_front(host.url, nitro) as url:
        backend = RemoteBackend(ServerUrl.parse(url), trust(nitro.root, build_of(image)), real_installation())
        task = asyncio.create_task(backend.prove(request, events.append))
        await eventually(lambda: task.done() or any(map(moment, events)), seconds=PATIENCE_SECONDS)
        assert not task.done(), task.exception()
        yield
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_health_tells_host_and_enclave_apart(host: HostProcess) -> None:
    health = await ready(host.url)
    assert health["enclave"] == "ok"
    assert health["status"] == "ok"
    assert health["available_versions"] == VERSIONS
    assert [enclave["state"] for enclave in health["enclaves"]] == ["ok"]  # type: ignore[attr-defined]


async def test_two_hundred_requests_on_all_connections_of_a_client(host: HostProcess) -> None:
    async with httpx2.AsyncClient(
        base_url=host.url, timeout=PATIENCE_SECONDS, limits=httpx2.Limits(max_connections=MAX_PER_CLIENT)
    ) as client:
        answers = await asyncio.gather(*(client.get(PUBLIC_KEY_PATH) for _ in range(200)))
    assert [answer.status_code for answer in answers] == [200] * 200
    assert len({answer.text for answer in answers}) == 1


async def test_a_client_sends_nothing_to_an_enclave_whose_documents_are_unsigned(
    host: HostProcess, image: BuiltImage
) -> None:
    await ready(host.url)
    backend = RemoteBackend(
        ServerUrl.parse(host.url), trust(aws_nitro_root(), build_of(image)), real_installation()
    )
    events: list[ProofEvent] = []
    with raises_code(INVALID_COSE):
        await backend.prove(deployment_request(), events.append)
    assert PhaseStarted(Phase.ENCRYPT) not in events


async def test_a_client_refuses_another_image(host: HostProcess, image: BuiltImage) -> None:
    await ready(host.url)
    nitro = FakeNitro(now(), module_id="tee-rex")
    other = ExpectedPcrs(image.pcr(1), image.pcr(1), image.pcr(2))
    async with signing_front(host.url, nitro) as url:
        backend = RemoteBackend(ServerUrl.parse(url), trust(nitro.root, other), real_installation())
        with raises_code(PCR_MISMATCH):
            await backend.prove(deployment_request(), lambda _event: None)


@pytest.mark.parametrize("request_of", [deployment_request, mock_request], ids=["v4", "v5"])
async def test_an_attested_enclave_takes_a_proof_and_gives_it_up_when_the_client_goes(
    host: HostProcess, image: BuiltImage, request_of: Callable[[], ProofRequest]
) -> None:
    await ready(host.url)
    async with proving(host, image, lambda event: isinstance(event, CircuitStarted), request_of()):
        assert (await health_of(host.url))["slots_busy"] == 1

    async def is_idle() -> bool:
        return (await health_of(host.url))["slots_busy"] == 0

    await until(is_idle, seconds=PATIENCE_SECONDS)


async def test_an_attested_enclave_proves_and_its_bb_is_the_attested_one(
    host: HostProcess, image: BuiltImage
) -> None:
    await ready(host.url)
    nitro = FakeNitro(now(), module_id="tee-rex")
    request = mock_request()
    async with signing_front(host.url, nitro) as url:
        backend = RemoteBackend(ServerUrl.parse(url), trust(nitro.root, build_of(image)), real_installation())
        result = await backend.prove(request, lambda _event: None)
    assert result.verified
    assert result.bb is not None
    assert str(result.bb.version) == "5.0.0"


async def test_an_attested_enclave_says_that_it_lacks_the_points_for_a_large_circuit(
    host: HostProcess, image: BuiltImage
) -> None:
    await ready(host.url)
    nitro = FakeNitro(now(), module_id="tee-rex")
    request = ProofRequest.recognised(ExecutionSteps.from_bytes(mock_transaction(reset="large-reset")))
    async with signing_front(host.url, nitro) as url:
        backend = RemoteBackend(ServerUrl.parse(url), trust(nitro.root, build_of(image)), real_installation())
        with raises_code(CIRCUIT_TOO_LARGE, match="262,144 rows; the server proves up to 131,072"):
            await backend.prove(request, lambda _event: None)


async def test_a_restarted_enclave_has_another_key_and_the_same_measurements(
    host: HostProcess, enclave: NitroEmulator, image: BuiltImage
) -> None:
    await ready(host.url)
    before = await published_key(host.url)
    assert before is not None
    await enclave.restart()
    await enclave.heartbeat()
    await ready_health(enclave)

    async def has_another_key() -> bool:
        present = await published_key(host.url)
        return present is not None and present.fingerprint != before.fingerprint

    await until(has_another_key, seconds=PATIENCE_SECONDS)
    await ready(host.url)
    async with proving(host, image, lambda event: event == PhaseStarted(Phase.ENCRYPT), deployment_request()):
        pass


async def test_only_a_listed_bb_is_taken_and_the_host_brings_it(
    image_without_bb: BuiltImage, tools: EmulatorTools
) -> None:
    pins = BbPins.shipped()
    digest = pins.digest(pins.default_version, TrustedSetup.DEVELOPMENT, Platform.AMD64_LINUX)
    command = await real_installation().bb(pins.default_version, TrustedSetup.DEVELOPMENT, ignore_progress)
    async with NitroEmulator(image_without_bb.file, tools, memory_mb=2048) as enclave:
        await enclave.heartbeat()
        health = (await ask(await enclave.connect(HTTP_PORT), "GET", HEALTH_PATH)).json()
        assert health["ready"] is False

        refused = await ask(await enclave.connect(CONTROL_PORT), "PUT", bb_path("ab" * 32), b"#!/bin/sh\n")
        assert (refused.status, refused.json()["code"]) == (403, "PROVER_NOT_ALLOWED")
        other = b"\0" + command.executable.path.read_bytes()[1:]
        refused = await ask(await enclave.connect(CONTROL_PORT), "PUT", bb_path(digest), other)
        assert (refused.status, refused.json()["code"]) == (403, "PROVER_NOT_ALLOWED")
        inventory = (await ask(await enclave.connect(CONTROL_PORT), "GET", INVENTORY_PATH)).json()
        assert [entry["present"] for entry in inventory["bb"]] == [False, False]

        async with host_process(enclave.address.path) as host:

            async def has_both() -> bool:
                return (await health_of(host.url))["available_versions"] == VERSIONS

            await until(has_both, seconds=PATIENCE_SECONDS)
            assert host.logged("bb uploaded") is not None
        inventory = (await ask(await enclave.connect(CONTROL_PORT), "GET", INVENTORY_PATH)).json()
        assert [entry["present"] for entry in inventory["bb"]] == [True, True]
