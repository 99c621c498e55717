"""Pins updates: what they add and revoke, on a machine with bb and against an enclave."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest
from securesystemslib.signer import CryptoSigner

from release.feed import NewFile
from support.errors import raises, raises_code
from support.http_files import closed_port
from support.small_disk import small_disk
from support.update_feed import Fault, Stage, TestFeed, broken_off, endless, served, slow, tampered
from tee_rex.attestation.builds import ExpectedPcrs, ShippedBuild, shipped_builds
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import NodeInfo
from tee_rex.bb.pins import BbPins, PinnedFile, VersionPins
from tee_rex.bb.user_store import BbRecord, UserBbStore, user_store
from tee_rex.errors.catalogue import bb as bb_errors
from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.catalogue.aztec import NODE_VERSION_MISMATCH
from tee_rex.errors.catalogue.files import CHANGEABLE_BY_OTHERS, DISK_FULL
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import ProverConfig, _attested, this_machine
from tee_rex.remote.trust import AttestedKey
from tee_rex.revocations import Revocations, pins_file
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.generations import CircuitTable, generation_of
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.updates.pins import FORMAT, PinsUpdate, approved_builds, current_builds, current_pins
from tee_rex.updates.releases import PINS, Description

GENUINE = TrustedSetup.GENUINE
HERE = Platform.AMD64_LINUX
NEW = AztecVersion(6, 1, 0)
OLD = AztecVersion(5, 0, 0)
BB = b"#!/bin/sh\necho bb of 6.1.0\n"
BUILD = ShippedBuild("tee-rex", "0.2.0", "1" * 96, "2" * 96, "3" * 96, "4" * 64)
ROOT = "0x" + "ab" * 32


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pinned(content: bytes | str) -> Mapping[Platform, PinnedFile]:
    digest = content if isinstance(content, str) else sha256(content)
    return {HERE: PinnedFile(digest, ("a test",))}


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


ADDED = {str(NEW): raw(VersionPins(6, True, "A/b", bb=pinned(BB)))}


class Pins:
    """A machine, and the pins updates that its maintainers sign."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.paths = stage.client().paths
        self.serial = 0

    def sign(
        self,
        *,
        bb: tuple[str, ...] = (),
        builds: tuple[str, ...] = (),
        serial: int | None = None,
        content: bytes | None = None,
        versions: Mapping[str, msgspec.Raw] = MappingProxyType({}),
        circuits: Mapping[str, msgspec.Raw] = MappingProxyType({}),
        enclave_builds: tuple[msgspec.Raw, ...] = (),
    ) -> int:
        """Publish a pins update with these revocations and additions; its serial number."""
        self.serial = serial or self.serial + 1
        revoked = Revocations(0, frozenset(bb), frozenset(builds))
        update = PinsUpdate(FORMAT, self.serial, revoked, dict(versions), dict(circuits), enclave_builds)
        self.stage.feed.publish_pins(content or msgspec.json.encode(update), self.serial)
        return self.serial

    async def fetch(self) -> int:
        return (await self.stage.client().check()).pins

    def now(self) -> BbPins:
        return current_pins(self.paths, self.stage.source)

    def store(self) -> UserBbStore:
        return replace(user_store(self.paths, self.now()), platform=HERE)

    def install(self, version: AztecVersion, content: bytes) -> Path:
        path = self.paths.bb_dir(GENUINE) / str(version) / "bb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        path.chmod(0o755)
        return path


@pytest.fixture
def machine(stage: Stage) -> Pins:
    return Pins(stage)


# What is added


async def test_without_an_update_the_release_decides(machine: Pins) -> None:
    assert machine.now() == BbPins.shipped()
    assert current_builds(machine.paths, machine.stage.source) == shipped_builds()
    assert await machine.fetch() == 0


async def test_a_new_version_of_bb_reaches_an_installed_program(machine: Pins) -> None:
    path = machine.install(NEW, BB)
    with raises_code(bb_errors.BB_NOT_PINNED):
        await machine.store().find(NEW, GENUINE)
    machine.sign(versions=ADDED)
    assert await machine.fetch() == 1
    assert list(machine.now().versions)[-1] == NEW
    assert (await machine.store().find(NEW, GENUINE)).sha256 == sha256(BB)
    path.write_bytes(b"another bb")
    with raises_code(bb_errors.BB_CORRUPT):
        await machine.store().find(NEW, GENUINE)


async def test_a_new_enclave_build_is_approved(machine: Pins) -> None:
    machine.sign(enclave_builds=(raw(BUILD), raw(shipped_builds()[0])))
    await machine.fetch()
    assert current_builds(machine.paths, machine.stage.source) == (*shipped_builds(), BUILD)
    assert approved_builds(machine.paths, machine.stage.source)[-1] == ExpectedPcrs.of(BUILD.approved())


async def test_the_root_of_a_generation_becomes_known(machine: Pins) -> None:
    other = NodeInfo(
        "http://127.0.0.1", "6.1.0", 1, 1, "0x0", real_proofs=True, vk_tree_root="0x" + "cd" * 32
    )
    known = replace(other, vk_tree_root=ROOT)
    assert Network.accepted(other, machine.now().circuits).setup is GENUINE
    keys = {"hiding_kernel_new": {GENUINE: sha256(b"key")}}
    machine.sign(circuits={"6": raw(CircuitTable({GENUINE: ROOT}, keys))})
    await machine.fetch()
    circuits = machine.now().circuits
    assert Network.accepted(known, circuits).setup is GENUINE
    with raises(NODE_VERSION_MISMATCH):
        Network.accepted(other, circuits)
    found = circuits.recognise(b"key")
    assert found is not None
    assert (found.generation, found.name) == (generation_of(NEW), "hiding_kernel_new")
    assert BbPins.shipped().circuits.recognise(b"key") is None


async def test_what_the_release_pins_itself_is_not_replaced(machine: Pins) -> None:
    machine.sign(versions={str(OLD): raw(VersionPins(5, True, "evil/fork", bb=pinned(b"other")))})
    await machine.fetch()
    assert machine.now().digest(OLD, GENUINE, HERE) == BbPins.shipped().digest(OLD, GENUINE, HERE)
    assert machine.now().repository(OLD) == BbPins.shipped().repository(OLD)


async def test_what_this_version_does_not_understand_is_left_out_alone(machine: Pins) -> None:
    other_platform = {"sha256": "a" * 64, "seen_in": ["a test"]}
    understood = json.loads(msgspec.json.encode(VersionPins(6, True, "A/b")))
    versions = {
        "6.2.0": {**understood, "a new field": 1},
        "6.3.0": {**understood, "bb": {"riscv-plan9": other_platform}},
        "6.4.0": {**understood, "generation": 5},
        "7.0.0": {**understood, "generation": 7},
        "no version": 1,
    }
    machine.sign(
        bb=("a" * 64,),
        versions={**{name: raw(pins) for name, pins in versions.items()}, **ADDED},
        circuits={"6": raw({"vk_tree_roots": 1}), "seven": raw({}), "8": raw({})},
        enclave_builds=(raw({"name": "x"}), raw(BUILD)),
    )
    await machine.fetch()
    assert [one for one in machine.now().versions if one not in BbPins.shipped().versions] == [NEW]
    assert current_builds(machine.paths, machine.stage.source)[-1] == BUILD
    assert "a" * 64 in machine.now().revoked


# What is revoked


async def test_of_another_format_only_what_it_revokes_counts(machine: Pins) -> None:
    content = {"format": 2, "serial": 1, "revoked": {"bb": ["1" * 64]}, "versions": ADDED, "circuits": []}
    machine.sign(content=msgspec.json.encode(content))
    assert await machine.fetch() == 1
    assert NEW not in machine.now().versions
    assert "1" * 64 in Revocations.known(machine.paths).bb


async def test_a_revoked_bb_is_refused_at_once_by_programs_that_run(machine: Pins) -> None:
    machine.install(NEW, BB)
    machine.sign(versions=ADDED)
    await machine.fetch()
    running = DownloadingInstallation(machine.paths, machine.now(), allow_download=False)
    assert running.expected_bb(NEW, GENUINE).sha256 == sha256(BB)
    machine.sign(bb=(sha256(BB),), versions=ADDED)
    await machine.fetch()
    with raises(bb_errors.BB_REVOKED):
        await running.bb(NEW, GENUINE, ignore_progress)
    with raises(bb_errors.BB_REVOKED):
        await machine.store().find(NEW, GENUINE)


async def test_a_bb_that_the_user_vouches_for_can_be_revoked(machine: Pins) -> None:
    path = machine.install(NEW, BB)
    record = BbRecord(1, str(NEW), sha256(BB), sha256(b"archive"), approved_by_user=True)
    path.with_name("record.json").write_bytes(msgspec.json.encode(record))
    assert (await machine.store().find(NEW, GENUINE)).approved_by_user
    for digest in (sha256(BB), sha256(b"archive")):
        machine.sign(bb=(digest,))
        await machine.fetch()
        with raises(bb_errors.BB_REVOKED):
            await machine.store().find(NEW, GENUINE)
        with raises(bb_errors.BB_REVOKED):
            await machine.store().approve(NEW, digest, check_nothing)


async def check_nothing(_bb: object) -> None:
    """Whether it speaks v6 does not matter here."""


async def test_a_revoked_bb_is_not_approved_in_another_archive(machine: Pins, tmp_path: Path) -> None:
    machine.sign(bb=(sha256(BB),))
    await machine.fetch()
    given = tmp_path / "bb"
    given.write_bytes(BB)
    with raises(bb_errors.BB_REVOKED):
        await machine.store().approve(NEW, sha256(BB), check_nothing, given)
    assert not machine.paths.bb_dir(GENUINE).exists()


async def test_a_shipped_bb_can_be_revoked_and_another_of_its_circuits_takes_its_place(machine: Pins) -> None:
    shipped = BbPins.shipped()
    version = AztecVersion(4, 1, 2)
    machine.sign(bb=(shipped.digest(version, GENUINE, HERE),))
    await machine.fetch()
    with raises(bb_errors.BB_REVOKED):
        machine.now().digest(version, GENUINE, HERE)
    assert machine.store().version_that_proves(version, GENUINE) == AztecVersion(4, 4, 0)
    assert version not in machine.now().available(GENUINE, HERE)


async def test_a_running_server_says_that_its_bb_was_revoked_and_downloads_no_other(machine: Pins) -> None:
    """Its clients were told the digest of that one; it serves another one from its next start."""
    version = AztecVersion(4, 1, 2)
    running = DownloadingInstallation(machine.paths, machine.now(), exact=True)
    machine.sign(bb=(machine.now().digest(version, GENUINE, HERE),))
    await machine.fetch()
    with raises(bb_errors.BB_REVOKED):
        await running.bb(version, GENUINE, ignore_progress)
    assert not machine.paths.bb_dir(GENUINE).exists()


async def test_a_revoked_archive_is_not_installed(machine: Pins) -> None:
    version = AztecVersion(5, 2, 0)
    archive = BbPins.shipped().archive(version, HERE)
    assert archive is not None
    machine.sign(bb=(archive,))
    await machine.fetch()
    with raises(bb_errors.BB_REVOKED):
        await machine.store().install(version)


async def test_a_revoked_digest_is_replaced_by_the_updates(machine: Pins) -> None:
    own = BbPins.shipped().digest(OLD, GENUINE, HERE)
    machine.sign(bb=(own,), versions={str(OLD): raw(VersionPins(5, True, "A/b", bb=pinned(BB)))})
    await machine.fetch()
    assert machine.now().digest(OLD, GENUINE, HERE) == sha256(BB)


async def test_a_revoked_enclave_build_is_no_longer_approved(machine: Pins) -> None:
    machine.sign(builds=(shipped_builds()[0].pcr0,), enclave_builds=(raw(BUILD),))
    await machine.fetch()
    assert current_builds(machine.paths, machine.stage.source) == (BUILD,)


# What cannot be rolled back


async def test_an_older_update_does_not_replace_a_newer_one(machine: Pins) -> None:
    machine.sign(bb=("a" * 64,))
    await machine.fetch()
    machine.sign(bb=("a" * 64, "b" * 64))
    assert await machine.fetch() == 2
    # By the maintainers' own mistake, the newest one is offered no more.
    machine.stage.feed.feed._mark(lambda described: described.version == "2", promoted=False)
    machine.stage.feed.publish()
    assert await machine.fetch() == 2
    assert machine.now().revoked == {"a" * 64, "b" * 64}


async def test_without_a_network_the_last_update_holds(machine: Pins) -> None:
    machine.sign(bb=("a" * 64,), versions=ADDED)
    await machine.fetch()
    source = machine.stage.source
    with closed_port() as url:
        client = replace(machine.stage.client(), source=replace(source, metadata_url=url))
        with raises_code(errors.UPDATE_SOURCE_FAILED):
            await client.check()
    assert NEW in machine.now().versions
    assert machine.now().revoked == {"a" * 64}


async def test_a_release_that_was_made_after_the_update_ignores_it(
    machine: Pins, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.sign(bb=("a" * 64,), versions=ADDED)
    await machine.fetch()
    later = Revocations(1, frozenset({"c" * 64}))
    monkeypatch.setattr(Revocations, "shipped", lambda: later)
    assert NEW not in machine.now().versions
    assert machine.now().revoked == {"a" * 64, "c" * 64}


# What was not signed


async def test_additions_that_nobody_signed_are_not_used(machine: Pins) -> None:
    machine.sign(bb=("a" * 64,))
    await machine.fetch()
    forged = PinsUpdate(FORMAT, 9, Revocations(0, frozenset({"b" * 64})), ADDED)
    pins_file(machine.paths).write_bytes(msgspec.json.encode(forged))
    assert NEW not in machine.now().versions
    assert machine.now().revoked == {"b" * 64}, "a forger can only refuse"


async def test_a_build_without_a_source_adds_nothing_and_still_refuses(machine: Pins) -> None:
    machine.sign(bb=(sha256(BB),), versions=ADDED)
    await machine.fetch()
    assert NEW not in current_pins(machine.paths).versions
    assert sha256(BB) in this_machine({"TEE_REX_HOME": str(machine.paths.data)}).pins.revoked


@pytest.mark.parametrize("fault", [tampered, broken_off, endless, slow])
async def test_an_update_that_does_not_arrive_whole_leaves_the_one_before(
    machine: Pins, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.sign(bb=("a" * 64,))
    await machine.fetch()
    machine.sign(bb=("a" * 64, "b" * 64))
    machine.stage.server.faults["pins-2.json"] = fault
    monkeypatch.setattr("tee_rex.updates.download._LEAST_SECONDS", 0.5)
    with raises_code(errors.UPDATE_REFUSED if fault in (tampered, endless) else errors.UPDATE_SOURCE_FAILED):
        await machine.fetch()
    assert machine.now().revoked == {"a" * 64}
    left = {path.name for path in pins_file(machine.paths).parent.iterdir()}
    assert left == {".lock", "metadata", "pins.json"}


async def test_another_serial_number_than_was_signed_is_refused(machine: Pins) -> None:
    content = msgspec.json.encode(PinsUpdate(FORMAT, 7, Revocations()))
    machine.sign(content=content)
    with raises(errors.UPDATE_REFUSED, match="another serial number"):
        await machine.fetch()
    assert not pins_file(machine.paths).exists()


@pytest.mark.parametrize(
    "content", [b"{}", b"[" * 1000, b'{"format":1,"serial":1}'], ids=["{}", "nested", "part"]
)
async def test_a_malformed_update_is_refused(machine: Pins, content: bytes) -> None:
    machine.sign(content=content)
    with raises(errors.UPDATE_REFUSED, match="malformed"):
        await machine.fetch()


async def test_an_update_of_another_feed_is_refused(machine: Pins, tmp_path: Path) -> None:
    other = TestFeed(tmp_path / "other")
    other.begin()
    file = tmp_path / "pins-9.json"
    file.write_bytes(msgspec.json.encode(PinsUpdate(FORMAT, 9, Revocations(), ADDED)))
    other.feed.add([NewFile("pins/pins-9.json", file, Description("9", PINS, promoted=True))])
    other.publish()
    with served(other.folder) as server:
        source = other.source(server.url)
        source = replace(source, root=machine.stage.source.root)
        with raises_code(errors.UPDATE_REFUSED):
            await replace(machine.stage.client(), source=source).check()
    pins_file(machine.paths).write_bytes(file.read_bytes())
    assert NEW not in machine.now().versions


async def test_after_targets_keys_were_replaced_the_new_ones_have_to_sign(
    machine: Pins,
) -> None:
    machine.sign(versions=ADDED)
    await machine.fetch()
    lost, kept = machine.stage.feed.keys["targets"]
    new = CryptoSigner.generate_ed25519()
    machine.stage.feed.feed.rotate("targets", lost.public_key.keyid, new.public_key)
    machine.stage.feed.keys["targets"] = (new, kept)
    machine.stage.feed.publish()
    machine.stage.server.faults["timestamp.json"] = broken_off
    with raises_code(errors.UPDATE_SOURCE_FAILED):
        await machine.fetch()
    assert NEW not in machine.now().versions
    machine.stage.server.faults.clear()
    await machine.fetch()
    assert NEW in machine.now().versions


# What is wrong with the file


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", bytes(2 << 20)], ids=["empty", "{}", "binary", "large"]
)
async def test_a_damaged_file_is_told_and_fetched_again(machine: Pins, content: bytes) -> None:
    machine.install(NEW, BB)
    machine.sign(versions=ADDED)
    await machine.fetch()
    running = DownloadingInstallation(machine.paths, machine.now(), allow_download=False)
    pins_file(machine.paths).write_bytes(content)
    with raises(errors.PINS_DAMAGED):
        machine.now()
    with raises(errors.PINS_DAMAGED):
        await running.bb(NEW, GENUINE, ignore_progress)
    assert await machine.fetch() == 1
    assert running.expected_bb(NEW, GENUINE).sha256 == sha256(BB)


async def test_a_file_that_others_may_change_is_not_read(machine: Pins) -> None:
    machine.sign()
    await machine.fetch()
    pins_file(machine.paths).chmod(0o666)
    with raises(CHANGEABLE_BY_OTHERS):
        machine.now()


async def test_a_full_disk_leaves_the_update_before(machine: Pins, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        client = replace(machine.stage.client(), paths=Paths(disk / "home", disk / "config"))
        machine.paths = client.paths
        machine.sign(bb=("a" * 64,))
        await client.check()
        large = {str(number): raw("x" * 1000) for number in range(600)}
        machine.sign(bb=("b" * 64,), versions=large)
        (disk / "filling").write_bytes(bytes(500_000))
        with raises(DISK_FULL):
            await client.check()
        assert machine.now().revoked == {"a" * 64}
        (disk / "filling").unlink()
        assert (await client.check()).pins == 2


def test_tee_mode_asks_what_is_revoked_each_time(machine: Pins) -> None:
    installation = DownloadingInstallation(machine.paths, BbPins.shipped())
    trust = _attested(ProverConfig(installation, tee_url="https://tee.example.org"))
    assert isinstance(trust, AttestedKey)
    assert trust.revocations() == Revocations.shipped()
    update = PinsUpdate(FORMAT, 3, Revocations(0, frozenset(), frozenset({"1" * 96})))
    pins_file(machine.paths).parent.mkdir(parents=True)
    pins_file(machine.paths).write_bytes(msgspec.json.encode(update))
    assert trust.revocations().enclave_builds == {"1" * 96}
