from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.vectors import vector_path
from tee_rex.system.files import resource
from tee_rex.transaction.trusted_setup import (
    NetworkCircuits,
    ProtocolCircuit,
    TrustedSetup,
    recognise,
    recognise_network,
)

SAMPLES = {
    TrustedSetup.GENUINE: "genuine-deploy-account.msgpack",
    TrustedSetup.DEVELOPMENT: "dev-deploy-account.msgpack",
}


def verification_keys(sample: bytes) -> list[tuple[str, bytes]]:
    return [(step["functionName"], step["vk"]) for step in msgspec.msgpack.decode(sample)]


@pytest.mark.parametrize("setup", TrustedSetup)
def test_recorded_transaction_is_recognised(setup: TrustedSetup) -> None:
    steps = verification_keys(resource("samples", SAMPLES[setup]).read_bytes())
    assert recognise(steps[-1][1]) == ProtocolCircuit("4.1.2", "hiding_kernel_to_rollup", setup)
    kernels = [recognise(key) for name, key in steps if "kernel" in name]
    assert len(kernels) == 7
    assert {kernel.setup for kernel in kernels if kernel} == {setup}
    assert None not in kernels
    assert all(recognise(key) is None for name, key in steps if "kernel" not in name)


def test_every_recorded_vector_has_the_setup_of_its_name() -> None:
    files = sorted(vector_path("steps").glob("*.msgpack"))
    assert files
    for file in files:
        setup = TrustedSetup.GENUINE if file.name.startswith("genuine") else TrustedSetup.DEVELOPMENT
        circuit = recognise(verification_keys(file.read_bytes())[-1][1])
        assert circuit is not None
        assert circuit.setup is setup


def test_all_circuits_of_a_private_transaction_are_listed_once() -> None:
    file = msgspec.json.decode(resource("pins", "protocol-circuits-4.1.2.json").read_bytes())
    digests = [digest for setups in file["circuits"].values() for digest in setups.values()]
    assert len(file["circuits"]) == 48
    assert len(set(digests)) == 2 * 48


@given(st.binary(max_size=5000))
def test_other_keys_are_unknown(key: bytes) -> None:
    assert recognise(key) is None


@pytest.mark.parametrize(
    ("root", "setup"),
    [
        ("0x1dd2644a17d1ddd8831287a78c5a1033b7ae35cdf2a3db833608856c062fc2ba", TrustedSetup.GENUINE),
        ("0x02F520835E552C3DD17BAA30B829013441B75E6791C9EDA3189C27C61665DBA5", TrustedSetup.DEVELOPMENT),
    ],
)
def test_network_is_recognised_by_its_tree_root(root: str, setup: TrustedSetup) -> None:
    assert recognise_network(root.replace("0X", "0x")) == NetworkCircuits("4.1.2", setup)


@pytest.mark.parametrize("root", ["", "0x00", "1dd2644a", "0x" + "0" * 64])
def test_other_networks_are_unknown(root: str) -> None:
    assert recognise_network(root) is None
