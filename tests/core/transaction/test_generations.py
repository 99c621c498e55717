from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.recorded_steps import V4, V5, V6
from support.vectors import vector_path
from tee_rex.errors import InputError
from tee_rex.system.files import resource
from tee_rex.transaction.generations import (
    Generation,
    NetworkCircuits,
    ProtocolCircuit,
    generation_of,
    recognise,
    recognise_network,
    same_circuits,
)
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

SAMPLES = {
    TrustedSetup.GENUINE: "genuine-deploy-account.msgpack",
    TrustedSetup.DEVELOPMENT: "dev-deploy-account.msgpack",
}


def verification_keys(sample: bytes) -> list[tuple[str, bytes]]:
    return [(step["functionName"], step["vk"]) for step in msgspec.msgpack.decode(sample)]


@pytest.mark.parametrize("setup", TrustedSetup)
def test_recorded_transaction_is_recognised(setup: TrustedSetup) -> None:
    steps = verification_keys(resource("samples", SAMPLES[setup]).read_bytes())
    assert recognise(steps[-1][1]) == ProtocolCircuit(V4, "hiding_kernel_to_rollup", setup)
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
    digests = [digest for setups in V4.circuits.values() for digest in setups.values()]
    assert len(V4.circuits) == 48
    assert len(set(digests)) == 2 * 48


def test_keys_of_every_known_release_are_those_of_its_generation() -> None:
    tables = msgspec.json.decode(vector_path("versions/vk-tables.json").read_bytes())
    for version, table in tables.items():
        generation = generation_of(AztecVersion.parse(version))
        listed = {
            name: setups[TrustedSetup.GENUINE]
            for name, setups in generation.circuits.items()
            if TrustedSetup.GENUINE in setups
        }
        client = {name: digest for name, (digest, *_) in table.items() if name in listed}
        assert client == listed
        lengths = {table[name][1] for name in listed}
        assert lengths == {generation.key_bytes.kernel, generation.key_bytes.hiding}


@pytest.mark.parametrize(("text", "generation"), [("4.1.2-rc.1", V4), ("5.2.0", V5), ("6.1.0", V6)])
def test_the_generation_of_a_version(text: str, generation: Generation) -> None:
    assert generation_of(AztecVersion.parse(text)) == generation


@pytest.mark.parametrize("text", ["3.0.0", "7.0.0", "0.0.1"])
def test_other_generations_are_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        generation_of(AztecVersion.parse(text))
    assert refused.value.code == "AZTEC_GENERATION_UNKNOWN"


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
    assert recognise_network(root.replace("0X", "0x")) == NetworkCircuits(V4, setup)


@pytest.mark.parametrize("root", ["", "0x00", "1dd2644a", "0x" + "0" * 64])
def test_other_networks_are_unknown(root: str) -> None:
    assert recognise_network(root) is None


@pytest.mark.parametrize(
    ("wanted", "available", "serving"),
    [
        ("4.4.0", ("4.1.2", "4.4.0"), "4.4.0"),
        ("4.1.2-rc.1", ("4.1.2", "4.4.0"), "4.1.2"),
        ("4.1.2-rc.1", ("4.1.3", "4.4.0"), "4.4.0"),
        ("5.2.0", ("4.1.2", "5.0.0"), "5.0.0"),
        ("5.2.0", ("4.1.2",), None),
        ("5.2.0", ("4.1.2", "7.0.0"), None),
    ],
)
def test_the_version_that_proves_for_another(
    wanted: str, available: tuple[str, ...], serving: str | None
) -> None:
    found = same_circuits(AztecVersion.parse(wanted), map(AztecVersion.parse, available))
    assert found == (None if serving is None else AztecVersion.parse(serving))
