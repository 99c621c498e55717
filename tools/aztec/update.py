"""Adding a version, and checking one that is there: everything that a program can find out about it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from aztec.circuits import PACKAGE, CircuitKeys
from aztec.development_copy import SitesNotFoundError, find_sites
from aztec.packages import availability, packages_needed
from aztec.registry import Registry, RegistryError
from aztec.sources import BbSources, FoundBb
from aztec.trial import Trial, TrialError, recording, require_platform
from tee_rex.bb.archives import BadArchiveError
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, DevelopmentCopy, PinnedFile, VersionPins
from tee_rex.errors import TeeRexError
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.threads import in_thread, read_in_thread
from tee_rex.transaction.generations import Generation, generation_of
from tee_rex.transaction.versions import AztecVersion

T = TypeVar("T")

_NEW_GENERATION: Final = (
    "A new generation needs resources/versions/generation-<n>.json, whose table `circuits VERSION` prints, "
    "and a class in core/tee_rex/local/dialects.py where its bb speaks another dialect."
)


class Status(StrEnum):
    """How a step ended. ALREADY: what it would change is as it should be."""

    DONE = "done"
    ALREADY = "already"
    NEEDS_HUMAN = "needs-human"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an update. details: what was found, or why a human is needed."""

    name: str
    status: Status
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: {self.status}", *(f"    {detail}" for detail in self.details)])


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a step has found. already: it changes nothing."""

    result: T
    details: tuple[str, ...]
    already: bool = False


class NeedsHumanError(Exception):
    """A program cannot do this step; the arguments say why."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What an update works with.

    root: of the repository. paths: the user's data, for the CRS and system libraries. folder: an empty,
    private one. say: is given each step when it has ended.
    """

    root: Path
    registry: Registry
    sources: BbSources
    paths: Paths
    folder: Path
    say: Callable[[Step], None]

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
class _Bb:
    """What the first step finds.

    archives: of platforms whose bb is not pinned itself. file: bb for Linux on x86-64.
    """

    pins: Mapping[Platform, PinnedFile]
    archives: Mapping[Platform, PinnedFile]
    repository: str
    file: Path


@dataclass
class Examination:
    """All that is found out about one version, step by step.

    before: what is pinned so far. again: do also what need not be done for pins that are there. pins: the
    result, once there is one.
    """

    bench: Bench
    version: AztecVersion
    before: VersionPins | None
    again: bool = False
    steps: list[Step] = field(default_factory=list)
    pins: VersionPins | None = None

    async def run(self) -> None:
        """Do the steps, up to the first whose result the pins cannot do without."""
        try:
            generation = generation_of(self.version)
        except TeeRexError as error:
            self.end("generation", Status.NEEDS_HUMAN, str(error), _NEW_GENERATION)
            return
        bb = await self._do("executables", self._executables(generation))
        if bb is None:
            return
        if DEVELOPMENT_PLATFORM not in bb.pins:
            # Enough to install it, and no more: its archive is pinned, by people, and bb is what is in it.
            self.pins = VersionPins(
                generation=generation.number,
                proved_for_real=False,
                repository=bb.repository,
                bb=bb.pins,
                archives=bb.archives,
            )
            return
        trial = Trial(self.version, bb.file, self.bench.paths, self.bench.folder)
        if await self._do("messages", self._messages(trial, generation)) is None:
            return
        if await self._do("protocol circuits", self._circuits(bb, generation)) is None:
            return
        copy = await self._do("development copy", self._development_copy(trial, generation))
        if copy is None and self.before is not None and self.before.development_bb is not None:
            return  # what was proved once is not given up because this machine cannot
        proved = copy is not None
        self.pins = VersionPins(generation.number, proved, bb.repository, bb.pins, bb.archives, copy)

    def end(self, name: str, status: Status, *details: str) -> None:
        """Note how a step ended."""
        step = Step(name, status, details)
        self.steps.append(step)
        self.bench.say(step)

    async def _do(self, name: str, work: Coroutine[Any, Any, Outcome[T]]) -> T | None:
        """The result of a step; None if it needs a human."""
        try:
            outcome = await work
        except NeedsHumanError as error:
            self.end(name, Status.NEEDS_HUMAN, *error.args)
        except (TeeRexError, RegistryError, BadArchiveError, SitesNotFoundError, TrialError) as error:
            self.end(name, Status.NEEDS_HUMAN, str(error))
        else:
            self.end(name, Status.ALREADY if outcome.already else Status.DONE, *outcome.details)
            return outcome.result
        return None

    async def _executables(self, generation: Generation) -> Outcome[_Bb]:
        found = await self.bench.sources.find(self.version, self.bench.folder)
        old, old_archives = ({}, {}) if self.before is None else (self.before.bb, self.before.archives)
        pins, notes = merged_pins(found, old)
        archives = merged_archives(found, old_archives)
        seen_now = pins.keys() & found.executables.keys() | archives.keys() & found.archives.keys()
        if found.file is None or DEVELOPMENT_PLATFORM not in seen_now:
            raise NeedsHumanError(
                f"No source has a bb for {DEVELOPMENT_PLATFORM} that can be pinned.", *notes
            )
        listed = [
            f"{name}{what}: {file.sha256} ({', '.join(file.seen_in)})"
            for what, files in (("", pins), (" (archive)", archives))
            for name, file in files.items()
        ]
        bb = _Bb(pins, archives, self._repository(found, generation), found.file)
        return Outcome(bb, (*listed, *notes), already=(pins, archives) == (old, old_archives))

    def _repository(self, found: FoundBb, generation: Generation) -> str:
        """Of the release; where none was reached, that of its generation."""
        if self.before is not None:
            return self.before.repository
        return found.repository or generation.repository

    async def _messages(self, trial: Trial, generation: Generation) -> Outcome[bool]:
        require_platform()
        await trial.check_schema()
        return Outcome(result=True, details=(f"bb has those of {generation}",))

    async def _circuits(self, bb: _Bb, generation: Generation) -> Outcome[bool]:
        if self.before is not None and self.before.bb == bb.pins and not self.again:
            return Outcome(result=True, details=("compared when this bb was pinned",), already=True)
        package = f"{generation.npm_scope}/{PACKAGE}"
        archive = await self.bench.registry.fetch(package, self.version, self.bench.folder)
        keys = await in_thread(partial(CircuitKeys.read, archive))
        if different := list(keys.differences(generation)):
            reason = f"These are not the circuits of {generation} that are known."
            raise NeedsHumanError(reason, *different, _NEW_GENERATION)
        return Outcome(
            result=True, details=(f"{len(keys.digests)} keys, and their root, are those of {generation}",)
        )

    async def _development_copy(self, trial: Trial, generation: Generation) -> Outcome[DevelopmentCopy]:
        require_platform()
        sites = await read_in_thread(lambda: find_sites(trial.file.read_bytes(), generation))
        before = self.before
        if (
            before is not None
            and before.proved_for_real
            and before.development_bb == sites
            and not self.again
        ):
            return Outcome(sites, (f"{sites.sha256} proved when it was pinned",), already=True)
        recorded = await read_in_thread(recording, self.bench.root, generation)
        if recorded is None:
            raise NeedsHumanError(f"There is no recorded transaction of {generation} to prove.")
        name, steps = recorded
        await trial.prove(sites, steps)
        return Outcome(sites, (f"{sites.sha256} proved {name}; the genuine bb refuses that proof",))


def merged_pins(
    found: FoundBb, old: Mapping[Platform, PinnedFile]
) -> tuple[Mapping[Platform, PinnedFile], Sequence[str]]:
    """The pins of what was found and of what was pinned before, and notes about what is not pinned.

    A bb that only release archives have needs two of them: npm's own digest is a second record of what npm
    delivers, and an archive has none. Raises NeedsHumanError where places, or the old pins, disagree.
    """
    pins, notes = dict(old), list(found.notes)
    _require_agreement(found.executables)
    for platform, places in found.executables.items():
        if platform not in old and len(places) < 2 and not any(name.startswith("npm ") for name in places):
            notes.append(f"{platform} is not pinned: only {', '.join(places)} has it")
        else:
            pins[platform] = _merged(platform, places, old.get(platform))
    return dict(sorted(pins.items())), notes


def merged_archives(found: FoundBb, old: Mapping[Platform, PinnedFile]) -> Mapping[Platform, PinnedFile]:
    """The archives that people pinned, with the places that have them now.

    Archives can differ where the bb in them does not, so one place is enough. Raises NeedsHumanError if none
    of those asked has the pinned one.
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
        raise NeedsHumanError("The sources disagree about bb.", *different)


def _merged(platform: Platform, places: Mapping[str, str], old: PinnedFile | None) -> PinnedFile:
    """What is pinned, and was found now as well; raises NeedsHumanError where that is something else."""
    sha256 = next(iter(places.values()))
    if old is not None and set(places.values()) != {old.sha256}:
        raise NeedsHumanError(f"{platform} is pinned as {old.sha256}, but is {', '.join(places.values())}.")
    seen = () if old is None else old.seen_in
    return PinnedFile(sha256, (*seen, *(place for place in places if place not in seen)))


async def update(bench: Bench, version: AztecVersion) -> Sequence[Step]:
    """Find out everything about a version and write its file; safe to repeat."""
    before = await read_in_thread(bench.pinned, version)
    examination = Examination(bench, version, before)
    await examination.run()
    if examination.pins is not None:
        file = bench.file_of(version)
        content = encoded(examination.pins)
        if before is not None and await read_in_thread(file.read_bytes) == content:
            examination.end("pins", Status.ALREADY, f"{file.relative_to(bench.root)}")
        else:
            await read_in_thread(file.write_bytes, content)
            examination.end("pins", Status.DONE, f"{file.relative_to(bench.root)} was written")
        examination.end("for people", Status.DONE, *await _left_for_people(bench, version))
    return examination.steps


async def verify(bench: Bench, version: AztecVersion) -> Sequence[str] | None:
    """Find out everything about a version again; what its file has otherwise, None if it cannot be told."""
    before = await read_in_thread(bench.pinned, version)
    if before is None:
        return [f"{version} has no pins"]
    examination = Examination(bench, version, before, again=True)
    await examination.run()
    if examination.pins is None:
        return None
    found, pinned = msgspec.to_builtins(examination.pins), msgspec.to_builtins(before)
    different = [f"{name} differs" for name in found if found[name] != pinned[name]]
    if not different and await read_in_thread(bench.file_of(version).read_bytes) != encoded(examination.pins):
        return ["the file says the same in another form"]
    return different


def encoded(pins: VersionPins) -> bytes:
    """A version's file."""
    content = {name: value for name, value in msgspec.to_builtins(pins).items() if value not in (None, {})}
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


async def _left_for_people(bench: Bench, version: AztecVersion) -> Sequence[str]:
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
        "The enclave image holds the pins of every version: `make enclave-pins` before the next release.",
        f"A wallet or local network of {version} (resources/bridge, resources/devnet): packages {wallet}.",
    )
