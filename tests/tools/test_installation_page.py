from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest

from installation_page import PageError, main, run, sections, version_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "install.md"
WORKFLOW = ROOT / ".github" / "workflows" / "install-page.yml"

SMALL = """# Install

## The archive

```sh
tar -xf tee-rex-0.1.0-amd64-linux.tar.xz     # anywhere
tee-rex/tee-rex demo
tee-rex/tee-rex-app
```

More words, `and code`.

To remove it: `rm -r tee-rex`, and that is all.

## Broken
```sh
false
touch not-reached
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Downloads of 0.2.0, and the page."""
    program = tmp_path / "tee-rex"
    program.write_text("#!/bin/sh\necho $1 > ran\n")
    program.chmod(0o755)
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    with tarfile.open(downloads / "tee-rex-0.2.0-amd64-linux.tar.xz", "w:xz") as archive:
        archive.add(program, "tee-rex/tee-rex")
    (downloads / "tee-rex_0.2.0_amd64.deb").touch()
    (tmp_path / "install.md").write_text(SMALL)
    return downloads


def test_commands_run_as_the_page_says_with_the_files_that_are_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder.parent / "install.md", folder, ["The archive"])
    assert (folder / "ran").read_text() == "demo\n"
    assert not (folder / "tee-rex").exists()
    assert "left out, because it opens a window: tee-rex/tee-rex-app" in capsys.readouterr().out


def test_a_command_that_fails_ends_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder.parent / "install.md"), str(folder), "Broken"]) == 1
    assert not (folder / "not-reached").exists()
    assert "::error::Broken" in capsys.readouterr().err


def test_a_section_that_is_renamed_is_told(folder: Path) -> None:
    with pytest.raises(PageError, match="'Another'"):
        run(folder.parent / "install.md", folder, ["Another"])


def test_files_are_of_one_release(folder: Path) -> None:
    assert version_of(folder) == "0.2.0"
    (folder / "tee-rex-server_0.3.0_amd64.deb").touch()
    with pytest.raises(PageError, match="2 versions"):
        version_of(folder)


def test_what_is_tried_every_day_is_on_the_page() -> None:
    wanted = re.findall(r'downloads "([^"]*)"', WORKFLOW.read_text())
    there = sections(PAGE.read_text("utf-8"))
    assert len(wanted) == 4
    assert all(len(there[heading]) >= 3 for heading in wanted)
