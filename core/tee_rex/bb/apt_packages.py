"""Packages of the distribution's newer release, fetched by apt without touching the system."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tee_rex.bb.apt_sources import AptSource, read_apt_sources
from tee_rex.bb.errors import RuntimeDownloadFailedError, RuntimeUnavailableError
from tee_rex.system.child_process import Finished, run_to_end
from tee_rex.system.files import temporary_folder

# The first release of each distribution with glibc 2.39 and the libstdc++ of GCC 13.2 or newer.
_NEW_ENOUGH_SUITE = {"debian": "trixie", "ubuntu": "noble"}
# The distribution's own mirror is nearly always the first; more only matter beside foreign archives.
_MAX_SOURCES_TRIED = 4
# 10 MB of package lists and 4 MB of packages over a slow line.
_APT_SECONDS = 600.0
_MAX_REASON_LENGTH = 200
_NO_APT = "bb needs a newer glibc and libstdc++ than this system has, and there is no apt to get them."

# Read after the machine's own configuration, whose proxies, credentials and certificates stay in force.
# What is cleared would act on the system (hooks) or ask for more than these packages; what is refused
# is every way around the check of signatures. Indexes stay compressed and unmapped: 10 MB and not 160.
_APT_CONFIGURATION = """\
#clear APT::Update;
#clear APT::Architectures;
APT::Update::Error-Mode "any";
APT::Default-Release "";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::PDiffs "false";
Acquire::Retries "3";
"""


@dataclass(frozen=True, slots=True)
class AptMachine:
    """How this machine reaches its distribution's archive.

    os_release: the fields of /etc/os-release. configuration: apt's folder.
    """

    os_release: Mapping[str, str]
    configuration: Path = Path("/etc/apt")
    apt_get: Path = Path("/usr/bin/apt-get")
    dpkg_deb: Path = Path("/usr/bin/dpkg-deb")

    async def unpack(self, packages: Sequence[str], processor: str, folder: Path) -> dict[str, str]:
        """Unpack the newer release's ``packages`` below ``folder/root``; returns their versions by name.

        processor: Debian's name of it. Everything apt writes stays in ``folder``, and apt checks the
        signatures with the machine's keyring. Raises RuntimeUnavailableError, RuntimeDownloadFailedError.
        """
        if not self.dpkg_deb.exists():
            raise RuntimeUnavailableError(_NO_APT)
        debs = await self.download(packages, processor, folder)
        return await self._unpack(debs, folder / "root")

    async def download(self, packages: Sequence[str], processor: str, folder: Path) -> list[Path]:
        """Bring the newer release's ``packages`` into ``folder``; returns the files.

        packages: names, or ``name=version`` for exactly that one. Nothing else is left in ``folder``.
        Raises RuntimeUnavailableError, RuntimeDownloadFailedError.
        """
        if not self.apt_get.exists():
            raise RuntimeUnavailableError(_NO_APT)
        suite, sources = main_archives(read_apt_sources(self.configuration), self.os_release)
        reasons: list[str] = []
        for number, source in enumerate(sources):
            async with temporary_folder(folder, f"apt-{number}") as attempt:
                try:
                    debs = await self._download(source, suite, packages, processor, attempt)
                    return [deb.rename(folder / deb.name) for deb in debs]
                except RuntimeDownloadFailedError as error:
                    reasons.append(error.message)
        raise RuntimeDownloadFailedError(f"apt: {reasons[0]}")

    async def _download(
        self, source: AptSource, suite: str, packages: Sequence[str], processor: str, folder: Path
    ) -> list[Path]:
        places = {
            "Dir::State": folder / "state",
            "Dir::State::lists": folder / "state" / "lists",
            "Dir::Cache": folder / "cache",
            "Dir::Cache::archives": folder / "cache" / "archives",
        }
        for place in places.values():
            place.mkdir(parents=True, exist_ok=True)
        files = {
            "Dir::State::status": (folder / "status", ""),
            "Dir::Etc::sourcelist": (folder / "archive.sources", archive_stanza(source, suite, processor)),
        }
        for path, content in files.values():
            path.write_text(content, encoding="utf-8")
        configuration = folder / "apt.conf"
        configuration.write_text(_APT_CONFIGURATION, encoding="utf-8")
        options: dict[str, str | Path] = {
            **places,
            **{name: path for name, (path, _) in files.items()},
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Architecture": processor,
        }
        apt: list[str | Path] = [
            self.apt_get,
            "-qq",
            *("-c", configuration),
            *(argument for name, value in options.items() for argument in ("-o", f"{name}={value}")),
        ]
        await _run([*apt, "update"], folder)
        await _run([*apt, "download", *packages], folder)
        debs = await asyncio.to_thread(lambda: sorted(folder.glob("*.deb")))
        if len(debs) != len(packages):
            raise RuntimeDownloadFailedError(f"{len(debs)} of {len(packages)} packages arrived")
        return debs

    async def _unpack(self, debs: Iterable[Path], root: Path) -> dict[str, str]:
        versions = {}
        for deb in debs:
            await _run([self.dpkg_deb, "-x", deb, root], deb.parent)
            name, version, _processor = deb.name.split("_")
            versions[name] = version.replace("%3a", ":")
        return versions


def main_archives(sources: Iterable[AptSource], os_release: Mapping[str, str]) -> tuple[str, list[AptSource]]:
    """The suite to ask for, and the machine's sources that may have it, likeliest first.

    ``os_release``: ID and ID_LIKE name the distribution. Other vendors' archives for the same
    distribution cannot always be told apart, so they come last rather than never. Raises
    RuntimeUnavailableError when there is nothing to try.
    """
    names = [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
    distribution = next((name for name in names if name in _NEW_ENOUGH_SUITE), None)
    if distribution is None:
        raise RuntimeUnavailableError("This system is neither Debian nor Ubuntu nor made from one of them.")
    eligible = [
        source
        for source in dict.fromkeys(sources)
        # Not its updates, security, backports, and not cdroms or flat repositories.
        if "main" in source.components
        and not {"-", "/"} & set(source.suite)
        and not source.uri.startswith("cdrom:")
    ]
    if not eligible:
        raise RuntimeUnavailableError(
            "The apt sources of this machine do not name its distribution's archive."
        )
    archive_names = {distribution, f"{distribution}-ports"}  # Ubuntu keeps arm64 in "ubuntu-ports"
    eligible.sort(key=lambda source: source.uri.rstrip("/").rpartition("/")[2] not in archive_names)
    return _NEW_ENOUGH_SUITE[distribution], eligible[:_MAX_SOURCES_TRIED]


def archive_stanza(source: AptSource, suite: str, processor: str) -> str:
    """The deb822 text for another suite of an archive; only its place and its keys are taken over."""
    lines = [
        "Types: deb",
        f"URIs: {source.uri}",
        f"Suites: {suite} {suite}-updates",  # Ubuntu keeps security fixes apart from the release
        "Components: main",
        f"Architectures: {processor}",
        "Targets: Packages",
    ]
    if source.signed_by:
        lines.append(f"Signed-By: {source.signed_by}")
    return "\n".join(lines) + "\n"


async def _run(argv: Sequence[str | Path], folder: Path) -> Finished:
    try:
        finished = await run_to_end(argv, cwd=folder, seconds=_APT_SECONDS, temporary=folder)
    except TimeoutError as error:
        raise RuntimeDownloadFailedError(f"not finished after {_APT_SECONDS:.0f} s") from error
    if finished.returncode != 0:
        lines = finished.stderr.decode("utf-8", "replace").splitlines()
        reason = next((line for line in lines if line.startswith("E:")), f"ended with {finished.returncode}")
        raise RuntimeDownloadFailedError(reason[:_MAX_REASON_LENGTH])
    return finished
