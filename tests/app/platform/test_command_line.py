from __future__ import annotations

from pathlib import Path

import pytest

from tee_rex_app import __version__
from tee_rex_app.platform.command_line import CommandLine


def test_files_are_made_absolute() -> None:
    assert CommandLine.parse(["A", "/B"]).files == (Path.cwd() / "A", Path("/B"))
    assert CommandLine.parse([]).files == ()


def test_it_is_not_hidden_with_files() -> None:
    assert CommandLine.parse(["--hidden"]).hidden
    assert not CommandLine.parse(["--hidden", "A"]).hidden


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        CommandLine.parse(["--version"])
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_unknown_arguments_are_refused() -> None:
    with pytest.raises(SystemExit) as end:
        CommandLine.parse(["--nonsense"])
    assert end.value.code == 2
