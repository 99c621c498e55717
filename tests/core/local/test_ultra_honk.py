"""Proofs of Noir circuits by the real bb, put beside its own command line."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from support.altered import last_bit_changed
from support.bb_command_line import BbCommandLine
from support.errors import raises, raises_with
from support.installed import link_libraries
from support.local_prover import development_crs, real_installation
from support.noir_circuits import SECRET, V4, V5, bytecode_of, gzipped, request_of, witness_of
from support.own_network import nothing_sent, own_network
from support.processes import running_bbs
from support.proving_server import eventually
from tee_rex.bb.store import BbCommand
from tee_rex.crs.crs import POINT_BYTES, Crs
from tee_rex.errors import ErrorKind, ProvingError
from tee_rex.errors.catalogue import ultra_honk as errors
from tee_rex.errors.catalogue.bb import BB_NOT_INSTALLED
from tee_rex.errors.catalogue.crs import CRS_MISSING, CRS_TOO_SMALL
from tee_rex.errors.catalogue.proving import BB_CRASHED, BB_KILLED, MEMORY_LIMIT, PROOF_TIMED_OUT
from tee_rex.local import ultra_honk
from tee_rex.local.backend import LocalOptions
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.ultra_honk import UltraHonkProver, VerifierTarget
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.events import Phase, PhaseStarted, ProofEvent, ignore_events
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

DEVELOPMENT = TrustedSetup.DEVELOPMENT
SQUARE = request_of("square")
STARKNET = (VerifierTarget.STARKNET, VerifierTarget.STARKNET_NO_ZK)
AVAILABLE = tuple(target for target in VerifierTarget if target not in STARKNET)
DETERMINISTIC = (VerifierTarget.EVM_NO_ZK, VerifierTarget.NOIR_RECURSIVE_NO_ZK)
"""bb makes the same proof each time. It puts random claims into one for a rollup."""
VERSIONS = (V4, V5)


def prover(memory_limit: int | None = None) -> UltraHonkProver:
    return UltraHonkProver(real_installation(), LocalOptions(2, memory_limit))


ROLLUP = (VerifierTarget.NOIR_ROLLUP, VerifierTarget.NOIR_ROLLUP_NO_ZK)


@pytest.mark.parametrize(
    ("target", "version"),
    # A proof for a rollup takes six times as long as another: made beside the command line's by one bb alone.
    [
        (target, version)
        for target in AVAILABLE
        for version in VERSIONS
        if target not in ROLLUP or version == V5
    ],
    ids=str,
)
async def test_proof_and_key_are_those_of_the_command_line(
    target: VerifierTarget, version: AztecVersion, tmp_path: Path, nothing_left: Path
) -> None:
    request = request_of("square", target, version)
    command_line = await BbCommandLine.of(version, tmp_path)
    made, written = await prover().prove(request, ignore_events), command_line.prove(request)
    assert made.verification_key == written.key
    assert len(written.key) == target.key_bytes
    assert made.public_inputs == written.public_inputs == (9).to_bytes(32) + (12).to_bytes(32)
    assert len(made.proof) == len(written.proof)
    assert (made.proof == written.proof) == (target in DETERMINISTIC)
    assert command_line.verifies(made)
    assert not command_line.verifies(replace(made, proof=last_bit_changed(made.proof)))
    assert (made.setup, made.bb.version) == (TrustedSetup.DEVELOPMENT, version)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_a_given_key_is_used(version: AztecVersion, tmp_path: Path, nothing_left: Path) -> None:
    request = request_of("compressions", version=version)
    first = await prover().prove(request, ignore_events)
    again = await prover().prove(replace(request, verification_key=first.verification_key), ignore_events)
    assert (again.proof, again.verification_key) == (first.proof, None)
    assert (await BbCommandLine.of(version, tmp_path)).verifies(again, first.verification_key)
    assert [timing.phase for timing in again.phases] == [
        Phase.PREPARE,
        Phase.START,
        Phase.FINAL_PROOF,
        Phase.VERIFY,
    ]


async def test_a_circuit_can_have_no_public_inputs(tmp_path: Path, nothing_left: Path) -> None:
    made = await prover().prove(request_of("sealed", VerifierTarget.EVM), ignore_events)
    assert made.public_inputs == b""
    assert (await BbCommandLine.of(V5, tmp_path)).verifies(made)


OTHER_KEY = (1).to_bytes(32) + bytes(1856)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param(
            {"witness": witness_of("square_plus_one")}, errors.CIRCUIT_UNSATISFIED, id="unsatisfying"
        ),
        pytest.param({"witness": witness_of("products")}, errors.CIRCUIT_REFUSED, id="other circuit's"),
        pytest.param({"witness": gzipped(b"\xc1" * 99)}, errors.CIRCUIT_REFUSED, id="no witness"),
        pytest.param({"bytecode": gzipped(b"\xc1" * 99)}, errors.CIRCUIT_REFUSED, id="no bytecode"),
        pytest.param({"verification_key": OTHER_KEY}, errors.UNSATISFIED_OR_OTHER_KEY, id="other key"),
        pytest.param({"verification_key": b"\xff" * 1888}, errors.CIRCUIT_REFUSED, id="no key"),
    ],
)
async def test_what_proves_nothing_is_refused(
    version: AztecVersion,
    changes: dict[str, Any],
    kind: ErrorKind[ProvingError],
    nothing_left: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with raises(kind) as caught, caplog.at_level(logging.DEBUG):
        await prover().prove(replace(request_of("square", version=version), **changes), ignore_events)
    assert "bb" in caught.value.message
    assert caplog.records == []


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("target", STARKNET)
async def test_a_target_that_bb_was_built_without(
    target: VerifierTarget, version: AztecVersion, nothing_left: Path
) -> None:
    with raises(errors.TARGET_UNAVAILABLE, match=f"bb {version} was built without {target}"):
        await prover().prove(request_of("square", target, version), ignore_events)


async def test_bytecode_for_another_bb_is_not_taken_for_a_missing_target(nothing_left: Path) -> None:
    request = request_of("square", VerifierTarget.STARKNET, bytecode=bytecode_of("square", V4))
    with raises(errors.CIRCUIT_REFUSED, match=r"bb 5\.0\.0 reported an error while reading the circuit"):
        await prover().prove(request, ignore_events)


# Points.


@dataclass(frozen=True, slots=True)
class FewPoints(DownloadingInstallation):
    """Has any power of two up to 4,096 points; asked: how many were asked for. loader: starts bb."""

    asked: tuple[list[int], ...] = ()
    loader: tuple[str, ...] = ()

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        found = await DownloadingInstallation.bb(self, version, setup, progress)
        return replace(found, loader=(*self.loader, *found.loader))

    async def crs(self, setup: TrustedSetup, points: int, progress: ProgressListener) -> Crs:
        self.asked[0].append(points)
        if points > 4096:
            raise CRS_TOO_SMALL(wanted=points, setup=setup.value, available=4096)
        whole = await development_crs()
        return Crs(setup, points, whole.g1[: points * POINT_BYTES], whole.g2)


def few_points(*loader: str) -> FewPoints:
    real = real_installation()
    return FewPoints(real.paths, real.pins, asked=([],), loader=loader)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_a_circuit_gets_the_points_that_bb_says_it_needs(
    version: AztecVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nothing_left: Path
) -> None:
    monkeypatch.setattr(ultra_honk, "MIN_POINTS", 1024)
    installation = few_points()
    limited = UltraHonkProver(installation, LocalOptions(2))
    started: list[Phase] = []

    def listen(event: ProofEvent) -> None:
        if isinstance(event, PhaseStarted):
            started.append(event.phase)

    made = await limited.prove(request_of("products", version=version), listen)
    assert installation.asked == ([1024, 2048],)
    assert started == [*[Phase.PREPARE, Phase.START, Phase.FINAL_PROOF] * 2, Phase.VERIFY]
    assert (await BbCommandLine.of(version, tmp_path)).verifies(made)
    with raises(CRS_TOO_SMALL, match="65,536|131,072"):
        await limited.prove(request_of("compressions", version=version), ignore_events)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_bb_opens_no_connection(
    version: AztecVersion, monkeypatch: pytest.MonkeyPatch, nothing_left: Path
) -> None:
    """Neither for points that it lacks, nor for Grumpkin points."""
    monkeypatch.setattr(ultra_honk, "MIN_POINTS", 1024)
    limited = UltraHonkProver(few_points(*own_network()), LocalOptions(2))
    for request in (
        request_of("products", version=version),
        request_of("square", VerifierTarget.NOIR_ROLLUP, version),
    ):
        with contextlib.ExitStack() as stack:

            def look(event: ProofEvent, stack: contextlib.ExitStack = stack) -> None:
                if event == PhaseStarted(Phase.FINAL_PROOF):
                    stack.enter_context(nothing_sent(*running_bbs()))

            await limited.prove(request, look)


# Versions and setups.


async def test_no_other_bb_proves_for_a_version_that_is_not_known(nothing_left: Path) -> None:
    with raises_with("BB_NOT_PINNED", match="4.1.9"):
        await prover().prove(request_of("square", version=AztecVersion(4, 1, 9)), ignore_events)


async def test_an_installed_bb_takes_no_others_place(tmp_path: Path, nothing_left: Path) -> None:
    """Though it would prove a transaction of the same circuits."""
    real = real_installation()
    found = await real.bb(V4, DEVELOPMENT, ignore_progress)
    paths = Paths(tmp_path / "data", tmp_path / "config")
    link_libraries(real.paths, paths)
    copy = paths.bb_dir(DEVELOPMENT) / str(V4) / "bb"
    copy.parent.mkdir(parents=True)
    shutil.copy2(found.executable.path, copy)
    elsewhere = DownloadingInstallation(paths, real.pins, allow_download=False)
    other = AztecVersion.parse("4.4.0")
    assert (await elsewhere.bb(other, DEVELOPMENT, ignore_progress)).executable.version == V4
    with raises(BB_NOT_INSTALLED, match="4.4.0"):
        await UltraHonkProver(elsewhere, LocalOptions(2)).prove(
            request_of("square", version=other), ignore_events
        )


async def test_without_genuine_points_nothing_is_proved(nothing_left: Path) -> None:
    real = real_installation()
    await real.bb(V5, TrustedSetup.GENUINE, ignore_progress)
    offline = UltraHonkProver(replace(real, allow_download=False), LocalOptions(2))
    with raises(CRS_MISSING):
        await offline.prove(request_of("square", setup=TrustedSetup.GENUINE), ignore_events)


# Ends.


LONG = request_of("compressions")


async def test_cancelling_ends_bb(nothing_left: Path) -> None:
    def cancel(event: ProofEvent) -> None:
        if event == PhaseStarted(phase):
            asyncio.get_running_loop().call_later(0.05, proving.cancel)

    for phase in (Phase.PREPARE, Phase.START, Phase.FINAL_PROOF, Phase.VERIFY):
        proving = asyncio.ensure_future(prover().prove(LONG, cancel))
        with contextlib.suppress(asyncio.CancelledError):
            await proving
            assert phase is Phase.VERIFY  # which takes less time
        assert running_bbs() == []
        assert list(nothing_left.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGKILL, BB_KILLED), (signal.SIGSEGV, BB_CRASHED)], ids=["kill", "crash"]
)
async def test_a_bb_that_ends_is_told(
    number: signal.Signals, kind: ErrorKind[ProvingError], nothing_left: Path
) -> None:
    def end(event: ProofEvent) -> None:
        if event == PhaseStarted(Phase.FINAL_PROOF):
            os.kill(running_bbs()[0], number)

    with raises(kind):
        await prover().prove(LONG, end)


async def test_a_bb_that_hangs_is_ended_in_time(nothing_left: Path) -> None:
    def stop(event: ProofEvent) -> None:
        if event == PhaseStarted(Phase.FINAL_PROOF):
            os.kill(running_bbs()[0], signal.SIGSTOP)

    with raises(PROOF_TIMED_OUT, match="2 s"):
        await prover().prove(LONG, stop, time_limit=2)


async def test_the_memory_limit_ends_bb(nothing_left: Path) -> None:
    with raises(MEMORY_LIMIT):
        await prover(memory_limit=60_000_000).prove(LONG, ignore_events)


async def test_one_circuit_at_a_time(nothing_left: Path) -> None:
    most = 0

    def count(_event: ProofEvent) -> None:
        nonlocal most
        most = max(most, len(running_bbs()))

    one = prover()
    await asyncio.gather(*(one.prove(SQUARE, count) for _ in range(3)))
    assert most == 1


async def test_a_warm_bb_proves_the_next_circuit(tmp_path: Path, nothing_left: Path) -> None:
    started: list[Phase] = []

    def listen(event: ProofEvent) -> None:
        if isinstance(event, PhaseStarted):
            started.append(event.phase)

    command_line = await BbCommandLine.of(V5, tmp_path)
    async with UltraHonkProver(real_installation(), LocalOptions(2, keep_warm=True)) as warm:
        for target in (VerifierTarget.EVM, VerifierTarget.NOIR_RECURSIVE):
            for circuit in ("square", "sealed"):
                made = await warm.prove(request_of(circuit, target), listen)
                assert command_line.verifies(made)
        assert started.count(Phase.START) == 1
        first = running_bbs()
        await warm.prove(request_of("square", version=V4), listen)
        assert running_bbs() != first
        assert len(running_bbs()) == 1
        with raises(errors.CIRCUIT_UNSATISFIED):
            unsatisfying = witness_of("square_plus_one")
            await warm.prove(request_of("square", version=V4, witness=unsatisfying), listen)
        assert running_bbs() == []
        await warm.prove(SQUARE, listen)
        kept = warm._warm
        assert kept is not None
        os.kill(kept.session.pid, signal.SIGKILL)
        await eventually(lambda: not kept.session.usable)
        await warm.prove(SQUARE, listen)
    assert running_bbs() == []


async def test_the_witness_is_in_no_file_and_no_log(
    nothing_left: Path, caplog: pytest.LogCaptureFixture
) -> None:
    looked: list[str] = []

    def look(event: ProofEvent) -> None:
        if not isinstance(event, PhaseStarted) or event.phase not in (Phase.FINAL_PROOF, Phase.VERIFY):
            return
        (private,) = nothing_left.iterdir()
        assert private.stat().st_mode & 0o777 == 0o700
        for file in private.iterdir():
            if file.is_file() and file.stat().st_size < 1 << 30:
                content = file.read_bytes()
                looked.append(file.name)
                assert SECRET not in content
                assert witness_of("sealed") not in content

    with caplog.at_level(logging.DEBUG):
        made = await prover().prove(request_of("sealed", VerifierTarget.EVM), look)
    assert "bn254_g1.dat" in looked
    assert caplog.records == []
    assert SECRET not in made.proof
    assert SECRET.hex() not in repr(made)
