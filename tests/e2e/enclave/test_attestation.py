"""The real image, started: what the Nitro Secure Module measured and says, and what clients make of it."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest

from support.built_image import BuiltImage
from support.enclave_image import probe_image
from support.errors import raises_code
from support.nitro_emulator import EMULATED, PATIENCE_SECONDS, EmulatorTools, NitroEmulator
from support.nitro_fake import FakeNitro
from support.remote_client import now
from support.signing_front import signed
from support.vsock_http import ask, ready_health
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import AttestationPolicy
from tee_rex.attestation.eif import image_pcrs
from tee_rex.attestation.examination import UntrustedAttestation, examine, new_nonce
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.attestation.verifier import verify_document
from tee_rex.bb.pins import BbPins
from tee_rex.errors.catalogue.attestation import INVALID_COSE, NONCE_MISMATCH, PCR_MISMATCH
from tee_rex.openpgp import PublicKey
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.protocol import ATTESTATION_PATH, PUBLIC_KEY_PATH
from tee_rex_server.vsock import HTTP_PORT, LOG_PORT

pytestmark = [*EMULATED, pytest.mark.asyncio(loop_scope="module")]

DEVELOPMENT = TrustedSetup.DEVELOPMENT
MOST_OF_A_CONSOLE = 4096  # the buffer of one that nobody reads: what writes more than that blocks
PROVERS = [
    Prover(version, BbPins.shipped().digest(AztecVersion.parse(version), DEVELOPMENT, Platform.AMD64_LINUX))
    for version in ("4.1.2", "5.0.0")
]


async def attestation(enclave: NitroEmulator, nonce: bytes) -> dict[str, Any]:
    """The enclave's own answer, over vsock, as soon as it can prove."""
    await ready_health(enclave)
    answer = await ask(await enclave.connect(HTTP_PORT), "GET", f"{ATTESTATION_PATH}?nonce={nonce.hex()}")
    assert answer.status == 200, answer.body
    content: dict[str, Any] = answer.json()
    return content


def document_of(answer: dict[str, Any]) -> bytes:
    return base64.b64decode(answer["attestationDocument"])


def policy(image: BuiltImage) -> AttestationPolicy:
    return AttestationPolicy(
        builds=(ExpectedPcrs(image.pcr(0), image.pcr(1), image.pcr(2)),),
        provers=AllowedProvers.pinned(BbPins.shipped()).under(TrustedSetup.DEVELOPMENT, revoked=()),
        aztec_version=AztecVersion(5, 2, 0),  # which the bb of 5.0.0 proves for
    )


async def test_it_says_that_it_runs_and_serves(enclave: NitroEmulator) -> None:
    await enclave.heartbeat()
    assert enclave.heartbeats == [b"\xb7"]
    health = await ready_health(enclave)
    assert health["runtime"]["tee_mode"] == "nitro"


async def test_a_document_holds_the_images_measurements_and_what_was_asked(
    enclave: NitroEmulator, image: BuiltImage
) -> None:
    nonce = new_nonce()
    answer = await attestation(enclave, nonce)
    _protected, _unprotected, payload, signature = cbor2.loads(document_of(answer))
    said = cbor2.loads(payload)
    assert [said["pcrs"][index] for index in range(3)] == [image.pcr(index) for index in range(3)]
    assert said["nonce"] == nonce
    published = (await ask(await enclave.connect(HTTP_PORT), "GET", PUBLIC_KEY_PATH)).json()["publicKey"]
    assert said["public_key"] == published.encode() == answer["publicKey"].encode()
    assert said["user_data"] == encode_provers(PROVERS)[0]
    assert not any(signature)


async def test_a_client_refuses_the_emulators_unsigned_document(enclave: NitroEmulator) -> None:
    document = document_of(await attestation(enclave, new_nonce()))
    with raises_code(INVALID_COSE):
        verify_document(document, aws_nitro_root(), now())


async def test_signed_it_passes_every_check_and_for_another_image_or_nonce_none(
    enclave: NitroEmulator, image: BuiltImage
) -> None:
    nitro = FakeNitro(now(), module_id="tee-rex")
    nonce = new_nonce()
    answer = await attestation(enclave, nonce)
    key = answer["publicKey"].encode()
    untrusted, at = UntrustedAttestation(signed(document_of(answer), nitro), key), now()
    accepted = policy(image)
    verified = examine(untrusted, accepted, nonce=nonce, root=nitro.root, at=at).require()
    assert verified.provers == tuple(PROVERS)
    PublicKey.parse_armored(verified.public_key, at=at)

    with raises_code(NONCE_MISMATCH):
        examine(untrusted, accepted, nonce=new_nonce(), root=nitro.root, at=at).require()
    other = replace(accepted, builds=(ExpectedPcrs(image.pcr(0), image.pcr(1), image.pcr(1)),))
    with raises_code(PCR_MISMATCH):
        examine(untrusted, other, nonce=nonce, root=nitro.root, at=at).require()


async def test_the_module_measured_every_part_and_long_answers_arrive_whole(
    image: BuiltImage, tools: EmulatorTools, tmp_path: Path
) -> None:
    file = tmp_path / "probe.eif"
    expected = image_pcrs(probe_image(image.file, file))
    async with NitroEmulator(file, tools, memory_mb=1024) as probe:
        registers = []
        for index in range(3):
            reader, writer = await probe.connect(HTTP_PORT)
            writer.write(b"%d\n" % index)
            registers.append(bytes.fromhex((await reader.read()).decode()))
            writer.close()
        for size in (1, 30_000, 70_000, 138_049, 1_000_000):
            reader, writer = await probe.connect(HTTP_PORT)
            writer.write(b"bytes %d\n" % size)
            assert await asyncio.wait_for(reader.read(), PATIENCE_SECONDS) == bytes(size)
            writer.close()
    assert registers == [expected.pcr0, expected.pcr1, expected.pcr2]
    assert expected.pcr0 != image.pcr(0)
    assert expected.pcr2 != image.pcr(2)


async def test_its_log_is_read_over_vsock_and_the_console_stays_silent(enclave: NitroEmulator) -> None:
    await ready_health(enclave)
    silent = len(enclave.console)
    reader, writer = await enclave.connect(LOG_PORT)
    events: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "ready" not in events:
            events.append(json.loads(await reader.readline())["event"])
    writer.close()
    assert events[:2] == ["started", "listening"]
    assert "no heartbeat" not in events
    assert len(enclave.console) == silent < MOST_OF_A_CONSOLE
