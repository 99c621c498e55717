"""``tee-rex-server proxy`` and the server behind it as two processes, with the real bb."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from support.enclave_stand_in import VhostAdapter
from support.host_process import HostProcess, logged_process
from support.patience import PATIENCE
from support.processes import running_bbs
from support.proving_server import JSON, eventually, prove_json, run_command
from support.recorded_steps import development_deployment, mock_transaction
from tee_rex.openpgp import PublicKey

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

STEPS = development_deployment()
PROOF_SECONDS = 300


@asynccontextmanager
async def both(
    folder: Path, *options: str
) -> AsyncIterator[tuple[HostProcess, HostProcess, httpx2.AsyncClient]]:
    """An enclave's server and a proxy before it, both ready."""
    path = folder / "u"
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "TMPDIR": str(folder)}
    serve = ("serve", "--vsock-port=5000", "--crs=development", "--rate-limit=off")
    command = ("tee_rex_server", "proxy", f"--vsock-socket={path}", "--port=0", "--no-uploads", *options)
    async with (
        VhostAdapter(path).listening(),
        logged_process("support.enclave_process", str(path), *serve, **environment) as enclave,
    ):
        await eventually(lambda: enclave.logged("ready"), seconds=120)
        async with logged_process(*command, **environment) as proxy:
            await eventually(lambda: (proxy.logged("enclave") or {}).get("state") == "ok")
            listening = proxy.logged("listening") or {}
            url = f"http://127.0.0.1:{listening['port']}"
            async with httpx2.AsyncClient(base_url=url, timeout=PROOF_SECONDS) as client:
                yield enclave, proxy, client


async def prove(client: httpx2.AsyncClient, steps: bytes = STEPS, version: str = "4.1.2") -> httpx2.Response:
    headers = JSON | {"X-Aztec-Version": version}
    armored = (await client.get("/attestation")).json()["publicKey"]
    key = PublicKey.parse_armored(armored, at=datetime.now(UTC))
    return await client.post("/prove", content=prove_json(key, steps), headers=headers)


@pytest.mark.timeout(500)
async def test_a_proof_in_flight_at_sigterm_is_finished(tmp_path: Path) -> None:
    async with both(tmp_path, "--grace=300") as (enclave, proxy, client):
        proving = asyncio.create_task(prove(client, mock_transaction(), "5.0.0"))
        await eventually(lambda: running_bbs(enclave.process.pid))
        proxy.process.send_signal(signal.SIGTERM)
        await eventually(lambda: proxy.logged("shutting down"))
        refused = await client.post("/prove", content=b"{}", headers=JSON)
        assert (refused.status_code, refused.json()["code"]) == (503, "SHUTTING_DOWN")
        answer = await proving
        assert answer.status_code == 200, answer.text
        assert await asyncio.wait_for(proxy.process.wait(), PATIENCE) == 0
        assert proxy.logged("stopped")
        enclave.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(enclave.process.wait(), PATIENCE) == 0
    assert not [line for line in [*proxy.log, *enclave.log] if line["level"] == "error"]


@pytest.mark.timeout(500)
async def test_a_second_signal_ends_it_and_the_enclave_ends_its_bb(tmp_path: Path) -> None:
    async with both(tmp_path) as (enclave, proxy, client):
        proving = asyncio.create_task(prove(client))
        await eventually(lambda: running_bbs(enclave.process.pid))
        proxy.process.send_signal(signal.SIGTERM)
        await eventually(lambda: proxy.logged("shutting down"))
        proxy.process.send_signal(signal.SIGTERM)
        answer = await asyncio.wait_for(proving, PATIENCE)
        assert (answer.status_code, answer.json()["code"]) == (503, "SHUTTING_DOWN")
        assert await asyncio.wait_for(proxy.process.wait(), PATIENCE) == 0
        await eventually(lambda: not running_bbs(enclave.process.pid))


def test_a_host_stops_cleanly_when_its_log_has_no_reader() -> None:
    command = [sys.executable, "-m", "tee_rex_server", "proxy", "--vsock-socket=/nowhere/u", "--port=0"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as proxy:
        try:
            assert proxy.stderr is not None
            events = [json.loads(proxy.stderr.readline())["event"] for _ in range(2)]
            assert events == ["listening", "enclave"]  # from the second on it hears signals
            proxy.stderr.close()
            proxy.send_signal(signal.SIGTERM)
            assert proxy.wait(60) == 0
        finally:
            proxy.kill()


@pytest.mark.parametrize(
    ("arguments", "environment", "told", "code"),
    [
        ([], {}, "No enclave is given", 2),
        (["--cid=2"], {}, "from 3 to", 2),
        (["--cid=4294967295"], {}, "from 3 to", 2),
        (["--cid=16", "--http-port=4294967295"], {}, "--http-port", 2),
        (["--cid=16", "--cid=16"], {}, "given twice", 2),
        (["--cid=16", "--rate-limit=often"], {}, "rate limit 'often'", 2),
        (["--cid=16", "--trusted-proxy=proxy.example"], {}, "'proxy.example'", 2),
        (["--cid=16"], {"PORT": "99999"}, "PORT", 2),
        (["--cid=16", "--host=203.0.113.1"], {}, "LISTEN_FAILED", 4),
    ],
)
def test_bad_settings_end_the_start_with_one_clear_message(
    arguments: list[str], environment: dict[str, str], told: str, code: int
) -> None:
    ended = run_command("proxy", *arguments, **environment)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)
    assert told in ended.stderr


def test_help_names_every_environment_variable() -> None:
    shown = run_command("proxy", "--help", COLUMNS="200").stdout
    for variable in (
        "TEE_REX_CIDS",
        "TEE_REX_VSOCK_SOCKETS",
        "TEE_REX_UPLOADS",
        "TEE_REX_RATE_LIMIT",
        "PORT",
    ):
        assert variable in shown


def test_the_log_of_an_enclave_that_is_not_there() -> None:
    ended = run_command("enclave-log", "--vsock-socket=/nowhere/u")
    assert (ended.returncode, "Traceback" in ended.stderr) == (4, False)
    assert "ENCLAVE_UNREACHABLE" in ended.stderr
