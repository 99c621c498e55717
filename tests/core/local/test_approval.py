"""Approving a bb, with the real ones: what it is and which messages it lists is seen before it is kept."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from support.errors import raises
from support.installed import link_libraries
from support.local_prover import is_valid, mock_request, real_installation
from support.small_bb import tar_gz
from tee_rex.bb.install import ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.errors.catalogue.bb import BB_FILE_UNUSABLE
from tee_rex.errors.catalogue.proving import BB_SCHEMA_UNKNOWN
from tee_rex.local.approval import approve_bb, is_program
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

GENUINE = TrustedSetup.GENUINE
PINS = BbPins.shipped()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """An empty data folder, with the libraries that bb 4 needs here."""
    paths = Paths(tmp_path / "data", tmp_path / "config")
    link_libraries(Paths.from_environment(os.environ), paths)
    return paths


async def _real_bb(version: str) -> Path:
    """The genuine bb in the user's data folder, installed if it is not there yet."""
    real = Paths.from_environment(os.environ)
    return (await ensure_bb(real, PINS, AztecVersion.parse(version), GENUINE)).executable.path


def _kept(paths: Paths) -> list[Path]:
    return [path for path in paths.bb_dir(GENUINE).iterdir() if path.suffix != ".lock"]


async def _approve(paths: Paths, version: str, file: Path) -> None:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    command = await approve_bb(paths, PINS, AztecVersion.parse(version), digest, file)
    assert command.executable.approved_by_user


@pytest.mark.integration
@pytest.mark.parametrize(("real", "as_version"), [("4.1.2", "4.9.0"), ("5.0.0", "5.9.0")])
async def test_a_bb_of_the_generation_is_approved_and_found(real: str, as_version: str, paths: Paths) -> None:
    await _approve(paths, as_version, await _real_bb(real))
    installation = DownloadingInstallation(paths, PINS, allow_download=False)
    found = await installation.bb(AztecVersion.parse(as_version), GENUINE, ignore_progress)
    assert (str(found.executable.version), found.executable.approved_by_user) == (as_version, True)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("real", "as_version", "packed"),
    [
        ("4.1.2", "5.9.0", False),
        ("4.1.2", "6.1.0", False),
        ("5.0.0", "4.9.0", False),
        ("5.0.0", "6.1.0", False),
        ("5.0.0", "6.1.0", True),
    ],
)
async def test_a_bb_of_another_generation_is_refused_and_not_kept(
    real: str, as_version: str, packed: bool, paths: Paths, tmp_path: Path
) -> None:
    given = await _real_bb(real)
    if packed:
        archive = tmp_path / "barretenberg.tar.gz"
        archive.write_bytes(tar_gz({"bb": given.read_bytes()}))
        given = archive
    with raises(BB_SCHEMA_UNKNOWN):
        await _approve(paths, as_version, given)
    assert _kept(paths) == []


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF" + bytes(60), b"MZ" + bytes(60)])
async def test_what_is_no_program_of_this_platform_is_refused(content: bytes, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data", tmp_path / "config")
    given = tmp_path / "given"
    given.write_bytes(content)
    with raises(BB_FILE_UNUSABLE, match="is not an executable for"):
        await _approve(paths, "6.1.0", given)
    assert _kept(paths) == []


@pytest.mark.parametrize(
    ("head", "platform"),
    [
        ("7f454c4602010100 0000000000000000 0200 3e00", Platform.AMD64_LINUX),
        ("7f454c4602010100 0000000000000000 0300 b700", Platform.ARM64_LINUX),
        ("cffaedfe 07000001", Platform.AMD64_MACOS),
        ("cffaedfe 0c000001", Platform.ARM64_MACOS),
    ],
)
def test_programs_of_each_platform(head: str, platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "bb").write_bytes(bytes.fromhex(head))
    assert [one for one in Platform if is_program(tmp_path / "bb", one)] == [platform]


@dataclass(frozen=True, slots=True)
class ApprovedInstallation(DownloadingInstallation):
    """Says of every bb that the user approved it; a real such bb is genuine, and no v5 sample is."""

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        """As DownloadingInstallation."""
        found = await DownloadingInstallation.bb(self, version, setup, progress)
        return replace(found, executable=replace(found.executable, approved_by_user=True))


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux")
async def test_a_proof_of_a_bb_that_the_user_approved_says_so() -> None:
    real = real_installation()
    backend = LocalBackend(ApprovedInstallation(real.paths, real.pins), LocalOptions(threads=2))
    request = mock_request()
    result = await backend.prove(request, ignore_events)
    assert await is_valid(result.proof, request)
    bb = ProofReport.of_result(result).bb
    assert bb is not None
    assert (bb.version, bb.approved_by_user) == ("5.0.0", True)
