"""What a trial may decide: it runs a bb that nobody has vouched for, so its file can be anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aztec.combine import CODE, DONE, NEEDS_HUMAN, PROVED, REFUSED, TRIED, UNPROVED, combine

TOOLS = Path(__file__).parents[3] / "tools"
P, U = b'{"proved_for_real": true}\n', b'{"proved_for_real": false}\n'


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    return written(tmp_path / "digests", {PROVED: P, UNPROVED: U, CODE: b"0\n"})


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def tried(tmp_path: Path, content: bytes) -> Path:
    return written(tmp_path / "trial", {TRIED: content})


def test_a_proof_is_all_that_was_missing(digests: Path, tmp_path: Path) -> None:
    combined = combine(digests, tried(tmp_path, P))
    assert (combined.pins, combined.code) == (P, DONE)


def test_without_a_proof_a_human_is_needed(digests: Path, tmp_path: Path) -> None:
    combined = combine(digests, tried(tmp_path, U))
    assert (combined.pins, combined.code) == (U, NEEDS_HUMAN)


def test_a_trial_cannot_do_away_with_the_need_for_a_human(digests: Path, tmp_path: Path) -> None:
    (digests / CODE).write_text(f"{NEEDS_HUMAN}\n")
    combined = combine(digests, tried(tmp_path, P))
    assert (combined.pins, combined.code) == (P, NEEDS_HUMAN)


@pytest.mark.parametrize(
    "content",
    [b"", P[:-1], P + b" ", P.replace(b"true", b"1"), U + P, b"\0" * 100],
    ids=["empty", "cut off", "longer", "other", "both", "zeros"],
)
def test_another_file_than_the_two_is_refused(digests: Path, tmp_path: Path, content: bytes) -> None:
    combined = combine(digests, tried(tmp_path, content))
    assert (combined.pins, combined.code) == (None, REFUSED)
    assert "other pins" in combined.reason


def test_a_trial_cannot_take_back_a_proof_that_was_made_once(digests: Path, tmp_path: Path) -> None:
    (digests / UNPROVED).unlink()
    assert combine(digests, tried(tmp_path, U)).code == REFUSED


def test_without_pins_of_both_there_are_none(digests: Path, tmp_path: Path) -> None:
    nothing = written(tmp_path / "nothing", {})
    assert combine(digests, nothing).code == NEEDS_HUMAN
    without_pins = written(tmp_path / "unknown", {CODE: b"3\n"})
    combined = combine(without_pins, tried(tmp_path, P))
    assert (combined.pins, combined.code) == (None, NEEDS_HUMAN)


def test_a_disagreement_is_refused_whatever_the_trial_says(digests: Path, tmp_path: Path) -> None:
    (digests / CODE).write_text(f"{REFUSED}\n")
    combined = combine(digests, tried(tmp_path, P))
    assert (combined.pins, combined.code) == (None, REFUSED)


def module(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the module below ``root`` as the job does that may write: without our dependencies."""
    package = root / "tools" / "aztec"
    if not package.exists():
        package.mkdir(parents=True)
        (root / "resources" / "versions").mkdir(parents=True)
        for name in ("__init__.py", "combine.py"):
            (package / name).write_bytes((TOOLS / "aztec" / name).read_bytes())
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", _RUN, package.parent, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


_RUN = """
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("aztec.combine", run_name="__main__", alter_sys=True)
"""


def test_the_module_needs_the_standard_library_alone(digests: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    finished = module(root, "5.9.0", digests, tried(tmp_path, P))
    assert (finished.returncode, finished.stderr) == (DONE, "")
    assert (root / "resources" / "versions" / "5.9.0.json").read_bytes() == P


@pytest.mark.parametrize("version", ["../../x", "", "latest", "5/0"])
def test_a_version_that_is_a_path_is_refused(digests: Path, tmp_path: Path, version: str) -> None:
    root = tmp_path / "root"
    finished = module(root, version, digests, tried(tmp_path, P))
    assert finished.returncode == 2
    assert "VERSION DIGESTS TRIAL" in finished.stderr
    assert list((root / "resources" / "versions").iterdir()) == []
