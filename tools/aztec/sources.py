"""The SHA-256 of a version's bb for every platform, from every place that has one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from aztec.registry import Registry, RegistryError
from aztec.releases import REPOSITORIES
from tee_rex.bb.archives import BadArchiveError, members
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM
from tee_rex.bb.sources import BB_FILES, ArchiveSource, ReleaseArchive
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.system.files import sha256_of
from tee_rex.system.platform import Platform
from tee_rex.system.threads import Checkpoint, in_thread
from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.versions import AztecVersion

NPM: Final = "npm: "
"""The beginning of the name of every place in npm's registry."""
_DOWNLOADS: Final = "https://github.com/{repository}/releases/download"


@dataclass(frozen=True, slots=True)
class FoundBb:
    """What the places have.

    executables, archives: SHA-256 of bb, and of the release archive that holds it, by platform and place.
    file: bb for Linux on x86-64, from npm, else from a release; None if nobody has it. repository: that has
    the release; None if none was reached. notes: who could not be asked, and why.
    """

    executables: Mapping[Platform, Mapping[str, str]]
    archives: Mapping[Platform, Mapping[str, str]]
    file: Path | None
    repository: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BbSources:
    """Places of bb. releases: by repository."""

    registry: Registry
    releases: Mapping[str, ArchiveSource]

    @classmethod
    def real(cls, registry: Registry) -> BbSources:
        """The registry and both repositories of releases."""
        archives = {name: ReleaseArchive(_DOWNLOADS.format(repository=name)) for name in REPOSITORIES}
        return cls(registry, archives)

    async def find(self, version: AztecVersion, folder: Path) -> FoundBb:
        """Fetch every bb of a version into ``folder``; what cannot be had is in the notes.

        Raises AZTEC_GENERATION_UNKNOWN, or OSError from the disk.
        """
        executables: dict[Platform, dict[str, str]] = {}
        archives: dict[Platform, dict[str, str]] = {}
        notes = []
        file = folder / "bb"
        package = f"{generation_of(version).npm_scope}/bb.js"
        npm = f"{NPM}{package} {version}"
        try:
            archive = await self.registry.fetch(package, version, folder)
            found = await in_thread(partial(executables_in, archive, folder / "unfinished"))
            if DEVELOPMENT_PLATFORM in found:
                (folder / "unfinished").rename(file)
            executables = {
                platform: {f"{npm} build/{platform}/bb": sha256} for platform, sha256 in found.items()
            }
        except (RegistryError, BadArchiveError, UnusableEnvironmentError) as error:
            notes.append(f"{npm}: {_reason(error)}")
        repository = None
        for name, source in self.releases.items():
            # A repository without this platform's bb does not have the release.
            for platform in (DEVELOPMENT_PLATFORM, *(one for one in Platform if one != DEVELOPMENT_PLATFORM)):
                place = f"release archive: {name} v{version} {BB_FILES[platform].archive}"
                target = folder / f"{name.replace('/', '-')}-{platform}"
                target.mkdir()
                try:
                    packed, sha256 = await fetch_release(source, version, platform, target)
                except UnusableEnvironmentError as error:
                    notes.append(f"{place}: {_reason(error)}")
                    if platform == DEVELOPMENT_PLATFORM:
                        break
                    continue
                repository = name if repository is None else repository
                executables.setdefault(platform, {})[place] = sha256
                archives.setdefault(platform, {})[place] = packed
                if platform == DEVELOPMENT_PLATFORM and not file.exists():
                    (target / "bb").rename(file)
        return FoundBb(executables, archives, file if file.exists() else None, repository, tuple(notes))


async def fetch_release(
    source: ArchiveSource, version: AztecVersion, platform: Platform, folder: Path
) -> tuple[str, str]:
    """The SHA-256 of a release archive and of the bb in it, which is then ``bb`` in the empty ``folder``.

    Raises as ``ArchiveSource.fetch``.
    """
    executable = await source.fetch(version, platform, folder, lambda _done, _total: None)

    def digests(checkpoint: Checkpoint) -> tuple[str, str]:
        (archive,) = (file for file in folder.iterdir() if file != executable)
        return sha256_of(archive, checkpoint), sha256_of(executable, checkpoint)

    return await in_thread(digests)


def executables_in(package: Path, target: Path, checkpoint: Checkpoint) -> Mapping[Platform, str]:
    """The SHA-256 of every bb in an archive of bb.js; that for Linux on x86-64 is stored as ``target``.

    Raises BadArchiveError, or OSError from the disk.
    """
    places = {files.packaged: platform for platform, files in BB_FILES.items() if files.packaged}
    found = {}
    for name, pieces in members(package, places.__contains__, checkpoint):
        digest = hashlib.sha256()
        platform = places[name]
        if platform == DEVELOPMENT_PLATFORM:
            with target.open("wb") as file:
                for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
        else:
            for piece in pieces:
                digest.update(piece)
        found[platform] = digest.hexdigest()
    return found


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, UnusableEnvironmentError) else str(error)
