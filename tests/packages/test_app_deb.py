"""The package of app and command line on fresh Debians without a network."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.debian_machine import DebianMachine
from support.first_paint import OFFSCREEN, until_painted
from support.recorded_steps import development_deployment
from support.released import Boot, Packages

pytestmark = [pytest.mark.integration, pytest.mark.packages, pytest.mark.timeout(900, func_only=True)]

ANA = "home/ana"
WRITTEN_BY_6BF9C24 = Path(__file__).parents[1] / "support" / "data_folder_of_6bf9c24"


def version_of(machine: DebianMachine) -> str:
    return machine.run("tee-rex", "--version", user="ana").split()[1]


def prove_and_verify(machine: DebianMachine, program: str = "tee-rex") -> None:
    """The sample, as ana."""
    steps = machine.root / "tmp" / "steps"
    steps.write_bytes(development_deployment())
    told = machine.run(
        program, "prove", "/tmp/steps", "--mode", "local", "--out", "proof", "--json", user="ana"
    )
    assert json.loads(told)["verified"] is True
    machine.run(program, "verify", "proof", "--steps", "/tmp/steps", user="ana")


def open_and_close_the_app(machine: DebianMachine, log: Path, program: str = "tee-rex-app") -> None:
    with machine.started(program, log=log, user="ana", environ=OFFSCREEN) as app:
        until_painted(app, log)
        assert machine.terminate(app) == 0


def parted(files: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The system's and ana's."""
    ana = {path: what for path, what in files.items() if path.startswith(ANA)}
    return {path: what for path, what in files.items() if path not in ana}, ana


def test_it_proves_and_opens_and_a_purge_leaves_what_the_user_made(
    boot: Boot, packages: Packages, tmp_path: Path
) -> None:
    with boot() as machine:
        before, _ = parted(machine.files())
        machine.install(packages.app)
        assert version_of(machine) == packages.version
        prove_and_verify(machine)
        open_and_close_the_app(machine, tmp_path / "log")
        _, made = parted(machine.files())
        assert f"{ANA}/proof" in made
        machine.apt("remove", "tee-rex")
        machine.run("dpkg", "--purge", "tee-rex")  # which apt does not know once it is removed
        assert parted(machine.files()) == (before, made)


@pytest.mark.soak
def test_an_upgrade_keeps_what_an_old_data_folder_has(
    boot: Boot, older: Packages, packages: Packages, tmp_path: Path
) -> None:
    with boot() as machine:
        data = machine.root / ANA / ".local" / "share" / "tee-rex"
        config = machine.root / ANA / ".config" / "tee-rex"
        shutil.copytree(WRITTEN_BY_6BF9C24, data)
        config.parent.mkdir(parents=True)
        (data / "config").rename(config)
        for path in (data, *data.rglob("*"), config, *config.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)  # as they were written; git keeps no such modes
        machine.own(machine.root / ANA, "ana")
        machine.install(older.app)
        assert version_of(machine) == older.version
        machine.run("tee-rex", "sites", "allow", "https://app.example", user="ana")
        open_and_close_the_app(machine, tmp_path / "older")
        kept = {path: path.read_bytes() for path in (config / "settings.toml", *data.rglob("accounts.json"))}
        assert len(kept) == 2
        told = [machine.run("tee-rex", *asked, "--json", user="ana") for asked in LISTS]
        runs = history(data, tmp_path / "before")

        machine.install(packages.app)
        assert version_of(machine) == packages.version
        open_and_close_the_app(machine, tmp_path / "newer")
        prove_and_verify(machine)
        assert {path: path.read_bytes() for path in kept} == kept
        assert [machine.run("tee-rex", *asked, "--json", user="ana") for asked in LISTS] == told
        assert "https://app.example" in told[0]
        assert "d4" * 20 in told[1]
        assert history(data, tmp_path / "after") == runs
        assert len(runs) == 7


LISTS = (("sites", "list"), ("servers", "list"))


def history(data: Path, scratch: Path) -> list[tuple[object, ...]]:
    """The runs; data: seen from outside, where SQLite cannot follow."""
    scratch.mkdir()
    for file in data.glob("history.sqlite*"):
        shutil.copy(file, scratch)
    columns = "id, started_at, source, mode, outcome"
    with closing(sqlite3.connect(scratch / "history.sqlite")) as connection:
        return connection.execute(f"select {columns} from runs order by id").fetchall()
