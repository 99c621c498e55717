"""The versions, trusted setups and bb that a server proves for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from support.errors import raises
from support.programs import in_place_of_bb
from support.recorded_steps import development_deployment, genuine_deployment
from tee_rex.attestation.provers import read_provers
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex_server.errors.serving import (
    NO_BB_FOR_PLATFORM,
    NO_BB_OF_VERSION,
    NOT_SERVED,
    PROVER_NOT_ALLOWED,
)
from tee_rex_server.proving.provers import ServedProvers

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


def test_a_client_chooses_among_the_bbs_of_the_same_circuits() -> None:
    named = tuple(map(AztecVersion.parse, ("4.1.2", "4.4.0")))
    served = ServedProvers.pinned(PINS, {TrustedSetup.GENUINE}, Platform.AMD64_LINUX, named)
    request = request_of(genuine_deployment())
    assert served.accept(request, None).version == named[0]
    for version, setup in served.digests:
        digest = PINS.digest(version, setup, Platform.AMD64_LINUX)
        assert served.accept(request, bytes.fromhex(digest)).version == version


def test_a_generation_that_is_not_served_is_refused_with_what_is() -> None:
    only_v5 = ServedProvers.pinned(
        PINS, {TrustedSetup.GENUINE}, Platform.AMD64_LINUX, [AztecVersion(5, 0, 0)]
    )
    assert only_v5.versions == ["5.0.0"]
    with raises(NOT_SERVED, match=r"Aztec 4\.1\.2 \(genuine setup\); the server proves for 5\.0\.0 \("):
        only_v5.accept(request_of(genuine_deployment()), None)


@pytest.mark.parametrize("version", ["4.1.1", "6.1.0", "9.9.9"])
def test_a_version_without_a_pinned_bb_cannot_be_served(version: str) -> None:
    named = [AztecVersion(4, 1, 2), AztecVersion.parse(version)]
    with raises(NO_BB_OF_VERSION, match=f"{version} .*") as refused:
        ServedProvers.pinned(PINS, {TrustedSetup.GENUINE}, Platform.AMD64_LINUX, named)
    assert "4.1.2" in refused.value.hint


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
    with raises(NO_BB_FOR_PLATFORM, match="development"):
        ServedProvers.pinned(PINS, set(TrustedSetup), Platform.ARM64_LINUX)
    both = ServedProvers.pinned(PINS, set(TrustedSetup), Platform.AMD64_LINUX)
    assert (both.versions, len(both.digests)) == (["4.1.2", "5.0.0"], 4)
