from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.testing

from release.feed import NewFile
from support.update_feed import Stage, installed_in, stage_in
from tee_rex.cli.commands import app
from tee_rex.errors import ExitCode
from tee_rex.updates.installed import Installed, InstallKind
from tee_rex.updates.releases import FOLDER, SBOM, Description, ReleaseVersion
from tee_rex.updates.source import UpdateSource


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_in(tmp_path) as stage:
        yield stage


class Command:
    """``tee-rex`` as the build of a release would be it. code: of the last command."""

    platform = "amd64-linux"
    code = 0

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self.monkeypatch = stage, monkeypatch
        monkeypatch.setenv("TEE_REX_HOME", str(stage.home))
        self.installed = installed_in(stage.folder, "0.1.0")

    def __call__(self, *arguments: str) -> str:
        self.monkeypatch.setattr(UpdateSource, "shipped", lambda: self.stage.source)
        self.monkeypatch.setattr(Installed, "this", lambda: self.installed)
        self.monkeypatch.setattr("tee_rex.updates.client.this_platform", lambda: self.platform)
        result = typer.testing.CliRunner().invoke(app, arguments)
        self.code = result.exit_code
        return result.output


@pytest.fixture
def tee_rex(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(stage, monkeypatch)


def test_looking_installing_and_being_up_to_date(stage: Stage, tee_rex: Command) -> None:
    assert tee_rex("update", "--check") == "✓ TEE-Rex 0.1.0 is the newest release.\n"
    stage.feed.release("0.2.0")
    assert tee_rex("update", "--check").splitlines() == [
        "TEE-Rex 0.2.0 is available. You have 0.1.0.",
        "What 0.2.0 brings.",
        "→ Run: tee-rex update",
    ]
    assert stage.starts() == "0.1.0"
    assert "✓ TEE-Rex 0.2.0 is installed and runs from the next start.\n" in tee_rex("update")
    assert stage.starts() == "0.2.0"
    report = json.loads(tee_rex("update", "--check", "--json"))
    assert (report["running"], report["newest"], report["state"]) == ("0.1.0", "0.2.0", "installed")


def test_a_package_is_only_told(stage: Stage, tee_rex: Command) -> None:
    stage.feed.release("0.2.0")
    tee_rex.installed = Installed(InstallKind.DEB, ReleaseVersion(0, 1, 0), Path("/usr/bin/tee-rex"))
    said = tee_rex("update")
    assert "TEE-Rex 0.2.0 is available. You have 0.1.0." in said
    assert "sudo apt install ./FILE" in said


def test_a_release_that_was_taken_back(tee_rex: Command) -> None:
    tee_rex.installed = Installed(InstallKind.DEB, ReleaseVersion(0, 2, 0), Path("/usr/bin/tee-rex"))
    assert "the newest release is 0.1.0. Yours may have been withdrawn" in tee_rex("update", "--check")


def test_a_source_without_releases_for_this_system(tee_rex: Command) -> None:
    tee_rex.platform = "amd64-plan9"
    assert "has no release for this system" in tee_rex("update", "--check")


def test_a_download_is_verified(stage: Stage, tee_rex: Command) -> None:
    archive = stage.feed.release("0.2.0", promoted=False)
    said = tee_rex("release", "verify", str(archive))
    assert said.startswith(
        f"✓ {archive} is 0.2.0/{archive.name} of TEE-Rex 0.2.0, not (or no longer) offered"
    )
    assert tee_rex.code == ExitCode.OK
    report = json.loads(tee_rex("release", "verify", str(archive), "--json", "--offline"))
    assert (report["version"], report["kind"], report["offered"]) == ("0.2.0", "folder", False)


def test_offline_without_metadata_is_no_attack(tee_rex: Command) -> None:
    done = tee_rex("release", "verify", __file__, "--offline")
    assert tee_rex.code == ExitCode.ENVIRONMENT
    assert "No signed metadata yet" in done


def test_offline_the_sbom_is_not_compared(stage: Stage, tee_rex: Command) -> None:
    app = stage.home.parent / "app.tar.xz"
    app.write_bytes(b"the app")
    sbom = stage.home.parent / "app.cdx.json"
    sbom.write_text("{}")
    stage.feed.feed.add(
        [
            NewFile("0.2.0/app.tar.xz", app, Description("0.2.0", FOLDER, sbom="0.2.0/app.cdx.json")),
            NewFile("0.2.0/app.cdx.json", sbom, Description("0.2.0", SBOM)),
        ]
    )
    stage.feed.publish()
    tee_rex("update", "--check")
    said = tee_rex("release", "verify", str(app), "--offline")
    assert "0.2.0/app.cdx.json, its SBOM, was not compared (--offline)." in said
    assert tee_rex.code == ExitCode.OK


def test_another_file_is_refused(tee_rex: Command) -> None:
    done = tee_rex("release", "verify", __file__)
    assert tee_rex.code == ExitCode.BAD_INPUT
    assert "NOT_A_RELEASE" in done


def test_this_build_has_no_update_source(tmp_path: Path) -> None:
    environ = {**os.environ, "TEE_REX_HOME": str(tmp_path)}
    for command in (["update"], ["update", "--check"], ["release", "verify", __file__]):
        program = [str(Path(sys.executable).with_name("tee-rex")), *command]
        done = subprocess.run(program, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == ExitCode.ENVIRONMENT
        assert "No update source [NO_UPDATE_SOURCE]" in done.stderr
        verifying = command[0] == "release"
        assert ("sha256sum --check --ignore-missing SHA256SUMS" in done.stderr) == verifying
    assert list(tmp_path.iterdir()) == []
