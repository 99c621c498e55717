"""A pins update of what a checkout pins and revokes; see core/tee_rex/updates/pins.py."""

from __future__ import annotations

from pathlib import Path

import msgspec

from release.feed import FeedError
from tee_rex.attestation.builds import ShippedBuild
from tee_rex.bb.pins import VersionPins
from tee_rex.revocations import MAX_PINS_BYTES, Revocations
from tee_rex.transaction.generations import CircuitTable, Generation
from tee_rex.updates.pins import FORMAT, PinsUpdate


def pins_update(checkout: Path) -> tuple[bytes, int]:
    """The file, and its serial number, which ``resources/pins/revoked.json`` counts.

    Raises FeedError for the number 0 and for a file that clients would refuse; a malformed pin is a bug.
    """
    resources = checkout / "resources"
    revoked = msgspec.json.decode((resources / "pins" / "revoked.json").read_bytes(), type=Revocations)
    if revoked.serial < 1:
        raise FeedError("resources/pins/revoked.json has no serial number yet: count it up for every update")
    versions = {
        file.name.removesuffix(".json"): msgspec.json.decode(file.read_bytes(), type=VersionPins)
        for file in sorted((resources / "versions").glob("[0-9]*.json"))
    }
    generations = [
        msgspec.json.decode(file.read_bytes(), type=Generation)
        for file in sorted((resources / "versions").glob("generation-*.json"))
    ]
    builds = (resources / "pins" / "enclave-builds.json").read_bytes()
    update = PinsUpdate(
        FORMAT,
        revoked.serial,
        revoked,
        {version: _raw(pins) for version, pins in versions.items()},
        {str(one.number): _raw(CircuitTable(one.vk_tree_roots, one.circuits)) for one in generations},
        tuple(_raw(build) for build in msgspec.json.decode(builds, type=list[ShippedBuild])),
    )
    content = msgspec.json.encode(update, order="deterministic")
    if len(content) > MAX_PINS_BYTES:
        raise FeedError(f"the pins update has {len(content):,} bytes; clients read {MAX_PINS_BYTES:,}")
    return content, revoked.serial


def _raw(value: msgspec.Struct) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value, order="deterministic"))
