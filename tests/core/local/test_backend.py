"""The local mode as a whole, on the real bb."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from support.errors import raises, raises_with
from support.local_prover import (
    deployment_request,
    is_valid,
    mock_request,
    mock_request_of_v4,
    real_installation,
)
from support.processes import running_bbs
from support.recorded_steps import wire, wire_step
from support.revoked import every_bb, linked_home, revoke
from tee_rex.bb.pins import BbPins
from tee_rex.errors.catalogue.bb import BB_REVOKED
from tee_rex.errors.catalogue.proving import PROOF_TIMED_OUT
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import ProverConfig, build_prover
from tee_rex.transaction.events import Phase
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),  # two proofs, on a machine that may have much else to do
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]


async def test_a_warm_backend_proves_again_with_the_same_bb() -> None:
    backend = LocalBackend(real_installation(), LocalOptions(threads=2, keep_warm=True))
    try:
        first = await backend.prove(mock_request(), lambda _: None)
        (pid,) = running_bbs()
        second = await backend.prove(mock_request(), lambda _: None)
        assert running_bbs() == [pid]
    finally:
        await backend.close()
    assert running_bbs() == []
    assert first.verified is second.verified is True
    assert (first.mode, first.setup) == (ProvingMode.LOCAL, TrustedSetup.DEVELOPMENT)
    assert str(first.version) == "5.0.0"
    phases = list(Phase)[:4]
    assert [timing.phase for timing in first.timings.phases] == phases
    phases.remove(Phase.START)
    assert [timing.phase for timing in second.timings.phases] == phases
    assert first.timings.total_ms >= first.timings.prove_ms >= first.timings.bb_ms


async def test_a_bb_that_is_revoked_while_it_is_warm_proves_no_more(tmp_path: Path) -> None:
    paths = linked_home(tmp_path / "home")
    installation = DownloadingInstallation(paths, BbPins.shipped(), allow_download=False)
    backend = LocalBackend(installation, LocalOptions(threads=2, keep_warm=True))
    try:
        await backend.prove(mock_request(), lambda _: None)
        revoke(paths, bb=every_bb())
        with raises(BB_REVOKED):
            await backend.prove(mock_request(), lambda _: None)
        assert running_bbs() == []
    finally:
        await backend.close()


async def test_a_revoked_bb_does_not_stay_warm_while_another_proves(tmp_path: Path) -> None:
    paths = linked_home(tmp_path / "home")
    installation = DownloadingInstallation(paths, BbPins.shipped(), allow_download=False)
    backend = LocalBackend(installation, LocalOptions(threads=2, keep_warm=True))
    try:
        first = await backend.prove(mock_request_of_v4(AztecVersion(4, 1, 2)), lambda _: None)
        (pid,) = running_bbs()
        assert first.bb is not None
        revoke(paths, bb={first.bb.sha256})
        second = await backend.prove(mock_request(), lambda _: None)
        assert second.verified
        assert len(running_bbs()) == 1
        assert pid not in running_bbs()
    finally:
        await backend.close()


async def test_switching_versions_costs_the_start_of_each_bb_once() -> None:
    """Two bb processes stay warm; a third takes the place of the one used least recently."""
    second = mock_request()
    first, third = (mock_request_of_v4(AztecVersion(4, minor, patch)) for minor, patch in ((1, 2), (4, 0)))
    backend = LocalBackend(real_installation(), LocalOptions(threads=2, keep_warm=True))
    pids, starts = [], []
    try:
        for request in (first, second, first, second, third):
            result = await backend.prove(request, lambda _: None)
            assert await is_valid(result.proof, request)
            assert result.bb is not None
            assert result.bb.version == request.version
            pids.append(set(running_bbs()))
            starts += [timing.ms for timing in result.timings.phases if timing.phase is Phase.START]
    finally:
        await backend.close()
    assert running_bbs() == []
    assert [len(running) for running in pids] == [1, 2, 2, 2, 2]
    assert pids[1] == pids[2] == pids[3]
    assert len(pids[4] & pids[3]) == 1
    assert len(starts) == 3
    assert max(starts) < 5000


async def test_a_time_limit_ends_bb() -> None:
    prover = build_prover(ProverConfig(real_installation(), threads=2), ProvingMode.LOCAL)
    with raises(PROOF_TIMED_OUT):
        await prover.prove(deployment_request(), time_limit=2)
    assert running_bbs() == []


@pytest.mark.parametrize(
    ("step", "code"),
    [
        pytest.param(wire_step(), "BB_REFUSED", id="bytecode of no meaning"),
        pytest.param(wire_step(witness=b""), "STEPS_BAD_GZIP", id="no witness"),
    ],
)
async def test_a_bad_transaction_leaves_the_next_proof_fine(step: object, code: str) -> None:
    backend = LocalBackend(real_installation(), LocalOptions(threads=2, keep_warm=True))
    good = deployment_request()
    bad = replace(good, steps=ExecutionSteps.from_bytes(wire(step)))
    with raises_with(code):
        await backend.prove(bad, lambda _: None)
    assert running_bbs() == []
