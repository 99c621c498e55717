"""Which versions exist, which are pinned, and which the bot should add."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

from aztec.digests import seen_once
from aztec.packages import availability, packages_needed
from aztec.registry import Registry
from aztec.releases import REPOSITORIES, GitHubReleases, ReleasesUnreachableError
from tee_rex.bb.pins import BbPins, VersionPins
from tee_rex.errors import TeeRexError
from tee_rex.transaction.generations import generation_of, generations
from tee_rex.transaction.versions import AztecVersion


class State(StrEnum):
    """What is to be done about a version.

    SEEN_ONCE: pinned by a digest that was seen in one place alone; ``update`` looks for others. NEW: add it.
    TOO_YOUNG: add it later; bad releases are found, and taken back, in their first days. NEW_GENERATION:
    people have to describe its circuits first.
    """

    PINNED = "pinned"
    SEEN_ONCE = "pinned, seen once"
    NEW = "new"
    TOO_YOUNG = "too young"
    NEW_GENERATION = "new generation: needs a human"


class VersionState(msgspec.Struct, frozen=True):
    """One version.

    published: when the last of ``places`` got it. packages: of the wallet and the local network, whether each
    exists at this version; empty unless it is NEW.
    """

    version: str
    state: State
    published: datetime | None
    places: tuple[str, ...]
    packages: Mapping[str, bool] = {}


class Report(msgspec.Struct, frozen=True):
    """What ``check`` prints as JSON.

    new: versions that ``update`` should add, or say why it cannot, oldest first. unasked: places that gave no
    answer.
    """

    new: tuple[str, ...]
    versions: tuple[VersionState, ...]
    unasked: tuple[str, ...]


async def check(
    root: Path,
    registry: Registry,
    releases: GitHubReleases | None,
    *,
    now: datetime,
    min_age: timedelta,
) -> Report:
    """Ask all places; pre-releases and what is older than the oldest pinned version are left out.

    root: of the repository. releases: None to ask the registry alone. Raises RegistryError.
    """
    pins = BbPins.shipped().versions
    seen: dict[AztecVersion, dict[str, datetime]] = {version: {} for version in pins}
    unasked: list[str] = []
    for package in sorted({f"{generation.npm_scope}/bb.js" for generation in generations()}):
        for version, published in (await registry.published(package)).items():
            seen.setdefault(version, {})[f"npm {package}"] = published
    for repository in REPOSITORIES:
        if releases is None:
            break
        try:
            for version, published in (await releases.published(repository)).items():
                seen.setdefault(version, {})[f"release {repository}"] = published
        except ReleasesUnreachableError as error:
            unasked.append(str(error))
    states = []
    for version in sorted(seen):
        if version not in pins and (version.prerelease or version < min(pins)):
            continue
        last = max(seen[version].values(), default=None)
        state = _state(version, pins, last, now - min_age)
        packages: Mapping[str, bool] = {}
        if state is State.NEW:
            packages = await availability(registry, packages_needed(root, generation_of(version)), version)
        states.append(VersionState(str(version), state, last, tuple(seen[version]), packages))
    new = tuple(one.version for one in states if one.state in (State.NEW, State.NEW_GENERATION))
    return Report(new, tuple(states), tuple(unasked))


def _state(
    version: AztecVersion,
    pins: Mapping[AztecVersion, VersionPins],
    published: datetime | None,
    newest: datetime,
) -> State:
    """newest: when a version has to have been published to be old enough."""
    if version in pins:
        return State.SEEN_ONCE if seen_once(pins[version]) else State.PINNED
    try:
        generation_of(version)
    except TeeRexError:
        return State.NEW_GENERATION
    return State.NEW if published is not None and published <= newest else State.TOO_YOUNG
