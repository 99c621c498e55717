"""A signed image, started: the Nitro Secure Module tells who signed it."""

from __future__ import annotations

import base64
from pathlib import Path

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from support.built_image import BuiltImage
from support.enclave_image import build_development_image
from support.image_signer import certificate_of, signer_files
from support.nitro_emulator import EMULATED, EmulatorTools, NitroEmulator
from support.vsock_http import ask, ready_health
from tee_rex.wire.protocol import ATTESTATION_PATH
from tee_rex_server.image.signature import ImageSigner
from tee_rex_server.vsock import HTTP_PORT

pytestmark = EMULATED


async def test_documents_of_a_signed_image_name_its_signer(
    image: BuiltImage, tools: EmulatorTools, tmp_path: Path
) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    signer = ImageSigner(certificate_of(key), key)
    certificate_file, key_file = signer_files(tmp_path, signer.certificate, key)
    options = ("--signing-certificate", str(certificate_file), "--signing-key", str(key_file))
    signed = build_development_image(tools, tmp_path / "signed", *options)
    assert signed.report.pcrs.pcr8 == signer.pcr8.hex()
    assert [signed.pcr(index) for index in range(3)] == [image.pcr(index) for index in range(3)]
    async with NitroEmulator(signed.file, tools, memory_mb=2048) as enclave:
        await ready_health(enclave)
        answer = await ask(await enclave.connect(HTTP_PORT), "GET", ATTESTATION_PATH)
        document = base64.b64decode(answer.json()["attestationDocument"])
    _protected, _unprotected, payload, _signature = cbor2.loads(document)
    pcrs = cbor2.loads(payload)["pcrs"]
    assert (pcrs[0], pcrs[8]) == (image.pcr(0), signer.pcr8)
