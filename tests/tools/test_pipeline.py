"""The rehearsal of the pipeline, and the steps of it that need people."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

import pipeline
from pipeline import STAGES, Stage, main

ROOT = Path(__file__).parents[2]
APPROVED = {"release", "pypi", "macos-signing", "production"}
"""Environments in which a person approves each job, by docs/release.md and docs/deploying.md."""


def test_every_stage_runs_what_there_is() -> None:
    for stage in STAGES:
        named = [one for one in stage.arguments if one.startswith("tests/")]
        assert all((ROOT / one).exists() for one in named), stage.name


def test_stages_are_run_and_a_failure_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    print_folder = "import os, sys; print(os.listdir(sys.argv[1]), os.environ['PYTHONPATH'])"
    stages = (
        Stage("good", "prints", ("-c", print_folder, "FOLDER"), "the rest"),
        Stage("bad", "fails", ("-c", "raise SystemExit(3)"), ""),
        Stage("last", "is run nevertheless", ("-c", "print('last')"), ""),
    )
    monkeypatch.setattr(pipeline, "STAGES", stages)
    assert main([]) == 1
    told = capfd.readouterr().out
    assert f"[] {ROOT}/tests:{ROOT}/tools" in told
    assert "== not here: the rest" in told
    assert "== bad: FAILED" in told
    assert told.splitlines()[-1] == "== failed: bad"
    assert main(["last"]) == 0
    assert "good" not in capfd.readouterr().out
    assert main(["other"]) == 2


def test_the_documentation_counts_the_steps_of_people() -> None:
    """Each approval that the workflows ask for on the way is one of them."""
    page = (ROOT / "docs" / "deploying.md").read_text()
    section = page.partition("### Steps that need people")[2].partition("\n#")[0]
    steps = re.findall(r"(?m)^\| (\d+) \| ([^|]+) \|", section)
    assert [int(number) for number, _ in steps] == [*range(1, len(steps) + 1)]
    assert f"{len(steps)} steps" in section
    approved = []
    for name in ("release", "deploy"):
        workflow = msgspec.yaml.decode((ROOT / ".github" / "workflows" / f"{name}.yml").read_bytes())
        for job, content in workflow["jobs"].items():
            # An environment that is an input is production here; going back is not on the way.
            environment = content.get("environment", "")
            if job != "take-back" and (environment in APPROVED or "inputs" in environment):
                approved.append(f"approve the job *{job}* of *{name}*")
    assert [step for _, step in steps if step.startswith("approve")] == approved
