"""The server's package on fresh Debians without a network: installed, started, removed, purged."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from packages.test_app_deb import parted
from packages.test_archive import PORT, served
from support.debian_machine import DebianMachine
from support.patience import PATIENCE
from support.recorded_steps import development_deployment
from support.released import Boot, Packages
from support.update_feed import TestFeed
from support.x11_desktop import until
from tee_rex.revocations import Revocations
from tee_rex.updates.pins import FORMAT, PinsUpdate

pytestmark = [pytest.mark.integration, pytest.mark.packages, pytest.mark.timeout(900, func_only=True)]

SETTINGS = "etc/tee-rex-server.env"
OFFLINE_AND_INSECURE = "TEE_REX_CRS=development\nTEE_REX_OFFLINE=true\n"
"""There is no network to download the genuine CRS."""
STATE = "var/lib/tee-rex-server"


def directives(machine: DebianMachine, unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (machine.root / "usr/lib/systemd/system" / unit).read_text().splitlines():
        name, _, value = line.partition("=")
        found.setdefault(name, []).append(value)
    return found


def settings_of(text: str) -> dict[str, str]:
    lines = (line for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@contextmanager
def started(machine: DebianMachine, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command of the unit, as systemd starts it: its user, state directory, settings; ready to prove."""
    unit = directives(machine, "tee-rex-server.service")
    (user,), (command,), (settings,) = unit["User"], unit["ExecStart"], unit["EnvironmentFile"]
    machine.run("install", "-d", "-m", unit["StateDirectoryMode"][0], "-o", user, "-g", user, f"/{STATE}")
    environ = settings_of((machine.root / settings.removeprefix("-/")).read_text())
    environ |= settings_of("\n".join(unit["Environment"]).replace("%S", "/var/lib"))
    with machine.started(*command.split(), log=log, user=user, environ=environ) as server:

        def ready() -> bool:
            assert server.poll() is None, log.read_text()
            return '"ready"' in log.read_text()

        until(ready, PATIENCE)
        yield server


def test_nothing_is_enabled_and_a_purge_leaves_nothing(boot: Boot, packages: Packages) -> None:
    with boot() as machine:
        before = machine.files()
        machine.install(packages.server)
        for user in ("tee-rex-server", "tee-rex-proxy"):
            assert machine.run("id", "--name", "--user", user) == f"{user}\n"
        assert not list((machine.root / "etc/systemd/system").rglob("tee-rex*"))
        settings = machine.root / SETTINGS
        settings.write_text(settings.read_text() + OFFLINE_AND_INSECURE)
        machine.apt("remove", "tee-rex-server")
        assert settings.read_text().endswith(OFFLINE_AND_INSECURE)
        machine.apt("purge", "tee-rex-server")
        assert machine.files() == before


def test_it_fetches_what_is_signed_and_revoked(boot: Boot, packages: Packages, tmp_path: Path) -> None:
    """As the unit tee-rex-update@server.service does."""
    feed = TestFeed(tmp_path / "feed")
    feed.begin()
    update = PinsUpdate(FORMAT, 7, Revocations(0, frozenset({"ab" * 32})))
    feed.publish_pins(msgspec.json.encode(update), 7)
    with boot() as machine, served(machine, feed.folder):
        machine.install(packages.server)
        embedded = "usr/lib/tee-rex-server/_internal/tee_rex/_resources/updates"
        feed.write_source(f"http://127.0.0.1:{PORT}", machine.root / embedded)
        (command,) = directives(machine, "tee-rex-update@.service")["ExecStart"]
        machine.run("install", "-d", "-m", "0700", "-o", "tee-rex-server", f"/{STATE}")
        environ = {"TEE_REX_HOME": f"/{STATE}"}
        told = machine.run(*command.split(), "--json", user="tee-rex-server", environ=environ)
        assert json.loads(told)["pins_change"]["bb_revoked"] == ["ab" * 32]
        assert (machine.root / STATE / "updates" / "pins.json").is_file()


@pytest.mark.soak
def test_it_proves_for_the_command_line_of_another_user(
    boot: Boot, packages: Packages, tmp_path: Path
) -> None:
    with boot() as machine:
        before, _ = parted(machine.files())
        machine.install(packages.server, packages.app)
        settings = machine.root / SETTINGS
        settings.write_text(settings.read_text() + OFFLINE_AND_INSECURE)
        (machine.root / "tmp" / "steps").write_bytes(development_deployment())
        with started(machine, tmp_path / "log") as server:
            where = ("--mode", "remote", "--url", "http://127.0.0.1:4000")
            told = machine.run("tee-rex", "prove", "/tmp/steps", *where, "--json", user="ana")
            report = json.loads(told)
            assert (report["mode"], report["verified"]) == ("remote", True)
            assert machine.terminate(server) == 0
        machine.apt("remove", "tee-rex-server")
        assert (machine.root / STATE / "development").is_dir()
        machine.apt("purge", "tee-rex-server")
        machine.apt("purge", "tee-rex")
        assert parted(machine.files())[0] == before
