"""The scripts by which jobs deploy, with stand-ins for their programs, which note how they were called.

tests/enclave_server/deploy/test_deployer.py runs deploy.sh with the real program.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.http_files import Answer, http_files

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
IMAGE = b"an image"
SHA256 = hashlib.sha256(IMAGE).hexdigest()
PCRS = {str(index): f"{index}{index}" * 48 for index in range(3)}
FLEET = '[[hosts]]\nname = "a"\nurl = "https://a.example.org"\ncids = [16, 17]\n'
TOKEN_PATH = "/token?api-version=2&audience=sts.amazonaws.com"

NOTES = '#!/bin/bash\nprintf \'%s\\n\' "{name} $*" >> "$NOTES"\n'


@dataclass(frozen=True)
class Job:
    """A checkout whose programs are stand-ins."""

    folder: Path
    environ: dict[str, str]

    def program(self, name: str, lines: str = "", *, installed: bool = True) -> None:
        """A stand-in that notes its arguments, then runs these lines of bash."""
        place = self.folder / (".venv/bin" if installed else "bin")
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(NOTES.format(name=name) + lines)
        (place / name).chmod(0o755)

    def run(self, script: str, *arguments: str, code: int = 0, **environ: str) -> str:
        interpreter = sys.executable if script.endswith(".py") else "bash"
        done = subprocess.run(
            [interpreter, f".github/scripts/{script}", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def notes(self) -> list[str]:
        """How the programs were called since the last time."""
        file = self.folder / "notes"
        called = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return called


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "job"
    (folder / "build" / "enclave").mkdir(parents=True)
    (folder / ".github").symlink_to(ROOT / ".github")
    environ = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "NOTES": str(folder / "notes")}
    made = Job(folder, environ)
    made.program("tee-rex")
    made.program("tee-rex-server", f"test $1 = image && echo '{json.dumps({'pcrs': PCRS})}'\ntrue\n")
    (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return made


class ChangingToken(dict[str, Answer]):
    """GitHub's answers: another token each time."""

    given = 0

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - dict's
        if key != TOKEN_PATH:
            return default
        self.given += 1
        return Answer(json.dumps({"value": f"token {self.given}"}).encode())


class TestDeploy:
    def deploy(
        self, job: Job, answers: Mapping[str, Answer], *, code: int = 0, **environ: str
    ) -> tuple[str, list[str]]:
        """What it told, and the commands of ``deploy`` that it ran."""
        (job.folder / "build" / "enclave" / "tee-rex.eif").write_bytes(IMAGE)
        with http_files(answers) as github:
            told = job.run(
                "deploy.sh",
                code=code,
                **{
                    "ACTIONS_ID_TOKEN_REQUEST_URL": f"{github}/token?api-version=2",
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of the runner",
                    "ENVIRONMENT": "test",
                    "FLEET": FLEET,
                    "ROLE": "arn:aws:iam::123456789012:role/tee-rex-test",
                    "ROLLBACK": "false",
                    **environ,
                },
            )
        return told, [line.removeprefix("tee-rex-server deploy ") for line in job.notes()]

    def test_a_long_deployment_finds_fresh_tokens(self, job: Job) -> None:
        job.program(
            "tee-rex-server",
            'if test "$2" = apply; then\n'
            '  echo "$AWS_WEB_IDENTITY_TOKEN_FILE" > place\n'
            '  stat --format=%a "$AWS_WEB_IDENTITY_TOKEN_FILE"\n'
            '  until grep --quiet "token 3" "$AWS_WEB_IDENTITY_TOKEN_FILE"; do sleep 0.05; done\n'
            "fi\n",
        )
        tokens = ChangingToken()
        told, _ = self.deploy(job, tokens, TOKEN_SECONDS="0.2")
        assert "600" in told.splitlines()
        assert not Path((job.folder / "place").read_text().strip()).parent.exists()
        given = tokens.given
        time.sleep(1)
        assert tokens.given == given, "it still asks for tokens"

    def test_a_token_that_is_not_renewed_does_not_end_it(self, job: Job) -> None:
        class Once(ChangingToken):
            def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - dict's
                return super().get(key, default) if self.given == 0 else default

        job.program("tee-rex-server", 'if test "$2" = apply; then sleep 1; fi\n')
        told, _ = self.deploy(job, Once(), TOKEN_SECONDS="0.2")
        assert "::warning::the identity token was not renewed" in told

    @pytest.mark.parametrize("environment", ["test", "production"])
    @pytest.mark.parametrize(
        ("sha256", "going_back", "stuck"),
        [("ab" * 32, False, True), (SHA256, True, True), (SHA256, False, False), (None, False, False)],
        ids=["another", "same, on its way back", "same", "none"],
    )
    def test_what_was_left_unfinished_in_the_test_environment_is_taken_back_first(
        self, job: Job, environment: str, sha256: str | None, going_back: bool, stuck: bool
    ) -> None:
        deployment = None if sha256 is None else {"target": {"sha256": sha256}, "going_back": going_back}
        status = json.dumps({"state": {"deployment": deployment}, "enclaves": []})
        failing = f"if test \"$2 $3\" = 'status --json'; then echo '{status}'; exit 1; fi\n"
        job.program("tee-rex-server", failing)
        _, commands = self.deploy(job, ChangingToken(), ENVIRONMENT=environment, AZTEC_NODE_URL="https://n")
        image = "build/enclave/tee-rex.eif"
        first = ["status --json"] if environment == "test" else []
        back = ["rollback"] if environment == "test" and stuck else []
        assert commands == [*first, *back, f"plan {image}", f"apply {image}", "status"]

    def test_production_needs_a_live_network_but_to_go_back(self, job: Job) -> None:
        told, commands = self.deploy(job, ChangingToken(), code=1, ENVIRONMENT="production")
        assert ("without AZTEC_NODE_URL" in told, commands) == (True, [])
        _, commands = self.deploy(job, ChangingToken(), ENVIRONMENT="production", ROLLBACK="true")
        assert commands == ["rollback", "status"]


class TestImage:
    @pytest.fixture
    def releases(self, job: Job, tmp_path: Path) -> str:
        """The page of releases, with one."""
        page = tmp_path / "releases" / "0.2.0"
        page.mkdir(parents=True)
        (page / "tee-rex-0.2.0.eif").write_bytes(IMAGE)
        (page / "SHA256SUMS").write_text(f"{SHA256}  tee-rex-0.2.0.eif\n{'00' * 32}  other\n")
        job.program("make", installed=False)
        self.measured(job, "tee-rex 0.2.0")
        return page.parent.as_uri()

    def measured(self, job: Job, release: str | None) -> None:
        job.program("tee-rex-server", f"echo '{json.dumps({'release': release})}'\n")

    def image(self, job: Job, releases: str, *, code: int = 0, **environ: str) -> str:
        settings = {"ENVIRONMENT": "production", "RELEASES": releases, "VERSION": "0.2.0", **environ}
        return job.run("deploy-image.sh", code=code, **settings)

    def test_that_of_a_release(self, job: Job, releases: str) -> None:
        self.image(job, releases)
        folder = job.folder / "build" / "enclave"
        assert [path.name for path in folder.iterdir()] == ["tee-rex-0.2.0.eif"]
        assert (folder / "tee-rex-0.2.0.eif").read_bytes() == IMAGE
        measure = "tee-rex-server image measure --json build/enclave/tee-rex-0.2.0.eif"
        assert job.notes() == ["make .venv/.installed", measure]

    def test_of_a_commit_only_for_the_test_environment(self, job: Job, releases: str) -> None:
        self.image(job, releases, VERSION="", ENVIRONMENT="test")
        assert job.notes() == ["make enclave-image"]
        assert "only releases" in self.image(job, releases, code=1, VERSION="")
        assert job.notes() == []

    def test_one_with_another_digest_is_refused(self, job: Job, releases: str, tmp_path: Path) -> None:
        (tmp_path / "releases" / "0.2.0" / "tee-rex-0.2.0.eif").write_bytes(b"another")
        assert "FAILED" in self.image(job, releases, code=1)

    @pytest.mark.parametrize("release", [None, "tee-rex 0.1.0"])
    def test_one_that_this_commit_does_not_know_is_refused(
        self, job: Job, releases: str, release: str | None
    ) -> None:
        self.measured(job, release)
        assert "knows no release 0.2.0" in self.image(job, releases, code=1)


class TestValidation:
    def validate(self, job: Job, *options: str, code: int = 0, **environ: str) -> tuple[str, list[str]]:
        """What it told, and the commands of ``tee-rex`` that it ran, without the PCRs that each has."""
        (job.folder / "build" / "enclave" / "tee-rex.eif").write_bytes(IMAGE)
        settings = {"ENVIRONMENT": "test", "FLEET": FLEET, **environ}
        told = job.run("deploy-validate.py", "build/enclave", *options, code=code, **settings)
        pcrs = "".join(f" --pcr{index}={pcr}" for index, pcr in PCRS.items())
        commands = [line for line in job.notes() if line.startswith("tee-rex ")]
        assert all(line.endswith(pcrs) for line in commands)
        return told, [line.removeprefix("tee-rex ").removesuffix(pcrs) for line in commands]

    def test_every_enclave_is_attested_and_every_host_proves(self, job: Job) -> None:
        host = "https://a.example.org"
        assert self.validate(job)[1] == [
            f"attest {host}/enclaves/cid-16",
            f"attest {host}/enclaves/cid-17",
            f"demo --mode=tee --url={host}",
        ]
        assert self.validate(job, "--live", AZTEC_NODE_URL="https://node")[1] == [
            f"flow account --mode=tee --url={host} --node=https://node"
        ]

    def test_production_is_not_validated_without_a_live_network(self, job: Job) -> None:
        told, commands = self.validate(job, "--live")
        assert ("::warning::" in told, commands) == (True, [])
        told, commands = self.validate(job, "--live", code=1, ENVIRONMENT="production")
        assert ("::error::" in told, commands) == (True, [])

    def test_one_that_does_not_attest_itself_ends_it(self, job: Job) -> None:
        job.program("tee-rex", "exit 4\n")
        told, commands = self.validate(job, code=1)
        assert "::error::.venv/bin/tee-rex attest" in told
        assert len(commands) == 1
