from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from support.altered import last_bit_changed
from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import AttestationPolicy, Check
from tee_rex.attestation.examination import Examination, UntrustedAttestation, examine, examine_saved
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.transaction.events import BbReport

FIELDS = [
    "genuine",
    "debug",
    "expected_code",
    "code",
    "module_id",
    "timestamp_ms",
    "pcrs",
    "public_key",
    "user_data",
    "nonce",
    "bb",
    "chain",
]
_EXPECTED = ExpectedPcrs(pcr0=PRODUCTION_PCRS[0])
_UNEXPECTED = ExpectedPcrs(pcr0=b"\x77" * 48)


def _saved(nitro: FakeNitro, document: bytes, *builds: ExpectedPcrs) -> Examination:
    return examine_saved(document, builds, root=nitro.root, at=nitro.now)


@pytest.mark.parametrize(
    ("pcrs", "builds", "debug", "expected_code", "code"),
    [
        (PRODUCTION_PCRS, (), False, None, None),
        (PRODUCTION_PCRS, (_EXPECTED,), False, True, None),
        (PRODUCTION_PCRS, (_UNEXPECTED,), False, False, "PCR_MISMATCH"),
        (PRODUCTION_PCRS, (_UNEXPECTED, _EXPECTED), False, True, None),
        (DEBUG_PCRS, (), True, None, "DEBUG_MODE"),
        (DEBUG_PCRS, (_EXPECTED,), True, False, "DEBUG_MODE"),
    ],
)
def test_genuine_and_expected_code_are_two_results(
    nitro: FakeNitro,
    pcrs: dict[int, bytes],
    builds: tuple[ExpectedPcrs, ...],
    debug: bool,
    expected_code: bool | None,
    code: str | None,
) -> None:
    examination = _saved(nitro, nitro.document(pcrs=pcrs), *builds)
    report = examination.report()
    assert (examination.genuine, report.genuine) == (True, True)
    assert (report.debug, report.expected_code, report.code) == (debug, expected_code, code)


def test_the_json_names_enclave_pcrs_provers_and_chain(nitro: FakeNitro) -> None:
    prover = Prover("4.1.2", "ab" * 32)
    user_data = encode_provers([prover])[0]
    document = nitro.document(user_data=user_data, public_key=b"key", nonce=b"")
    told = json.loads(_saved(nitro, document, _EXPECTED).report().to_json())
    assert list(told) == FIELDS
    assert told["module_id"] == nitro.module_id
    assert told["timestamp_ms"] == nitro.now.timestamp() * 1000
    assert told["pcrs"] == {str(index): digest.hex() for index, digest in PRODUCTION_PCRS.items()}
    assert (told["public_key"], told["nonce"]) == (b"key".hex(), "")
    assert (told["user_data"], told["bb"]) == (user_data.hex(), [{"version": "4.1.2", "sha256": "ab" * 32}])
    assert [entry["sha256"] for entry in told["chain"]] == [
        hashlib.sha256(der).hexdigest() for der in nitro.chain
    ]
    assert told["chain"][-1] == {
        "subject": f"CN={nitro.module_id}.eu-west-1.aws,O=Test Amazon,C=US",
        "not_before": "2026-03-01T11:00:00Z",
        "not_after": "2026-03-01T14:00:00Z",
        "sha256": hashlib.sha256(nitro.chain[-1]).hexdigest(),
    }


def test_provers_of_an_attested_manifest_are_named(nitro: FakeNitro) -> None:
    provers = [Prover("4.1.2", f"{index:064x}") for index in range(5)]
    user_data, manifest = encode_provers(provers)
    untrusted = UntrustedAttestation(nitro.document(user_data=user_data), manifest=manifest)
    policy = AttestationPolicy((_EXPECTED,), provers=frozenset())
    examination = examine(untrusted, policy, nonce=bytes(32), root=nitro.root, at=nitro.now)
    assert examination.report().bb == tuple(BbReport(one.version, one.sha256) for one in provers)


def test_user_data_of_other_projects_is_shown_without_provers(nitro: FakeNitro) -> None:
    report = _saved(nitro, nitro.document(user_data=b"something else")).report()
    assert (report.user_data, report.bb, report.code) == (b"something else".hex(), None, None)


def test_nothing_of_a_document_that_is_not_genuine_is_reported(nitro: FakeNitro) -> None:
    late = nitro.now + timedelta(days=1)
    examinations = {
        "UNREADABLE": _saved(nitro, b"no document"),
        "SIGNATURE_FAILED": _saved(nitro, last_bit_changed(nitro.document())),
        "CHAIN_FAILED": examine_saved(nitro.document(), (_EXPECTED,), root=nitro.root, at=late),
    }
    for code, examination in examinations.items():
        expected = dict.fromkeys(FIELDS) | {"genuine": False, "code": code}
        assert json.loads(examination.report().to_json()) == expected
        assert examination.findings == ()


def test_a_fake_is_refused_under_the_real_root(nitro: FakeNitro) -> None:
    examination = examine_saved(nitro.document(), (), root=aws_nitro_root(), at=nitro.now)
    assert examination.report().code == "CHAIN_FAILED"


def test_each_check_has_its_finding(nitro: FakeNitro) -> None:
    examination = _saved(nitro, nitro.document(pcrs=DEBUG_PCRS), _EXPECTED)
    assert [finding.check for finding in examination.findings] == [Check.DEBUG, Check.CODE]
    assert examination.refusal is examination.findings[0].refusal
