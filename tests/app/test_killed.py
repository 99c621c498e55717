"""kill -9 at any moment: the data is readable at the next start, and no process survives."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from support.app_window import installed_home
from support.patience import PATIENCE
from support.processes import running
from support.proving_server import wait_until
from support.recorded_steps import development_deployment
from tee_rex.settings.resolve import Settings
from tee_rex_app.model.runs import Outcome
from tee_rex_app.services.history import FILE_NAME, History

pytestmark = pytest.mark.integration

ROUNDS = 6
LONGEST_LIFE = 4.0


def start(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    # What a killed one leaves goes with the test's own folder, whose path is short enough for sockets.
    temporary = home / "t"
    temporary.mkdir(exist_ok=True)
    environ = {
        **os.environ,
        "TEE_REX_HOME": str(home),
        "TMPDIR": str(temporary),
        "QT_QPA_PLATFORM": "offscreen",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tee_rex_app", *arguments],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def outcomes(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / FILE_NAME)) as connection:
        return [outcome for (outcome,) in connection.execute("select outcome from runs order by id")]


def until_noted(home: Path, count: int, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (home / FILE_NAME).exists():
            try:
                if len(outcomes(home)) >= count:
                    return
            except sqlite3.OperationalError:  # the table is being made
                pass
        time.sleep(0.02)
    raise TimeoutError


def kill(process: subprocess.Popen[bytes]) -> None:
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_until(lambda: not any(running(child.pid) for child in children))


@pytest.mark.timeout(240)
def test_every_recorded_run_survives_a_kill(tmp_path: Path) -> None:
    home = installed_home(tmp_path)
    steps = tmp_path / "steps.msgpack"
    steps.write_bytes(development_deployment())
    moments = random.Random(20261125)
    for number in range(1, ROUNDS + 1):
        process = start(home, str(steps))
        until_noted(home, number)
        time.sleep(moments.uniform(0.0, LONGEST_LIFE))
        kill(process)
        assert process.returncode == -signal.SIGKILL
        with closing(sqlite3.connect(home / FILE_NAME)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        assert len(outcomes(home)) == number
    with closing(History.open(home)) as history:
        runs = history.recent()
        assert not history.started_anew
    assert len(runs) == ROUNDS
    assert {run.outcome for run in runs} <= {Outcome.INTERRUPTED, Outcome.VERIFIED}
    assert runs[0].source == "steps.msgpack"
    assert sorted(path.name for path in home.glob("history-unreadable-*")) == []


@pytest.mark.timeout(120)
def test_it_starts_again_after_being_killed_while_starting(tmp_path: Path) -> None:
    moments = random.Random(4)
    for _ in range(ROUNDS):
        process = start(tmp_path)
        time.sleep(moments.uniform(0.05, 2.0))
        kill(process)
    log = tmp_path / "logs" / "app.log"
    log.unlink(missing_ok=True)  # output of killed processes must not be mistaken for the next one's
    process = start(tmp_path)
    try:
        deadline = time.monotonic() + PATIENCE
        while "setup.missing" not in last_session(log):
            assert time.monotonic() < deadline, last_session(log)
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, told.decode()
    finally:
        process.kill()
        process.communicate()
    assert "app.ended" in last_session(log).splitlines()[-1]


WRITING = """
import sys
from pathlib import Path
from tee_rex.settings.file import SettingsFile, EndpointProfile
from tee_rex.settings.file import write_settings_file
file, number = Path(sys.argv[1]), 0
while True:
    number += 1
    profiles = tuple(EndpointProfile(f"Profile {n}", "https://node.example.org") for n in range(40))
    address = f"https://prover-{number}.example.org"
    write_settings_file(file, SettingsFile(prover_url=address, profile="Profile 7", profiles=profiles))
"""


@pytest.mark.timeout(120)
def test_settings_stay_complete_when_killed_while_writing_them(tmp_path: Path) -> None:
    moments = random.Random(7)
    file = tmp_path / "config" / "settings.toml"
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", WRITING, str(file)])
        while not file.exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(moments.uniform(0.3, 1.0))
        process.kill()
        process.wait()
        settings = Settings.resolve(flags={}, environ={}, file=file)
        assert settings.prover_url.value == ""  # the profile's, which has none
        assert len(settings.written.profiles) == 40
        assert settings.written.prover_url is not None
    left = [path.name for path in file.parent.iterdir() if path != file]
    assert len(left) <= 12, left  # at most one unfinished file per kill


def last_session(log: Path) -> str:
    return log.read_text().rpartition("app.started")[2] if log.exists() else ""
