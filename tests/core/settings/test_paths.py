from __future__ import annotations

from pathlib import Path

import pytest

from tee_rex.settings import paths as module
from tee_rex.settings.paths import Paths


def test_a_checkout_and_a_wheel_bring_nothing_along(tmp_path: Path) -> None:
    assert Paths.from_environment({}).bundled is None
    assert Paths.from_environment({"TEE_REX_HOME": str(tmp_path)}).bundled is None


@pytest.mark.parametrize("environ", [{}, {"TEE_REX_HOME": "/elsewhere"}], ids=["default", "home"])
def test_what_a_package_brings_along_is_laid_out_as_the_data_folder(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "resource", tmp_path.joinpath)
    (tmp_path / "bundled").mkdir()
    bundled = Paths.from_environment(environ).bundled
    assert bundled == Paths(tmp_path / "bundled", tmp_path / "bundled")
