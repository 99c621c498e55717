from __future__ import annotations

import msgspec
import pytest

from support.remote_client import small_request
from support.scripted_server import SOME_PROOF
from tee_rex.cli.proof_view import show_result
from tee_rex.transaction.events import Phase, PhaseTiming, ProofTimings
from tee_rex.transaction.report import ProofReport, UsedBbReport
from tee_rex.transaction.request import BbIdentity, ProofResult, ProvingMode
from tee_rex.transaction.versions import AztecVersion


def _result(*, approved_by_user: bool) -> ProofResult:
    request = small_request()
    return ProofResult(
        proof=SOME_PROOF,
        mode=ProvingMode.LOCAL,
        setup=request.setup,
        version=request.version,
        bb=BbIdentity(AztecVersion(6, 1, 0), "ab" * 32, approved_by_user),
        verified=True,
        timings=ProofTimings((), 1.0, 1.0, 2.0, (PhaseTiming(Phase.FINAL_PROOF, 1.0),)),
        peak_memory_bytes=None,
    )


@pytest.mark.parametrize("approved", [True, False])
def test_the_report_tells_whether_the_user_vouches_for_the_bb(approved: bool) -> None:
    report = ProofReport.of_result(_result(approved_by_user=approved))
    fields = msgspec.json.decode(report.to_json())
    assert fields["bb"] == {"version": "6.1.0", "sha256": "ab" * 32, "approved_by_user": approved}
    assert msgspec.json.decode(report.to_json(), type=ProofReport) == report


def test_a_report_of_an_earlier_release_is_of_a_pinned_bb() -> None:
    old = b'{"mode":"local","bb":{"version":"4.1.2","sha256":"51"}}'
    assert msgspec.json.decode(old, type=ProofReport).bb == UsedBbReport("4.1.2", "51")


@pytest.mark.parametrize(
    ("approved", "shown"),
    [(True, "bb 6.1.0 (abababababab…, approved by you)"), (False, "bb 6.1.0 (abababababab…)")],
)
def test_the_view_tells_it_too(approved: bool, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_result(_result(approved_by_user=approved))
    assert shown in capsys.readouterr().out
