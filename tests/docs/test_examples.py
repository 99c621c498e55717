"""The programs of docs/library.md run as they stand there."""

from __future__ import annotations

import asyncio
import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.fake_tee import FakeTee
from support.local_prover import real_backend
from support.nitro_fake import PRODUCTION_PCRS
from support.proving_server import server_process, serving, small_api
from support.recorded_steps import development_deployment, mock_transaction
from support.revoked import linked_home

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]  # proofs, on machines of any speed

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    file = tmp_path / "steps.msgpack"
    file.write_bytes(development_deployment())
    return file


@pytest.fixture
def few_steps(tmp_path: Path) -> Path:
    """Of a small v5 transaction, for what is proved to its end."""
    file = tmp_path / "few-steps.msgpack"
    file.write_bytes(mock_transaction())
    return file


def run(name: str, *arguments: object, expected: int = 0, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
        env=os.environ | {"PYTHONUNBUFFERED": "1", **environ},
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_prove_here_and_verify(few_steps: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    assert run("prove_locally.py", few_steps, proof).startswith("Proved 7 circuits in ")
    assert run("verify_proof.py", proof, few_steps) == "valid\n"
    changed = bytearray(proof.read_bytes())
    changed[-1] ^= 1
    proof.write_bytes(changed)
    assert run("verify_proof.py", proof, few_steps, expected=1) == "NOT VALID\n"


def test_follow_and_cancel(steps: Path) -> None:
    told = run("follow_and_cancel.py", steps, 0.001).splitlines()
    assert told[-1] == "Cancelled; nothing is left running."


@pytest.mark.skipif(sys.platform == "win32", reason="signals: POSIX")
def test_ctrl_c_ends_bb_too(steps: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", EXAMPLES / "follow_and_cancel.py", steps, "100000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        told = [next(program.stdout).strip()]
        while not told[-1].startswith("1/11 MultiCallEntrypoint:entrypoint "):
            told.append(next(program.stdout).strip())
        children = psutil.Process(program.pid).children(recursive=True)
        assert children
        program.send_signal(signal.SIGINT)
        assert program.wait() != 0
        assert psutil.wait_procs(children, timeout=60)[1] == []
    assert told[0] == "prepare …"


def test_a_refusal_is_told_in_words(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert "No execution steps" in run("follow_and_cancel.py", empty, 1, expected=1)


def test_prove_on_a_server(few_steps: Path, tmp_path: Path) -> None:
    home = linked_home(tmp_path / "home")  # the server's key is remembered there
    with server_process() as server:
        told = run("prove_on_a_server.py", server.url, few_steps, TEE_REX_HOME=str(home.data))
        assert told == f"Proved by {server.url}, verified here.\n"
        refused = run("prove_in_an_enclave.py", server.url, "ab" * 48, few_steps, expected=1)
    assert "[NO_TEE]" in refused


async def test_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    namespace: dict[str, Any] = {}
    exec(compile(program, "README.md", "exec"), namespace)
    # To its first event and a little further: the rest is proved by the others.
    proof = asyncio.ensure_future(namespace["prove"](development_deployment()))
    async with asyncio.timeout(60):
        while "CircuitStarted" not in capsys.readouterr().out:  # noqa: ASYNC110  # print tells nobody
            await asyncio.sleep(0.05)
    proof.cancel()
    with pytest.raises(asyncio.CancelledError):
        await proof


def test_the_lines_for_dapps_are_those_of_the_page() -> None:
    (lines, *_others) = re.findall(
        r"^```js\n(.*?)^```", (ROOT / "docs" / "browser.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert (EXAMPLES / "browser" / "demo.js").read_text().startswith(lines)


async def test_prove_in_an_enclave(
    few_steps: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tee = FakeTee()
    # The test's own authority stands in for Amazon's: only its documents can be made here.
    monkeypatch.setattr("tee_rex.attestation.roots.aws_nitro_root", lambda: tee.nitro.root)
    example = runpy.run_path(str(EXAMPLES / "prove_in_an_enclave.py"))
    prover = real_backend(2)
    async with serving(small_api(prover, tee=tee, versions=())) as url:
        await example["main"](url, PRODUCTION_PCRS[0].hex(), str(few_steps))
        assert capsys.readouterr().out == "Proved by bb 9069540b73dc in the attested enclave.\n"
        with pytest.raises(SystemExit, match=r"\[PCR_MISMATCH\]"):
            await example["main"](url, "ab" * 48, str(few_steps))
