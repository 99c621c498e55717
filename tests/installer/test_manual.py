from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from manual import write_manual
from reference import commands
from tee_rex.cli.commands import app

EPOCH = 1_700_000_000


def test_the_page_has_every_command_and_option(tmp_path: Path) -> None:
    write_manual(tmp_path, "tee-rex", app, "0.1.0", EPOCH, ".SH FILES\nnone")
    page = gzip.decompress((tmp_path / "man/man1/tee-rex.1.gz").read_bytes()).decode()
    assert page.startswith('.TH TEE\\-REX 1 2023-11-14 "tee\\-rex 0.1.0"')
    for words in commands("tee-rex"):
        if words in (("tee-rex",), *({one[:2] for one in commands("tee-rex") if len(one) > 2})):
            continue
        assert f"\n.SS {' '.join(words[1:])}".replace("-", "\\-") in page, words
    assert "\\-\\-server\\-key FINGERPRINT" in page
    assert "install\\-completion" not in page
    assert page.endswith(".SH FILES\nnone\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_ask_the_program_and_get_its_commands(shell: str, tmp_path: Path) -> None:
    write_manual(tmp_path, "tee-rex", app, "0.1.0", EPOCH)
    (script,) = (file for file in tmp_path.rglob("*tee-rex*") if shell in str(file.relative_to(tmp_path)))
    assert f"_TEE_REX_COMPLETE=complete_{shell}" in script.read_text()
    asked = {"COMP_WORDS": "tee-rex bb i", "COMP_CWORD": "2", "_TYPER_COMPLETE_ARGS": "tee-rex bb i"}
    asked |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TEE_REX_COMPLETE": f"complete_{shell}"}
    program = Path(sys.executable).with_name("tee-rex")
    done = subprocess.run([program], env=os.environ | asked, capture_output=True, text=True, check=False)
    assert "install" in done.stdout, done.stderr


def test_the_same_sources_give_the_same_files(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        write_manual(tmp_path / folder, "tee-rex", app, "0.1.0", EPOCH)
    for file in (tmp_path / "one").rglob("*.gz"):
        assert file.read_bytes() == (tmp_path / "other" / file.relative_to(tmp_path / "one")).read_bytes()
