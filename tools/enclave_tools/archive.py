"""Packages and sources from a Debian archive, without touching the system's own apt.

apt checks every file: the archive's signature with Debian's keyring, the file by its signed digest.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enclave_tools.commands import EnclaveToolsError, clean_environment, output_of, run_logged
from tee_rex.runtime.apt import read_apt_sources

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MIRROR_VARIABLE = "TEE_REX_DEBIAN_MIRROR"

# As in tee_rex.runtime.apt: no hooks of the system, and no way around the check of signatures. Old snapshots
# of the archive have expired, but are signed all the same.
_APT_CONFIGURATION = """\
#clear APT::Update;
#clear APT::Architectures;
APT::Architecture "amd64";
APT::Update::Error-Mode "any";
APT::Default-Release "";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::Retries "3";
"""


def debian_mirror(configuration: Path = Path("/etc/apt")) -> str:
    """The address of a Debian archive: from the environment, else from this machine's apt sources.

    Raises EnclaveToolsError if neither has one.
    """
    chosen = os.environ.get(MIRROR_VARIABLE)
    if chosen:
        return chosen
    for source in read_apt_sources(configuration):
        if "main" in source.components and source.uri.rstrip("/").endswith("/debian"):
            return source.uri
    raise EnclaveToolsError(
        f"This machine's apt sources have no Debian archive. Set {MIRROR_VARIABLE} to a mirror's address, "
        "as in the apt sources of a Debian machine."
    )


@dataclass(frozen=True, slots=True)
class DebianArchive:
    """One suite of an archive as apt sees it. folder: for the lists; it may be removed."""

    mirror: str
    suite: str
    folder: Path
    log: Path

    def update(self) -> None:
        """Download the lists of packages and sources."""
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "apt.conf").write_text(_APT_CONFIGURATION)
        (self.folder / "archive.sources").write_text(
            f"Types: deb deb-src\nURIs: {self.mirror}\nSuites: {self.suite}\nComponents: main\n"
            f"Signed-By: {KEYRING}\n"
        )
        self._run("update", cwd=self.folder)

    def version(self, package: str) -> str:
        """The version of a package in the suite."""
        fields = output_of(self.command("apt-cache", "show", package), self.environment())
        for line in fields.splitlines():
            if line.startswith("Version: "):
                return line.removeprefix("Version: ")
        raise EnclaveToolsError(f"Debian {self.suite} has no package {package}.")

    def download(self, packages: Sequence[str], folder: Path) -> list[Path]:
        """Download packages (``name`` or ``name=version``) into a folder."""
        before = set(folder.iterdir())
        self._run("download", *packages, cwd=folder)
        return sorted(path for path in set(folder.iterdir()) - before if path.suffix == ".deb")

    def download_source(self, name: str, folder: Path) -> Path:
        """Download the files of a source package into a folder; returns its .dsc."""
        self._run("source", "--download-only", name, cwd=folder)
        return next(folder.glob(f"{name}_*.dsc"))

    def _run(self, *arguments: str, cwd: Path) -> None:
        run_logged(
            self.command("apt-get", "-q", *arguments), self.log, cwd=cwd, environment=self.environment()
        )

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line of one of apt's programs, for this archive only."""
        options = {
            "Dir::State": "state",
            "Dir::State::status": "status",
            "Dir::Cache": "cache",
            "Dir::Etc::sourcelist": "archive.sources",
        }
        settings = [f"{name}={self.folder / value}" for name, value in options.items()]
        settings += [
            f"Dir::Etc::{name}=/dev/null" for name in ("sourceparts", "preferences", "preferencesparts")
        ]
        return [
            program,
            "-c",
            str(self.folder / "apt.conf"),
            *(part for setting in settings for part in ("-o", setting)),
            *arguments,
        ]

    def environment(self) -> dict[str, str]:
        """The environment of apt's programs."""
        return clean_environment({"DEBIAN_FRONTEND": "noninteractive"})
