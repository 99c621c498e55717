"""The workflow that adds versions, and the gates that its pull requests have to pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKFLOWS = {path.stem: path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml")}
BOT = WORKFLOWS["aztec-versions"]
JOBS = dict(zip(*[iter(re.split(r"(?m)^  ([a-z]+):\n", BOT.partition("\njobs:\n")[2])[1:])] * 2, strict=True))


def gates() -> list[str]:
    return [
        name
        for workflow in WORKFLOWS.values()
        for name in re.findall(r"(?m)^  gate:\n(?: +#.*\n)*    name: (.+)$", workflow)
    ]


def test_the_ruleset_asks_for_every_gate_by_a_name_of_its_own() -> None:
    ruleset = json.loads((ROOT / ".github" / "rulesets" / "main.json").read_text())
    rules = {rule["type"]: rule.get("parameters") for rule in ruleset["rules"]}
    wanted = [check["context"] for check in rules["required_status_checks"]["required_status_checks"]]
    assert sorted(wanted) == sorted(gates())
    assert len(set(wanted)) == sum("\n  gate:\n" in workflow for workflow in WORKFLOWS.values())
    assert ruleset["bypass_actors"] == []
    assert ruleset["enforcement"] == "active"


def test_only_the_job_that_runs_no_downloaded_code_may_write() -> None:
    assert list(JOBS) == ["check", "update", "propose"]
    assert "\npermissions: {}\n" in BOT
    assert [job for job, text in JOBS.items() if "secrets." in text] == ["propose"]
    assert all("    permissions:\n      contents: read\n    " in text for text in JOBS.values())
    assert not re.search(r"make|python|npm", JOBS["propose"])
    for job in ("check", "update"):
        assert JOBS[job].count("actions/checkout@") == JOBS[job].count("persist-credentials: false") == 1


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_nothing_from_outside_becomes_a_part_of_a_script(workflow: str) -> None:
    scripts = re.findall(r"(?m)^( +)(?:- )?run: \|\n((?:\1 +.*\n|\n)+)", WORKFLOWS[workflow])
    assert [script for _, script in scripts if "${{" in script] == []


def test_it_uses_the_commands_that_there_are() -> None:
    used = set(re.findall(r"python -m aztec (\w+)", BOT))
    assert used == {"check", "update", "verify"}
