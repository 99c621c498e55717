from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from support.altered import last_bit_changed
from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from tee_rex.attestation import examination as examination_module
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import FUTURE_TOLERANCE, MAX_AGE, AttestationPolicy, Check, prover_for
from tee_rex.attestation.examination import (
    Examination,
    UntrustedAttestation,
    VerifiedAttestation,
    examine,
    examine_saved,
    new_nonce,
)
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.errors import AttestationError
from tee_rex.errors.tree import ProverNotAllowedError
from tee_rex.transaction.versions import AztecVersion

_BUILD = ExpectedPcrs(PRODUCTION_PCRS[0], PRODUCTION_PCRS[1], PRODUCTION_PCRS[2])
_OTHER = b"\x77" * 48
_NONCE = b"n" * 32
_KEY = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_PROVER = Prover("4.1.2", "ab" * 32)
_OTHER_PROVER = Prover("4.1.2", "cd" * 32)
_POLICY = AttestationPolicy(
    builds=(_BUILD,), provers=frozenset({_PROVER}), aztec_version=AztecVersion(4, 1, 2)
)
_SECOND = timedelta(seconds=1)


def _document(nitro: FakeNitro, **fields: Any) -> bytes:  # noqa: ANN401 - a payload's fields
    agreeable = {"nonce": _NONCE, "public_key": _KEY, "user_data": encode_provers([_PROVER])[0]}
    return nitro.document(**(agreeable | fields))


def _examined(
    nitro: FakeNitro, document: bytes, policy: AttestationPolicy = _POLICY, **beside: bytes
) -> Examination:
    untrusted = UntrustedAttestation(document, **beside)
    return examine(untrusted, policy, nonce=_NONCE, root=nitro.root, at=nitro.now)


def _accepted(
    nitro: FakeNitro, document: bytes, policy: AttestationPolicy = _POLICY, **beside: bytes
) -> VerifiedAttestation:
    return _examined(nitro, document, policy, **beside).require()


def _refused(nitro: FakeNitro, document: bytes, policy: AttestationPolicy = _POLICY, **beside: bytes) -> str:
    """The code; the gate must refuse for the very reason that is reported."""
    examination = _examined(nitro, document, policy, **beside)
    with pytest.raises(AttestationError) as caught:
        examination.require()
    assert caught.value is examination.refusal
    code: str = caught.value.code
    assert examination.report().code == code
    return code


def test_what_the_policy_accepts_opens_the_encryptor(nitro: FakeNitro) -> None:
    examination = _examined(nitro, _document(nitro), key=_KEY)
    verified = examination.require()
    assert (verified.public_key, verified.provers) == (_KEY, (_PROVER,))
    assert verified.document == examination.document
    assert _accepted(nitro, _document(nitro)).public_key == _KEY


def test_nothing_else_makes_a_verified_attestation(nitro: FakeNitro) -> None:
    verified = _accepted(nitro, _document(nitro))
    with pytest.raises(TypeError, match="only an Examination"):
        VerifiedAttestation(verified.document, _KEY, (_PROVER,))
    with pytest.raises(TypeError, match="only an Examination"):
        replace(verified, public_key=b"another")


def test_a_document_is_verified_and_each_check_made_once(
    nitro: FakeNitro, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    checks = ("check_age", "check_not_debug", "check_code", "check_nonce", "check_provers", "check_key")
    for name in ("verify_document", "read_provers", *checks):
        made = getattr(examination_module, name)

        def counted(*arguments: Any, _name: str = name, _made: Any = made) -> object:  # noqa: ANN401
            calls.append(_name)
            return _made(*arguments)

        monkeypatch.setattr(examination_module, name, counted)
    examination = _examined(nitro, _document(nitro), key=_KEY)
    examination.report()
    examination.require()
    assert len(calls) == len(set(calls)) == 8


def test_a_document_is_accepted_for_minutes_only(nitro: FakeNitro) -> None:
    _accepted(nitro, _document(nitro, timestamp=nitro.now - MAX_AGE))
    old = _document(nitro, timestamp=nitro.now - MAX_AGE - _SECOND)
    assert _refused(nitro, old) == "EXPIRED"
    _accepted(nitro, old, replace(_POLICY, max_age=MAX_AGE + _SECOND))


def test_a_document_from_the_future_is_refused(nitro: FakeNitro) -> None:
    _accepted(nitro, _document(nitro, timestamp=nitro.now + FUTURE_TOLERANCE))
    ahead = _document(nitro, timestamp=nitro.now + FUTURE_TOLERANCE + _SECOND)
    assert _refused(nitro, ahead) == "FROM_FUTURE"
    _accepted(nitro, ahead, replace(_POLICY, future_tolerance=FUTURE_TOLERANCE + _SECOND))


def test_debug_mode_is_refused_even_if_its_pcrs_are_expected(nitro: FakeNitro) -> None:
    zero = ExpectedPcrs(bytes(48), bytes(48), bytes(48))
    document = _document(nitro, pcrs=DEBUG_PCRS)
    assert _refused(nitro, document, replace(_POLICY, builds=(zero,))) == "DEBUG_MODE"
    saved = examine_saved(document, [zero], root=nitro.root, at=nitro.now)
    assert [finding.check for finding in saved.findings if finding.refusal] == [Check.DEBUG]


@pytest.mark.parametrize("builds", [(), (ExpectedPcrs(pcr1=PRODUCTION_PCRS[1], pcr2=PRODUCTION_PCRS[2]),)])
def test_without_the_whole_image_pinned_nothing_is_accepted(
    nitro: FakeNitro, builds: tuple[ExpectedPcrs, ...]
) -> None:
    assert _refused(nitro, _document(nitro), replace(_POLICY, builds=builds)) == "POLICY_MISSING"


@pytest.mark.parametrize("name", ["pcr0", "pcr1", "pcr2"])
def test_every_pcr_of_a_build_must_be_as_expected(nitro: FakeNitro, name: str) -> None:
    document = _document(nitro)
    unlike = {"pcr0": replace(_BUILD, pcr0=_OTHER), "pcr1": replace(_BUILD, pcr1=_OTHER)}
    other = unlike.get(name, replace(_BUILD, pcr2=_OTHER))
    refusal = _examined(nitro, document, replace(_POLICY, builds=(other,))).refusal
    assert refusal is not None
    assert (refusal.code, name.upper() in refusal.message) == ("PCR_MISMATCH", True)
    _accepted(nitro, document, replace(_POLICY, builds=(other, _BUILD)))
    _accepted(nitro, document, replace(_POLICY, builds=(ExpectedPcrs(pcr0=_BUILD.pcr0),)))


def test_a_pcr_that_the_document_lacks_is_not_the_expected_one(nitro: FakeNitro) -> None:
    document = _document(nitro, pcrs={0: PRODUCTION_PCRS[0]})
    assert _refused(nitro, document) == "PCR_MISMATCH"


def test_two_halves_of_builds_make_no_build(nitro: FakeNitro) -> None:
    halves = (replace(_BUILD, pcr0=_OTHER), replace(_BUILD, pcr1=_OTHER))
    assert _refused(nitro, _document(nitro), replace(_POLICY, builds=halves)) == "PCR_MISMATCH"


@pytest.mark.parametrize(
    "pcrs", [{}, {"pcr0": b""}, {"pcr0": bytes(47)}, {"pcr0": bytes(48), "pcr2": bytes(49)}]
)
def test_a_build_has_at_least_one_pcr_of_48_bytes(pcrs: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="48 bytes"):
        ExpectedPcrs(**pcrs)


@pytest.mark.parametrize("nonce", [None, b"", b"m" * 32, _NONCE + b"n", _NONCE[:-1]])
def test_the_nonce_of_this_request_must_come_back(nitro: FakeNitro, nonce: bytes | None) -> None:
    document = _document(nitro, nonce=nonce)
    assert _refused(nitro, document) == "NONCE_MISMATCH"
    _accepted(nitro, document, replace(_POLICY, nonce_required=False))


def test_nonces_are_fresh_and_of_32_bytes(nitro: FakeNitro) -> None:
    assert len({new_nonce() for _ in range(100)}) == 100
    assert len(new_nonce()) == 32
    with pytest.raises(ValueError, match="32 bytes"):
        examine(UntrustedAttestation(b""), _POLICY, nonce=b"", root=nitro.root, at=nitro.now)


@pytest.mark.parametrize(
    "user_data",
    [
        None,
        b'{"versions":[]}',
        encode_provers([Prover("4.1.2", "00" * 32)])[0],
        encode_provers([Prover("4.1.3", _PROVER.sha256)])[0],
        encode_provers([_PROVER, Prover("5.0.0", "00" * 32)])[0],
        encode_provers([_OTHER_PROVER])[0],
        encode_provers([_PROVER, _OTHER_PROVER])[0],
    ],
)
def test_every_prover_must_be_on_the_list_of_its_version(nitro: FakeNitro, user_data: bytes | None) -> None:
    assert _refused(nitro, _document(nitro, user_data=user_data)) == "PROVER_NOT_ALLOWED"


def test_all_carried_provers_that_are_allowed_are_named(nitro: FakeNitro) -> None:
    policy = replace(_POLICY, provers=frozenset({_PROVER, _OTHER_PROVER}))
    document = _document(nitro, user_data=encode_provers([_PROVER, _OTHER_PROVER])[0])
    assert _accepted(nitro, document, policy).provers == (_PROVER, _OTHER_PROVER)


def test_the_version_to_prove_for_must_be_there(nitro: FakeNitro) -> None:
    newer = replace(_POLICY, aztec_version=AztecVersion(5, 0, 0))
    examination = _examined(nitro, _document(nitro), newer)
    assert isinstance(examination.refusal, ProverNotAllowedError)
    assert "circuits of Aztec 5.0.0, only for 4.1.2" in examination.refusal.message
    _accepted(nitro, _document(nitro), replace(newer, aztec_version=None))


@pytest.mark.parametrize("wanted", ["4.1.2-rc.1", "4.4.0"])
def test_a_prover_of_the_same_circuits_is_enough(nitro: FakeNitro, wanted: str) -> None:
    _accepted(nitro, _document(nitro), replace(_POLICY, aztec_version=AztecVersion.parse(wanted)))


@pytest.mark.parametrize(
    ("carried", "wanted", "proves"),
    [
        (("4.1.2", "4.4.0", "5.0.0"), "4.4.0", "4.4.0"),
        (("4.1.2", "4.4.0", "5.0.0"), "4.2.0", "4.1.2"),
        (("4.1.2", "5.0.0"), "5.2.0", "5.0.0"),
        (("latest", "5.0.0+build", "7.0.0"), "5.0.0", None),
    ],
)
def test_which_carried_prover_proves(carried: tuple[str, ...], wanted: str, proves: str | None) -> None:
    provers = [Prover(version, "ab" * 32) for version in carried]
    found = prover_for(provers, AztecVersion.parse(wanted))
    assert (found and found.version) == proves


def test_a_manifest_beside_the_document_counts_only_if_attested(nitro: FakeNitro) -> None:
    provers = [Prover("4.1.2", f"{index:064x}") for index in range(5)]
    policy = replace(_POLICY, provers=frozenset(provers))
    user_data, manifest = encode_provers(provers)
    assert manifest is not None
    document = _document(nitro, user_data=user_data)
    assert _accepted(nitro, document, policy, manifest=manifest).provers == tuple(provers)
    forged = encode_provers(provers[:4])[0]
    assert _refused(nitro, document, policy, manifest=forged) == "PROVER_NOT_ALLOWED"
    assert _refused(nitro, document, policy) == "PROVER_NOT_ALLOWED"


def test_without_an_attested_key_nothing_is_encrypted(nitro: FakeNitro) -> None:
    document = _document(nitro, public_key=None)
    assert _refused(nitro, document, key=_KEY) == "MISSING_KEY"


@pytest.mark.parametrize("key", [b"", _KEY + b"\n", _KEY[:-1], _KEY.lower(), b"another"])
def test_a_key_beside_the_document_must_be_the_attested_one(nitro: FakeNitro, key: bytes) -> None:
    assert _refused(nitro, _document(nitro), key=key) == "KEY_MISMATCH"


def test_the_first_failing_check_in_order_gives_the_refusal(nitro: FakeNitro) -> None:
    everything_wrong = _document(
        nitro,
        timestamp=nitro.now - timedelta(minutes=6),
        pcrs=DEBUG_PCRS,
        nonce=None,
        user_data=None,
        public_key=None,
    )
    findings = _examined(nitro, everything_wrong).findings
    codes = [finding.refusal.code for finding in findings if finding.refusal]
    assert " ".join(codes) == "EXPIRED DEBUG_MODE PCR_MISMATCH NONCE_MISMATCH PROVER_NOT_ALLOWED MISSING_KEY"
    assert _refused(nitro, everything_wrong) == "EXPIRED"


def test_a_document_that_is_not_genuine_is_not_checked_further(nitro: FakeNitro) -> None:
    altered = last_bit_changed(_document(nitro))
    assert _refused(nitro, altered) == "SIGNATURE_FAILED"
    assert _examined(nitro, altered).findings == ()


@pytest.mark.parametrize(
    ("builds", "checks"),
    [((), [Check.DEBUG]), ((ExpectedPcrs(pcr2=PRODUCTION_PCRS[2]),), [Check.DEBUG, Check.CODE])],
)
def test_a_saved_document_can_pass_but_does_not_open_the_encryptor(
    nitro: FakeNitro, builds: tuple[ExpectedPcrs, ...], checks: list[Check]
) -> None:
    document = _document(
        nitro, nonce=None, public_key=None, user_data=None, timestamp=nitro.now - timedelta(minutes=6)
    )
    saved = examine_saved(document, builds, root=nitro.root, at=nitro.now)
    assert [finding.check for finding in saved.findings] == checks
    assert saved.refusal is None
    with pytest.raises(TypeError, match="saved document"):
        saved.require()
