from __future__ import annotations

import platform
from hashlib import sha256
from pathlib import Path

import pytest

from tee_rex.bb.apt_packages import AptMachine
from tee_rex.system.progress import ignore_progress
from tee_rex_server.image.errors import InputUnavailableError
from tee_rex_server.image.input_store import InputStore
from tee_rex_server.image.pinned_inputs import PinnedInputs, PinnedPackage, PinnedWheel

NOWHERE = AptMachine({}, Path("/nonexistent"), Path("/nonexistent/apt-get"))
PACKAGE = PinnedPackage("libx", "1-1", sha256(b"package").hexdigest())
WHEEL = PinnedWheel("x", "1", "x-1-py3-none-any.whl", sha256(b"wheel").hexdigest())
INPUTS = PinnedInputs("3.13", "trixie", (PACKAGE,), (WHEEL,))


async def test_what_is_there_is_not_fetched(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / PACKAGE.file).write_bytes(b"package")
    (given / WHEEL.file).write_bytes(b"another")
    (tmp_path / WHEEL.file).write_bytes(b"wheel")
    store = InputStore(tmp_path, NOWHERE, (given,))
    loaded = await store.load(INPUTS, ignore_progress, allow_download=True)
    assert loaded == {PACKAGE: b"package", WHEEL: b"wheel"}


async def test_offline_tells_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / PACKAGE.file).write_bytes(b"changed")
    with pytest.raises(InputUnavailableError, match="libx 1-1, x 1 are not on this machine") as refused:
        await InputStore(tmp_path, NOWHERE).load(INPUTS, ignore_progress, allow_download=False)
    assert "--inputs" in refused.value.hint


async def test_elsewhere_than_on_debian_the_files_are_named(tmp_path: Path) -> None:
    (tmp_path / WHEEL.file).write_bytes(b"wheel")
    with pytest.raises(InputUnavailableError, match="on a Debian system") as refused:
        await InputStore(tmp_path, NOWHERE).load(INPUTS, ignore_progress, allow_download=True)
    assert PACKAGE.file in refused.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", WHEEL.file]


@pytest.mark.integration
async def test_a_version_that_mirrors_dropped_is_told_with_a_way_out(tmp_path: Path) -> None:
    gone = PinnedPackage("zlib1g", "1:1.0-1", "0" * 64)
    store = InputStore(tmp_path, AptMachine(platform.freedesktop_os_release()))
    with pytest.raises(InputUnavailableError, match=r"zlib1g 1:1\.0-1 is not to be had") as refused:
        await store.load(PinnedInputs("3.13", "trixie", (gone,), ()), ignore_progress, allow_download=True)
    assert "zlib1g_1%3a1.0-1_amd64.deb" in refused.value.hint
    assert "pin_enclave_inputs.py" in refused.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


@pytest.mark.integration
async def test_a_wheel_with_another_digest_is_refused(tmp_path: Path) -> None:
    wheel = PinnedWheel("h11", "0.16.0", "h11-0.16.0-py3-none-any.whl", "0" * 64)
    with pytest.raises(InputUnavailableError, match="pip: "):
        await InputStore(tmp_path, NOWHERE).load(
            PinnedInputs("3.13", "trixie", (), (wheel,)), ignore_progress, allow_download=True
        )
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
