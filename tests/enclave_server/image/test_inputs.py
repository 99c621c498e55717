from __future__ import annotations

import platform
import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

import pin_enclave_inputs
from pin_enclave_inputs import locked, wheels_needed
from support.errors import raises
from tee_rex.runtime.apt import AptMachine
from tee_rex.system.progress import ignore_progress
from tee_rex_server.errors.image import (
    INPUT_MISSING_OFFLINE,
    INPUT_NEEDS_APT,
    INPUT_NOT_DOWNLOADED,
    PIP_FAILED,
    PIP_MISSING,
)
from tee_rex_server.image.inputs import (
    InputStore,
    PinnedInputs,
    PinnedPackage,
    PinnedWheel,
    pinned_kernel,
)
from tee_rex_server.image.third_party import OMITTED_DISTRIBUTIONS, PACKAGES

REPOSITORY = Path(__file__).resolve().parents[3]
SHIPPED = PinnedInputs.shipped()
NOWHERE = AptMachine({}, Path("/nonexistent"), Path("/nonexistent/apt-get"))
PACKAGE = PinnedPackage("libx", "1-1", sha256(b"package").hexdigest())
WHEEL = PinnedWheel("x", "1", "x-1-py3-none-any.whl", sha256(b"wheel").hexdigest())
INPUTS = PinnedInputs("3.13", "trixie", (PACKAGE,), (WHEEL,))


async def test_present_inputs_are_not_downloaded(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / PACKAGE.file).write_bytes(b"package")
    (given / WHEEL.file).write_bytes(b"another")
    (tmp_path / WHEEL.file).write_bytes(b"wheel")
    store = InputStore(tmp_path, NOWHERE, (given,))
    loaded = await store.load(INPUTS, ignore_progress, allow_download=True)
    assert loaded == {PACKAGE: b"package", WHEEL: b"wheel"}


async def test_offline_the_missing_inputs_are_listed(tmp_path: Path) -> None:
    (tmp_path / PACKAGE.file).write_bytes(b"changed")
    with raises(INPUT_MISSING_OFFLINE, "libx 1-1, x 1") as refused:
        await InputStore(tmp_path, NOWHERE).load(INPUTS, ignore_progress, allow_download=False)
    assert "--inputs" in refused.value.hint


@pytest.mark.parametrize("apt_get", ["/nonexistent/apt-get", "/bin/false"])
async def test_on_other_systems_than_debian_the_missing_files_are_listed(
    tmp_path: Path, apt_get: str
) -> None:
    (tmp_path / WHEEL.file).write_bytes(b"wheel")
    apt = AptMachine({"ID": "fedora"}, Path("/nonexistent"), Path(apt_get))
    with raises(INPUT_NEEDS_APT, match="apt|based on Debian") as refused:
        await InputStore(tmp_path, apt).load(INPUTS, ignore_progress, allow_download=True)
    assert refused.value.hint.startswith("Copy these files")
    assert PACKAGE.file in refused.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", WHEEL.file]


@pytest.mark.integration
async def test_a_version_that_mirrors_no_longer_have_is_reported_with_a_remedy(tmp_path: Path) -> None:
    gone = PinnedPackage("zlib1g", "1:1.0-1", "0" * 64)
    store = InputStore(tmp_path, AptMachine(platform.freedesktop_os_release()))
    with raises(INPUT_NOT_DOWNLOADED, r"zlib1g 1:1\.0-1") as refused:
        await store.load(PinnedInputs("3.13", "trixie", (gone,), ()), ignore_progress, allow_download=True)
    assert "zlib1g_1%3a1.0-1_amd64.deb" in refused.value.hint
    assert "pin_enclave_inputs.py" in refused.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


@pytest.mark.integration
async def test_a_wheel_with_another_digest_is_refused(tmp_path: Path) -> None:
    wheel = PinnedWheel("h11", "0.16.0", "h11-0.16.0-py3-none-any.whl", "0" * 64)
    with raises(PIP_FAILED):
        await InputStore(tmp_path, NOWHERE).load(
            PinnedInputs("3.13", "trixie", (), (wheel,)), ignore_progress, allow_download=True
        )
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


async def test_without_pip_the_hint_names_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)  # as where it is not installed
    (tmp_path / PACKAGE.file).write_bytes(b"package")
    with raises(PIP_MISSING) as refused:
        await InputStore(tmp_path, NOWHERE).load(INPUTS, ignore_progress, allow_download=True)
    assert sys.executable in refused.value.hint


def test_the_wheels_are_those_of_the_lock_file() -> None:
    needed = wheels_needed()
    # A new dependency is either of no use in an enclave (OMITTED_DISTRIBUTIONS), or pinned for it with
    # tools/pin_enclave_inputs.py.
    assert {canonicalize_name(wheel.name) for wheel in SHIPPED.wheels} == needed
    block = locked(needed)
    for wheel in SHIPPED.wheels:
        assert re.search(
            rf"^{re.escape(wheel.name)}=={re.escape(wheel.version)}\b", block, re.MULTILINE | re.IGNORECASE
        )
        assert wheel.sha256 in block


@pytest.mark.parametrize("name", OMITTED_DISTRIBUTIONS)
def test_what_is_left_out_is_a_dependency(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {other: reason for other, reason in OMITTED_DISTRIBUTIONS.items() if other != name}
    monkeypatch.setattr(pin_enclave_inputs, "OMITTED_DISTRIBUTIONS", others)
    assert name in wheels_needed()


def test_every_package_is_pinned_once() -> None:
    assert [package.name for package in SHIPPED.packages] == sorted(PACKAGES)


def test_a_package_file_is_named_as_apt_does() -> None:
    assert PinnedPackage("zlib1g", "1:1.3+b1", "0" * 64).file == "zlib1g_1%3a1.3+b1_amd64.deb"


def test_the_kernel_is_pinned() -> None:
    assert re.fullmatch(r"[0-9.]+-[0-9a-z+~.]+", pinned_kernel().version)
