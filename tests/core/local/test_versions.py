"""Versions that are proved for real: each with its own bb, and read by those of the same circuits alone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import tee_rex
from support.errors import raises
from support.local_prover import development_crs, development_session, real_backend, real_installation
from support.processes import running_bbs
from support.recorded_steps import development_deployment, mock_transaction, mock_transaction_of_v4
from tee_rex.crs.crs import MIN_POINTS, Crs, CrsPins
from tee_rex.errors.catalogue.proving import BB_REFUSED, BB_REFUSED_SHORT_KEY
from tee_rex.errors.catalogue.transaction import PROOF_OF_OTHER_TRANSACTION
from tee_rex.local import dialects
from tee_rex.local.session import BbSession
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(900),  # proofs, on machines of any speed
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

V4_1_2, V4_4_0, V5_0_0 = map(AztecVersion.parse, ("4.1.2", "4.4.0", "5.0.0"))


@dataclass(frozen=True, slots=True)
class Case:
    """One transaction, the bb that proves it, and those of other versions that accept the proof."""

    version: AztecVersion
    steps: Callable[[], bytes]
    public_inputs: int
    accepted_by: tuple[AztecVersion, ...] = ()

    @property
    def request(self) -> ProofRequest:
        steps = ExecutionSteps.from_bytes(self.steps())
        return ProofRequest(steps, TrustedSetup.DEVELOPMENT, self.version)


CASES = {
    "4.1.2": Case(V4_1_2, mock_transaction_of_v4, 4, (V4_4_0,)),
    "4.4.0": Case(V4_4_0, development_deployment, 1281, (V4_1_2,)),
    "5.0.0": Case(V5_0_0, mock_transaction, 4),
    "5.0.0, 6 calls": Case(V5_0_0, lambda: mock_transaction(6), 4),
    "5.0.0, 12 calls": Case(V5_0_0, lambda: mock_transaction(12), 4),
    "5.0.0, no reset": Case(V5_0_0, lambda: mock_transaction(reset="no-reset"), 4),
    "5.0.0, 12 without reset": Case(V5_0_0, lambda: mock_transaction(12, reset="no-reset"), 4),
    "5.0.0, 2^18 points": Case(V5_0_0, lambda: mock_transaction(reset="large-reset"), 4),
    "5.0.0, 2^19 points": Case(V5_0_0, lambda: mock_transaction(reset="full-reset"), 4),
}
_LARGEST = "5.0.0, 2^19 points"
# Larger ones of the same form as others.
_RARE = (_LARGEST, "5.0.0, 12 calls", "5.0.0, no reset")
_PARAMETERS = [pytest.param(name, marks=pytest.mark.soak if name in _RARE else ()) for name in CASES]


@dataclass(frozen=True, slots=True)
class Proved:
    case: Case
    request: ProofRequest
    result: ProofResult

    @property
    def final_key(self) -> bytes:
        return self.request.steps.final_verification_key


@pytest.fixture(scope="module", params=_PARAMETERS)
def proved(request: pytest.FixtureRequest) -> Proved:
    """One proof of each case, which several tests look at."""
    case = CASES[request.param]
    proof_request = case.request
    result = asyncio.run(real_backend().prove(proof_request, ignore_events))
    assert running_bbs() == []
    return Proved(case, proof_request, result)


@asynccontextmanager
async def session_of(version: AztecVersion) -> AsyncIterator[BbSession]:
    session = await development_session(version=version)
    try:
        yield session
    finally:
        await session.close()


async def test_its_own_bb_proves_and_accepts_it(proved: Proved) -> None:
    result, case = proved.result, proved.case
    assert result.bb is not None
    assert (result.bb.version, result.version, result.verified) == (case.version, case.version, True)
    assert len(result.proof.public_inputs) == case.public_inputs
    assert [circuit.name for circuit in result.timings.circuits] == list(proved.request.steps.function_names)
    assert await tee_rex.verify(real_installation(), result.proof, proved.request)
    for version in case.accepted_by:
        async with session_of(version) as session:
            assert await session.verify(result.proof, proved.final_key), version


async def test_its_own_bb_refuses_every_other_one(proved: Proved) -> None:
    proof, key = proved.result.proof, proved.final_key
    point_1_2 = [number.to_bytes(32) for number in (1, 0, 2, 0)]
    async with session_of(proved.case.version) as session:
        for name, part in proof.parts.items():
            for changed in (
                _flipped(part, 0),
                _flipped(part, len(part) // 2),
                _flipped(part, -1),
                [*part[:-4], *point_1_2],
            ):
                forged = ChonkProof.from_parts({**proof.parts, name: changed}, proof.generation)
                assert not await session.verify(forged, key), name
        for at in (31, 63, 95, len(key) // 2 | 31, len(key) - 1):
            other_key = bytearray(key)
            other_key[at] ^= 1
            assert not await session.verify(proof, bytes(other_key)), at
        assert await session.verify(proof, key)


def _flipped(part: Sequence[bytes], index: int) -> list[bytes]:
    """The part with the lowest bit of one field changed, which leaves it below the modulus."""
    flipped = list(part)
    flipped[index] = bytes([*part[index][:-1], part[index][-1] ^ 1])
    return flipped


async def test_the_untouched_bb_refuses_it(proved: Proved) -> None:
    installation = real_installation()
    command = await installation.bb(proved.case.version, TrustedSetup.GENUINE, ignore_progress)
    points = await development_crs()
    # Verifying needs no genuine points, only the genuine [x]_2, which stands in bb itself.
    crs = Crs(TrustedSetup.GENUINE, points.points, points.g1, CrsPins.shipped(TrustedSetup.GENUINE).g2)
    session = await BbSession.start(command, crs, threads=1)
    try:
        assert not await session.verify(proved.result.proof, proved.final_key)
    finally:
        await session.close()


async def test_bb_of_another_generation_refuses_it(proved: Proved) -> None:
    other = V4_1_2 if proved.case.version is V5_0_0 else V5_0_0
    async with session_of(other) as session:
        assert not await session.verify(proved.result.proof, proved.final_key)


async def test_a_proof_of_another_generation_is_told_from_an_invalid_one(proved: Proved) -> None:
    other = CASES["4.4.0" if proved.case.version is V5_0_0 else "5.0.0"].request
    proof = ChonkProof(proved.result.proof.content + bytes(32 * 1000), other.steps.generation)
    with raises(PROOF_OF_OTHER_TRANSACTION):
        await tee_rex.verify(real_installation(), proof, other)


@pytest.mark.parametrize("guarded", [True, False])
async def test_bb_5_opens_no_connection_for_points_that_it_lacks(
    monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    """In a network namespace of its own, where every packet and connection counts as one without a route.

    Without the zeros in place of the compressed points, bb does try to download them.
    """
    own_network = ("unshare", "--user", "--net")
    if subprocess.run([*own_network, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody make a network namespace")
    if not guarded:
        monkeypatch.setattr(dialects, "_COMPRESSED_CRS_FILE", "elsewhere.dat")
    command = await real_installation().bb(V5_0_0, TrustedSetup.DEVELOPMENT, ignore_progress)
    apart = replace(command, loader=(*own_network, *command.loader))
    session = await BbSession.start(apart, await development_crs(), threads=2)
    try:
        with Path(f"/proc/{session.pid}/net/snmp").open() as counters:
            with raises(BB_REFUSED_SHORT_KEY if guarded else BB_REFUSED):
                await session.prove(CASES["5.0.0, 2^18 points"].request.steps, ignore_events)
            names, values = (line.split() for line in counters if line.startswith("Ip:"))
    finally:
        await session.close()
    without_route = int(dict(zip(names, values, strict=True))["OutNoRoutes"])
    assert (without_route == 0) is guarded


def test_the_largest_cases_need_more_points_than_the_others() -> None:
    needed = {name: 1 << case.request.steps.log2_rows for name, case in CASES.items()}
    assert {name: points for name, points in needed.items() if points > MIN_POINTS} == {
        "5.0.0, 2^18 points": 2 * MIN_POINTS,
        _LARGEST: 4 * MIN_POINTS,
    }
