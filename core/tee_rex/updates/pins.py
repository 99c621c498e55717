"""Pins updates: bb, protocol circuits and enclave builds that the maintainers signed after this release.

A pins update is a small signed file. It lists everything that its checkout pins, and everything that is
revoked. What this release pins itself comes first, except where it is revoked; the update adds what it lacks.
What this version of TEE-Rex does not understand is left out, one version, table or build at a time, and of
another ``format`` everything; ``revocations`` understands the rest in every version.

Only the newest update counts, and only while it is newer than the release. ``fetch_pins`` replaces it;
without a network, the last one holds. Its additions are used only if its signature verifies here, each time
they are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

import msgspec

from tee_rex.attestation.builds import ExpectedPcrs, ShippedBuild, shipped_builds
from tee_rex.bb.pins import BbPins, PinnedFile, VersionPins
from tee_rex.errors import InputError, TeeRexError, UsageError
from tee_rex.errors.catalogue import updates as errors
from tee_rex.revocations import (
    MAX_PINS_BYTES,
    PinsHead,
    Revocations,
    decoded_revocations,
    pins_file,
    read_pins,
)
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.platform import Platform
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.generations import CircuitTable, generation_of
from tee_rex.transaction.versions import AztecVersion
from tee_rex.updates.releases import PINS, serial_of
from tee_rex.updates.source import UpdateSource

if TYPE_CHECKING:
    from tee_rex.updates.metadata import UpdateMetadata
    from tee_rex.updates.releases import SignedFiles

FORMAT: Final = 1

_FormT = TypeVar("_FormT")
_Files: TypeAlias = Mapping[Platform, PinnedFile]


class PinsUpdate(msgspec.Struct, frozen=True):
    """The file.

    versions: as ``resources/versions/<version>.json``, by version. circuits: of each generation, by its
    number. enclave_builds: as ``resources/pins/enclave-builds.json``.
    """

    format: Literal[1]
    serial: int
    revoked: Revocations
    versions: Mapping[str, msgspec.Raw] = {}
    circuits: Mapping[str, msgspec.Raw] = {}
    enclave_builds: tuple[msgspec.Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class PinsChange:
    """What a pins update brought that was not known before it was fetched.

    bb_added: Aztec versions. bb_revoked: SHA-256 of executables and archives. builds_added, builds_revoked:
    PCR0 of enclave images. Nothing is added where the update's signature cannot be checked.
    """

    bb_added: tuple[str, ...] = ()
    bb_revoked: tuple[str, ...] = ()
    builds_added: tuple[str, ...] = ()
    builds_revoked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownPins:
    """What is pinned and revoked on this machine, as PinsChange has it. serial: of the newest pins."""

    serial: int
    bb: tuple[str, ...]
    bb_revoked: frozenset[str]
    builds: tuple[str, ...]
    builds_revoked: frozenset[str]

    @classmethod
    def here(cls, paths: Paths, source: UpdateSource) -> KnownPins:
        """Those of this release and of the pins update here; blocking. Raises as ``current_pins``."""
        revoked = Revocations.known(paths)
        versions = tuple(map(str, current_pins(paths, source).versions))
        builds = tuple(one.pcr0 for one in current_builds(paths, source))
        return cls(revoked.serial, versions, revoked.bb, builds, revoked.enclave_builds)

    @classmethod
    def shipped(cls) -> KnownPins:
        """Those of this release alone; blocking."""
        revoked = Revocations.shipped()
        builds = tuple(one.pcr0 for one in shipped_builds())
        versions = tuple(map(str, BbPins.shipped().versions))
        return cls(revoked.serial, versions, revoked.bb, builds, revoked.enclave_builds)

    def since(self, before: KnownPins) -> PinsChange:
        """What is new here."""
        return PinsChange(
            tuple(one for one in self.bb if one not in before.bb),
            tuple(sorted(self.bb_revoked - before.bb_revoked)),
            tuple(one for one in self.builds if one not in before.builds),
            tuple(sorted(self.builds_revoked - before.builds_revoked)),
        )


def current_pins(paths: Paths, source: UpdateSource | None = None) -> BbPins:
    """The pins of this release and of the pins update on this machine, without what is revoked.

    source: of this build by default. Blocking. Raises PINS_DAMAGED, CHANGEABLE_BY_OTHERS.
    """
    shipped = BbPins.shipped().without(Revocations.known(paths).bb)
    update = verified_update(paths, source)
    return shipped if update is None else _joined_pins(shipped, update)


def current_builds(paths: Paths, source: UpdateSource | None = None) -> tuple[ShippedBuild, ...]:
    """The enclave builds likewise; this release's first. Raises as ``current_pins``."""
    revoked = Revocations.known(paths).enclave_builds
    update = verified_update(paths, source)
    added = () if update is None else update.enclave_builds
    own = shipped_builds()
    known = {one.pcr0 for one in own}
    decoded = filter(None, (_decoded(one, ShippedBuild) for one in added))
    builds = (*own, *(one for one in decoded if one.pcr0 not in known))
    return tuple(one for one in builds if one.pcr0 not in revoked)


def approved_builds(paths: Paths, source: UpdateSource | None = None) -> tuple[ExpectedPcrs, ...]:
    """The PCRs of the current builds: what TEE mode approves unless its user says otherwise."""
    return tuple(ExpectedPcrs.of(build.approved()) for build in current_builds(paths, source))


def verified_update(paths: Paths, source: UpdateSource | None = None) -> PinsUpdate | None:
    """The pins update on this machine, if the maintainers signed it, and after this release.

    None also where the signature cannot be checked: a build without an update source, or without tuf. What
    the update revokes counts all the same (``Revocations.known``). Raises PINS_DAMAGED.
    """
    content = read_pins(paths)
    if content is None or decoded_revocations(content, paths).serial <= Revocations.shipped().serial:
        return None
    try:
        source = source or UpdateSource.shipped()
        if find_spec("tuf") is None:
            return None
        from tee_rex.updates.metadata import UpdateMetadata

        listed = UpdateMetadata(source, pins_file(paths).parent / "metadata").read()
        signed = listed.with_digest(hashlib.sha256(content).hexdigest())
        if signed is None or signed.description.kind != PINS:
            return None
        return decode_json(content, PinsUpdate)
    except (TeeRexError, UndecodableError):
        return None


async def fetch_pins(metadata: UpdateMetadata, listed: SignedFiles, paths: Paths) -> None:
    """Fetch the newest pins update, if it is newer than the one on this machine.

    The caller holds the lock of the updates folder. Raises as ``download`` does, UPDATE_REFUSED, DISK_FULL,
    DISK_NOT_WRITABLE; then the one before still holds.
    """
    from tee_rex.updates.download import download  # httpx2 is slow to import

    held = Revocations.shipped().serial
    with suppress(TeeRexError):  # a damaged one is replaced
        content = read_pins(paths)
        if content is not None:
            held = max(held, decoded_revocations(content, paths).serial)
    newest = listed.newest_pins()
    if newest is None or serial_of(newest) <= held:
        return
    if newest.length > MAX_PINS_BYTES:
        raise errors.UPDATE_TOO_LARGE(limit=MAX_PINS_BYTES)
    target = pins_file(paths)
    with files.disk_errors(target.parent):
        async with files.temporary_folder(target.parent, "pins") as temporary:
            new = temporary / "new"
            await download(metadata.source, newest, new, lambda _done, _total: None)
            if decode_head(await read_in_thread(new.read_bytes)).serial != serial_of(newest):
                raise errors.UPDATE_REFUSED(reason="A pins update has another serial number than was signed")
            await finish_in_thread(files.move_into_place, new, target)


def decode_head(content: bytes) -> PinsHead:
    """What every version understands; raises UPDATE_REFUSED."""
    try:
        return decode_json(content, PinsHead)
    except UndecodableError:
        raise errors.UPDATE_REFUSED(reason="A pins update is malformed") from None


def _joined_pins(shipped: BbPins, update: PinsUpdate) -> BbPins:
    versions = dict(shipped.versions)
    for version, added in _versions(update):
        own = versions.get(version)
        versions[version] = added if own is None else _joined(own, added, shipped.revoked)
    tables = {number: _decoded(raw, CircuitTable) for number, raw in update.circuits.items()}
    circuits = {int(number): table for number, table in tables.items() if table and number.isdecimal()}
    return replace(
        shipped,
        versions=dict(sorted(versions.items(), key=lambda item: item[0])),
        circuits=shipped.circuits.joined(circuits),
    )


def _versions(update: PinsUpdate) -> Iterator[tuple[AztecVersion, VersionPins]]:
    for name, raw in update.versions.items():
        pins = _decoded(raw, VersionPins)
        with suppress(UsageError, InputError):
            version = AztecVersion.parse(name)
            if pins is not None and pins.generation == generation_of(version).number:
                yield version, pins


def _joined(own: VersionPins, added: VersionPins, revoked: frozenset[str]) -> VersionPins:
    """This release's pins, and what is added where it has none, or a revoked one."""

    def joined(ours: _Files, theirs: _Files) -> dict[Platform, PinnedFile]:
        valid = {platform: file for platform, file in ours.items() if file.sha256 not in revoked}
        return {**ours, **theirs, **valid}

    bb = joined(own.bb, added.bb)
    archives = joined(own.archives, added.archives)
    return msgspec.structs.replace(
        own,
        bb=bb,
        archives={platform: file for platform, file in archives.items() if platform not in bb},
        development_bb=own.development_bb or added.development_bb,
    )


def _decoded(raw: msgspec.Raw, form: type[_FormT]) -> _FormT | None:
    """None for what this version of TEE-Rex does not understand."""
    with suppress(UndecodableError):
        return decode_json(raw, form)
    return None
