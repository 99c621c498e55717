"""``tee-rex-server serve`` as a process, with the real bb under the development setup."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import msgspec
import pytest

from support.local_prover import deployment_request, is_valid_answer, mock_request
from support.patience import PATIENCE
from support.proving_server import (
    BINARY,
    JSON,
    ServerProcess,
    job_body,
    launched_server,
    payload,
    prove_json,
    published_key,
    run_command,
    server_process,
    wait_until,
)
from support.recorded_steps import development_deployment, mock_transaction, wire, wire_step
from support.revoked import every_bb, linked_home, revoke
from tee_rex.openpgp import encrypt
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.versions import AztecVersion

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

STEPS = development_deployment()
PROOF_SECONDS = 280
"""For a proof with one thread on a small, busy machine."""


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of the server only."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(temporary: Path) -> Iterator[ServerProcess]:
    with server_process("--slots=2", "--threads-per-proof=1", TMPDIR=str(temporary)) as process:
        yield process


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=PROOF_SECONDS) as http:
        yield http


def prove(client: httpx2.Client, steps: bytes = STEPS, version: str = "4.1.2") -> httpx2.Response:
    body = prove_json(published_key(client), steps)
    return client.post("/prove", content=body, headers=JSON | {"X-Aztec-Version": version})


def start_job(client: httpx2.Client) -> str:
    accepted = client.post("/v1/proofs", content=job_body(published_key(client)), headers=BINARY)
    assert accepted.status_code == 202, accepted.text
    return str(accepted.headers["Location"])


def follow(client: httpx2.Client, job: str) -> dict[str, object]:
    """The data of a job's last event."""
    last = "{}"
    with client.stream("GET", f"{job}/events") as stream:
        for line in stream.iter_lines():
            last = line.removeprefix("data: ") if line.startswith("data: ") else last
    status: dict[str, object] = json.loads(last)
    return status


async def test_both_routes_prove_two_versions_at_once_after_a_bb_was_killed(
    server: ServerProcess, client: httpx2.Client
) -> None:
    doomed = start_job(client)
    wait_for_a_circuit(client, doomed)
    (pid,) = server.bb_pids()
    os.kill(pid, signal.SIGKILL)
    status = follow(client, doomed)
    assert (status["state"], status["error"]["code"]) == ("failed", "BB_KILLED")  # type: ignore[index]

    with ThreadPoolExecutor(1) as pool:
        proving = pool.submit(prove, client, mock_transaction(), "5.2.0")
        done = follow(client, start_job(client))
        answer = proving.result()
    assert answer.status_code == 200, answer.text
    assert 0 < int(answer.headers["x-prove-duration-ms"]) < PROOF_SECONDS * 1000
    assert answer.headers["x-bb-version"] == "5.0.0"
    assert done["bb"]["version"] == "4.1.2"  # type: ignore[index]
    assert await is_valid_answer(answer.json()["proof"], mock_request())
    assert await is_valid_answer(done["proof"], deployment_request())
    circuits = [one["name"] for one in done["timings"]["circuits"]]  # type: ignore[index]
    assert tuple(circuits) == ExecutionSteps.from_bytes(STEPS).function_names
    assert server.bb_pids() == []


def test_a_bb_that_is_revoked_while_the_server_runs_is_refused(tmp_path: Path) -> None:
    paths = linked_home(tmp_path / "home")
    with (
        server_process("--slots=1", TEE_REX_HOME=str(paths.data)) as server,
        httpx2.Client(base_url=server.url, timeout=PROOF_SECONDS) as client,
    ):
        revoke(paths, bb=every_bb())
        refused = prove(client)
        assert (refused.status_code, refused.json()["code"]) == (503, "BB_REVOKED")
        status = follow(client, start_job(client))
        assert (status["state"], status["error"]["code"]) == ("failed", "BB_REVOKED")  # type: ignore[index]
        assert server.bb_pids() == []


def wait_for_a_circuit(client: httpx2.Client, job: str) -> None:
    wait_until(lambda: client.get(job).json()["circuit"] is not None)


def wait_for_bb(server: ServerProcess, count: int) -> list[int]:
    wait_until(lambda: len(server.bb_pids()) == count)
    return server.bb_pids()


def test_closing_a_connection_or_deleting_a_job_ends_its_bb(
    server: ServerProcess, client: httpx2.Client, temporary: Path
) -> None:
    leaving = httpx2.Client(base_url=server.url, timeout=PROOF_SECONDS)
    thread = threading.Thread(target=expect_no_proof, args=[leaving])
    thread.start()
    wait_for_bb(server, 1)
    job = start_job(client)
    wait_for_bb(server, 2)
    wait_for_a_circuit(client, job)

    assert client.delete(job).status_code == 204
    assert len(server.bb_pids()) == 1
    assert client.get(job).status_code == 404
    hang_up(leaving)
    wait_until(lambda: server.bb_pids() == [])
    wait_until(lambda: client.get("/health").json()["slots_busy"] == 0)
    thread.join()
    assert list(temporary.iterdir()) == []


def expect_no_proof(client: httpx2.Client) -> None:
    with pytest.raises(httpx2.HTTPError):
        prove(client)


def hang_up(client: httpx2.Client) -> None:
    """Close a client's connection from outside."""
    for connection in client._transport._pool.connections:  # type: ignore[attr-defined]
        connection._connection._network_stream._sock.shutdown(2)


def with_bytecode_of(steps: bytes, others: bytes) -> bytes:
    """A transaction of which the first circuit is one of another generation, but for its key."""
    first, *rest = msgspec.msgpack.decode(steps)
    other = msgspec.msgpack.decode(others)[0]
    return wire(first | {"bytecode": other["bytecode"], "witness": other["witness"]}, *rest)


def with_rows(steps: bytes, log2_rows: int) -> bytes:
    """A transaction whose first key says that its circuit has so many rows."""
    first, *rest = msgspec.msgpack.decode(steps)
    return wire(first | {"vk": log2_rows.to_bytes(32) + first["vk"][32:]}, *rest)


@pytest.mark.parametrize(
    ("steps", "status", "code"),
    [
        pytest.param(wire(wire_step()), 400, "NOT_SERVED", id="unknown circuit"),
        pytest.param(with_bytecode_of(mock_transaction(), STEPS), 400, "BB_REFUSED", id="v4 for bb 5"),
        pytest.param(with_bytecode_of(STEPS, mock_transaction()), 400, "BB_REFUSED", id="v5 for bb 4"),
        pytest.param("bytecode", 400, "BB_REFUSED", id="meaningless bytecode"),
        pytest.param("gzip", 400, "STEPS_BAD_GZIP", id="not gzip"),
        pytest.param(mock_transaction(reset="large-reset"), 400, "CIRCUIT_TOO_LARGE", id="2^18 rows"),
        pytest.param(with_rows(STEPS, 21), 400, "CIRCUIT_TOO_LARGE", id="claims 2^21 rows"),
    ],
)
def test_bad_transactions_are_refused_with_their_reason(
    server: ServerProcess, client: httpx2.Client, steps: bytes | str, status: int, code: str
) -> None:
    if isinstance(steps, str):
        last = ExecutionSteps.from_bytes(STEPS).steps[-1]
        changes = {"witness": b"no gzip"} if steps == "gzip" else {}
        steps = wire(wire_step(vk=last.verification_key, **changes))
    answer = client.post("/prove", content=prove_json(published_key(client), steps), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert server.bb_pids() == []


def test_an_operator_can_serve_larger_circuits() -> None:
    with (
        server_process("--max-points=262144") as server,
        httpx2.Client(base_url=server.url, timeout=PATIENCE) as http,
    ):

        def start(steps: bytes) -> httpx2.Response:
            plaintext = payload(steps, version=AztecVersion(5, 0, 0))
            message = bytes(encrypt(published_key(http), plaintext))
            return http.post("/v1/proofs", content=message, headers=BINARY)

        accepted = start(mock_transaction(reset="large-reset"))
        assert http.delete(accepted.headers["Location"]).status_code == 204
        refused = start(mock_transaction(reset="full-reset"))
        assert (refused.status_code, refused.json()["code"]) == (400, "CIRCUIT_TOO_LARGE")


async def test_after_all_of_that_the_next_proof_is_right(client: httpx2.Client) -> None:
    assert client.get("/health").json()["available_versions"] == ["4.1.2", "5.0.0"]
    answer = prove(client, mock_transaction(), "5.0.0")
    assert await is_valid_answer(answer.json()["proof"], mock_request())


def test_the_log_has_events_and_nothing_that_was_encrypted(
    server: ServerProcess, client: httpx2.Client
) -> None:
    job = start_job(client)
    wait_for_a_circuit(client, job)
    assert client.delete(job).status_code == 204
    client.post("/prove", content=prove_json(published_key(client), STEPS[:-1]), headers=JSON)
    wait_until(lambda: any("STEPS_MALFORMED" in line for line in server.log))

    lines = [json.loads(line) for line in server.log]
    assert "cancelled" in [line["outcome"] for line in lines if line["event"] == "job ended"]
    assert not any(line["event"] == "bug" for line in lines)
    secrets = (*ExecutionSteps.from_bytes(STEPS).function_names, job.rpartition("/")[2], "Traceback")
    assert not any(secret in line for secret in secrets for line in server.log)


def test_a_running_proof_is_finished_after_sigterm() -> None:
    with (
        server_process(f"--grace={PROOF_SECONDS}") as server,
        httpx2.Client(base_url=server.url, timeout=PROOF_SECONDS) as http,
    ):
        with ThreadPoolExecutor(1) as pool:
            proving = pool.submit(prove, http, mock_transaction(), "5.0.0")
            wait_for_bb(server, 1)
            server.process.send_signal(signal.SIGTERM)
            assert proving.result().status_code == 200
        assert server.process.wait(PATIENCE) == 0
    assert server.logged("stopped")


def test_a_proof_that_cannot_be_finished_has_an_error() -> None:
    with server_process("--grace=0") as server:
        with httpx2.Client(base_url=server.url, timeout=PROOF_SECONDS) as http:
            job = start_job(http)
            (bb,) = wait_for_bb(server, 1)
            with ThreadPoolExecutor(1) as pool:
                following = pool.submit(follow, http, job)
                server.process.send_signal(signal.SIGTERM)
                status = following.result()
        assert (status["state"], status["error"]["code"]) == ("failed", "SHUTTING_DOWN")  # type: ignore[index]
        assert server.process.wait(PATIENCE) == 0
    assert not Path(f"/proc/{bb}").exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "shown", "code"),
    [
        (["--rate-limit=often"], {}, "rate limit 'often'", 2),
        (["--trusted-proxy=proxy.example"], {}, "'proxy.example'", 2),
        ([], {"TEE_REX_SLOTS": "none"}, "TEE_REX_SLOTS", 2),
        ([], {"PORT": "99999"}, "PORT", 2),
        (["--aztec-version=latest"], {}, "not 'latest'", 2),
        (["--aztec-version=4.1.2", "--aztec-version=6.1.0"], {}, "no digest for bb 6.1.0", 2),
        ([], {"AZTEC_VERSIONS": "4.1.2 5.0.1"}, "no digest for bb 5.0.1", 2),
        (["--host=203.0.113.1"], {}, "LISTEN_FAILED", 4),
        (["--tee-mode=nitro", "--port=0"], {}, "NSM_MISSING", 4),
    ],
)
def test_invalid_settings_end_the_start_with_one_message(
    arguments: list[str], environment: dict[str, str], shown: str, code: int
) -> None:
    ended = run_command("serve", *arguments, **environment)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)
    assert shown in ended.stderr


def test_help_names_every_environment_variable() -> None:
    shown = run_command("serve", "--help", COLUMNS="200").stdout
    for variable in (
        "PORT",
        "AZTEC_VERSIONS",
        "TEE_MODE",
        "TEE_REX_SLOTS",
        "TEE_REX_RATE_LIMIT",
        "TEE_REX_TRUSTED_PROXIES",
    ):
        assert variable in shown


@pytest.mark.parametrize("hard", [64, 4096])
def test_without_descriptors_others_wait_and_the_log_stays_short(hard: int) -> None:
    launcher = ("prlimit", f"--nofile=64:{hard}")
    with launched_server(launcher) as server, ExitStack() as connections:
        address = ("127.0.0.1", httpx2.URL(server.url).port or 0)
        before = len(server.log)
        for number in range(200):
            source = (f"127.0.1.{number % 100}", 0)
            connections.enter_context(socket.create_connection(address, PATIENCE, source))
        time.sleep(2)
        connections.close()
        wait_until(lambda: httpx2.get(f"{server.url}/healthz").status_code == 200)
        assert len(server.log) - before < 20
        assert (server.logged("too few open files are allowed") is None) is (hard == 4096)
