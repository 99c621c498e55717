"""The workflow that adds versions, and the gates that its pull requests have to pass."""

from __future__ import annotations

import json
import os
import re
import subprocess
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def with_scripts(workflow: str) -> str:
    """The workflow with our scripts in the place of their names."""

    def content(step: re.Match[str]) -> str:
        return "run: |\n" + textwrap.indent((ROOT / step[1]).read_text(), " " * 10)

    return re.sub(r"run: (\.github/scripts/[a-z-]+\.sh)\n", content, workflow)


WORKFLOWS = {
    path.stem: with_scripts(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")
}
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


def test_only_the_last_job_may_write_and_it_runs_no_downloaded_code() -> None:
    assert list(JOBS) == ["check", "digests", "trial", "propose"]
    assert "\npermissions: {}\n" in BOT
    assert [job for job, text in JOBS.items() if "secrets." in text] == ["propose"]
    for text in JOBS.values():
        assert "    permissions:\n      contents: read\n    " in text
        assert text.count("actions/checkout@") == text.count("persist-credentials: false") == 1
    assert not re.search(r"make |npm|\bpip\b", JOBS["propose"])
    assert re.findall(r"python.*", JOBS["propose"]) == [
        'python3 -m aztec.combine "$VERSION" "$digests" build/trial > reason.txt || code=$?'
    ]
    assert JOBS["propose"].index("aztec.combine") < JOBS["propose"].index("create-github-app-token")


def test_bb_runs_in_one_job_and_as_a_user_who_may_nothing() -> None:
    assert commands(JOBS["digests"]) == {"digests"}
    assert "make setup" not in BOT
    assert "sudo" not in JOBS["digests"] + JOBS["propose"]
    (command,) = re.findall(r"(.*\\\n).*-m aztec trial", JOBS["trial"])
    assert command.strip().startswith('"${as_trial[@]}" env')
    # Whoever has the trial's machine could fill caches.
    assert "actions/cache" not in BOT


def commands(text: str) -> set[str]:
    return set(re.findall(r"-m aztec (\w+)", text))


def scripts(job: str) -> list[str]:
    return [textwrap.dedent(script) for script in re.findall(r"(?m)^ +run: \|\n((?: {10}.*\n|\n)+)", job)]


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What "propose" has before it compares: the repository, and the artifacts of both jobs."""
    root = tmp_path / "checkout"
    for folder in ("resources/versions", "tools/aztec", "build/digests/5.9.0", "build/trial"):
        (root / folder).mkdir(parents=True)
    for name in ("__init__.py", "combine.py"):
        (root / "tools" / "aztec" / name).write_bytes((ROOT / "tools" / "aztec" / name).read_bytes())
    digests = root / "build" / "digests" / "5.9.0"
    for name, content in (
        ("proved.json", "proved"),
        ("unproved.json", "un"),
        ("code", "0\n"),
        ("report.md", ""),
    ):
        (digests / name).write_text(content)
    (root / "build" / "trial" / "pins.json").write_text("proved")
    (root / "output").touch()
    run("git init --quiet", root)
    return root


def sums(checkout: Path) -> str:
    """What the job "digests" gives to "propose" beside the artifact."""
    (line,) = (
        line for line in scripts(JOBS["digests"])[0].splitlines() if "sha256sum" in line and "<<" not in line
    )
    assert line.strip() in scripts(JOBS["propose"])[0]
    return run(line, checkout / "build" / "digests").stdout.strip()


def proposed(checkout: Path, sha256sums: str) -> subprocess.CompletedProcess[str]:
    environment = {"VERSION": "5.9.0", "SHA256SUMS": sha256sums, "GITHUB_OUTPUT": "output", "RUN": "here"}
    return run(scripts(JOBS["propose"])[0], checkout, **environment)


@pytest.mark.integration
def test_what_both_jobs_found_is_proposed(checkout: Path) -> None:
    finished = proposed(checkout, sums(checkout))
    assert finished.returncode == 0, finished.stderr
    assert (checkout / "output").read_text() == "code=0\nchanged=true\n"
    assert (checkout / "resources" / "versions" / "5.9.0.json").read_text() == "proved"
    assert (checkout / "build" / "body.md").read_text() == "\nThe development copy proved.\n[Log](here)\n"


@pytest.mark.integration
@pytest.mark.parametrize("name", ["proved.json", "code", "another", "a b"])
def test_digests_that_were_replaced_are_refused(checkout: Path, name: str) -> None:
    before = sums(checkout)
    (checkout / "build" / "digests" / "5.9.0" / name).write_text("replaced")
    (checkout / "build" / "trial" / "pins.json").write_text("replaced")
    finished = proposed(checkout, before)
    assert finished.returncode == 1
    assert "::error::the artifact is not the one" in finished.stdout
    assert list((checkout / "resources" / "versions").iterdir()) == []


@pytest.mark.integration
def test_a_trial_with_other_pins_is_refused(checkout: Path) -> None:
    (checkout / "build" / "trial" / "pins.json").write_text("other")
    assert proposed(checkout, sums(checkout)).returncode == 0
    assert (checkout / "output").read_text() == "code=1\nchanged=false\n"


@pytest.mark.integration
def test_a_trial_that_failed_leaves_the_version_to_people(checkout: Path) -> None:
    (checkout / "build" / "trial" / "pins.json").unlink()
    assert proposed(checkout, sums(checkout)).returncode == 0
    assert (checkout / "output").read_text() == "code=3\nchanged=false\n"


GH = """#!/bin/bash
printf '%s\\n' "gh $*" >> "$NOTES"
case "$1 $2" in
  "api "*) echo '[{"ref": "refs/heads/aztec/5.9.1"}]' ;;
  "issue list") echo 0 ;;
esac
"""
PYTHON = """#!/bin/bash
echo '{"new": ["5.9.0", "5.9.1"]}'
exit 1  # there is something to do
"""


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


@pytest.fixture
def github(checkout: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a job whose ``gh`` notes what it is told, and whose GitHub is a folder."""
    program(tmp_path / "bin" / "gh", GH)
    server = tmp_path / "github"
    run(f"git init --quiet --bare {server}/owner/name", tmp_path)
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "NOTES": str(tmp_path / "notes"),
        "GITHUB_OUTPUT": str(checkout / "output"),
        "GITHUB_REPOSITORY": "owner/name",
        "GITHUB_SERVER_URL": "https://github.example",
        "GH_TOKEN": "of-an-app",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{server}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://x-access-token:of-an-app@github.example/",
        "VERSION": "5.9.0",
    }


def job_script(name: str, checkout: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = ROOT / ".github" / "scripts" / name
    return subprocess.run(
        ["bash", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.integration
@pytest.mark.parametrize(
    ("only", "versions"), [("", '["5.9.0"]'), ("5.8.0", '["5.8.0"]')], ids=["every new one", "one"]
)
def test_a_version_with_a_branch_is_not_examined_again(
    checkout: Path, github: dict[str, str], only: str, versions: str
) -> None:
    program(checkout / ".venv" / "bin" / "python", PYTHON)
    checked = job_script("aztec-check.sh", checkout, github | {"MIN_AGE": "7d", "ONLY": only})
    assert checked.returncode == 0, checked.stderr
    assert (checkout / "output").read_text() == f"versions={versions}\n"


@pytest.mark.integration
@pytest.mark.parametrize("merge", ["false", "true"])
def test_from_what_both_jobs_found_to_a_pull_request(
    checkout: Path, github: dict[str, str], tmp_path: Path, merge: str
) -> None:
    """A branch with the pins, and a request that asks for the test environment."""
    assert proposed(checkout, sums(checkout)).returncode == 0
    (code, changed) = (line.partition("=")[2] for line in (checkout / "output").read_text().splitlines())
    told = job_script(
        "aztec-propose.sh", checkout, github | {"CODE": code, "CHANGED": changed, "MERGE": merge}
    )
    assert told.returncode == 0, told.stderr
    shown = subprocess.run(
        ["git", f"--git-dir={tmp_path / 'github' / 'owner' / 'name'}", "show", "--stat", "aztec/5.9.0"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "feat(versions): Aztec 5.9.0" in shown
    assert "resources/versions/5.9.0.json | 1 +" in shown
    notes = Path(github["NOTES"]).read_text().splitlines()
    title = "--title feat(versions): Aztec 5.9.0"
    assert (
        notes[1] == f"gh pr create --head aztec/5.9.0 {title} --body-file build/body.md --label deploy:test"
    )
    assert notes[2:] == (["gh pr merge aztec/5.9.0 --auto --squash"] if merge == "true" else [])


@pytest.mark.integration
@pytest.mark.parametrize(
    ("code", "title", "ended"),
    [("3", "Aztec 5.9.0 needs a human", 0), ("1", "Aztec 5.9.0 was refused", 1)],
    ids=["needs a human", "refused"],
)
def test_what_is_not_pinned_becomes_an_issue(
    checkout: Path, github: dict[str, str], code: str, title: str, ended: int
) -> None:
    told = job_script(
        "aztec-propose.sh", checkout, github | {"CODE": code, "CHANGED": "false", "MERGE": "true"}
    )
    assert told.returncode == ended, told.stderr
    notes = Path(github["NOTES"]).read_text().splitlines()
    assert notes[-1] == f"gh issue create --title {title} --body-file build/body.md"


@pytest.mark.integration
def test_nothing_is_merged_where_a_test_environment_was_asked_for_and_there_is_none(tmp_path: Path) -> None:
    label = "deploy:test"
    (script,) = re.findall(
        rf"if: contains\(github\.event\.pull_request\.labels\.\*\.name, '{label}'\)"
        r" && vars\.TEST_ENVIRONMENT == ''\n +run: (.+)\n",
        WORKFLOWS["test-environment"],
    )
    assert f"--label {label}\n" in JOBS["propose"]
    refused = run(script, tmp_path)
    assert refused.returncode == 1
    assert "no test environment is configured" in refused.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_nothing_from_outside_becomes_a_part_of_a_script(workflow: str) -> None:
    scripts = re.findall(r"(?m)^( +)(?:- )?run: \|\n((?:\1 +.*\n|\n)+)", WORKFLOWS[workflow])
    assert [script for _, script in scripts if "${{" in script] == []


def test_it_uses_the_commands_that_there_are() -> None:
    assert commands(BOT) == {"check", "digests", "trial"}
