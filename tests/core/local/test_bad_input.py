"""What bb of each generation does with input of another one, or damaged: its error, and the next proof."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from support import bb6_stand_in
from support.errors import raises, raises_with
from support.local_prover import development_crs, mock_request_of_v4, real_installation
from support.own_network import nothing_sent, own_network
from support.processes import running_bbs
from support.recorded_steps import V4, V5, V6, mock_transaction
from tee_rex.crs.crs import MIN_POINTS, POINT_BYTES, Crs
from tee_rex.errors import ProvingError
from tee_rex.errors.catalogue.proving import BB_REFUSED, BB_REFUSED_SHORT_KEY
from tee_rex.local.backend import LocalBackend, LocalOptions, verify_proof
from tee_rex.local.installation import Installation
from tee_rex.local.session import BbSession, read_grumpkin_points
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.generations import Generation
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

DEVELOPMENT = TrustedSetup.DEVELOPMENT
GOOD = {
    V4.number: mock_request_of_v4(V4.default).steps,
    V5.number: ExecutionSteps.from_bytes(mock_transaction()),
    V6.number: ExecutionSteps.from_bytes(bb6_stand_in.mock_transaction_of_v6()),
}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files; whatever a test does, no process and no file stays."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert running_bbs() == []
    assert list(folder.iterdir()) == []


async def installation_of(generation: Generation, folder: Path) -> Installation:
    return await bb6_stand_in.installation(folder) if generation == V6 else real_installation()


def request(steps: ExecutionSteps, generation: Generation) -> ProofRequest:
    """As no face makes one: nothing is checked."""
    return ProofRequest(steps, DEVELOPMENT, generation.default)


def relabelled(steps: ExecutionSteps, generation: Generation) -> ExecutionSteps:
    """Steps that pass for those of another generation, also in their kinds."""
    kinds = [step.kind for step in GOOD[generation.number].steps]
    pairs = zip(steps.steps, kinds, strict=False)
    return ExecutionSteps(tuple(replace(step, kind=kind) for step, kind in pairs), generation)


def with_key(steps: ExecutionSteps, change: Callable[[bytes], bytes]) -> ExecutionSteps:
    first, *others = steps.steps
    damaged = replace(first, verification_key=change(first.verification_key))
    return ExecutionSteps((damaged, *others), steps.generation)


def bad_steps(generation: Generation) -> Iterator[tuple[str, ExecutionSteps]]:
    """Steps that this generation's bb gets, with their code."""
    good = GOOD[generation.number]
    for other in (V4, V5, V6):
        if other != generation:
            yield "AZTEC_VERSION_MISMATCH", GOOD[other.number]
            yield "BB_REFUSED", relabelled(GOOD[other.number], generation)
    for key in (b"", bytes(32)):
        yield "BB_REFUSED", with_key(good, lambda _key, key=key: key)  # type: ignore[misc]
    yield "BB_REFUSED", with_key(good, lambda key: key[:-1])
    yield "BB_REFUSED", with_key(good, lambda key: key + bytes(32))
    yield "BB_REFUSED", with_key(good, lambda key: key[:64].ljust(len(key), b"\xff"))
    first, second, *rest = good.steps
    yield "BB_REFUSED", ExecutionSteps((replace(first, witness=second.witness), *rest), generation)


@pytest.mark.parametrize("generation", [V4, V5, V6], ids=str)
async def test_bad_steps_have_their_code_and_the_next_proof_is_right(
    generation: Generation, tmp_path: Path, temporary: Path
) -> None:
    installation = await installation_of(generation, tmp_path)
    backend = LocalBackend(installation, LocalOptions(threads=2))
    for code, steps in bad_steps(generation):
        with raises_with(code):
            await backend.prove(request(steps, generation), ignore_events)
        assert running_bbs() == []
        assert list(temporary.iterdir()) == []
    good = GOOD[generation.number]
    result = await backend.prove(request(good, generation), ignore_events)
    key, version = good.final_verification_key, generation.default
    assert await verify_proof(installation, result.proof, key, DEVELOPMENT, version, ignore_progress)


# Points.


@pytest.fixture(scope="module", name="own_network")
def _own_network() -> Sequence[str]:
    return own_network()


async def start(
    generation: Generation,
    points: int = MIN_POINTS,
    *,
    loader: Sequence[str] = (),
    grumpkin_folder: Path | None = None,
) -> BbSession:
    """A session with so many points. loader: what starts bb."""
    whole = await development_crs()
    crs = Crs(whole.setup, points, whole.g1[: points * POINT_BYTES], whole.g2)
    command = await real_installation().bb(generation.default, DEVELOPMENT, ignore_progress)
    return await BbSession.start(
        replace(command, loader=(*loader, *command.loader)),
        crs,
        threads=2,
        grumpkin_folder=grumpkin_folder,
    )


async def test_a_circuit_larger_than_its_key_says_is_told_as_that() -> None:
    session = await start(V5, 1024)
    with raises(BB_REFUSED_SHORT_KEY, match="circuit init") as caught:
        await session.prove(GOOD[5], ignore_events)
    assert "verification key" in caught.value.hint
    session = await start(V5, 1024)
    with raises(BB_REFUSED, match="computing a verification key"):
        await session.verification_key(GOOD[5].steps[1].inflate_bytecode())


async def test_bb_4_opens_no_connection_for_points_that_it_lacks(own_network: Sequence[str]) -> None:
    """As test_versions.py shows of bb 5."""
    session = await start(V4, 1024, loader=own_network)
    with nothing_sent(session.pid), raises(BB_REFUSED):
        await session.prove(GOOD[4], ignore_events)


@pytest.mark.parametrize("content", [b"", bytes(8 << 20), b"\xff" * 64], ids=["none", "zeros", "short"])
async def test_points_overwritten_under_a_running_bb_make_no_proof(content: bytes) -> None:
    installation = real_installation()
    store = installation.paths.crs_dir(DEVELOPMENT) / "g1-00.dat"
    before = hashlib.sha256(store.read_bytes()).digest()
    session = await start(V5)
    points = session._process.file("bn254_g1.dat")
    assert points.stat().st_nlink == 1
    assert not points.is_symlink()
    points.write_bytes(content)
    with pytest.raises(ProvingError) as caught:
        await session.prove(GOOD[5], ignore_events)
    # Which one depends on when a thread of bb meets the points: a mapped file cut short raises SIGBUS.
    assert caught.value.code in ("BB_REFUSED", "BB_ABORTED", "BB_CRASHED")
    assert hashlib.sha256(store.read_bytes()).digest() == before


async def grumpkin_points(generation: Generation) -> bytes:
    """Those that the real bb has made, now or before."""
    installation, pin = real_installation(), generation.grumpkin
    file = installation.paths.data / pin.kept_as
    if read_grumpkin_points(file, pin.sha256) is None:
        backend = LocalBackend(installation, LocalOptions(threads=2))
        await backend.prove(request(GOOD[generation.number], generation), ignore_events)
    points = read_grumpkin_points(file, pin.sha256)
    assert points is not None
    return points


@pytest.mark.parametrize("generation", [V4, V5], ids=str)
async def test_grumpkin_points_of_another_generation_are_not_used_nor_is_the_network(
    generation: Generation, tmp_path: Path, own_network: Sequence[str]
) -> None:
    kept = tmp_path / generation.grumpkin.kept_as
    kept.write_bytes(await grumpkin_points(V5 if generation == V4 else V4))
    good = GOOD[generation.number]
    session = await start(generation, loader=own_network, grumpkin_folder=tmp_path)
    try:
        with nothing_sent(session.pid):
            made = await session.prove(good, ignore_events)
            assert await session.verify(made.proof, good.final_verification_key)
    finally:
        await session.close()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == generation.grumpkin.sha256
