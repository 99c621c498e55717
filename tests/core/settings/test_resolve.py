from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex.errors.tree import BadSettingError
from tee_rex.settings.file import MAX_SETTINGS_BYTES
from tee_rex.settings.paths import Paths
from tee_rex.settings.resolve import Setting, Settings, SettingSource


def resolve(file: Path, *, flag: str | None = None, variable: str | None = None) -> Setting[str]:
    environ = {} if variable is None else {"PROVER_URL": variable}
    return Settings.resolve(flags={"prover_url": flag}, environ=environ, file=file).prover_url


def test_flag_beats_variable_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    assert resolve(file) == Setting("", SettingSource.DEFAULT, "default")
    file.write_text('prover_url = "https://file"')
    assert resolve(file) == Setting("https://file", SettingSource.FILE, str(file))
    assert resolve(file, variable="https://variable") == Setting(
        "https://variable", SettingSource.ENVIRONMENT, "PROVER_URL"
    )
    assert resolve(file, variable="") == Setting("https://file", SettingSource.FILE, str(file))
    assert resolve(file, variable="https://variable", flag="https://flag") == Setting(
        "https://flag", SettingSource.FLAG, "--prover-url"
    )


@pytest.mark.parametrize(
    "content",
    [b"prover_url = 1", b"[[profiles]]", b"not toml", b"\xff\xfe", b"#" * (MAX_SETTINGS_BYTES + 1)],
)
def test_bad_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(BadSettingError) as caught:
        resolve(file)
    assert str(file) in caught.value.hint


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettingError):
        resolve(tmp_path)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with suppress(BadSettingError):
        resolve(file)


def test_tee_rex_home_holds_everything(tmp_path: Path) -> None:
    paths = Paths.from_environment({"TEE_REX_HOME": str(tmp_path)})
    assert (paths.data, paths.config) == (tmp_path, tmp_path / "config")
    assert Paths.from_environment({}).data.name == "tee-rex"
