from __future__ import annotations

import msgspec
import pytest

from tee_rex.bb.pins import BbPins
from tee_rex.errors import UsageError
from tee_rex.errors.tree import BbNotPinnedError, BbUnavailableHereError
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_4_1_2 = AztecVersion(4, 1, 2)
_INVALID = msgspec.ValidationError


def test_the_default_version_has_a_genuine_bb_for_every_platform_and_a_development_one_for_one() -> None:
    pins = BbPins.shipped()
    assert pins.default_version == _4_1_2
    digests = {pins.digest(_4_1_2, TrustedSetup.GENUINE, platform) for platform in Platform}
    assert len(digests) == len(Platform)
    assert pins.digest(_4_1_2, TrustedSetup.DEVELOPMENT, Platform.AMD64_LINUX) not in digests


@pytest.mark.parametrize("platform", [other for other in Platform if other is not Platform.AMD64_LINUX])
def test_the_development_bb_exists_for_one_platform(platform: Platform) -> None:
    with pytest.raises(BbUnavailableHereError, match="development"):
        BbPins.shipped().digest(_4_1_2, TrustedSetup.DEVELOPMENT, platform)


@pytest.mark.parametrize("setup", TrustedSetup)
def test_an_unknown_version_is_refused(setup: TrustedSetup) -> None:
    with pytest.raises(BbNotPinnedError):
        BbPins.shipped().digest(AztecVersion(4, 1, 2, "rc.1"), setup, Platform.AMD64_LINUX)


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
        ("4.1.2", {"4.1.2": _file(bb={"amd64-windows": {"sha256": "f" * 64, "seen_in": ["npm"]}})}, _INVALID),
        ("4.1.2", {"4.1.2": _file(bbb={})}, _INVALID),
    ],
)
def test_a_slip_in_a_file_is_noticed(
    default_version: str, versions: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        BbPins.parse(default_version, {name: msgspec.json.encode(file) for name, file in versions.items()})
