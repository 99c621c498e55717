"""``tee-rex prove`` on a server as people call it: a real process, a scripted server."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.nitro_fake import FakeNitro
from support.patience import PATIENCE
from support.recorded_steps import development_deployment
from support.remote_client import now
from support.scripted_server import JOB, Answer, ScriptedServer, event, events, never, status
from support.scripted_server import done as done_status

pytestmark = pytest.mark.integration

TEE_REX = Path(sys.executable).with_name("tee-rex")


@dataclass(frozen=True, slots=True)
class Done:
    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    file = tmp_path / "steps"
    file.write_bytes(development_deployment())
    return file


async def start(home: Path, *arguments: object, **environ: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        TEE_REX,
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # No bb is found there, so that proofs stay unverified.
        env={**os.environ, "TEE_REX_HOME": str(home), "BB_BINARY_PATH": str(home / "none"), **environ},
    )


async def ended(process: asyncio.subprocess.Process) -> Done:
    stdout, stderr = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert b"Traceback" not in stderr
    return Done(process.returncode or 0, stdout.decode(), stderr.decode())


async def test_a_proof_that_could_not_be_verified_here_is_marked(steps: Path, tmp_path: Path) -> None:
    server = ScriptedServer()
    server.scripts[f"GET /v1/proofs/{JOB}/events"] = events(
        event(status("queued", position=2)),
        event(status("proving", circuit={"index": 0, "count": 11, "name": ""})),
        event(done_status(bb={"version": "4.4.0", "sha256": "ab" * 32})),
    )
    async with server.serving() as url:
        done = await ended(await start(tmp_path, "prove", steps, "--url", url))
        again = await ended(await start(tmp_path, "prove", steps, "--json", PROVER_URL=url))
    assert done.exit_code == 0, done.stderr
    assert f"In remote mode on {url}" in done.stderr
    assert "The server's operator, and whoever terminates its TLS, could read the witness." in done.stderr
    assert "third in line" in done.stderr
    assert "1/11 MultiCallEntrypoint:entrypoint" in done.stderr
    assert "Proof made, not verified" in done.stdout
    assert "could read the witness" in done.stdout
    assert "bb 4.4.0, as the server says" in done.stdout
    report = json.loads(again.stdout)
    assert (report["mode"], report["verified"], report["bb"], report["error"]) == ("remote", None, None, None)
    assert report["claimed_bb_version"] == "4.4.0"
    assert "(from PROVER_URL)" in again.stderr


async def test_a_changed_key_stops_with_a_hint(steps: Path, tmp_path: Path) -> None:
    server = ScriptedServer()
    async with server.serving() as url:
        assert (await ended(await start(tmp_path, "prove", steps, "--url", url))).exit_code == 0
        server.key = ScriptedServer().key
        changed = await ended(await start(tmp_path, "prove", steps, "--url", url))
        assert changed.exit_code == 1
        assert "[SERVER_KEY_CHANGED]" in changed.stderr
        forget = changed.stderr.split("Run: tee-rex ")[1].split()
        assert (await ended(await start(tmp_path, *forget))).exit_code == 0
        assert (await ended(await start(tmp_path, "prove", steps, "--url", url))).exit_code == 0


async def test_an_attestation_that_is_refused_is_in_the_report(steps: Path, tmp_path: Path) -> None:
    server = ScriptedServer(nitro=FakeNitro(now()))
    arguments = ("prove", steps, "--mode", "tee", "--pcr0", "ab" * 48, "--no-nonce", "--json")
    async with server.serving() as url:
        done = await ended(await start(tmp_path, *arguments, TEE_URL=url))
    report = json.loads(done.stdout)
    assert (done.exit_code, report["mode"], report["error"]["code"]) == (1, "tee", "CHAIN_FAILED")
    assert (report["attestation"]["genuine"], report["attestation"]["code"]) == (False, "CHAIN_FAILED")
    assert "Without a nonce" in done.stderr
    assert server.received_secrets == []


async def test_an_unreachable_server_is_retried_and_then_reported(steps: Path, tmp_path: Path) -> None:
    async with ScriptedServer().serving() as url:
        pass
    done = await ended(await start(tmp_path, "prove", steps, "--url", url))
    assert (done.exit_code, "[SERVER_UNREACHABLE]" in done.stderr) == (4, True)
    assert done.stderr.count("retrying in") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals: POSIX")
async def test_ctrl_c_reaches_the_server(steps: Path, tmp_path: Path) -> None:
    server = ScriptedServer()
    server.scripts[f"GET /v1/proofs/{JOB}/events"] = never
    async with server.serving() as url:
        process = await start(tmp_path, "prove", steps, "--url", url)
        async with asyncio.timeout(PATIENCE):
            while not server.asked(f"GET /v1/proofs/{JOB}/events"):  # noqa: ASYNC110  # another process asks
                await asyncio.sleep(0.01)
        process.send_signal(2)
        assert (await ended(process)).exit_code == 130
    assert len(server.asked(f"DELETE /v1/proofs/{JOB}")) == 1


async def test_what_the_server_says_cannot_move_the_cursor(steps: Path, tmp_path: Path) -> None:
    server = ScriptedServer()
    server.scripts["POST /v1/proofs"] = Answer(b'{"error":"\\u001b[2J\\u202e[bold]boo","requestId":"r"}', 400)
    async with server.serving() as url:
        done = await ended(await start(tmp_path, "prove", steps, "--url", url))
    assert done.exit_code == 1
    assert "�[2J�[bold]boo" in done.stderr
    assert "\x1b" not in done.stderr
