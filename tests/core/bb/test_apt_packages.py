from __future__ import annotations

from pathlib import Path

import pytest

from tee_rex.bb.apt_packages import AptMachine
from tee_rex.bb.errors import RuntimeDownloadFailedError

# As the real one when it is killed: its own temporary files stay.
APT = """#!/bin/sh
touch "$TMPDIR/apt.conf.left" "$TMPDIR/apt.sig.left"
echo "E: it does not work here" >&2
exit 100
"""


async def test_nothing_of_apt_stays_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary, folder, configuration = (tmp_path / name for name in ("tmp", "folder", "apt"))
    for path in (temporary, folder, configuration):
        path.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    (configuration / "sources.list").write_text("deb https://debian.example/debian bookworm main\n")
    apt = tmp_path / "apt-get"
    apt.write_text(APT)
    apt.chmod(0o755)
    machine = AptMachine({"ID": "debian"}, configuration, apt)
    with pytest.raises(RuntimeDownloadFailedError, match="it does not work here"):
        await machine.download(["libc6"], "amd64", folder)
    assert list(temporary.iterdir()) == []
    assert list(folder.iterdir()) == []
