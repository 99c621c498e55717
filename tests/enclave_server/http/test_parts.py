"""Jobs whose steps follow in parts: what a client holds of the server meanwhile, and afterwards."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
import pytest

from enclave_server.http.test_routes import connecting_to, refusal
from support.local_prover import deployment_request
from support.proving_server import BINARY, LIMITS, GatedBackend, eventually, settle, small_api
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_REFUSED
from tee_rex.openpgp import encrypt
from tee_rex.transaction import steps as steps_module
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.steps import ExecutionStep
from tee_rex.wire.protocol import PROOFS_PATH, StreamOpening, StreamPart, steps_path
from tee_rex_server.http import routes
from tee_rex_server.http.routes import Api
from tee_rex_server.proving.service import ServiceLimits

DEPLOYMENT = deployment_request()
STEPS = DEPLOYMENT.steps.steps
KINDS = [*DEPLOYMENT.steps.kinds]


@dataclass
class Client:
    """Opens a job and sends its parts by hand."""

    http: httpx2.AsyncClient
    api: Api
    backend: GatedBackend
    job: str = ""
    secret: bytes = bytes(range(32))

    async def open(self) -> None:
        opening = StreamOpening(str(DEPLOYMENT.version), None, DEPLOYMENT.setup, KINDS, self.secret)
        answer = await self.http.post(
            PROOFS_PATH,
            content=bytes(encrypt(self.api.key.private.public_key, opening.to_bytes())),
            headers=BINARY,
        )
        assert answer.status_code == 202
        self.job = answer.json()["id"]

    def part(self, number: int, *indices: int, last: bool = False) -> bytes:
        content = StreamPart(
            self.secret, number, KINDS, [STEPS[index].to_bytes() for index in indices], last=last
        )
        return bytes(encrypt(self.api.key.private.public_key, content.to_bytes()))

    async def send(self, content: bytes | AsyncIterator[bytes]) -> httpx2.Response:
        return await self.http.post(steps_path(self.job), content=content, headers=BINARY)

    async def ended(self) -> str | None:
        """The code of the error with which the job has ended; None: of a proof."""
        await eventually(lambda: self.api.jobs.find(self.job).state.ended)
        await settle()
        error = self.api.jobs.find(self.job).error
        return None if error is None else error.code


class _HoldingBackend(GatedBackend):
    """As bb's session, holds a step when it fails."""

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        _step = await request.steps.step(0)
        return await super().prove(request, listener)


@asynccontextmanager
async def opened(limits: ServiceLimits = LIMITS) -> AsyncIterator[Client]:
    backend = _HoldingBackend()
    api = small_api(backend, limits=limits)
    async with connecting_to(api) as http:
        client = Client(http, api, backend)
        await client.open()
        yield client


async def _unsent(client: Client, until: asyncio.Event) -> AsyncIterator[bytes]:
    yield client.part(0, 0)[:10]
    await until.wait()


async def test_a_part_takes_no_memory_of_a_job_that_has_ended() -> None:
    async with opened() as client:
        assert (await client.send(b"garbage")).status_code == 400
        assert await client.ended() == "DECRYPTION_FAILED"
        assert client.api.service._bytes == 0
        for _ in range(3):
            assert refusal(await client.send(client.part(0, 0))) == (400, "DECRYPTION_FAILED")
        assert client.api.service._bytes == 0


async def test_a_job_that_ends_while_a_part_is_read_leaves_no_memory_taken() -> None:
    async with opened() as client:
        arriving = asyncio.Event()
        sending = asyncio.create_task(client.send(_unsent(client, arriving)))
        await eventually(lambda: client.api.service._bytes > routes.MIN_UPLOAD_BYTES)
        await client.api.jobs.cancel(client.job)
        assert client.api.service._bytes == 0
        arriving.set()
        assert (await sending).status_code == 400
        assert client.api.service._bytes == 0


async def test_a_part_counts_what_it_has() -> None:
    """Not the most that one without a length may have."""
    async with opened() as client:
        before, content = client.api.service._bytes, client.part(0, 0)

        async def chunked() -> AsyncIterator[bytes]:
            yield content

        assert (await client.send(chunked())).status_code == 204
        assert client.api.service._bytes == before + len(content)
        assert (await client.send(client.part(1, 1))).status_code == 204
        assert client.api.service._bytes == before + len(content) + len(client.part(1, 1))


async def test_a_client_has_no_memory_for_parts_that_wait_for_its_others() -> None:
    async with opened() as client:
        arriving = asyncio.Event()
        sending = [asyncio.create_task(client.send(_unsent(client, arriving))) for _ in range(9)]
        for _ in range(5):
            await settle()
        assert 0 < client.api.service._bytes <= routes.MAX_UPLOAD_BYTES_PER_CLIENT + 1000
        arriving.set()
        await asyncio.gather(*sending)


async def test_a_part_that_finds_no_room_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(LIMITS, request_memory=3_000_000)
    async with opened(limits) as client:
        with client.api.service.admit(limits.request_memory - 1000):
            assert refusal(await client.send(client.part(0, 0))) == (429, "QUEUE_FULL")
        monkeypatch.setattr(routes, "UPLOAD_TURN_SECONDS", 0.01)
        monkeypatch.setattr(client.api.uploading, "_most", 0)
        assert refusal(await client.send(client.part(0, 0))) == (429, "QUEUE_FULL")
        monkeypatch.undo()
        assert (await client.send(client.part(0, 0))).status_code == 204
        client.backend.gate.set()
        assert await client.ended() is None


async def test_an_opening_alone_holds_no_prover(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as client:
        await settle()
        assert (client.api.service._admitted, client.api.service.busy) == (1, 0)
        assert (await client.send(client.part(0))).status_code == 204
        await settle()
        assert client.api.service.busy == 0
        assert (await client.send(client.part(1, 0))).status_code == 204
        await settle()
        assert client.api.service.busy == 1
    monkeypatch.setattr(steps_module, "STEP_SECONDS", 0.1)
    async with opened() as client:
        assert await client.ended() == "STEPS_STOPPED"
        assert client.api.service._admitted == 0


async def test_a_part_tells_why_the_job_has_failed() -> None:
    async with opened() as client:
        assert (await client.send(client.part(0, 0))).status_code == 204
        client.backend.error = BB_REFUSED(activity=message("working"))
        client.backend.gate.set()
        assert await client.ended() == "BB_REFUSED"
        assert refusal(await client.send(client.part(1, 1))) == (400, "BB_REFUSED")


def _held() -> dict[int, object]:
    gc.collect()
    return {id(one): one for one in gc.get_objects() if isinstance(one, ExecutionStep | StreamPart)}


@pytest.mark.parametrize("failing", ["its part", "its proof"])
async def test_no_step_stays_of_a_job_that_has_failed(failing: str) -> None:
    """Neither in the job nor in the traceback of the error that is kept for later parts."""
    before = _held()
    async with opened() as client:
        assert (await client.send(client.part(0, 0, 1))).status_code == 204
        if failing == "its part":
            assert (await client.send(client.part(1, 2, last=True))).status_code == 400
        client.backend.error = BB_REFUSED(activity=message("working"))
        client.backend.gate.set()
        await client.ended()
        client.backend.error = None
        assert _held().keys() == before.keys()
