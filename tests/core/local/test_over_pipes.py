"""The session over bb's standard streams, as on Windows, with the real bb for Linux."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from support.errors import raises
from support.local_prover import development_session, mock_request
from support.programs import python_in_place_of_bb
from support.recorded_steps import V5
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.local.process import BbProcess
from tee_rex.transaction.events import CircuitStarted, ProofEvent
from tee_rex.transaction.proof import ChonkProof

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

STEPS = mock_request().steps


async def test_a_proof_holds_and_the_witness_was_in_no_file(nothing_left: Path) -> None:
    session = await development_session(version=V5.default, over_pipes=True)
    written: set[str] = set()

    def listen(_event: ProofEvent) -> None:
        written.update(path.name for path in nothing_left.rglob("*") if path.is_file())
        written.update(Path(file.path).name for file in psutil.Process(session.pid).open_files())

    try:
        proof = (await session.prove(STEPS, listen)).proof
        key = STEPS.final_verification_key
        assert await session.verify(proof, key)
        flipped = bytearray(proof.content)
        flipped[-1] ^= 1
        assert not await session.verify(ChonkProof(bytes(flipped), V5), key)
    finally:
        await session.close()
    # The program, and public points; bb itself makes the lock.
    points = {"bn254_g1.dat", "bn254_g1_compressed.dat", "crs.lock", V5.grumpkin.file}
    assert written == {"bb", *points}


async def test_cancelling_ends_bb() -> None:
    session = await development_session(version=V5.default, over_pipes=True)

    def listen(event: ProofEvent) -> None:
        if isinstance(event, CircuitStarted) and event.index == 2:
            task.cancel()

    task = asyncio.ensure_future(session.prove(STEPS, listen))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(session.pid)


async def test_a_bb_that_ends_is_told_as_that() -> None:
    process = await BbProcess.start(
        python_in_place_of_bb("import os, sys; sys.stdin.buffer.read(1); os._exit(3)"),
        threads=1,
        over_pipes=True,
    )
    try:
        reader, writer = await process.open_streams()
        writer.write(b"x")
        assert await reader.read() == b""
        with raises(BB_CRASHED, match="It exited with code 3."):
            raise await process.ended()
    finally:
        await process.close()


async def test_a_bb_whose_parent_was_killed_ends_with_its_input(nothing_left: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from support.local_prover import development_session\n"
        "from support.recorded_steps import V5\n"
        "async def main():\n"
        "    session = await development_session(version=V5.default, over_pipes=True)\n"
        "    print(session.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        env={**os.environ, "TMPDIR": str(nothing_left), "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    bb = psutil.Process(int(await parent.stdout.readline()))
    parent.kill()
    await parent.wait()
    bb.wait(10)
    session = await development_session(version=V5.default, over_pipes=True)  # removes what was left
    await asyncio.sleep(0.5)
    await session.close()
