"""What CI runs: .github/workflows and the Makefile."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKFLOWS = "\n".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_test_is_in_a_workflow() -> None:
    parts = set(" ".join(re.findall(r'make test TESTS="([^"]*)"', WORKFLOWS)).split())
    for target in ("e2e", "emulation", "test-packages"):
        assert f"run: make {target}\n" in WORKFLOWS
        parts |= set(re.findall(rf"\n{target}: .*\n\t.* (tests/\S+)\n", MAKEFILE))
    tests = {path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")}
    assert {
        path for path in tests if not parts & {folder.as_posix() for folder in (path, *path.parents)}
    } == set()
