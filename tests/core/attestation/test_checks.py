from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from tee_rex.attestation.checks import (
    FUTURE_TOLERANCE,
    MAX_AGE,
    AttestationPolicy,
    Check,
    ExpectedPcrs,
    NonceRule,
    VerifiedAttestation,
    apply_policy,
    file_checks,
    judge,
    new_nonce,
    server_checks,
)
from tee_rex.attestation.errors import (
    AttestationError,
    DebugModeError,
    ExpiredError,
    FromFutureError,
    KeyMismatchError,
    MissingKeyError,
    NonceMismatchError,
    PcrMismatchError,
    PolicyMissingError,
    ProverNotAllowedError,
)
from tee_rex.attestation.provers import AllowedProvers, Prover, encode_provers
from tee_rex.attestation.verifier import GenuineDocument, verify_document
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_BUILD = ExpectedPcrs(PRODUCTION_PCRS[0], PRODUCTION_PCRS[1], PRODUCTION_PCRS[2])
_OTHER = b"\x77" * 48
_NONCE = b"n" * 32
_KEY = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_PROVER = Prover("4.1.2", "ab" * 32)
_DEVELOPMENT_PROVER = Prover("4.1.2", "cd" * 32)
_POLICY = AttestationPolicy(
    builds=(_BUILD,),
    nonce=_NONCE,
    provers=AllowedProvers(frozenset({_PROVER}), frozenset({_DEVELOPMENT_PROVER})),
    setup=TrustedSetup.GENUINE,
    aztec_version=AztecVersion.parse("4.1.2"),
)
_SECOND = timedelta(seconds=1)


def _genuine(nitro: FakeNitro, **fields: Any) -> GenuineDocument:  # noqa: ANN401 - a payload's fields
    agreeable = {"nonce": _NONCE, "public_key": _KEY, "user_data": encode_provers([_PROVER])[0]}
    return verify_document(nitro.document(**(agreeable | fields)), nitro.root, nitro.now)


def _refusal(document: GenuineDocument, policy: AttestationPolicy, **beside: bytes) -> AttestationError:
    with pytest.raises(AttestationError) as caught:
        apply_policy(document, policy, **beside)
    return caught.value


def test_what_the_policy_accepts_opens_the_encryptor(nitro: FakeNitro) -> None:
    document = _genuine(nitro)
    verified = apply_policy(document, _POLICY, untrusted_key=_KEY)
    assert (verified.public_key, verified.provers, verified.document) == (_KEY, (_PROVER,), document)
    assert apply_policy(document, _POLICY).public_key == _KEY


def test_nothing_else_makes_a_verified_attestation(nitro: FakeNitro) -> None:
    document = _genuine(nitro)
    with pytest.raises(TypeError, match="only apply_policy"):
        VerifiedAttestation(document, _KEY, (_PROVER,))
    with pytest.raises(TypeError, match="only apply_policy"):
        replace(apply_policy(document, _POLICY), public_key=b"another")


def test_a_document_is_accepted_for_minutes_only(nitro: FakeNitro) -> None:
    apply_policy(_genuine(nitro, timestamp=nitro.now - MAX_AGE), _POLICY)
    old = _genuine(nitro, timestamp=nitro.now - MAX_AGE - _SECOND)
    assert isinstance(_refusal(old, _POLICY), ExpiredError)
    apply_policy(old, replace(_POLICY, max_age=MAX_AGE + _SECOND))


def test_a_document_from_the_future_is_refused(nitro: FakeNitro) -> None:
    apply_policy(_genuine(nitro, timestamp=nitro.now + FUTURE_TOLERANCE), _POLICY)
    ahead = _genuine(nitro, timestamp=nitro.now + FUTURE_TOLERANCE + _SECOND)
    assert isinstance(_refusal(ahead, _POLICY), FromFutureError)
    apply_policy(ahead, replace(_POLICY, future_tolerance=FUTURE_TOLERANCE + _SECOND))


def test_debug_mode_is_refused_even_if_its_pcrs_are_expected(nitro: FakeNitro) -> None:
    zero = ExpectedPcrs(bytes(48), bytes(48), bytes(48))
    document = _genuine(nitro, pcrs=DEBUG_PCRS)
    assert isinstance(_refusal(document, replace(_POLICY, builds=(zero,))), DebugModeError)
    assert [finding.check for finding in judge(document, file_checks([zero])) if finding.refusal] == [
        Check.DEBUG
    ]


@pytest.mark.parametrize("builds", [(), (ExpectedPcrs(pcr1=PRODUCTION_PCRS[1], pcr2=PRODUCTION_PCRS[2]),)])
def test_without_the_whole_image_pinned_nothing_is_accepted(
    nitro: FakeNitro, builds: tuple[ExpectedPcrs, ...]
) -> None:
    assert isinstance(_refusal(_genuine(nitro), replace(_POLICY, builds=builds)), PolicyMissingError)


@pytest.mark.parametrize("name", ["pcr0", "pcr1", "pcr2"])
def test_every_pcr_of_a_build_must_be_as_expected(nitro: FakeNitro, name: str) -> None:
    document = _genuine(nitro)
    unlike = {"pcr0": replace(_BUILD, pcr0=_OTHER), "pcr1": replace(_BUILD, pcr1=_OTHER)}
    other = unlike.get(name, replace(_BUILD, pcr2=_OTHER))
    refusal = _refusal(document, replace(_POLICY, builds=(other,)))
    assert isinstance(refusal, PcrMismatchError)
    assert name.upper() in refusal.message
    apply_policy(document, replace(_POLICY, builds=(other, _BUILD)))
    apply_policy(document, replace(_POLICY, builds=(ExpectedPcrs(pcr0=_BUILD.pcr0),)))


def test_a_pcr_that_the_document_lacks_is_not_the_expected_one(nitro: FakeNitro) -> None:
    document = _genuine(nitro, pcrs={0: PRODUCTION_PCRS[0]})
    assert isinstance(_refusal(document, _POLICY), PcrMismatchError)


def test_two_halves_of_builds_make_no_build(nitro: FakeNitro) -> None:
    halves = (replace(_BUILD, pcr0=_OTHER), replace(_BUILD, pcr1=_OTHER))
    assert isinstance(_refusal(_genuine(nitro), replace(_POLICY, builds=halves)), PcrMismatchError)


@pytest.mark.parametrize(
    "pcrs", [{}, {"pcr0": b""}, {"pcr0": bytes(47)}, {"pcr0": bytes(48), "pcr2": bytes(49)}]
)
def test_a_build_has_at_least_one_pcr_of_48_bytes(pcrs: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="48 bytes"):
        ExpectedPcrs(**pcrs)


@pytest.mark.parametrize("nonce", [None, b"", b"m" * 32, _NONCE + b"n", _NONCE[:-1]])
def test_the_nonce_of_this_request_must_come_back(nitro: FakeNitro, nonce: bytes | None) -> None:
    document = _genuine(nitro, nonce=nonce)
    assert isinstance(_refusal(document, _POLICY), NonceMismatchError)
    apply_policy(document, replace(_POLICY, nonce=NonceRule.NOT_REQUIRED))


def test_nonces_are_fresh_and_of_32_bytes() -> None:
    assert len({new_nonce() for _ in range(100)}) == 100
    assert len(new_nonce()) == 32
    with pytest.raises(ValueError, match="32 bytes"):
        replace(_POLICY, nonce=b"")


@pytest.mark.parametrize(
    "user_data",
    [
        None,
        b'{"versions":[]}',
        encode_provers([Prover("4.1.2", "00" * 32)])[0],
        encode_provers([Prover("4.1.3", _PROVER.sha256)])[0],
        encode_provers([_PROVER, Prover("5.0.0", "00" * 32)])[0],
        encode_provers([_DEVELOPMENT_PROVER])[0],
        encode_provers([_PROVER, _DEVELOPMENT_PROVER])[0],
    ],
)
def test_every_prover_must_be_on_the_list_of_its_version(nitro: FakeNitro, user_data: bytes | None) -> None:
    assert isinstance(_refusal(_genuine(nitro, user_data=user_data), _POLICY), ProverNotAllowedError)


def test_development_provers_are_accepted_under_the_development_setup(nitro: FakeNitro) -> None:
    development = replace(_POLICY, setup=TrustedSetup.DEVELOPMENT)
    document = _genuine(nitro, user_data=encode_provers([_PROVER, _DEVELOPMENT_PROVER])[0])
    assert apply_policy(document, development).provers == (_PROVER, _DEVELOPMENT_PROVER)


def test_the_version_to_prove_for_must_be_there(nitro: FakeNitro) -> None:
    newer = replace(_POLICY, aztec_version=AztecVersion.parse("5.0.0"))
    assert isinstance(_refusal(_genuine(nitro), newer), ProverNotAllowedError)
    apply_policy(_genuine(nitro), replace(newer, aztec_version=None))


def test_a_manifest_beside_the_document_counts_only_if_attested(nitro: FakeNitro) -> None:
    provers = [Prover("4.1.2", f"{index:064x}") for index in range(5)]
    policy = replace(_POLICY, provers=AllowedProvers(frozenset(provers)))
    user_data, manifest = encode_provers(provers)
    assert manifest is not None
    document = _genuine(nitro, user_data=user_data)
    assert apply_policy(document, policy, untrusted_manifest=manifest).provers == tuple(provers)
    forged = encode_provers(provers[:4])[0]
    assert isinstance(_refusal(document, policy, untrusted_manifest=forged), ProverNotAllowedError)
    assert isinstance(_refusal(document, policy), ProverNotAllowedError)


def test_without_an_attested_key_nothing_is_encrypted(nitro: FakeNitro) -> None:
    document = _genuine(nitro, public_key=None)
    assert isinstance(_refusal(document, _POLICY, untrusted_key=_KEY), MissingKeyError)


@pytest.mark.parametrize("key", [b"", _KEY + b"\n", _KEY[:-1], _KEY.lower(), b"another"])
def test_a_key_beside_the_document_must_be_the_attested_one(nitro: FakeNitro, key: bytes) -> None:
    assert isinstance(_refusal(_genuine(nitro), _POLICY, untrusted_key=key), KeyMismatchError)


def test_the_first_failing_check_in_order_gives_the_refusal(nitro: FakeNitro) -> None:
    everything_wrong = _genuine(
        nitro,
        timestamp=nitro.now - timedelta(minutes=6),
        pcrs=DEBUG_PCRS,
        nonce=None,
        user_data=None,
        public_key=None,
    )
    findings = judge(everything_wrong, server_checks(_POLICY, untrusted_key=None, untrusted_manifest=None))
    assert [finding.refusal.code for finding in findings if finding.refusal] == [
        "EXPIRED",
        "DEBUG_MODE",
        "PCR_MISMATCH",
        "NONCE_MISMATCH",
        "PROVER_NOT_ALLOWED",
        "MISSING_KEY",
    ]
    assert _refusal(everything_wrong, _POLICY).code == "EXPIRED"


def test_a_file_is_judged_by_what_was_asked_and_debug_alone(nitro: FakeNitro) -> None:
    kept = _genuine(
        nitro, nonce=None, public_key=None, user_data=None, timestamp=nitro.now - timedelta(minutes=6)
    )
    assert [(finding.check, finding.refusal) for finding in judge(kept, file_checks(()))] == [
        (Check.DEBUG, None)
    ]
    partial = judge(kept, file_checks([ExpectedPcrs(pcr2=PRODUCTION_PCRS[2])]))
    assert [(finding.check, finding.refusal) for finding in partial] == [
        (Check.DEBUG, None),
        (Check.CODE, None),
    ]
