from __future__ import annotations

from pathlib import Path

import pytest

from tee_rex_app import __version__
from tee_rex_app.platform.command_line import CommandLine


def test_a_file_is_made_absolute() -> None:
    assert CommandLine.parse(["steps.msgpack"]).file == Path.cwd() / "steps.msgpack"
    assert CommandLine.parse([]).file is None


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        CommandLine.parse(["--version"])
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_unknown_arguments_are_refused() -> None:
    with pytest.raises(SystemExit) as end:
        CommandLine.parse(["--nonsense"])
    assert end.value.code == 2
