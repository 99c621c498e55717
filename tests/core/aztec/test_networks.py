from __future__ import annotations

from dataclasses import replace

import pytest

from support.errors import raises
from support.scripted_node import DEVELOPMENT_ROOT, GENUINE_ROOT
from tee_rex.aztec.flows.plan import network_report
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import NodeInfo
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.catalogue.transaction import AZTEC_GENERATION_UNKNOWN
from tee_rex.transaction.trusted_setup import TrustedSetup

UNKNOWN_ROOT = "0x" + "0" * 64
INFO = NodeInfo("http://127.0.0.1:8080", "4.1.2", 31337, 1, "0x" + "0" * 40, False, DEVELOPMENT_ROOT)
TESTNET = replace(INFO, chain_id=11155111, vk_tree_root=GENUINE_ROOT, url="https://node.example.org")


def test_a_local_network_can_be_of_either_setup() -> None:
    assert Network.accepted(INFO).setup is TrustedSetup.DEVELOPMENT
    stock = Network.accepted(replace(INFO, vk_tree_root=GENUINE_ROOT))
    assert stock.setup is TrustedSetup.GENUINE
    assert not network_report(stock).proofs_required
    assert stock.transaction_url("0x1") is None


@pytest.mark.parametrize("chain_id", [0, 1, 11155111, 31338])
def test_the_development_setup_is_for_local_networks_only(chain_id: int) -> None:
    with raises(errors.DEVELOPMENT_NETWORK_REFUSED):
        Network.accepted(replace(INFO, chain_id=chain_id))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"vk_tree_root": None}, errors.NODE_KEYS_UNNAMED),
        ({"vk_tree_root": UNKNOWN_ROOT}, errors.NODE_VERSION_MISMATCH),
        ({"vk_tree_root": UNKNOWN_ROOT, "node_version": "5.2.0"}, errors.NODE_VERSION_MISMATCH),
        ({"node_version": "5.0.0"}, errors.NODE_CIRCUITS_MISMATCH),
        ({"node_version": "6.1.0"}, errors.NODE_CIRCUITS_MISMATCH),
        ({"node_version": "7.0.0"}, AZTEC_GENERATION_UNKNOWN),
        ({"node_version": "6.1.0+build"}, errors.NODE_VERSION_INVALID),
        ({"node_version": ""}, errors.NODE_VERSION_INVALID),
    ],
)
def test_another_version_is_refused(change: dict[str, str | None], kind: ErrorKind[TeeRexError]) -> None:
    with raises(kind):
        Network.accepted(replace(INFO, **change))  # type: ignore[arg-type]


def test_a_contradiction_names_both() -> None:
    with raises(errors.NODE_CIRCUITS_MISMATCH, match=r"5\.2\.0.*v4"):
        Network.accepted(replace(INFO, node_version="5.2.0"))


@pytest.mark.parametrize("version", ["4.1.2", "4.4.0", "4.9.0-nightly.20270101"])
def test_versions_of_one_generation_have_the_same_circuits(version: str) -> None:
    assert str(Network.accepted(replace(TESTNET, node_version=version)).version) == version


@pytest.mark.parametrize("root", [None, UNKNOWN_ROOT])
def test_where_no_root_of_a_generation_is_known_the_version_decides(root: str | None) -> None:
    network = Network.accepted(replace(TESTNET, node_version="6.1.0", vk_tree_root=root))

    assert (str(network.version), network.setup) == ("6.1.0", TrustedSetup.GENUINE)


def test_a_live_network_needs_proofs_and_has_an_explorer() -> None:
    report = network_report(Network.accepted(TESTNET))

    assert (report.name, report.proofs_required, report.crs) == ("testnet", True, "genuine")
    assert Network.accepted(TESTNET).transaction_url("0x1") == "https://testnet.aztecscan.xyz/tx-effects/0x1"


def test_an_unknown_chain_has_no_explorer() -> None:
    network = Network.accepted(replace(TESTNET, chain_id=5))

    assert network.name == "chain 5"
    assert network.contract_url("0x1") is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://node.example.org", "https://node.example.org"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://node.example.org:444/v1/5ec12e7", "https://node.example.org:444/…"),
    ],
)
def test_a_providers_key_in_the_address_is_not_reported(url: str, shown: str) -> None:
    assert network_report(Network.accepted(replace(TESTNET, url=url))).url == shown
