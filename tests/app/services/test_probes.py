"""Services probed over real sockets: what is shown of responses and of failures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from support.app_window import approved_build
from support.local_prover import deployment_request, real_installation
from support.scripted_node import GENUINE_ROOT, NODE_INFO, V5_ROOT
from support.scripted_server import ScriptedServer
from tee_rex.attestation.checks import MAX_AGE
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.bb.pins import BbPins
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.revocations import Revocations
from tee_rex_app.model.attestation import AttestationRules
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.services import probes
from tee_rex_app.services.probes import ServiceProbe

pytestmark = pytest.mark.integration


@asynccontextmanager
async def answering(status: int, body: bytes, header: str = "") -> AsyncIterator[str]:
    """A server that gives the same response to every request; yields its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if "content-length: " in head:
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        lines = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{header}\r\n"
        writer.write(lines.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def node(version: str) -> bytes:
    return json.dumps({"result": NODE_INFO | {"nodeVersion": version, "realProofs": True}}).encode()


def health(*versions: str) -> bytes:
    return json.dumps({"status": "ok", "available_versions": versions}).encode()


def rules() -> AttestationRules:
    """The rules of a new user: no build is approved."""
    return AttestationRules(
        builds=(),
        provers=AllowedProvers.pinned(BbPins.shipped()),
        root=aws_nitro_root(),
        now=lambda: datetime.now(UTC),
        nonce_required=True,
        max_age=MAX_AGE,
    )


async def asked(name: ServiceName, address: str) -> ServiceState:
    probe = ServiceProbe(deployment_request(), real_installation())
    ask: dict[ServiceName, Callable[[ServiceState], Coroutine[None, None, ServiceState]]] = {
        ServiceName.NODE: probe.node,
        ServiceName.REMOTE: probe.remote,
    }
    if name is ServiceName.TEE:
        return (await probe.tee(ServiceState(name, ServiceStatus.CHECKING, address), rules()))[0]
    return await ask[name](ServiceState(name, ServiceStatus.CHECKING, address))


@pytest.mark.parametrize(
    ("name", "status", "body", "found", "words"),
    [
        (ServiceName.NODE, 200, node("4.1.2"), ServiceStatus.READY, "31337 · proofs required · genuine"),
        (ServiceName.NODE, 200, node("4.4.0"), ServiceStatus.READY, "Aztec 4.4.0 · chain 31337"),
        (ServiceName.NODE, 200, node("5.0.0"), ServiceStatus.WRONG_VERSION, "keys are those of v4"),
        (ServiceName.NODE, 200, node("7.0.0"), ServiceStatus.WRONG_VERSION, "but not 7.0.0"),
        (ServiceName.NODE, 200, node("\x1b[2J"), ServiceStatus.UNREACHABLE, "\N{REPLACEMENT CHARACTER}[2J"),
        (ServiceName.NODE, 200, b"[]", ServiceStatus.UNREACHABLE, "not a node's"),
        (ServiceName.REMOTE, 200, health("4.1.2"), ServiceStatus.READY, "Aztec 4.1.2"),
        (ServiceName.REMOTE, 200, health("x", "7.0.0", "4.4.0"), ServiceStatus.READY, "x, 7.0.0, 4.4.0"),
        (ServiceName.REMOTE, 200, health("5.0.0", "6.1.0"), ServiceStatus.WRONG_VERSION, "needs v4"),
        (ServiceName.REMOTE, 503, b"", ServiceStatus.UNREACHABLE, "503"),
        (ServiceName.REMOTE, 200, b"\xff" * 300_000, ServiceStatus.UNREACHABLE, "more than"),
        (ServiceName.TEE, 200, b"{}", ServiceStatus.UNREACHABLE, "Malformed"),
        (ServiceName.TEE, 404, b"", ServiceStatus.UNREACHABLE, "404"),
    ],
)
async def test_a_response_becomes_a_status(
    name: ServiceName, status: int, body: bytes, found: ServiceStatus, words: str
) -> None:
    async with answering(status, body, f"x-aztec-l2CircuitsVkTreeRoot: {GENUINE_ROOT}\r\n") as address:
        service = await asked(name, address)
    assert (service.status, service.address) == (found, address)
    assert words in service.detail


@pytest.mark.parametrize(
    ("version", "root", "found", "words"),
    [
        ("5.2.0", V5_ROOT, ServiceStatus.READY, "5.2.0 · chain 31337 · proofs required · genuine setup"),
        ("4.1.2", "", ServiceStatus.INCOMPLETE, "header x-aztec-l2CircuitsVkTreeRoot"),
        ("6.1.0", "0x" + "0" * 64, ServiceStatus.WRONG_VERSION, "no digest for bb 6.1.0"),
        ("4.1.2", "0x" + "0" * 64, ServiceStatus.WRONG_VERSION, "does not know"),
    ],
)
async def test_a_node_that_this_release_has_no_wallet_or_keys_for(
    version: str, root: str, found: ServiceStatus, words: str
) -> None:
    async with answering(200, node(version), f"x-aztec-l2CircuitsVkTreeRoot: {root}\r\n") as address:
        service = await asked(ServiceName.NODE, address)
    assert service.status is found
    assert words in service.detail
    assert service.versions == (version,)


async def test_nothing_listens() -> None:
    async with answering(200, b"") as address:
        pass
    assert (await asked(ServiceName.NODE, address)).status is ServiceStatus.UNREACHABLE


async def test_a_server_that_never_responds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "ANSWER_SECONDS", 0.2)

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        service = await asked(ServiceName.REMOTE, address)
        await asyncio.sleep(0.05)  # until the connection is closed on both sides
    assert service.status is ServiceStatus.UNREACHABLE
    assert "0.2 seconds" in service.detail


async def test_an_invalid_address() -> None:
    assert (await asked(ServiceName.REMOTE, "ftp://x")).status is ServiceStatus.UNREACHABLE


async def test_an_enclave_with_a_revoked_bb_is_refused_as_its_proof_would_be(enclave: ScriptedServer) -> None:
    assert enclave.nitro is not None
    nitro, revoked = enclave.nitro, Revocations(1, frozenset(one.sha256 for one in enclave.provers))
    allowing = replace(rules(), builds=(approved_build(),), root=nitro.root)
    probe = ServiceProbe(deployment_request(), real_installation())
    async with enclave.serving() as url:
        service = ServiceState(ServiceName.TEE, ServiceStatus.CHECKING, url)
        found, _ = await probe.tee(service, allowing)
        assert found.status is ServiceStatus.READY
        found, _ = await probe.tee(service, replace(allowing, revocations=lambda: revoked))
    assert found.status is ServiceStatus.REFUSED
    assert found.problem is not None
    assert found.problem.code == "PROVER_NOT_ALLOWED"
