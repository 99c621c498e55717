from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from typer.core import TyperCommand

from support.http_files import Answer, http_files
from tee_rex_server.http.interface import HEALTHZ


@dataclass
class _Stage:
    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [text for name, text in self.instructions if name == instruction]

    def only(self, instruction: str) -> str:
        [text] = self.all(instruction)
        return text

    @property
    def environment(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for text in self.all("ENV") for pair in text.split())


@dataclass
class _Containerfile:
    arguments: dict[str, str]
    stages: list[_Stage]

    @property
    def build(self) -> _Stage:
        return self.stages[0]

    @property
    def image(self) -> _Stage:
        return self.stages[-1]

    @property
    def copied(self) -> list[tuple[str, str]]:
        """From the repository: source and place."""
        return [
            (source, place)
            for stage in self.stages
            for text in stage.all("COPY")
            if not text.startswith("--from=")
            for *sources, place in [text.split()]
            for source in sources
        ]


@pytest.fixture(scope="module")
def containerfile(deploy: Path) -> _Containerfile:
    text = (deploy / "Containerfile").read_text()
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    arguments: dict[str, str] = {}
    stages: list[_Stage] = []
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(_Stage(base, name))
        elif instruction == "ARG":
            name, _, value = rest.partition("=")
            arguments[name] = value
        elif instruction:
            stages[-1].instructions.append((instruction, rest))
    return _Containerfile(arguments, stages)


def test_both_stages_have_the_same_python_pinned_by_a_tag(containerfile: _Containerfile) -> None:
    assert [(stage.base, stage.name) for stage in containerfile.stages] == [
        ("python:${PYTHON_TAG}", "build"),
        ("python:${PYTHON_TAG}", ""),
    ]


def test_the_python_is_one_that_the_packages_run_on(containerfile: _Containerfile, repository: Path) -> None:
    version, variant = containerfile.arguments["PYTHON_TAG"].split("-", 1)
    assert variant == "slim-trixie"
    for package in ("core", "enclave_server"):
        project = tomllib.loads((repository / package / "pyproject.toml").read_text())["project"]
        assert Version(version) in SpecifierSet(project["requires-python"])


def test_uv_is_the_one_of_the_makefile(containerfile: _Containerfile, repository: Path) -> None:
    version = containerfile.arguments["UV_VERSION"]
    assert f"UV_VERSION := {version}\n" in (repository / "Makefile").read_text()


def test_dependencies_are_those_of_the_lock_file(containerfile: _Containerfile) -> None:
    build, install = containerfile.build.all("RUN")[1:]
    assert "--build-constraint requirements.lock --require-hashes" in build
    assert "--constraint requirements.lock" in install


def test_what_is_copied_exists_and_is_let_through(
    containerfile: _Containerfile, deploy: Path, repository: Path
) -> None:
    rules = (deploy / "Containerfile.dockerignore").read_text().split()
    assert rules[0] == "*"
    let_through = [rule[1:] for rule in rules if rule.startswith("!")]
    assert let_through == [source for source, _ in containerfile.copied]
    assert all((repository / source).exists() for source in let_through)
    hidden = [rule for rule in rules[1:] if not rule.startswith("!")]
    assert any(fnmatch.fnmatch("core/tee_rex/__pycache__", rule) for rule in hidden)


def test_the_image_holds_nothing_but_what_was_built(containerfile: _Containerfile) -> None:
    assert containerfile.image.all("COPY") == ["--from=build /opt/tee-rex-server /opt/tee-rex-server"]
    assert containerfile.image.environment["PATH"] == "/opt/tee-rex-server/bin:${PATH}"


def test_it_does_not_run_as_root(containerfile: _Containerfile) -> None:
    instructions = [name for name, _ in containerfile.image.instructions]
    user, group = containerfile.image.only("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert instructions.index("USER") > max(i for i, name in enumerate(instructions) if name == "RUN")


def test_all_it_writes_lies_in_one_volume_of_its_own(containerfile: _Containerfile) -> None:
    image = containerfile.image
    volume = image.only("VOLUME")
    assert image.environment["TEE_REX_HOME"] == volume
    user, group = image.only("USER").split(":")
    assert image.only("RUN") == f"install --directory --owner={user} --group={group} --mode=0700 {volume}"


def test_it_starts_the_command_of_the_package(
    containerfile: _Containerfile, repository: Path, serve_command: TyperCommand
) -> None:
    project = tomllib.loads((repository / "enclave_server" / "pyproject.toml").read_text())["project"]
    [program] = json.loads(containerfile.image.only("ENTRYPOINT"))
    assert program in project["scripts"]
    assert json.loads(containerfile.image.only("CMD")) == [serve_command.name]


def test_its_environment_is_what_the_server_reads(
    containerfile: _Containerfile, serve_variables: dict[str, object]
) -> None:
    environment = containerfile.image.environment
    assert environment.keys() - serve_variables.keys() == {
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "TEE_REX_HOME",
    }
    assert environment["TEE_REX_HOST"] == "0.0.0.0"
    assert environment["PORT"] == containerfile.image.only("EXPOSE") == str(serve_variables["PORT"])


@pytest.mark.integration
@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_the_server(containerfile: _Containerfile, status: int, healthy: bool) -> None:
    with http_files({HEALTHZ.path: Answer(status=status)}) as url:
        assert (_check_health(containerfile, int(url.rpartition(":")[2])) == 0) is healthy


@pytest.mark.integration
def test_a_server_that_does_not_listen_is_not_healthy(containerfile: _Containerfile) -> None:
    assert _check_health(containerfile, 1) != 0


def _check_health(containerfile: _Containerfile, port: int) -> int:
    command = containerfile.image.only("HEALTHCHECK").partition("CMD ")[2]
    program = command.replace("python3", sys.executable, 1)
    environment = os.environ | {"PORT": str(port), "http_proxy": "http://127.0.0.1:1"}
    ended = subprocess.run(["sh", "-c", program], env=environment, check=False, stderr=subprocess.DEVNULL)
    return ended.returncode


@pytest.mark.integration
def test_what_is_copied_is_enough_to_build_both_packages(
    containerfile: _Containerfile, repository: Path, tmp_path: Path
) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".mypy_cache")
    for source, place in containerfile.copied:
        target = tmp_path / place
        if (repository / source).is_dir():
            shutil.copytree(repository / source, target, symlinks=True, ignore=ignored)
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(repository / source, target)
    for package in ("core", "enclave_server"):
        subprocess.run(
            [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", "dist", package],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    core, server = sorted((tmp_path / "dist").glob("*.whl"))
    assert "tee_rex/_resources/versions/4.1.2.json" in zipfile.ZipFile(core).namelist()
    assert "tee_rex_server/cli.py" in zipfile.ZipFile(server).namelist()
