"""A user's home folder with databases of what browsers trust, and programs that read them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tee_rex.browser.https import Https
from tee_rex.browser.trust_stores import TrustStore, find_trust_stores


@dataclass(frozen=True, slots=True)
class BrowserHome:
    """path: the home folder. Nothing of this machine's user is read, and no Snap or Flatpak of it."""

    path: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.path)}

    @property
    def nss(self) -> Path:
        """Chromium's database."""
        return self.path / ".pki" / "nssdb"

    def stores(self) -> list[TrustStore]:
        return find_trust_stores("linux", self.path, self.environ, root=self.path / "root")

    def https(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Https:
        return Https(self.path / "data", self.stores, now)

    def make_nss(self, folder: Path | None = None, password: str = "") -> Path:
        """A fresh database; ``nss`` by default."""
        folder = folder or self.nss
        folder.mkdir(parents=True)
        (self.path / "password").write_text(password)
        certutil("-N", folder, "-f", str(self.path / "password"))
        return folder

    def make_profile(self, name: str, firefox: str = ".mozilla/firefox", password: str = "") -> Path:
        """A profile of Firefox that has been started."""
        folder = self.path / firefox
        profile = self.make_nss(folder / f"abcd1234.{name}", password)
        with (folder / "profiles.ini").open("a") as file:
            file.write(f"[Profile{name}]\nName={name}\nIsRelative=1\nPath=abcd1234.{name}\n\n")
        return profile


def certutil(command: str, folder: Path, *arguments: str) -> str:
    """What NSS's certutil prints; CalledProcessError if it refuses."""
    program = shutil.which("certutil")
    assert program is not None, "certutil is missing: make test-host"
    run = partial(subprocess.run, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    return str(run([program, command, "-d", f"sql:{folder}", *arguments]).stdout)


def nicknames(folder: Path) -> list[str]:
    """The names of the certificates in a database."""
    lines = certutil("-L", folder).splitlines()
    return [line.rsplit(maxsplit=1)[0].strip() for line in lines[4:] if line.strip()]
