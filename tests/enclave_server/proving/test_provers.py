"""The versions, trusted setups and bb that a server proves for."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection
from pathlib import Path

import msgspec
import pytest

from support.errors import raises, raises_with
from support.programs import in_place_of_bb
from support.proving_server import NothingToInstall
from support.recorded_steps import development_deployment, genuine_deployment, wire
from tee_rex.attestation.provers import read_provers
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand, ExpectedBb
from tee_rex.bb.user_store import RECORD, BbRecord
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.errors.catalogue.bb import BB_MISSING
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import MAX_LOG2_ROWS, ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex_server.errors.serving import (
    BB_NOT_FOR_ENCLAVES,
    CIRCUIT_TOO_LARGE,
    NO_BB_FOR_SETUPS,
    NOT_READY,
    NOT_SERVED,
    PROVER_NOT_ALLOWED,
)
from tee_rex_server.logs import json_logger
from tee_rex_server.proving.provers import NOT_READY_RETRY_SECONDS, ServedProvers

PINS = BbPins.shipped()
GENUINE = ServedProvers.pinned(PINS, {TrustedSetup.GENUINE}, Platform.AMD64_LINUX)
DIGEST = PINS.digest(PINS.default_version, TrustedSetup.GENUINE, Platform.AMD64_LINUX)


def request_of(steps: bytes) -> ProofRequest:
    return ProofRequest.recognised(ExecutionSteps.from_bytes(steps))


@pytest.mark.parametrize("allowed", [None, bytes.fromhex(DIGEST)])
def test_a_client_may_allow_the_bb_that_proves(allowed: bytes | None) -> None:
    GENUINE.accept(request_of(genuine_deployment()), allowed)


def test_a_bb_that_the_client_does_not_allow_is_refused() -> None:
    with raises(PROVER_NOT_ALLOWED) as refused:
        GENUINE.accept(request_of(genuine_deployment()), hashlib.sha256(b"another").digest())
    assert refused.value.code == "PROVER_NOT_ALLOWED"


def chosen(*versions: str, setups: Collection[TrustedSetup] = (TrustedSetup.GENUINE,)) -> ServedProvers:
    named = [AztecVersion.parse(version) for version in versions]
    return ServedProvers.chosen(NothingToInstall(), setups, named, attested=False)


def test_a_client_chooses_among_the_bbs_of_the_same_circuits() -> None:
    served = chosen("4.4.0", "4.1.2", "4.4.0")
    assert served.versions == ["4.1.2", "4.4.0"]
    request = request_of(genuine_deployment())
    assert str(served.accept(request, None).version) == "4.1.2"
    for (version, _setup), digest in served.digests.items():
        assert served.accept(request, bytes.fromhex(digest)).version == version


def test_a_generation_that_is_not_served_is_refused_with_what_is() -> None:
    with raises(NOT_SERVED, match=r"Aztec 4\.1\.2 \(genuine setup\); the server proves for 5\.0\.0 \("):
        chosen("5.0.0").accept(request_of(genuine_deployment()), None)


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("4.1.1", "BB_NOT_PINNED"),
        ("6.1.0", "BB_NOT_PINNED"),
        ("9.9.9", "AZTEC_GENERATION_UNKNOWN"),
    ],
)
def test_a_version_without_a_known_bb_cannot_be_served(version: str, code: str) -> None:
    with raises_with(code, match=version.replace(".", r"\.")):
        chosen("4.1.2", version)


def test_a_version_may_have_a_bb_for_one_setup_alone_but_every_setup_needs_one() -> None:
    both = chosen("4.2.0-aztecnr-rc.2", "4.1.2", setups=list(TrustedSetup))
    assert len(both.digests) == 3
    with raises(NO_BB_FOR_SETUPS, match="development"):
        chosen("4.2.0-aztecnr-rc.2", setups=list(TrustedSetup))


def test_a_bb_of_the_owners_own_is_served_where_nothing_is_attested() -> None:
    class Vouching(NothingToInstall):
        def expected_bb(self, version: AztecVersion, setup: TrustedSetup) -> ExpectedBb:
            return ExpectedBb("cd" * 32, approved_by_user=True)

    v6 = AztecVersion(6, 1, 0)
    served = ServedProvers.chosen(Vouching(), [TrustedSetup.GENUINE], [v6], attested=False)
    assert served.digests == {(v6, TrustedSetup.GENUINE): "cd" * 32}
    assert served.approved_by_user == {v6}
    with raises(BB_NOT_FOR_ENCLAVES, match=r"6\.1\.0"):
        ServedProvers.chosen(Vouching(), [TrustedSetup.GENUINE], [v6], attested=True)


def test_a_bb_recorded_from_its_archive_has_no_place_in_an_attestation(tmp_path: Path) -> None:
    v5 = AztecVersion(5, 2, 0)
    installation = DownloadingInstallation(Paths(tmp_path, tmp_path / "config"), PINS, allow_download=False)
    archive = PINS.archive(v5, Platform.AMD64_LINUX)
    assert archive is not None
    folder = installation.paths.bb_dir(TrustedSetup.GENUINE) / "5.2.0"
    folder.mkdir(parents=True)
    record = BbRecord(1, "5.2.0", "cd" * 32, archive, approved_by_user=False)
    (folder / RECORD).write_bytes(msgspec.json.encode(record))
    served = ServedProvers.chosen(installation, [TrustedSetup.GENUINE], [v5], attested=False)
    assert served.digests == {(v5, TrustedSetup.GENUINE): "cd" * 32}
    assert not served.approved_by_user
    with raises(BB_NOT_FOR_ENCLAVES, match=r"5\.2\.0"):
        ServedProvers.chosen(installation, [TrustedSetup.GENUINE], [v5], attested=True)
    pinned = ServedProvers.chosen(
        installation, [TrustedSetup.GENUINE], [AztecVersion(5, 0, 0)], attested=True
    )
    assert pinned.versions == ["5.0.0"]


def with_rows(steps: bytes, log2_rows: int) -> ProofRequest:
    """A request whose first key says that its circuit has so many rows, as anybody can write it."""
    first, *others = msgspec.msgpack.decode(steps)
    claiming = first | {"vk": log2_rows.to_bytes(32) + first["vk"][32:]}
    return request_of(wire(claiming, *others))


@pytest.mark.parametrize(
    ("steps", "most"), [pytest.param(genuine_deployment(), 20, id="genuine"), (development_deployment(), 17)]
)
def test_a_circuit_with_more_rows_than_are_served_is_refused(steps: bytes, most: int) -> None:
    served = chosen("4.1.2", setups=list(TrustedSetup))
    served.accept(with_rows(steps, most), None)
    for log2_rows in (most + 1, MAX_LOG2_ROWS):
        with raises(CIRCUIT_TOO_LARGE, match=f"{1 << log2_rows:,} rows; .* {1 << most:,} "):
            served.accept(with_rows(steps, log2_rows), None)


def test_points_that_are_still_being_uploaded_are_to_be_waited_for() -> None:
    served = chosen("4.1.2")
    served.uploaded_points[TrustedSetup.GENUINE] = 2 * MIN_POINTS
    served.accept(with_rows(genuine_deployment(), 18), None)
    with raises(NOT_READY):
        served.accept(with_rows(genuine_deployment(), 19), None)
    with raises(CIRCUIT_TOO_LARGE):
        served.accept(with_rows(genuine_deployment(), 21), None)


def test_a_request_is_bound_to_the_bb_that_was_accepted_for_it() -> None:
    assert GENUINE.accept(request_of(genuine_deployment()), None).required_bb == DIGEST


def test_a_request_whose_bb_is_still_being_uploaded_is_to_come_again() -> None:
    served = chosen("4.1.2", "5.0.0")
    served.missing.add((AztecVersion(4, 1, 2), TrustedSetup.GENUINE))
    request = request_of(genuine_deployment())
    for allowed in (None, bytes.fromhex(DIGEST)):
        with raises(NOT_READY) as refused:
            served.accept(request, allowed)
        assert refused.value.retry_after == NOT_READY_RETRY_SECONDS
    with raises(PROVER_NOT_ALLOWED):
        served.accept(request, bytes(32))
    with raises(NOT_SERVED):
        served.accept(request_of(development_deployment()), None)
    served.missing.clear()
    assert served.accept(request, None).version == AztecVersion(4, 1, 2)


def installation_without(*versions: str) -> NothingToInstall:
    class Without(NothingToInstall):
        async def bb(self, version: AztecVersion, *_: object) -> None:  # type: ignore[override]
            if str(version) in versions:
                raise BB_MISSING(path="bb")

    return Without()


async def test_a_version_that_nobody_named_and_that_cannot_be_had_is_not_served() -> None:
    output = io.StringIO()
    served = ServedProvers.pinned(PINS, {TrustedSetup.GENUINE}, Platform.AMD64_LINUX)
    await served.prepare(installation_without("5.0.0"), ignore_progress, json_logger(output))
    assert served.versions == ["4.1.2"]
    line = json.loads(output.getvalue())
    assert (line["level"], line["version"], line["code"]) == ("warning", "5.0.0", "BB_MISSING")


@pytest.mark.parametrize(
    ("served", "without"),
    [
        pytest.param(chosen("4.1.2", "5.0.0"), ["5.0.0"], id="named"),
        pytest.param(
            ServedProvers.pinned(PINS, {TrustedSetup.GENUINE}, Platform.AMD64_LINUX),
            ["4.1.2", "5.0.0"],
            id="none is left",
        ),
    ],
)
async def test_a_server_does_not_start_without(served: ServedProvers, without: list[str]) -> None:
    with raises(BB_MISSING):
        await served.prepare(installation_without(*without), ignore_progress, json_logger(io.StringIO()))


def test_a_trusted_setup_that_is_not_served_is_refused() -> None:
    with raises(NOT_SERVED, match="genuine setup"):
        GENUINE.accept(request_of(development_deployment()), None)


def test_the_attested_list_is_what_clients_read() -> None:
    user_data, manifest = GENUINE.attested()
    first, *others = read_provers(user_data, manifest)
    assert (first.version, first.sha256) == ("4.1.2", DIGEST)
    assert [prover.version for prover in others] == ["5.0.0"]
    assert msgspec.json.decode(user_data)["versions"][0] == {"version": "4.1.2", "sha256": DIGEST}


async def test_points_that_were_not_uploaded_are_missing_though_they_could_be_computed(
    tmp_path: Path,
) -> None:
    class WithBb(DownloadingInstallation):
        async def bb(self, version: AztecVersion, setup: TrustedSetup, _: ProgressListener) -> BbCommand:
            return in_place_of_bb(Path("/bin/true"))

    paths = Paths(tmp_path, tmp_path / "config")
    served = ServedProvers.pinned(PINS, {TrustedSetup.DEVELOPMENT}, Platform.AMD64_LINUX)
    await served.find_uploads(WithBb(paths, PINS, allow_download=False))
    assert served.missing == set(served.digests)
    assert not list(tmp_path.rglob("*.dat"))


def test_a_setup_without_a_bb_for_this_platform_is_refused() -> None:
    with raises(NO_BB_FOR_SETUPS, match="development"):
        ServedProvers.pinned(PINS, set(TrustedSetup), Platform.ARM64_LINUX)
    both = ServedProvers.pinned(PINS, set(TrustedSetup), Platform.AMD64_LINUX)
    assert (both.versions, len(both.digests)) == (["4.1.2", "5.0.0"], 4)
