"""``tee-rex`` as people call it: a real process, the real bb."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest

from support.patience import SOON
from support.processes import running, running_bbs
from support.recorded_steps import (
    development_deployment,
    genuine_deployment,
    mock_transaction,
    wire,
    wire_step,
)
from support.revoked import every_bb, linked_home, revoke
from support.small_disk import fill, make_read_only, small_disk

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

Run: TypeAlias = Callable[..., subprocess.CompletedProcess[bytes]]

PROOF_SECONDS = 500
"""For a command that may prove; the machine may be a small one and busy."""
STEPS, GENUINE_STEPS = development_deployment(), genuine_deployment()
MOCK_STEPS = mock_transaction()
TEE_REX = Path(sys.executable).with_name("tee-rex")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command with its own temporary folder, which must be empty again afterwards."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    def call(*arguments: object, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [TEE_REX, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            timeout=PROOF_SECONDS,
            env={**os.environ, "TMPDIR": str(temporary), **environ},
            check=False,
        )
        assert list(temporary.iterdir()) == []
        assert b"Traceback" not in done.stderr
        return done

    return call


Proved: TypeAlias = tuple[Path, Path, dict[str, Any], str]


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Proved:
    """One transaction proved by the command: steps, proof, report, what was shown."""
    return proved_in(tmp_path_factory.mktemp("proved"), STEPS)


@pytest.fixture(scope="module")
def proved_v5(tmp_path_factory: pytest.TempPathFactory) -> Proved:
    """The same of Aztec v5."""
    return proved_in(tmp_path_factory.mktemp("proved_v5"), MOCK_STEPS)


def proved_in(folder: Path, transaction: bytes) -> Proved:
    steps, proof = folder / "steps.msgpack", folder / "proof"
    steps.write_bytes(transaction)
    done = subprocess.run(
        [TEE_REX, "prove", steps, "--crs", "development", "--out", proof, "--json"],
        capture_output=True,
        timeout=PROOF_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(folder.iterdir()) == [proof, steps]
    return steps, proof, json.loads(done.stdout), done.stderr.decode()


def test_a_revoked_bb_is_refused(run: Run, tmp_path: Path) -> None:
    paths = linked_home(tmp_path / "home")
    revoke(paths, bb=every_bb())
    steps = tmp_path / "steps.msgpack"
    steps.write_bytes(STEPS)
    for command in (("prove", steps, "--crs", "development"), ("demo",)):
        done = run(*command, TEE_REX_HOME=str(paths.data))
        assert done.returncode == 2
        assert b"[BB_REVOKED]" in done.stderr


def test_the_report_has_every_field_of_the_contract(proved: Proved) -> None:
    _, proof, report, _ = proved
    assert set(report) == {
        *("mode", "crs", "verified", "bb", "aztec_version", "circuits", "phases", "peak_memory_bytes"),
        *("final_proof_ms", "prove_ms", "total_ms", "proof", "attestation", "error", "claimed_bb_version"),
        "restarts",
    }
    assert report["claimed_bb_version"] is None
    assert (report["mode"], report["crs"], report["verified"]) == ("local", "development", True)
    assert (report["aztec_version"], report["attestation"], report["error"]) == ("4.1.2", None, None)
    assert report["bb"]["sha256"].startswith("faaab500")
    assert len(report["circuits"]) == 11
    assert set(report["circuits"][0]) == {"name", "load_ms", "accumulate_ms", "waited_ms"}
    assert report["proof"]["fields"] == 3216
    assert report["proof"]["bytes"] == proof.stat().st_size == 4 + 32 * 3216
    bb_ms = report["final_proof_ms"] + sum(c["load_ms"] + c["accumulate_ms"] for c in report["circuits"])
    assert bb_ms <= report["prove_ms"] <= report["total_ms"]


def test_progress_in_plain_lines(proved: Proved) -> None:
    shown = proved[3]
    assert "INSECURE" in shown
    assert " 1/11 MultiCallEntrypoint:entrypoint" in shown
    assert "11/11 hiding_kernel" in shown
    assert "\x1b" not in shown


def test_the_proof_verifies_by_steps_and_by_key(proved: Proved, run: Run, tmp_path: Path) -> None:
    steps, proof, _, _ = proved
    key = tmp_path / "vk"
    key.write_bytes(msgspec.msgpack.decode(steps.read_bytes())[-1]["vk"])
    assert run("verify", proof, "--steps", steps).returncode == 0
    assert run("verify", proof, "--vk", key).returncode == 0
    flipped = bytearray(proof.read_bytes())
    flipped[-1] ^= 1
    (tmp_path / "flipped").write_bytes(flipped)
    refused = run("verify", tmp_path / "flipped", "--steps", steps)
    assert refused.returncode == 1
    assert b"PROOF_INVALID" in refused.stderr
    malformed = run("verify", steps, "--steps", steps)
    assert malformed.returncode == 3
    assert b"PROOF_MALFORMED" in malformed.stderr
    assert run("verify", proof).returncode == 2


def test_a_v5_transaction_is_proved_without_a_switch(proved_v5: Proved, run: Run) -> None:
    steps, proof, report, shown = proved_v5
    assert (report["aztec_version"], report["crs"], report["verified"]) == ("5.0.0", "development", True)
    assert report["bb"]["sha256"].startswith("9069540b")
    assert [circuit["name"] for circuit in report["circuits"]][-2:] == ["tail", "hiding"]
    assert report["proof"]["fields"] == 1274
    assert "7 circuits, Aztec 5.0.0" in shown
    assert run("verify", proof, "--steps", steps).returncode == 0


def test_a_proof_of_another_generation_is_not_called_invalid(
    proved: Proved, proved_v5: Proved, run: Run, tmp_path: Path
) -> None:
    key = tmp_path / "vk"
    for steps, proof in ((proved[0], proved_v5[1]), (proved_v5[0], proved[1])):
        key.write_bytes(msgspec.msgpack.decode(steps.read_bytes())[-1]["vk"])
        for of_transaction in (("--steps", steps), ("--vk", key)):
            refused = run("verify", proof, *of_transaction)
            assert refused.returncode == 3
            assert b"PROOF_MALFORMED" in refused.stderr


BOMB = gzip.compress(bytes(65 << 20))


@pytest.mark.parametrize(
    ("steps", "options", "code", "exit_code"),
    [
        pytest.param(b"", (), "STEPS_EMPTY", 3, id="empty"),
        pytest.param(b"\x00" * 100, (), "STEPS_MALFORMED", 3, id="garbage"),
        pytest.param(STEPS[:-5], (), "STEPS_MALFORMED", 3, id="cut off"),
        pytest.param(bytes(50_000_001), (), "STEPS_TOO_LARGE", 3, id="oversized"),
        pytest.param(wire(*[1] * 10_000), (), "STEPS_TOO_MANY_CIRCUITS", 3, id="10,000 circuits"),
        pytest.param(wire(wire_step(vk=b"")), (), "STEPS_MISSING_VK", 3, id="no key"),
        pytest.param(wire(wire_step(vk=bytes(99))), (), "STEPS_BAD_VK", 3, id="another Aztec version"),
        pytest.param(STEPS, ("--crs", "genuine"), "SETUP_MISMATCH", 3, id="not genuine"),
        pytest.param(GENUINE_STEPS, ("--crs", "development"), "SETUP_MISMATCH", 3, id="not development"),
        pytest.param(STEPS, ("--aztec-version", "9.0.0"), "AZTEC_GENERATION_UNKNOWN", 3, id="v9"),
        pytest.param(STEPS, ("--aztec-version", "5.0.0"), "AZTEC_VERSION_MISMATCH", 3, id="v4 as v5"),
        pytest.param(MOCK_STEPS, ("--aztec-version", "4.1.2"), "AZTEC_VERSION_MISMATCH", 3, id="v5 as v4"),
        *(
            pytest.param(STEPS, ("--aztec-version", text), "INVALID_VERSION", 2, id=text[:20])
            for text in ("../x", "latest", "null", "4.1.2+build.7", "4." * 100)
        ),
        pytest.param(STEPS, ("--timeout", "1"), "PROOF_TIMED_OUT", 1, id="time limit"),
        pytest.param(STEPS, ("--memory-limit", "100"), "MEMORY_LIMIT", 1, id="memory limit"),
        pytest.param(STEPS, ("--out", "/nonexistent/proof"), "PROOF_NOT_WRITTEN", 4, id="no place"),
        pytest.param(STEPS, ("--out", "/dev/null"), "PROOF_NOT_WRITTEN", 4, id="a device"),
    ],
)
def test_each_failure_has_its_code(
    run: Run, tmp_path: Path, steps: bytes, options: tuple[str, ...], code: str, exit_code: int
) -> None:
    (tmp_path / "steps").write_bytes(steps)
    done = run("prove", tmp_path / "steps", "--json", *options)
    assert done.returncode == exit_code, done.stderr.decode()
    error = json.loads(done.stdout)["error"]
    assert error["code"] == code
    assert all(error[part] for part in ("title", "message", "hint"))
    assert f"[{code}]".encode() in done.stderr


def test_a_bomb_in_a_transaction_is_refused(run: Run, tmp_path: Path) -> None:
    recorded = msgspec.msgpack.decode(STEPS)
    recorded[4]["witness"] = BOMB
    (tmp_path / "steps").write_bytes(wire(*recorded))
    done = run("prove", tmp_path / "steps")
    assert done.returncode == 3
    assert b"STEPS_INFLATE_LIMIT" in done.stderr
    assert b"SchnorrAccount:entrypoint" in done.stderr


def test_steps_come_from_stdin_too(run: Run) -> None:
    done = run("prove", "-", "--json", stdin=b"\x90")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "STEPS_EMPTY"


def test_a_missing_file_is_reported(run: Run, tmp_path: Path) -> None:
    done = run("prove", tmp_path / "missing")
    assert done.returncode == 3
    assert b"FILE_UNREADABLE" in done.stderr


def test_an_unusable_output_is_reported_before_proving(run: Run, tmp_path: Path) -> None:
    for place in (tmp_path / ("x" * 300), tmp_path / "absent" / "proof", tmp_path, Path("/dev/null")):
        done = run("demo", "--out", place, "--json")
        assert done.returncode == 4, place
        assert json.loads(done.stdout)["error"]["code"] == "PROOF_NOT_WRITTEN"


def test_the_genuine_crs_without_network(run: Run, tmp_path: Path) -> None:
    (tmp_path / "steps").write_bytes(GENUINE_STEPS)
    # A proxy that nobody listens at: every way to the network ends at once, wherever the test runs.
    dead = "http://127.0.0.1:9"
    done = run(
        "prove", tmp_path / "steps", "--json", HTTP_PROXY=dead, HTTPS_PROXY=dead, ALL_PROXY=dead,
        http_proxy=dead, https_proxy=dead, TEE_REX_HOME=str(tmp_path / "home"), npm_config_registry=dead,
        npm_config_fetch_retries="0",
    )  # fmt: skip
    assert done.returncode == 4
    assert json.loads(done.stdout)["error"]["code"] == "BB_DOWNLOAD_FAILED"


@pytest.mark.parametrize(("spoil", "left"), [(fill, ["filling"]), (make_read_only, [])])
def test_a_full_or_read_only_disk_is_reported_before_proving(
    run: Run, tmp_path: Path, spoil: Callable[[Path], None], left: list[str]
) -> None:
    (tmp_path / "steps").write_bytes(STEPS)
    with small_disk(tmp_path / "disk", "64k") as disk:
        spoil(disk)
        done = run("prove", tmp_path / "steps", "--out", disk / "proof")
        assert done.returncode == 4
        assert b"PROOF_NOT_WRITTEN" in done.stderr
        assert b"1/11" not in done.stderr
        assert [path.name for path in disk.iterdir()] == left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels(tmp_path: Path, number: signal.Signals) -> None:
    steps = tmp_path / "steps"
    steps.write_bytes(STEPS)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [TEE_REX, "prove", steps, "--out", tmp_path / "proof"],
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert process.stderr is not None
    assert any(b"1/11" in line for line in process.stderr)
    bbs = running_bbs(process.pid)
    assert bbs
    process.send_signal(number)
    process.communicate(timeout=SOON)
    assert process.returncode == 130
    assert not any(running(bb) for bb in bbs)
    assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["steps", "tmp"]


def test_doctor_on_this_machine(run: Run) -> None:
    done = run("doctor", "--json")
    findings = {finding["id"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout.decode()
    assert findings["bb-development"]["verdict"] == "ready"
    assert findings["crs-development"]["verdict"] == "ready"
    assert findings["node"]["detail"].startswith("v24.")
