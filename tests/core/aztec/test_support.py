from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from support.errors import raises
from support.scripted_node import GENUINE_ROOT, V5_ROOT
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import NodeInfo
from tee_rex.aztec.support import NetworkSupport
from tee_rex.aztec.wallet.sources import bridge_for
from tee_rex.bb.pins import BbPins
from tee_rex.bb.user_store import RECORD, BbRecord
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.catalogue.bb import BB_NOT_PINNED
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths


def support(version: str, root: str | None, folder: Path) -> NetworkSupport:
    info = NodeInfo("https://node.example.org", version, 11155111, 1, "0x" + "0" * 40, True, root)
    return NetworkSupport.of(
        Network.accepted(info), Installation(Paths(folder, folder / "config"), BbPins.shipped())
    )


@pytest.mark.parametrize(
    ("version", "root", "bb", "wallet"),
    [
        ("4.1.2", GENUINE_ROOT, "4.1.2", 4),
        ("4.4.0", GENUINE_ROOT, "4.4.0", 4),
        ("4.9.9", GENUINE_ROOT, "4.1.2", 4),
        ("5.0.0", V5_ROOT, "5.0.0", None),
        ("5.1.0", V5_ROOT, "5.0.0", None),
    ],
)
def test_what_works_on_a_network(
    tmp_path: Path, version: str, root: str, bb: str, wallet: int | None
) -> None:
    found = support(version, root, tmp_path)

    assert str(found.bb) == bb
    assert found.obstacle is None
    assert (found.wallet and found.wallet.major) == wallet


def test_without_a_wallet_it_says_that_the_rest_works(tmp_path: Path) -> None:
    with raises(
        errors.BRIDGE_VERSION_UNSUPPORTED, match=r"proves Aztec 5\.1\.0 transactions, but has no"
    ) as raised:
        support("5.1.0", V5_ROOT, tmp_path).require_wallet()
    assert "Dapps" in raised.value.hint


def test_without_a_wallet_and_a_bb_it_says_what_can_be_done(tmp_path: Path) -> None:
    found = support("6.1.0", None, tmp_path)

    assert found.bb is None
    assert found.obstacle is not None
    with raises(errors.BRIDGE_AND_BB_UNSUPPORTED, match=r"no wallet for Aztec 6\.1\.0") as raised:
        found.require_wallet()
    assert raised.value.hint == found.obstacle.hint
    assert found.obstacle.code == BB_NOT_PINNED.code


def test_a_bb_that_the_user_vouches_for(tmp_path: Path) -> None:
    record = BbRecord(1, "6.1.0", "ab" * 32, "ab" * 32, approved_by_user=True)
    file = tmp_path / "genuine" / "bb" / "6.1.0" / RECORD
    file.parent.mkdir(parents=True)
    (file.parent / "bb").touch()
    file.write_bytes(msgspec.json.encode(record))
    found = support("6.1.0", None, tmp_path)

    assert (str(found.bb), found.approved_by_user) == ("6.1.0", True)
    with raises(errors.BRIDGE_VERSION_UNSUPPORTED):
        found.require_wallet()


def test_networks_with_a_wallet_have_one(tmp_path: Path) -> None:
    found = support("4.4.0", GENUINE_ROOT, tmp_path)

    found.require_wallet()
    bridge = bridge_for(found.network.version)
    assert bridge is not None
    assert bridge.version == found.wallet
