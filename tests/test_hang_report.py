"""A hanging test is ended, also while it tidies up, and the report says what it waited for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

TESTS = Path(__file__).parent

HANGING = """
import asyncio

async def forever():
    await asyncio.Event().wait()

async def test_hangs():
    try:
        beside = asyncio.create_task(forever(), name="beside")
        await beside
    finally:
        await asyncio.Event().wait()

def test_goes_on():
    pass
"""

IMPATIENT = """
pytest_plugins = ("support.hang_report",)

def pytest_configure():
    from support import hang_report
    hang_report.AGAIN_SECONDS = 1.0
"""


def test_a_test_that_hangs_twice_is_ended_and_the_others_run(tmp_path: Path) -> None:
    (tmp_path / "test_hanging.py").write_text(HANGING)
    (tmp_path / "conftest.py").write_text(IMPATIENT)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--rootdir",
            tmp_path,
            "--timeout=2",
            "--asyncio-mode=auto",
            tmp_path,
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 1 passed, 1 error" in done.stdout, done.stdout
    assert "Timeout: test_hanging.py::test_hangs after 2 s" in done.stderr
    assert "Task beside\n" in done.stderr
    assert f"{tmp_path / 'test_hanging.py'}:5 forever" in done.stderr
    assert "Current thread" in done.stderr
