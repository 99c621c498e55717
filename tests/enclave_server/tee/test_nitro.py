from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cryptography import x509

from support.errors import raises, raises_code
from support.fake_nsm import FakeNsm
from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import AttestationPolicy
from tee_rex.attestation.examination import (
    UntrustedAttestation,
    VerifiedAttestation,
    examine,
    new_nonce,
)
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.errors import AttestationError, ErrorKind
from tee_rex.errors.catalogue import attestation as errors
from tee_rex_server.errors.serving import NSM_REFUSED
from tee_rex_server.tee.nsm import Nsm
from tee_rex_server.tee.providers import NitroProvider, StandardProvider

_NITRO = FakeNitro(datetime.now(UTC))
_BUILD = ExpectedPcrs(PRODUCTION_PCRS[0], PRODUCTION_PCRS[1], PRODUCTION_PCRS[2])
_PROVERS = [Prover("4.1.2", "ab" * 32)]
_KEY = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"


def _verify(
    document: bytes,
    nonce: bytes,
    *,
    root: x509.Certificate = _NITRO.root,
    key_beside: bytes = _KEY,
    manifest: bytes | None = None,
    allowed: list[Prover] = _PROVERS,
    build: ExpectedPcrs = _BUILD,
) -> VerifiedAttestation:
    policy = AttestationPolicy(builds=(build,), provers=frozenset(allowed))
    untrusted = UntrustedAttestation(document, key_beside, manifest)
    return examine(untrusted, policy, nonce=nonce, root=root, at=datetime.now(UTC)).require()


async def _document(
    nonce: bytes, *, pcrs: Mapping[int, bytes] = PRODUCTION_PCRS, provers: list[Prover] = _PROVERS
) -> tuple[bytes, bytes | None]:
    user_data, manifest = encode_provers(provers)
    provider = NitroProvider(Nsm(FakeNsm(_NITRO, pcrs=pcrs)))
    return await provider.attest(public_key=_KEY, user_data=user_data, nonce=nonce), manifest


async def test_a_client_accepts_the_document() -> None:
    nonce = new_nonce()
    document, manifest = await _document(nonce)
    verified = _verify(document, nonce)
    assert manifest is None
    assert verified.public_key == _KEY
    assert verified.provers == tuple(_PROVERS)
    assert verified.document.content.pcrs == PRODUCTION_PCRS


async def test_more_than_four_provers_are_sent_in_a_manifest() -> None:
    nonce = new_nonce()
    provers = [Prover(f"4.1.{patch}", f"{patch:064x}") for patch in range(5)]
    document, manifest = await _document(nonce, provers=provers)
    assert manifest is not None
    assert _verify(document, nonce, manifest=manifest, allowed=provers).provers == tuple(provers)
    with raises_code(errors.PROVER_NOT_ALLOWED):
        _verify(document, nonce, manifest=manifest.replace(b"4.1.0", b"4.1.9"), allowed=provers)


async def test_a_document_of_another_authority_fails_against_amazons_root() -> None:
    nonce = new_nonce()
    document, _ = await _document(nonce)
    with raises_code(errors.CHAIN_FAILED):
        _verify(document, nonce, root=aws_nitro_root())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"nonce": new_nonce()}, errors.NONCE_MISMATCH),
        ({"key_beside": b"another key"}, errors.KEY_MISMATCH),
        ({"allowed": []}, errors.PROVER_NOT_ALLOWED),
        ({"build": ExpectedPcrs(PRODUCTION_PCRS[1])}, errors.PCR_MISMATCH),
    ],
)
async def test_a_client_refuses_what_its_policy_does_not_allow(
    changes: dict[str, object], error: ErrorKind[AttestationError]
) -> None:
    nonce = new_nonce()
    document, _ = await _document(nonce)
    with raises_code(error):
        _verify(document, **({"nonce": nonce} | changes))  # type: ignore[arg-type]  # one of several


async def test_a_client_refuses_an_enclave_in_debug_mode() -> None:
    nonce = new_nonce()
    document, _ = await _document(nonce, pcrs=DEBUG_PCRS)
    with raises_code(errors.DEBUG_MODE):
        _verify(document, nonce)


@pytest.mark.parametrize(("field", "most"), [("public_key", 1024), ("user_data", 512), ("nonce", 512)])
async def test_lengths_are_checked_before_the_device_is_asked(field: str, most: int) -> None:
    device = FakeNsm(_NITRO)
    provider = NitroProvider(Nsm(device))
    fields = {"public_key": b"k", "user_data": None, "nonce": None}
    with pytest.raises(ValueError, match=field):
        await provider.attest(**(fields | {field: b"x" * (most + 1)}))  # type: ignore[arg-type]
    assert not device.requests
    await provider.attest(**(fields | {field: b"x" * most}))  # type: ignore[arg-type]
    assert len(device.requests) == 1


async def test_the_devices_refusal_is_raised() -> None:
    provider = NitroProvider(Nsm(lambda _request: b"\xa1\x65Error\x6dInternalError"))
    with raises(NSM_REFUSED):
        await provider.attest(public_key=b"k", user_data=None, nonce=None)


class _SlowDevice:
    """Answers when ``release`` is set; counts its concurrent requests."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.release = threading.Event()
        self.at_once = 0
        self.most_at_once = 0
        self._device = FakeNsm(_NITRO)

    def __call__(self, request: bytes) -> bytes:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.asked.set()
        self.release.wait(10)
        self.at_once -= 1
        return self._device(request)


async def test_the_device_is_asked_in_a_thread_one_at_a_time() -> None:
    device = _SlowDevice()
    provider = NitroProvider(Nsm(device))
    asking = [
        asyncio.create_task(provider.attest(public_key=b"%d" % n, user_data=None, nonce=None))
        for n in range(4)
    ]
    await asyncio.to_thread(device.asked.wait, 10)  # so the loop runs while the device is busy
    device.release.set()
    assert len(set(await asyncio.gather(*asking))) == 4
    assert device.most_at_once == 1


async def test_a_cancelled_caller_leaves_no_thread_and_no_lock() -> None:
    device = _SlowDevice()
    provider = NitroProvider(Nsm(device))
    cancelled = asyncio.create_task(provider.attest(public_key=b"k", user_data=None, nonce=None))
    await asyncio.to_thread(device.asked.wait, 10)
    cancelled.cancel()
    await asyncio.sleep(0)
    assert not cancelled.done()
    device.release.set()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert device.at_once == 0
    assert await provider.attest(public_key=b"k", user_data=None, nonce=None)


async def test_the_standard_provider_attests_nothing() -> None:
    assert await StandardProvider().attest(public_key=b"k", user_data=None, nonce=b"n") is None
