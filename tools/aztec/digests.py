"""Finding out everything about a version's bb that can be found out without running it.

Nothing here imports what starts bb: a bb that nobody has vouched for cannot change what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from aztec.circuits import PACKAGE, CircuitKeys
from aztec.development_copy import find_sites
from aztec.packages import availability, packages_needed
from aztec.registry import Registry, RegistryError
from aztec.sources import NPM, BbSources, FoundBb
from aztec.steps import DisagreementError, NeedsHumanError, Outcome, Status, Steps
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, DevelopmentCopy, PinnedFile, VersionPins
from tee_rex.errors import TeeRexError
from tee_rex.system.platform import Platform
from tee_rex.system.threads import in_thread, read_in_thread
from tee_rex.transaction.generations import Generation, generation_of
from tee_rex.transaction.versions import AztecVersion

SECOND_WITNESS: Final = "second witness"
"""The name of a step."""
WITNESSES: Final = 2
"""Places that have to have the same digest before nobody needs to look at it."""

_NEW_GENERATION: Final = (
    "A new generation needs resources/versions/generation-<n>.json, whose table `circuits VERSION` prints, "
    "and a class in core/tee_rex/local/dialects.py where its bb speaks another dialect."
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a version is examined with. root: of the repository. folder: an empty, private one."""

    root: Path
    registry: Registry
    sources: BbSources
    folder: Path

    def file_of(self, version: AztecVersion) -> Path:
        """The file of a version's pins."""
        return self.root / "resources" / "versions" / f"{version}.json"

    def pinned(self, version: AztecVersion) -> VersionPins | None:
        """What is pinned so far."""
        try:
            content = self.file_of(version).read_bytes()
        except FileNotFoundError:
            return None
        return msgspec.json.decode(content, type=VersionPins)


@dataclass(frozen=True, slots=True)
class Findings:
    """The pins of a version, but for whether its bb proves.

    proved, unproved: the pins if it does, and if it does not; None where that cannot be: without sites there
    is nothing to prove with, and what proved once is not given up because a trial failed. bb: for Linux on
    x86-64; None if it is not pinned, so that there is nothing to try. proved_before: with the same copy.
    """

    proved: VersionPins | None
    unproved: VersionPins | None
    bb: Path | None
    proved_before: bool = False


@dataclass(frozen=True, slots=True)
class _Bb:
    """What the first step finds.

    archives: of platforms whose bb is not pinned itself. file: bb for Linux on x86-64.
    """

    pins: Mapping[Platform, PinnedFile]
    archives: Mapping[Platform, PinnedFile]
    repository: str
    file: Path


async def find(bench: Bench, version: AztecVersion, steps: Steps, *, again: bool = False) -> Findings | None:
    """Do the steps, up to the first whose result the pins cannot do without; None if there is one.

    again: do also what need not be done for pins that are there.
    """
    before = await read_in_thread(bench.pinned, version)
    try:
        generation = generation_of(version)
    except TeeRexError as error:
        steps.end("generation", Status.NEEDS_HUMAN, str(error), _NEW_GENERATION)
        return None
    bb = await steps.do("executables", _executables(bench, version, before, generation))
    if bb is None:
        return None
    unproved = VersionPins(
        generation=generation.number,
        proved_for_real=False,
        repository=bb.repository,
        bb=bb.pins,
        archives=bb.archives,
    )
    await steps.do(SECOND_WITNESS, _second_witness(version, unproved))
    if DEVELOPMENT_PLATFORM not in bb.pins:
        # Enough to install it, and no more: its archive is pinned, by people, and bb is what is in it.
        return Findings(None, unproved, None)
    compared = not again and before is not None and before.bb == bb.pins
    if await steps.do("protocol circuits", _circuits(bench, version, generation, compared=compared)) is None:
        return None
    copy = await steps.do("development copy", _development_copy(bb.file, before, generation))
    proved = msgspec.structs.replace(unproved, proved_for_real=True, development_bb=copy)
    proved_once = before is not None and before.proved_for_real
    return Findings(
        proved=None if copy is None else proved,
        unproved=None if proved_once else unproved,
        bb=bb.file,
        proved_before=before is not None and proved_once and before.development_bb == copy,
    )


async def _executables(
    bench: Bench, version: AztecVersion, before: VersionPins | None, generation: Generation
) -> Outcome[_Bb]:
    found = await bench.sources.find(version, bench.folder)
    old, old_archives = ({}, {}) if before is None else (before.bb, before.archives)
    pins, notes = merged_pins(found, old)
    archives = merged_archives(found, old_archives)
    seen_now = pins.keys() & found.executables.keys() | archives.keys() & found.archives.keys()
    if found.file is None or DEVELOPMENT_PLATFORM not in seen_now:
        raise NeedsHumanError(f"No source has a bb for {DEVELOPMENT_PLATFORM} that can be pinned.", *notes)
    listed = [
        f"{name}{what}: {file.sha256} ({', '.join(file.seen_in)})"
        for what, files in (("", pins), (" (archive)", archives))
        for name, file in files.items()
    ]
    repository = found.repository or generation.repository if before is None else before.repository
    bb = _Bb(pins, archives, repository, found.file)
    return Outcome(bb, (*listed, *notes), already=(pins, archives) == (old, old_archives))


async def _second_witness(version: AztecVersion, pins: VersionPins) -> Outcome[bool]:
    lacking = seen_once(pins)
    if not lacking:
        return Outcome(result=True, details=(f"each digest was seen in at least {WITNESSES} places",))
    raise NeedsHumanError(
        f"Seen in one place alone, which could deliver a bb that nobody released: {', '.join(lacking)}.",
        f'Before these pins are merged, run `make aztec AZTEC="update {version}"` where the release archives '
        f"of {pins.repository} can be downloaded: it compares, and adds the place that agrees to seen_in.",
        "Or do it by hand: download the archive through another network, compare the `sha256sum` of its bb, "
        "and add the archive to seen_in.",
    )


def seen_once(pins: VersionPins) -> Sequence[str]:
    """The executables and archives whose digest was seen in one place alone."""
    return [
        f"{platform}{what}"
        for what, files in (("", pins.bb), (" (archive)", pins.archives))
        for platform, file in files.items()
        if len(file.seen_in) < WITNESSES
    ]


async def _circuits(
    bench: Bench, version: AztecVersion, generation: Generation, *, compared: bool
) -> Outcome[bool]:
    if compared:
        return Outcome(result=True, details=("compared when this bb was pinned",), already=True)
    package = f"{generation.npm_scope}/{PACKAGE}"
    archive = await bench.registry.fetch(package, version, bench.folder)
    keys = await in_thread(partial(CircuitKeys.read, archive))
    if different := list(keys.differences(generation)):
        reason = f"These are not the circuits of {generation} that are known."
        raise NeedsHumanError(reason, *different, _NEW_GENERATION)
    return Outcome(
        result=True, details=(f"{len(keys.digests)} keys, and their root, are those of {generation}",)
    )


async def _development_copy(
    file: Path, before: VersionPins | None, generation: Generation
) -> Outcome[DevelopmentCopy]:
    sites = await read_in_thread(lambda: find_sites(file.read_bytes(), generation))
    places = sum(map(len, (*sites.constants.values(), *sites.strings.values(), *sites.immediates.values())))
    already = before is not None and before.development_bb == sites
    return Outcome(sites, (f"{sites.sha256}, which differs in {places} places",), already)


def merged_pins(
    found: FoundBb, old: Mapping[Platform, PinnedFile]
) -> tuple[Mapping[Platform, PinnedFile], Sequence[str]]:
    """The pins of what was found and of what was pinned before, and notes about what is not pinned.

    A bb that only release archives have needs two of them: npm's own digest is a second record of what npm
    delivers, and an archive has none. Raises DisagreementError where places, or the old pins, disagree.
    """
    pins, notes = dict(old), list(found.notes)
    _require_agreement(found.executables)
    for platform, places in found.executables.items():
        if platform not in old and len(places) < 2 and not any(name.startswith(NPM) for name in places):
            notes.append(f"{platform} is not pinned: only {', '.join(places)} has it")
        else:
            pins[platform] = _merged(platform, places, old.get(platform))
    return dict(sorted(pins.items())), notes


def merged_archives(found: FoundBb, old: Mapping[Platform, PinnedFile]) -> Mapping[Platform, PinnedFile]:
    """The archives that people pinned, with the places that have them now.

    Archives can differ where the bb in them does not, so one place is enough. Raises DisagreementError if
    none of those asked has the pinned one.
    """
    archives = dict(old)
    for platform, places in found.archives.items():
        if platform in old:
            same = {place: sha256 for place, sha256 in places.items() if sha256 == old[platform].sha256}
            archives[platform] = _merged(platform, same or places, old[platform])
    return archives


def _require_agreement(found: Mapping[Platform, Mapping[str, str]]) -> None:
    different = [
        f"{platform}: " + ", ".join(f"{place} has {sha256}" for place, sha256 in places.items())
        for platform, places in found.items()
        if len(set(places.values())) > 1
    ]
    if different:
        raise DisagreementError(
            "The places below disagree about bb, so nothing is pinned.",
            "One of them delivers a bb that was never released. Run neither, and tell Aztec's maintainers.",
            *different,
        )


def _merged(platform: Platform, places: Mapping[str, str], old: PinnedFile | None) -> PinnedFile:
    """What is pinned, and was found now as well; raises DisagreementError where that is something else."""
    sha256 = next(iter(places.values()))
    if old is not None and set(places.values()) != {old.sha256}:
        now = ", ".join(f"{place} has {sha256}" for place, sha256 in places.items())
        raise DisagreementError(
            f"{platform} is pinned as {old.sha256}, but {now}.",
            "A release never changes: somebody replaced it. Do not run it, and tell Aztec's maintainers.",
        )
    seen = () if old is None else old.seen_in
    return PinnedFile(sha256, (*seen, *(place for place in places if place not in seen)))


async def left_for_people(bench: Bench, version: AztecVersion) -> Sequence[str]:
    """What a pinned version does not need, and people may want."""
    packages = packages_needed(bench.root, generation_of(version))
    try:
        exist = await availability(bench.registry, packages, version)
        missing = [name for name, exists in exist.items() if not exists]
        wallet = f"not on npm at {version}: {', '.join(missing)}" if missing else f"all on npm at {version}"
    except RegistryError as error:
        wallet = f"not known ({error})"
    return (
        "docs/versions.md has a table of the versions.",
        "Enclaves serve the default version of each generation: if this is to be one, `make enclave-pins`.",
        f"A wallet or local network of {version} (resources/bridge, resources/devnet): packages {wallet}.",
    )
