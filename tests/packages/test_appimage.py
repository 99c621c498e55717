"""The AppImage on fresh Debians without a network, where FUSE does not work, or for root alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from packages.test_app_deb import ANA, open_and_close_the_app, parted, prove_and_verify
from support.debian_machine import DebianMachine
from support.patience import PATIENCE
from support.released import Boot, Packages
from support.x11_desktop import until

pytestmark = [pytest.mark.integration, pytest.mark.packages, pytest.mark.timeout(900, func_only=True)]

APPIMAGE = "/home/ana/TEE-Rex.AppImage"
COMMAND_LINE = "/home/ana/tee-rex"


def put(machine: DebianMachine, appimage: Path) -> None:
    """As ana downloads it, with a link for the command line."""
    inside = machine.root / APPIMAGE[1:]
    shutil.copyfile(appimage, inside)
    inside.chmod(0o755)
    (machine.root / COMMAND_LINE[1:]).symlink_to("TEE-Rex.AppImage")


def said(machine: DebianMachine, user: str) -> str:
    """What the command line says, on both outputs."""
    return machine.run("sh", "-c", f"{COMMAND_LINE} --version 2>&1", user=user)


def test_without_fuse_it_proves_and_opens_and_leaves_nothing(
    boot: Boot, packages: Packages, tmp_path: Path
) -> None:
    with boot() as machine:
        before, _ = parted(machine.files())
        put(machine, packages.appimage)
        assert f"\ntee-rex {packages.version} " in said(machine, "ana")
        prove_and_verify(machine, COMMAND_LINE)
        open_and_close_the_app(machine, tmp_path / "log", APPIMAGE)
        until(lambda: not (machine.root / ANA / ".cache/tee-rex-appimage").exists(), PATIENCE)
        assert parted(machine.files())[0] == before
        assert not list((machine.root / "tmp").glob("*tee-rex*"))


@pytest.mark.soak
def test_with_fuse_for_root_alone_root_mounts_it_and_others_unpack_it(boot: Boot, packages: Packages) -> None:
    with boot() as machine:
        machine.run("sh", "-c", "rm -f /dev/fuse; mknod --mode=0600 /dev/fuse c 10 229")
        put(machine, packages.appimage)
        assert "Unpacking TEE-Rex" in said(machine, "ana")
        told = said(machine, "root").split()
        assert told[:2] == ["tee-rex", packages.version]
        until(lambda: not list((machine.root / "tmp").glob(".mount_tee-rex*")), PATIENCE)
