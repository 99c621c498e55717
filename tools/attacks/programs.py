"""The installed commands, run as an attacker's victim would run them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import psutil

from attacks.record import Record
from support.installed import link_libraries
from support.processes import running
from tee_rex.settings.paths import Paths
from tee_rex.system.files import resource as shipped

BIN = Path(sys.executable).parent
REPOSITORY = Path(__file__).parents[2]
SAMPLE = Path(str(shipped("samples", "dev-deploy-account.msgpack")))
EXIT_CODES = {0, 1, 2, 3, 4, 130}
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAMPLING_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended. timed_out: it had to be killed. peak: bytes of memory with its children."""

    code: int
    out: bytes
    err: bytes
    seconds: float
    timed_out: bool = False
    peak: int = 0


def run_program(
    *command: str | Path,
    seconds: float = 60,
    stdin: int | bytes = b"",
    stdout: int | None = None,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run ``command`` (the first part: a program of this environment, or a path) and kill it after a time.

    stdout: a descriptor in place of what is read. environment: in addition to this process's own.
    """
    program = command[0] if isinstance(command[0], Path) else BIN / command[0]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in (program, *command[1:])],
            stdin=subprocess.PIPE,
            stdout=out if stdout is None else stdout,
            stderr=err,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        feeder = threading.Thread(target=_feed, args=(process, stdin if isinstance(stdin, bytes) else b""))
        feeder.start()
        peak, timed_out = 0, False
        while process.poll() is None and not timed_out:
            time.sleep(_SAMPLING_SECONDS)
            peak = max(peak, memory_of_tree(process.pid))
            timed_out = time.monotonic() - begin > seconds
        if timed_out:
            kill_tree(process.pid)
        process.wait()
        feeder.join()
        elapsed = time.monotonic() - begin
        out.seek(0)
        err.seek(0)
        return Ended(process.returncode, out.read(), err.read(), elapsed, timed_out, peak)


def _feed(process: subprocess.Popen[bytes], content: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError), process.stdin:
        process.stdin.write(content)


def memory_of_tree(pid: int) -> int:
    """Resident bytes of a process and all that descend from it."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total


def kill_tree(pid: int) -> None:
    """SIGKILL for a process and all that descend from it."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (*parent.children(recursive=True), parent):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def expect_sound(record: Record, ended: Ended, what: str, *, codes: set[int] = EXIT_CODES) -> None:
    """Whatever happened, a command ends by itself, with a code of its own, and reports an error of ours."""
    told = ended.out + ended.err
    if ended.timed_out:
        fault = "it hangs"
    elif b"Traceback" in told or b"Warning:" in told:
        fault = "a traceback"
    elif b"(INTERNAL)" in told or b'"INTERNAL"' in told:
        fault = "told as a bug"
    elif ended.code not in codes:
        fault = f"exit code {ended.code}"
    elif _CONTROL.search(told):
        fault = "control characters on the terminal"
    else:
        fault = ""
    record.expect(not fault, f"{what}: {fault}")


@contextmanager
def temporary() -> Iterator[Path]:
    """A folder, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="attack-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def home_of(folder: Path) -> Path:
    """A data folder of its own with a copy of the development bb; CRS and libraries are the user's."""
    real, home = Paths.from_environment(os.environ), folder / "home"
    own = Paths(home, home / "config")
    link_libraries(real, own)
    shutil.copytree(real.data / "development" / "bb", home / "development" / "bb")
    (home / "development" / "crs").symlink_to(real.data / "development" / "crs")
    home.chmod(0o700)
    return home


@contextmanager
def started(*command: str | Path, cwd: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of this environment that runs meanwhile; it and its children are killed at the end."""
    process = subprocess.Popen(
        [str(part) for part in (BIN / command[0], *command[1:])],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill_tree(process.pid)
        process.wait()


def until(condition: object, seconds: float) -> bool:
    """Whether ``condition()`` becomes true within ``seconds``."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def interrupt(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float) -> bool:
    """Whether a program ends within ``seconds`` after a signal."""
    process.send_signal(number)
    return until(lambda: not running(process.pid), seconds)


def run_tests(record: Record, *tests: str, options: Sequence[str] = ()) -> None:
    """Tests that are attacks already; at full scale hypothesis tries 1,000 new examples of each."""
    with temporary() as folder:
        report = folder / "report.xml"
        explore = ["--hypothesis-profile=explore"] if record.scale >= 1 else []
        pytest: tuple[str | Path, ...] = (
            "pytest",
            "-q",
            f"--junit-xml={report}",
            "--timeout=1800",
            *explore,
            *options,
            *tests,
        )
        ended = run_program(*pytest, seconds=6 * 3600, cwd=REPOSITORY)
        if not report.exists():
            raise RuntimeError((ended.out + ended.err).decode("utf-8", "replace")[-2000:])
        cases = ET.parse(report).getroot().findall(".//testcase")
    skipped = [case for case in cases if case.find("skipped") is not None]
    failed = Counter(
        case.get("name", "")
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )
    record.merge(len(cases) - len(skipped), failed)
    if skipped:
        record.notes.append(f"{len(skipped)} skipped here")
