from __future__ import annotations

import msgspec
import pytest

from support.errors import raises
from tee_rex.bb.pins import BbPins
from tee_rex.errors import UsageError
from tee_rex.errors.catalogue.transaction import AZTEC_GENERATION_UNKNOWN
from tee_rex.errors.tree import BbNotPinnedError, BbUnavailableHereError
from tee_rex.system.platform import Platform
from tee_rex.transaction.generations import generations
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_4_1_2 = AztecVersion(4, 1, 2)
_INVALID = msgspec.ValidationError


_IN_NPM = [platform for platform in Platform if platform is not Platform.AMD64_WINDOWS]


def test_the_default_version_has_a_genuine_bb_for_each_platform_of_npm_and_a_development_one_for_one() -> (
    None
):
    pins = BbPins.shipped()
    assert pins.default_version == _4_1_2
    digests = {pins.digest(_4_1_2, TrustedSetup.GENUINE, platform) for platform in _IN_NPM}
    assert len(digests) == len(_IN_NPM)
    assert pins.digest(_4_1_2, TrustedSetup.DEVELOPMENT, Platform.AMD64_LINUX) not in digests


@pytest.mark.parametrize("platform", [other for other in Platform if other is not Platform.AMD64_LINUX])
def test_the_development_bb_exists_for_one_platform(platform: Platform) -> None:
    with pytest.raises(BbUnavailableHereError, match="development"):
        BbPins.shipped().digest(_4_1_2, TrustedSetup.DEVELOPMENT, platform)


@pytest.mark.parametrize("setup", TrustedSetup)
def test_an_unknown_version_is_refused(setup: TrustedSetup) -> None:
    with pytest.raises(BbNotPinnedError):
        BbPins.shipped().digest(AztecVersion(4, 1, 2, "rc.1"), setup, Platform.AMD64_LINUX)


@pytest.mark.parametrize("setup", TrustedSetup)
def test_a_version_of_an_unknown_generation_is_refused_as_that(setup: TrustedSetup) -> None:
    with raises(AZTEC_GENERATION_UNKNOWN):
        BbPins.shipped().digest(AztecVersion(7, 0, 0), setup, Platform.AMD64_LINUX)


def test_a_version_can_be_pinned_by_its_archive_alone() -> None:
    pins, version = BbPins.shipped(), AztecVersion(5, 2, 0)
    here, elsewhere = Platform.AMD64_LINUX, Platform.ARM64_LINUX
    assert (pins.archive(version, here) or "").startswith("17ab8476")
    assert pins.archive(version, elsewhere) is pins.archive(_4_1_2, here) is None
    assert [pins.has_genuine(version, one) for one in (here, elsewhere)] == [True, False]
    assert version not in pins.pinned(TrustedSetup.GENUINE, here)
    assert version in pins.available(TrustedSetup.GENUINE, here)
    assert version not in pins.available(TrustedSetup.GENUINE, elsewhere)
    assert version not in pins.available(TrustedSetup.DEVELOPMENT, here)


def test_no_bb_of_v6_is_pinned_or_was_ever_run() -> None:
    pins = BbPins.shipped()
    assert [pins.proved_for_real(one) for one in generations()] == [True, True, False]
    assert not any(pins.has_genuine(AztecVersion(6, 1, 0), platform) for platform in Platform)


@pytest.mark.parametrize(
    ("version", "repository"),
    [
        ("4.1.2", "AztecProtocol/aztec-packages"),
        ("5.2.0", "AztecProtocol/aztec-packages"),
        ("5.2.1", "AztecProtocol/aztec-packages"),
        ("6.1.0", "AztecProtocol/barretenberg"),
    ],
)
def test_the_repository_of_a_release(version: str, repository: str) -> None:
    assert BbPins.shipped().repository(AztecVersion.parse(version)) == repository


def _file(**changes: object) -> dict[str, object]:
    return {"generation": 4, "proved_for_real": False, "repository": "A/b"} | changes


@pytest.mark.parametrize(
    ("default_version", "versions", "error"),
    [
        ("4.1.2", {}, ValueError),
        ("../x", {"../x": _file()}, UsageError),
        ("4.1.2", {"4.1.2": _file(generation=5)}, ValueError),
        ("4.1.2", {"4.1.2": _file(bb={"amd64-linux": {"sha256": "F" * 64, "seen_in": ["npm"]}})}, _INVALID),
        ("4.1.2", {"4.1.2": _file(bb={"amd64-linux": {"sha256": "f" * 64, "seen_in": []}})}, _INVALID),
        ("4.1.2", {"4.1.2": _file(bb={"amd64-beos": {"sha256": "f" * 64, "seen_in": ["npm"]}})}, _INVALID),
        ("4.1.2", {"4.1.2": _file(bbb={})}, _INVALID),
    ],
)
def test_a_slip_in_a_file_is_noticed(
    default_version: str, versions: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        BbPins.parse(default_version, {name: msgspec.json.encode(file) for name, file in versions.items()})
