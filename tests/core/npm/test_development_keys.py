from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from support.errors import raises
from tee_rex.errors.catalogue import npm as errors
from tee_rex.npm import development_keys
from tee_rex.transaction.generations import recognise
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion(4, 1, 2)
_CIRCUITS = "noir-protocol-circuits-types"


def _ignore(_done: int) -> None:
    pass


def _tree(folder: Path, version: str = str(VERSION)) -> Path:
    aztec = folder / "node_modules" / "@aztec"
    (aztec / _CIRCUITS / "artifacts").mkdir(parents=True)
    (aztec / _CIRCUITS / "package.json").write_text(json.dumps({"version": version}))
    return aztec


def _contract(aztec: Path, *private_functions: str) -> Path:
    file = aztec / "accounts" / "artifacts" / "SchnorrAccount.json"
    file.parent.mkdir(parents=True)
    functions = [{"name": name, "verification_key": "genuine"} for name in private_functions]
    file.write_text(json.dumps({"functions": [*functions, {"name": "public_dispatch", "bytecode": "AA=="}]}))
    return file


def test_the_shipped_keys_are_those_by_which_development_transactions_are_recognised() -> None:
    keys = development_keys.DevelopmentKeys.shipped(VERSION)
    assert keys.aztec_version == str(VERSION)
    assert len(keys.circuits) == 48
    assert len(keys.contracts) == 13
    for name, circuit in keys.circuits.items():
        known = recognise(circuit.key)
        assert known is not None
        assert (known.name, known.setup) == (name, TrustedSetup.DEVELOPMENT)


def test_packing_keeps_everything_and_saves_more_than_half() -> None:
    keys = development_keys.DevelopmentKeys.shipped(VERSION)
    contracts = [key for functions in keys.contracts.values() for key in functions.values()]
    whole = [circuit.key for circuit in keys.circuits.values()] + contracts
    assert len(keys.packed()) < sum(map(len, whole)) / 2


def test_the_fields_of_a_key_spell_its_bytes() -> None:
    key = bytes(range(127)) * 32
    fields = development_keys.CircuitKey(key, bytes(32)).fields
    assert len(fields) == 127
    assert {len(field) for field in fields} == {66}
    assert bytes.fromhex("".join(field[2:] for field in fields)) == key


def test_artifacts_get_the_development_keys_and_keep_the_rest(tmp_path: Path) -> None:
    aztec = _tree(tmp_path)
    circuit = aztec / _CIRCUITS / "artifacts" / "private_kernel_init.json"
    circuit.write_text(json.dumps({"bytecode": "H4sI", "verificationKey": {"bytes": "00"}}))
    contract = _contract(aztec, "constructor", "entrypoint", "verify_private_authwit")
    keys = development_keys.DevelopmentKeys.shipped(VERSION)

    development_keys._replace_keys(aztec, keys, _ignore)

    artifact = json.loads(circuit.read_text())
    assert artifact["bytecode"] == "H4sI"
    assert bytes.fromhex(artifact["verificationKey"]["bytes"]) == keys.circuits["private_kernel_init"].key
    assert artifact["verificationKey"]["hash"] == "0x" + keys.circuits["private_kernel_init"].hash.hex()
    functions = json.loads(contract.read_text())["functions"]
    expected = keys.contracts["accounts/artifacts/SchnorrAccount.json"]
    assert {f["name"]: base64.b64decode(f["verification_key"]) for f in functions[:3]} == expected
    assert functions[3] == {"name": "public_dispatch", "bytecode": "AA=="}
    assert not list(tmp_path.rglob("*.new"))


def test_a_contract_with_other_functions_is_of_another_release(tmp_path: Path) -> None:
    aztec = _tree(tmp_path)
    contract = _contract(aztec, "constructor", "entrypoint")
    before = hashlib.sha256(contract.read_bytes()).digest()
    with raises(errors.OTHER_FUNCTIONS):
        development_keys._replace_keys(aztec, development_keys.DevelopmentKeys.shipped(VERSION), _ignore)
    assert hashlib.sha256(contract.read_bytes()).digest() == before


async def test_another_release_is_refused_before_anything_changes(tmp_path: Path) -> None:
    aztec = _tree(tmp_path, version="4.2.0")
    with raises(errors.UNEXPECTED_PACKAGES, match=r"4\.2\.0"):
        await development_keys.apply_development_keys(aztec.parent, VERSION, Path("/nonexistent/node"))


async def test_a_folder_without_aztecs_circuits_is_refused(tmp_path: Path) -> None:
    with raises(errors.PACKAGE_MISSING, match=_CIRCUITS):
        await development_keys.apply_development_keys(tmp_path, VERSION, Path("/nonexistent/node"))


async def test_a_failing_script_of_the_packages_is_an_error_that_quotes_it(tmp_path: Path) -> None:
    aztec = _tree(tmp_path)
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho 'Error: no \x1b[31mbackend' >&2\nexit 3\n")
    node.chmod(0o755)
    with raises(errors.PACKAGE_SCRIPT_FAILED, match="code 3: Error: no") as raised:
        await development_keys.apply_development_keys(aztec.parent, VERSION, node)
    assert "\x1b" not in raised.value.message
