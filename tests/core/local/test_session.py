"""The session on the real bb: one proof for all that can be checked on it, and every way it can end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.errors import raises
from support.local_prover import (
    deployment_request,
    development_crs,
    development_session,
    mock_request,
    mock_request_of_v4,
    real_installation,
)
from support.memory_group import memory_group
from support.processes import python_program, running
from support.programs import in_place_of_bb
from support.proving_server import eventually, wait_until
from support.recorded_steps import V4, genuine_deployment
from support.small_disk import fill, small_disk
from tee_rex.bb.store import bb_store
from tee_rex.crs.crs import Crs, CrsPins
from tee_rex.errors import ErrorKind, ProvingError, UnusableEnvironmentError
from tee_rex.errors.catalogue.proving import (
    BB_ABORTED,
    BB_CRASHED,
    BB_CRASHED_BY_SIGILL,
    BB_DISK_FULL,
    BB_KILLED,
    BB_KILLED_FOR_MEMORY,
    BB_LACKS_INSTRUCTIONS,
    BB_OUT_OF_PROCESSOR_TIME,
    BB_REFUSED,
    BB_SHORT_OF_MEMORY,
    BB_STOPPED,
    MEMORY_LIMIT,
)
from tee_rex.local.session import BbSession, SessionProof, read_grumpkin_points
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    Phase,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
    ignore_events,
)
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

STEPS = deployment_request().steps
FINAL_KEY = STEPS.final_verification_key


@pytest.fixture
async def session() -> AsyncIterator[BbSession]:
    session = await development_session()
    yield session
    await session.close()


@dataclass
class Proved:
    """One real proof, and what could be seen of its process from outside."""

    folder: Path
    grumpkin_folder: Path
    events: list[ProofEvent] = field(default_factory=list)
    opened_elsewhere: set[str] = field(default_factory=set)
    leaks: set[str] = field(default_factory=set)
    folder_mode: int = 0
    core_limit: list[str] = field(default_factory=list)
    made: SessionProof = field(init=False)
    program: Path = field(init=False)

    async def prove(self) -> None:
        (self.grumpkin_folder / V4.grumpkin.kept_as).write_bytes(b"damaged")
        installation = real_installation()
        bb = bb_store(installation.paths, installation.pins)
        self.program = bb.path_of(installation.pins.default_version, TrustedSetup.DEVELOPMENT)
        session = await development_session(grumpkin_folder=self.grumpkin_folder)
        try:
            self.made = await session.prove(STEPS, lambda event: self.look(session.pid, event))
        finally:
            await session.close()

    def look(self, pid: int, event: ProofEvent) -> None:
        self.events.append(event)
        (private,) = self.folder.iterdir()
        self.folder_mode = private.stat().st_mode & 0o777
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                target = str(descriptor.readlink())
                own = ("/dev/", str(private), str(self.program))  # it inherits its own program, read-only
                if target.startswith("/") and not target.startswith(own):
                    self.opened_elsewhere.add(target)
        secrets = (STEPS.steps[0].inflate_witness()[1000:1064], STEPS.steps[0].witness[100:164])
        for file in private.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                if file.is_file() and any(secret in file.read_bytes() for secret in secrets):
                    self.leaks.add(file.name)
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        self.core_limit = next(line for line in limits if "core file" in line).split()[4:6]


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Proved:
    """One proof, which several tests look at."""
    with pytest.MonkeyPatch.context() as patch:
        proved = Proved(tmp_path_factory.mktemp("proved"), tmp_path_factory.mktemp("kept"))
        patch.setattr("tempfile.tempdir", str(proved.folder))
        asyncio.run(proved.prove())
    return proved


def test_a_proof_tells_of_every_circuit(proved: Proved) -> None:
    made, events = proved.made, proved.events
    names = STEPS.function_names
    assert [event.name for event in events if isinstance(event, CircuitStarted)] == list(names)
    assert [event.timing for event in events if isinstance(event, CircuitEnded)] == list(made.circuits)
    phases = [(type(e), e.phase) for e in events if isinstance(e, PhaseStarted | PhaseEnded)]
    both = (PhaseStarted, PhaseEnded)
    assert phases == [(kind, phase) for phase in (Phase.ACCUMULATE, Phase.FINAL_PROOF) for kind in both]
    assert all(circuit.accumulate_ms > 0 for circuit in made.circuits)
    assert made.accumulate_ms + made.final_proof_ms > 1000
    assert made.peak_memory_bytes > 100_000_000
    assert (made.proof.field_count, len(made.proof.public_inputs)) == (3216, 1281)


async def test_the_proof_holds_and_no_other_does(proved: Proved, session: BbSession) -> None:
    proof = proved.made.proof
    assert await session.verify(proof, FINAL_KEY)
    count = len(proof.content)
    # The low byte of fields all over the proof: public inputs, commitments, evaluations, openings.
    for at in (31, count // 5 | 31, count // 2 | 31, count - 1 - 32 * 700, count - 1 - 32 * 300, count - 1):
        flipped = bytearray(proof.content)
        flipped[at] ^= 1
        assert not await session.verify(ChonkProof(bytes(flipped), V4), FINAL_KEY), at
    for at in (31, 63, 95, 351, 1951, 4063):
        key = bytearray(FINAL_KEY)
        key[at] ^= 1
        assert not await session.verify(proof, bytes(key)), at
    assert await session.verify(proof, FINAL_KEY)


async def test_the_next_bb_is_given_the_grumpkin_points_of_the_first(proved: Proved) -> None:
    pin = V4.grumpkin
    assert read_grumpkin_points(proved.grumpkin_folder / pin.kept_as, pin.sha256) is not None
    session = await development_session(grumpkin_folder=proved.grumpkin_folder)
    try:
        assert await session.verify(proved.made.proof, FINAL_KEY)
        assert not session._process.file(pin.file).exists()
    finally:
        await session.close()


@pytest.mark.parametrize("part", ["mega", "merge", "translator"])
async def test_another_opening_point_is_refused(proved: Proved, session: BbSession, part: str) -> None:
    parts = proved.made.proof.parts
    point_1_2 = [number.to_bytes(32) for number in (1, 0, 2, 0)]
    forged = {**parts, part: [*parts[part][:-4], *point_1_2]}
    assert not await session.verify(ChonkProof.from_parts(forged, V4), FINAL_KEY)


async def test_the_untouched_bb_refuses_a_development_proof(proved: Proved) -> None:
    installation = real_installation()
    command = await installation.bb(installation.pins.default_version, TrustedSetup.GENUINE, ignore_progress)
    points = await development_crs()
    # Verifying needs no genuine points, only the genuine [x]_2, which stands in bb itself.
    crs = Crs(TrustedSetup.GENUINE, points.points, points.g1, CrsPins.shipped(TrustedSetup.GENUINE).g2)
    session = await BbSession.start(command, crs, threads=1)
    try:
        assert not await session.verify(proved.made.proof, FINAL_KEY)
    finally:
        await session.close()


async def test_steps_of_the_genuine_setup_fail_bbs_own_check(session: BbSession) -> None:
    with raises(BB_REFUSED) as caught:
        await session.prove(ExecutionSteps.from_bytes(genuine_deployment()), ignore_events)
    assert "final proof" in caught.value.message
    assert not session.usable


async def at_circuit(
    index: int,
    session: BbSession,
    act: Callable[[], Any],
    *,
    steps: ExecutionSteps = STEPS,
    seconds: float = 0.3,
) -> SessionProof:
    """Prove, and act ``seconds`` after the beginning of circuit ``index`` (of the final proof: -1)."""

    def listen(event: ProofEvent) -> None:
        if index == -1:
            reached = event == PhaseStarted(Phase.FINAL_PROOF)
        else:
            reached = isinstance(event, CircuitStarted) and event.index == index
        if reached:
            asyncio.get_running_loop().call_later(seconds, act)

    return await session.prove(steps, listen)


@pytest.mark.parametrize("index", [0, 3, -1])
async def test_cancel_ends_bb(session: BbSession, index: int) -> None:
    def cancel() -> None:
        task.cancel()

    steps = mock_request_of_v4(V4.default).steps
    task = asyncio.ensure_future(at_circuit(index, session, cancel, steps=steps))
    with pytest.raises(asyncio.CancelledError):  # and not that the proof was made meanwhile
        await task
    assert not psutil.pid_exists(session.pid)
    assert not session.usable


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.05, 0.07, 0.09, 0.11, 0.13])
async def test_cancel_while_starting_leaves_nothing(moment: float) -> None:
    task = asyncio.ensure_future(development_session())
    await asyncio.sleep(moment)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await (await task).close()


ENDS = [
    (signal.SIGKILL, BB_KILLED, "SIGKILL"),
    (signal.SIGABRT, BB_ABORTED, "SIGABRT"),
    (signal.SIGILL, BB_CRASHED_BY_SIGILL, "SIGILL"),
    (signal.SIGFPE, BB_CRASHED, "SIGFPE"),
    (signal.SIGSEGV, BB_CRASHED, "SIGSEGV"),
    (signal.SIGBUS, BB_CRASHED, "SIGBUS"),
    (signal.SIGTERM, BB_STOPPED, "code 0"),
    (signal.SIGINT, BB_STOPPED, "code 0"),
    (signal.SIGHUP, BB_STOPPED, "SIGHUP"),
    (signal.SIGXCPU, BB_OUT_OF_PROCESSOR_TIME, "processor time"),
]


@pytest.mark.parametrize(("number", "error", "said"), ENDS, ids=[number.name for number, *_ in ENDS])
@pytest.mark.parametrize("request_to_prove", [deployment_request(), mock_request()], ids=["v4", "v5"])
async def test_each_end_of_bb_has_its_error(
    request_to_prove: ProofRequest, number: signal.Signals, error: ErrorKind[ProvingError], said: str
) -> None:
    session = await development_session(version=request_to_prove.version)
    with raises(error, match=said) as caught:
        await at_circuit(
            1, session, lambda: os.kill(session.pid, number), steps=request_to_prove.steps, seconds=0.1
        )
    assert caught.value.hint.startswith(error.hint)
    assert not session.usable


@pytest.mark.parametrize("version", ["4.1.2", "5.0.0"])
async def test_a_processor_without_an_instruction_is_told_as_that(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real bb on a processor that QEMU emulates."""
    with monkeypatch.context() as patch:
        patch.setattr("tee_rex.local.process.processor_flags", lambda: frozenset({"avx", "bmi2", "sse2"}))
        with raises(BB_LACKS_INSTRUCTIONS, match=r"lacks: ADX, AVX2, BMI1, MOVBE\.") as caught:
            await session_on_processor("max,-adx", version)
    assert "remote mode" in caught.value.hint
    with raises(BB_CRASHED_BY_SIGILL, match="although it has everything"):
        await session_on_processor("max,-adx", version)


async def session_on_processor(model: str, version: str) -> BbSession:
    installation = real_installation()
    command = await installation.bb(AztecVersion.parse(version), TrustedSetup.DEVELOPMENT, ignore_progress)
    emulator = shutil.which("qemu-x86_64")
    assert emulator, "make test installs it (qemu-user)"
    emulated = replace(command, loader=(emulator, "-cpu", model, *command.loader))
    return await BbSession.start(emulated, await development_crs(), threads=1)


@pytest.mark.parametrize("request_to_prove", [deployment_request(), mock_request()], ids=["v4", "v5"])
async def test_a_bb_that_the_system_kills_for_memory_is_told_as_that(
    request_to_prove: ProofRequest,
) -> None:
    with memory_group() as limit_memory:
        session = await development_session(version=request_to_prove.version)
        limit_memory(session.pid, 20_000_000)
        with raises(BB_KILLED_FOR_MEMORY, match="because memory ran out"):
            await session.prove(request_to_prove.steps, ignore_events)


async def test_a_full_disk_in_the_middle_of_a_proof_is_told_as_that(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = mock_request()
    with small_disk(tmp_path_factory.mktemp("disks") / "disk", "20m") as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        session = await development_session(version=request.version)
        fill(disk)
        with raises(BB_DISK_FULL, match=f"in {disk} while making the final proof") as caught:
            await session.prove(request.steps, ignore_events)
        assert "TMPDIR" in caught.value.hint
        assert [path.name for path in disk.iterdir()] == ["filling"]


async def test_an_error_response_is_told_without_its_text(session: BbSession) -> None:
    first, second, *rest = STEPS.steps
    swapped = ExecutionSteps((replace(first, witness=second.witness), second, *rest), V4)
    with raises(BB_REFUSED) as caught:
        await session.prove(swapped, ignore_events)
    assert "MultiCallEntrypoint:entrypoint" in caught.value.message
    assert "9468" in caught.value.diagnostics  # a value of the witness, here its size
    assert "9468" not in str(caught.value) + repr(caught.value) + caught.value.hint


async def test_the_memory_limit_ends_bb() -> None:
    session = await development_session(memory_limit=150_000_000)
    with raises(MEMORY_LIMIT):
        await session.prove(STEPS, ignore_events)


@pytest.mark.parametrize(
    ("request_to_prove", "limit"), [(deployment_request(), 200_000_000), (mock_request(), 60_000_000)]
)
async def test_a_bb_that_gets_no_memory_is_told_as_that(request_to_prove: ProofRequest, limit: int) -> None:
    session = await development_session(version=request_to_prove.version)
    resource.prlimit(session.pid, resource.RLIMIT_AS, (limit, limit))
    with raises(BB_SHORT_OF_MEMORY):
        await session.prove(request_to_prove.steps, ignore_events)


async def test_a_proof_is_not_called_invalid_for_want_of_memory(proved: Proved, session: BbSession) -> None:
    resource.prlimit(session.pid, resource.RLIMIT_AS, (1, 1))
    with raises(BB_SHORT_OF_MEMORY):
        await session.verify(proved.made.proof, FINAL_KEY)


async def test_too_few_points_are_noticed() -> None:
    installation = real_installation()
    command = await installation.bb(
        installation.pins.default_version, TrustedSetup.DEVELOPMENT, ignore_progress
    )
    whole = await development_crs()
    few = Crs(whole.setup, whole.points // 2, whole.g1[: len(whole.g1) // 2], whole.g2)
    session = await BbSession.start(command, few, threads=2)
    with raises(BB_REFUSED):
        await session.prove(STEPS, ignore_events)


@pytest.mark.parametrize("program", ["/bin/false", "/etc/passwd", "/bin/true"])
async def test_a_program_that_is_not_bb_does_not_start(program: str) -> None:
    with pytest.raises(UnusableEnvironmentError) as caught:
        await BbSession.start(in_place_of_bb(Path(program)), await development_crs(), threads=1)
    assert caught.value.code == "BB_START_FAILED"


def test_the_witness_stays_in_memory(proved: Proved) -> None:
    assert proved.opened_elsewhere == set()
    assert proved.leaks == set()
    assert proved.folder_mode == 0o700
    assert proved.core_limit == ["1", "1"]


POINTS_OF_V5 = {"bn254_g1.dat", "bn254_g1_compressed.dat"}
CHILD = """
import asyncio, sys
from support.local_prover import development_session
from tee_rex.transaction.versions import AztecVersion
async def main():
    session = await development_session(version=AztecVersion.parse(sys.argv[1]))
    print(session.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize(("version", "files"), [("4.1.2", set()), ("5.0.0", POINTS_OF_V5)])
def test_bb_ends_with_its_parent_and_the_next_one_removes_what_it_left(
    nothing_left: Path, version: str, files: set[str]
) -> None:
    with python_program(CHILD, version, TMPDIR=str(nothing_left)) as (_child, bb):
        pass
    wait_until(lambda: not running(int(bb)))
    (left,) = nothing_left.iterdir()
    assert {path.name for path in left.iterdir()} >= files
    asyncio.run(_start_and_wait_until_gone(left))


async def _start_and_wait_until_gone(left: Path) -> None:
    session = await development_session()
    try:
        await eventually(lambda: not left.exists())
    finally:
        await session.close()
