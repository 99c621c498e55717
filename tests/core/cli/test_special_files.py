"""What a command is given in place of a file, and what may stand in the data folder: nothing blocks it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.patience import SOON
from support.recorded_steps import development_deployment
from support.special_files import MAKERS
from tee_rex.errors import ExitCode

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform == "win32", reason="there are no FIFOs"),
]

BIN = Path(sys.executable).parent
STEPS = "steps.msgpack"
SPECIAL = "special"
ARGUMENTS = [
    ("tee-rex", "prove", SPECIAL),
    ("tee-rex", "prove", STEPS, "--out", SPECIAL),
    ("tee-rex", "verify", SPECIAL, "--steps", STEPS),
    ("tee-rex", "verify", STEPS, "--steps", SPECIAL),
    ("tee-rex", "verify", STEPS, "--vk", SPECIAL),
    ("tee-rex", "attest", "--file", SPECIAL),
    ("tee-rex", "crs", "download", "--from", SPECIAL),
    ("tee-rex-server", "image", "measure", SPECIAL),
    ("tee-rex-server", "image", "build", "--kernel", SPECIAL, "--output", "."),
]
IN_THE_DATA_FOLDER = [
    ("config/settings.toml", ("prove", STEPS), "BAD_SETTING"),
    ("development/bb/4.1.2/bb", ("bb", "verify", "4.1.2"), ""),
    ("development/crs/g1-00.dat", ("crs", "status"), ""),
    ("known-servers.json", ("servers", "list"), "KNOWN_SERVERS_UNREADABLE"),
    ("sites.json", ("sites", "list"), "SITES_UNREADABLE"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands work, with a file of steps."""
    (tmp_path / STEPS).write_bytes(development_deployment())
    return tmp_path


@pytest.fixture(params=MAKERS)
def special(request: pytest.FixtureRequest, folder: Path) -> Path:
    """What is no file."""
    path = folder / SPECIAL
    MAKERS[request.param](path)
    return path


def run(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command with its own data folder, without a network."""
    nobody = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=folder,
        env={**os.environ, **nobody, "TEE_REX_HOME": str(folder / "home"), "npm_config_fetch_retries": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SOON,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("command", ARGUMENTS, ids=" ".join)
def test_an_argument_that_is_no_file(command: tuple[str, ...], special: Path, folder: Path) -> None:
    done = run(folder, *command)
    assert done.returncode in {ExitCode.USAGE, ExitCode.BAD_INPUT, ExitCode.ENVIRONMENT}
    assert SPECIAL.encode() in done.stderr
    assert any(reason in done.stderr for reason in (b"ot a regular file", b"irectory", b"is not a file"))


@pytest.mark.parametrize(("name", "command", "code"), IN_THE_DATA_FOLDER, ids=str)
def test_what_stands_in_the_data_folder(
    name: str, command: tuple[str, ...], code: str, special: Path, folder: Path
) -> None:
    place = folder / "home" / name
    place.parent.mkdir(parents=True)
    special.rename(place)
    done = run(folder, "tee-rex", *command)
    assert code.encode() in done.stderr
    assert (done.returncode == ExitCode.OK) is (command == ("crs", "status"))


def test_a_sparse_file_is_read_within_its_bounds(folder: Path) -> None:
    with (folder / SPECIAL).open("wb") as file:
        file.truncate(100 << 30)
    for command in ARGUMENTS:
        if "--out" not in command:
            assert run(folder, *command).returncode != ExitCode.OK


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_waiting_for_stdin_can_be_cancelled(number: signal.Signals, options: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [BIN / "tee-rex", "prove", "-", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        try:
            process.stdin.write(bytes(1 << 20))  # more than the pipe holds: it has begun to read
            process.stdin.flush()
            process.send_signal(number)
            printed, told = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert process.returncode == ExitCode.CANCELLED
    assert b"[CANCELLED]" in told
    assert b"Traceback" not in told
    if options:
        assert json.loads(printed)["error"]["code"] == "CANCELLED"
