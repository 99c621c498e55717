"""That the engine finds what it is for: planted crashes of every kind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fuzz import engine
from fuzz.engine import Reader, fuzz, smallest_cover

# As if it were a file of ours, whose lines count.
STEP_BY_STEP = compile(
    """
def read(content):
    if content[:1] == b"T":
        if content[1:2] == b"E":
            raise SystemExit
""",
    "/tee_rex/toy.py",
    "exec",
)


def reader_of(read: Callable[[bytes], object]) -> Reader:
    return Reader("toy", read, (ValueError,), lambda: [b"--"], 16)


def step_by_step() -> Reader:
    names: dict[str, Any] = {}
    exec(STEP_BY_STEP, names)
    return reader_of(names["read"])


def test_it_gets_step_by_step_to_where_chance_alone_does_not() -> None:
    with pytest.raises(SystemExit):  # one input in 65,536, and only the first step leads to the second
        fuzz(step_by_step(), 60.0, seed=1)


def test_the_smallest_inputs_that_reach_every_line_are_kept() -> None:
    kept = smallest_cover(step_by_step(), [b"T-----", b"T-", b"T--", b"----", b"x"])
    assert kept == [b"T-"]


def test_a_declared_refusal_is_no_crash_and_anything_else_is() -> None:
    def read(content: bytes) -> None:
        raise KeyError("a") if content == b"k" else ValueError("a")

    assert reader_of(read).problem(b"v") is None
    assert reader_of(read).problem(b"k") == "KeyError: 'a'"


def test_an_input_that_takes_too_long_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.1)

    def read(_content: bytes) -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001  # what a careless reader might do
                return

    assert reader_of(read).problem(b"") == "_TooSlowError: took 0.1 s"


def in_a_new_process(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    tests = Path(__file__).parents[1]
    path = os.pathsep.join(map(str, (tests, tests.parent / "tools")))
    environment = os.environ | {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_input_that_takes_much_memory_is_found(tmp_path: Path) -> None:
    program = f"""
from fuzz.engine import Reader
toy = Reader("toy", lambda content: b"x" * {engine.MEMORY_BYTES} * len(content), (), lambda: [])
print(toy.problem(b""), toy.problem(b"--"))
"""
    done = in_a_new_process(program, tmp_path)  # this one may have had its peak before
    assert re.fullmatch(r"None took 2[45][0-9] MB\n", done.stdout), done.stdout + done.stderr


def test_an_input_that_ends_the_process_is_found(tmp_path: Path) -> None:
    program = f"""
import os, sys
from fuzz import __main__ as main
from fuzz.engine import Reader
def read(content):
    if content.startswith(b"die"):
        os.kill(os.getpid(), {int(signal.SIGKILL)})
main.READERS = (Reader("toy", read, (), lambda: [b"die of this"]),)
sys.argv = ["fuzz", "--seconds", "1"]
sys.exit(main.main())
"""
    done = in_a_new_process(program, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "ended with -9" in done.stdout
    (kept,) = (tmp_path / "build" / "fuzz").iterdir()
    assert kept.read_bytes() == b"die of this"
