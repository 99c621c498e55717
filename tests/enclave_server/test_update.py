"""``tee-rex-server update``: what a server on its own gets of the maintainers' feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typer.testing

from support.proving_server import run_command
from support.update_feed import Stage, stage_in
from tee_rex.bb.pins import BbPins
from tee_rex.errors import ExitCode
from tee_rex.revocations import Revocations
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.updates.installed import Installed, InstallKind
from tee_rex.updates.pins import FORMAT, PinsUpdate, current_pins
from tee_rex.updates.releases import ReleaseVersion
from tee_rex.updates.source import UpdateSource
from tee_rex_server.cli import app
from tee_rex_server.proving.provers import ServedProvers

HERE, GENUINE = Platform.AMD64_LINUX, TrustedSetup.GENUINE
SHIPPED = BbPins.shipped()
SERVED, ADDED = AztecVersion(5, 0, 0), "5.9.0"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The server was installed from its own package."""
    with stage_in(tmp_path) as stage:
        deb = Installed(InstallKind.DEB, ReleaseVersion(0, 1, 0), Path("/usr/bin/tee-rex-server"))
        monkeypatch.setenv("TEE_REX_HOME", str(stage.home))
        monkeypatch.setattr(UpdateSource, "shipped", lambda: stage.source)
        monkeypatch.setattr(Installed, "this", lambda: deb)
        monkeypatch.setattr("tee_rex.updates.client.this_platform", lambda: str(HERE))
        yield stage


def update(*arguments: str) -> str:
    done = typer.testing.CliRunner().invoke(app, ["update", *arguments])
    assert done.exit_code == ExitCode.OK, done.output
    return done.output


def publish(stage: Stage) -> str:
    """Revoke the bb that servers have, and add one; the SHA-256 of what is revoked."""
    revoked = SHIPPED.digest(SERVED, GENUINE, HERE)
    pins = msgspec.to_builtins(SHIPPED.versions[SERVED])
    pins["bb"] = {HERE: {**pins["bb"][HERE], "sha256": "ab" * 32}}
    added = msgspec.Raw(msgspec.json.encode(pins))
    signed = PinsUpdate(FORMAT, 7, Revocations(0, frozenset({revoked})), {ADDED: added})
    stage.feed.publish_pins(msgspec.json.encode(signed), 7)
    return revoked


def test_it_says_what_it_fetched_and_only_once(stage: Stage) -> None:
    assert update() == "✓ TEE-Rex 0.1.0 is the newest release.\n"
    revoked = publish(stage)
    assert update().splitlines()[1:] == [
        "✓ Fetched pins update 7.",
        f"  New: bb {ADDED}",
        f"  Revoked: bb or its archive with SHA-256 {revoked}",
    ]
    assert "pins update" not in update()


def test_a_newer_release_is_only_told(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    said = update()
    assert "TEE-Rex 0.2.0 is available. You have 0.1.0." in said
    assert "sudo apt install ./FILE" in said


def test_for_programs(stage: Stage) -> None:
    revoked = publish(stage)
    report = json.loads(update("--json"))
    assert (report["pins"], report["running"], report["state"]) == (7, "0.1.0", "current")
    assert report["pins_change"] == {
        "bb_added": [ADDED],
        "bb_revoked": [revoked],
        "builds_added": [],
        "builds_revoked": [],
    }
    assert json.loads(update("--json"))["pins_change"] is None


def test_a_server_starts_with_another_bb_of_the_generation_when_its_own_was_revoked(stage: Stage) -> None:
    def served() -> dict[tuple[AztecVersion, TrustedSetup], str]:
        pins = current_pins(Paths(stage.home, stage.home / "config"))
        return ServedProvers.pinned(pins, {GENUINE}, HERE).digests

    before = served()
    assert (SERVED, GENUINE) in before
    publish(stage)
    update()
    added = {(AztecVersion.parse(ADDED), GENUINE): "ab" * 32}
    assert served() == {key: value for key, value in before.items() if key[0] != SERVED} | added


def test_this_build_names_no_source(tmp_path: Path) -> None:
    done = run_command("update", TEE_REX_HOME=str(tmp_path))
    assert done.returncode == ExitCode.ENVIRONMENT
    assert "No update source [NO_UPDATE_SOURCE]" in done.stderr
    assert list(tmp_path.iterdir()) == []
