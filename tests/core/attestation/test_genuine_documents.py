"""Documents that AWS's hypervisor made, and bad ones that others published."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from support.vectors import read_vector, vector_path
from tee_rex.attestation.examination import examine_saved
from tee_rex.attestation.roots import AWS_NITRO_ROOT_SHA256, aws_nitro_root
from tee_rex.attestation.verifier import GenuineDocument, verify_document
from tee_rex.errors import AttestationError

PRODUCTION = (
    "base-nitro-validator-2024-11-prod",
    "eternis-2024-07-prod",
    "evervault-2022-10-prod-nonce256",
    "marlin-oyster-2025-04-prod-pcr16-emptyuserdata",
    "nitriding-2022-08-prod-all3fields",
    "signal-svr3-2023-05-prod",
    "tinfoil-2025-01-prod-nofields",
    "tkhq-qos-2022-07-prod-pk800",
    "turnkey-2025-07-prod-indef",
)
DEBUG = ("dstack-2025-12-debug-indef", "fortanix-2021-08-debug")
REFUSED = {
    "cape-2022-09-prod-userdata746": ("INVALID_DOCUMENT", 1_664_379_207_680),
    "negative/eternis-invalid_attestation": ("SIGNATURE_FAILED", 1_721_770_180_771),
    "negative/fortanix-tampered_certificate": ("CHAIN_FAILED", 1_631_182_760_215),
    "negative/fortanix-tampered_signature": ("SIGNATURE_FAILED", 1_631_182_760_215),
    "negative/marlin-custom-root": ("CHAIN_FAILED", 1_734_080_745_008),
    "negative/marlin-custom-root-pcr16": ("CHAIN_FAILED", 1_746_022_043_865),
    "negative/qemu-unsigned": ("INVALID_COSE", 1_795_348_594_000),
    "negative/veracruz-bad_sig": ("SIGNATURE_FAILED", 1_668_034_320_696),
}
"""The code each must end with, examined for its own time."""


def _document(name: str) -> bytes:
    return read_vector(f"nitro/{name}.bin")


def _moment(timestamp_ms: int) -> datetime:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def _described(name: str) -> dict[str, object]:
    described = json.loads(read_vector(f"nitro/{name}.json"))
    assert isinstance(described, dict)
    return described


def _verified(name: str, document: bytes | None = None) -> GenuineDocument:
    timestamp_ms = _described(name)["timestamp_ms"]
    assert isinstance(timestamp_ms, int)
    return verify_document(document or _document(name), aws_nitro_root(), _moment(timestamp_ms))


def test_the_root_is_the_one_that_aws_publishes() -> None:
    from cryptography import x509

    published = x509.load_pem_x509_certificate(read_vector("nitro/aws-nitro-root-g1.pem"))
    assert aws_nitro_root() == published
    assert AWS_NITRO_ROOT_SHA256.upper().startswith("641A0321A3E244EFE456463195D606317ED7CDCC")


def test_every_published_document_is_examined() -> None:
    folder = vector_path("nitro")
    names = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.bin")}
    assert names == {*PRODUCTION, *DEBUG, *REFUSED}


@pytest.mark.parametrize("name", [*PRODUCTION, *DEBUG])
def test_a_genuine_document_is_valid_at_its_own_time(name: str) -> None:
    described = _described(name)
    content = _verified(name).content
    assert content.module_id == described["module_id"]
    assert {
        f"pcr{index}": content.pcrs[index].hex() for index in (0, 1, 2, 3, 4, 8)
    }.items() <= described.items()
    assert list(content.pcrs) == described["pcr_indices"]
    assert _verified(name).debug is described["debug_mode"] is (name in DEBUG)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_document_is_refused_for_its_reason(name: str) -> None:
    code, timestamp_ms = REFUSED[name]
    report = examine_saved(_document(name), (), root=aws_nitro_root(), at=_moment(timestamp_ms)).report()
    assert (report.genuine, report.code) == (False, code)


@pytest.mark.parametrize("name", ["negative/marlin-custom-root", "negative/marlin-custom-root-pcr16"])
def test_a_self_made_chain_is_refused_even_under_its_own_root(name: str) -> None:
    import cbor2
    from cryptography import x509

    own_root = x509.load_der_x509_certificate(cbor2.loads(cbor2.loads(_document(name))[2])["cabundle"][0])
    with pytest.raises(AttestationError) as caught:
        verify_document(_document(name), own_root, _moment(REFUSED[name][1]))
    assert caught.value.code == "CHAIN_FAILED"


@pytest.mark.parametrize("name", PRODUCTION)
def test_a_sampled_change_of_a_byte_is_refused(name: str) -> None:
    document = _document(name)
    _assert_no_change_is_accepted(name, [(position, 0x01) for position in range(0, len(document), 211)])


@pytest.mark.integration
@pytest.mark.parametrize("name", ["turnkey-2025-07-prod-indef", "fortanix-2021-08-debug"])
def test_no_byte_can_be_changed(name: str) -> None:
    changes = [(position, 1 + position % 255) for position in range(len(_document(name)))]
    _assert_no_change_is_accepted(name, changes)


def _assert_no_change_is_accepted(name: str, changes: list[tuple[int, int]]) -> None:
    document = _document(name)
    genuine = _verified(name)
    for position, change in changes:
        changed = bytearray(document)
        changed[position] ^= change
        try:
            accepted = _verified(name, bytes(changed))
        except AttestationError:
            continue
        assert accepted.content == genuine.content, f"byte {position} changed unnoticed"
