"""``tee-rex listen`` as a process, with the real bb."""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx2
import msgspec
import psutil
import pytest

from support.listen_process import ListenProcess, listen_process
from support.local_prover import is_valid_answer, mock_request, real_installation
from support.noir_circuits import body_of, request_of
from support.patience import SOON
from support.processes import running
from support.proving_server import eventually
from support.recorded_steps import development_deployment, mock_transaction
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

STEPS = development_deployment()
PROOF_SECONDS = 300.0
TEE_REX = Path(sys.executable).with_name("tee-rex")
SITE = {"Origin": "https://dapp.example"}
MARKER = b"MARKER-0b1f3f63d5a64b57"


def client_of(listener: ListenProcess) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=listener.url, timeout=PROOF_SECONDS)


async def test_two_versions_are_proved_for_a_site_and_nothing_is_left(tmp_path: Path) -> None:
    with listen_process("--allow=https://dapp.example", TMPDIR=str(tmp_path)) as listener:
        async with client_of(listener) as client:
            for body in (mock_transaction(), STEPS):
                request = ProofRequest.recognised(ExecutionSteps.from_bytes(body))
                headers = SITE | {"x-aztec-version": str(request.version)}
                answer = await client.post("/prove", content=body, headers=headers)
                assert answer.status_code == 200, answer.text
                assert await is_valid_answer(answer.json()["proof"], request)
                assert int(answer.headers["x-prove-duration-ms"]) > 100
            refused = await client.post("/prove", content=STEPS, headers={"Origin": "https://x.example"})
        assert refused.json()["error"] == "origin_denied"
        warm = listener.bb_pids()
        assert len(warm) == 2  # one of each version, for the next proof
        assert listener.stop() == 0
        assert not any(map(running, warm))
    proofs = listener.named("proof")
    assert [one["version"] for one in proofs] == ["5.0.0", "4.1.2"]
    assert {one["origin"] for one in proofs} == {SITE["Origin"]}
    assert [one["code"] for one in listener.named("refused")] == ["ORIGIN_DENIED"]
    assert [*tmp_path.iterdir()] == []


async def test_a_circuit_is_proved_under_the_setup_that_was_chosen(tmp_path: Path) -> None:
    headers = {"x-aztec-version": "5.0.0"}
    with listen_process("--noir-crs=development", TMPDIR=str(tmp_path)) as listener:
        async with client_of(listener) as client:
            body = body_of(request_of("square"))
            answer = await client.post("/prove/ultra-honk", content=body, headers=headers)
            assert (answer.status_code, answer.json()["crs"]) == (200, "development"), answer.text
        assert listener.named("listening")[0]["noir_crs"] == "development"
        assert listener.stop() == 0
    assert [one["setup"] for one in listener.named("circuit proof")] == ["development"]
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_a_proof_with_an_answer(tmp_path: Path, number: signal.Signals) -> None:
    with listen_process(TMPDIR=str(tmp_path)) as listener:
        async with client_of(listener) as client:
            asking = asyncio.create_task(client.post("/prove", content=STEPS))
            await eventually(listener.bb_pids)
            bb = listener.bb_pids()
            assert await asyncio.to_thread(listener.stop, number) == 0
            answer = await asking
        assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
        assert not any(map(running, bb))
    assert [*tmp_path.iterdir()] == []


async def test_a_client_that_leaves_ends_bb(tmp_path: Path) -> None:
    with listen_process(TMPDIR=str(tmp_path)) as listener:
        async with client_of(listener) as client:
            asking = asyncio.create_task(client.post("/prove", content=STEPS))
            await eventually(listener.bb_pids)
            await asyncio.sleep(1.0)  # it is proving
            [bb] = listener.bb_pids()
            asking.cancel()
            await eventually(lambda: not running(bb), seconds=SOON)
        await eventually(lambda: [*tmp_path.iterdir()] == [], seconds=SOON)
        assert listener.stop() == 0


def _home_with_development_bb(folder: Path) -> Path:
    """A data folder that can prove the small v5 transaction, and nothing else."""
    installation, request = real_installation(), mock_request()

    async def bring() -> None:
        await installation.bb(request.version, request.setup, ignore_progress)
        await installation.crs(request.setup, MIN_POINTS, ignore_progress)

    asyncio.run(bring())
    for name in (f"development/bb/{request.version}", "development/crs", "runtime", "grumpkin-g1-v2.dat"):
        source, target = installation.paths.data / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("programs"))
        elif source.exists():
            shutil.copy(source, target)
    return folder


def _marked(steps: bytes) -> bytes:
    """The steps with a marker in every witness, which is in its gzip as it is."""
    decoded = msgspec.msgpack.decode(steps)
    for step in decoded:
        step["witness"] = gzip.compress(gzip.decompress(step["witness"]) + MARKER, compresslevel=0)
    return msgspec.msgpack.encode(decoded)


def _marked_circuit() -> bytes:
    """A circuit whose witness is followed by the marker."""
    circuit = request_of("compressions")
    marked = gzip.compress(gzip.decompress(circuit.witness) + MARKER, compresslevel=0)
    return body_of(replace(circuit, witness=marked))


def _written(path: Path) -> bytes:
    """What was written to a file, without the holes of a sparse one: bb 5 keeps one of 8 GiB."""
    written = bytearray()
    with path.open("rb") as file:
        end = 0
        with suppress(OSError):  # ENXIO: nothing more was written
            while True:
                start = os.lseek(file.fileno(), end, os.SEEK_DATA)
                end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
                written += os.pread(file.fileno(), end - start, start)
    return bytes(written)


def _holding_marker(folders: Iterable[Path], listener: ListenProcess) -> list[str]:
    """The files below the folders, or open in the listener and its bb, that have the marker."""
    found = []
    files = [path for folder in folders for path in folder.rglob("*")]
    for pid in (listener.process.pid, *listener.bb_pids()):
        with suppress(OSError, psutil.NoSuchProcess):
            files += Path(f"/proc/{pid}/fd").iterdir()
    for path in files:
        with suppress(OSError):  # removed since
            if path.is_file() and MARKER in _written(path):
                found.append(f"{path} {path.readlink() if path.is_symlink() else ''}")
    return found


@pytest.mark.parametrize("path", ["/prove", "/prove/ultra-honk"])
def test_the_witness_is_on_no_disk(path: str, tmp_path: Path) -> None:
    home = _home_with_development_bb(tmp_path / "home")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    if path == "/prove":
        body = _marked(mock_transaction())
        assert body.count(MARKER) == 7
    else:
        body = _marked_circuit()
    with listen_process("--noir-crs=development", TEE_REX_HOME=str(home), TMPDIR=str(temporary)) as listener:
        looks = 0

        async def prove_and_look() -> None:
            nonlocal looks
            async with client_of(listener) as client:
                headers = {"x-aztec-version": "5.0.0"}
                asking = asyncio.create_task(client.post(path, content=body, headers=headers))
                while not asking.done():
                    assert await asyncio.to_thread(_holding_marker, (temporary,), listener) == []
                    looks += bool(listener.bb_pids())
                    await asyncio.sleep(0.2)
                assert (await asking).status_code == 200, (await asking).text

        asyncio.run(prove_and_look())
        assert looks
        assert _holding_marker((home, temporary), listener) == []
        assert listener.stop() == 0
    assert _holding_marker((home, temporary), listener) == []
    assert MARKER.decode() not in repr(listener.events)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TEE_REX, "listen", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


def test_a_taken_port_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = run(f"--port={other.getsockname()[1]}")
    assert done.returncode == 4
    assert "[PORT_TAKEN]" in done.stderr
    assert "Presto" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_an_origin_is_refused(tmp_path: Path) -> None:
    done = run("--allow=dapp.example/path", TEE_REX_HOME=str(tmp_path))
    assert (done.returncode, "[INVALID_ORIGIN]" in done.stderr) == (2, True)


def test_people_read_who_may_prove_and_where(tmp_path: Path) -> None:
    with subprocess.Popen(
        [TEE_REX, "listen", "--port=0", "--allow=https://dapp.example"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TEE_REX_HOME": str(tmp_path)},
    ) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(SOON) == 0
    assert lines[0].startswith("Listening on http://127.0.0.1:")
    assert "tee-rex https enable" in lines[1]
    assert "https://dapp.example" in lines[2]
    assert rest == "Stopped.\n"
