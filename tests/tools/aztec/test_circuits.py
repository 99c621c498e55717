from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import msgspec
import pytest

from aztec import __main__ as program
from aztec.circuits import PACKAGE, CircuitKeys, read_key, read_root
from aztec.registry import archive_name, integrity_of, record_name
from support.recorded_steps import V5
from support.small_bb import tar_gz
from tee_rex.bb.archives import BadArchiveError
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

KEY = bytes(range(64))
ROOT = "2b" * 32
TREE = f"[\n'{'11' * 32}',\n'{ROOT}'\n].map(hex)".encode()


def artifact(key: bytes) -> bytes:
    return json.dumps(
        {"abi": {}, "verificationKey": {"bytes": key.hex(), "fields": [], "hash": "0x"}}
    ).encode()


def package(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "package.tgz"
    path.write_bytes(tar_gz({f"package/{name}": content for name, content in files.items()}))
    return path


FILES = {
    "artifacts/hiding_kernel_to_rollup.json": artifact(KEY),
    "artifacts/private_kernel_init.json": artifact(KEY[::-1]),
    "artifacts/private_kernel_init_simulated.json": b"not read",
    "artifacts/rollup_root.json": b"not read",
    "dest/vk_tree.js": TREE,
}


def test_the_keys_of_a_wallets_circuits_are_read(tmp_path: Path) -> None:
    keys = CircuitKeys.read(package(tmp_path, FILES), lambda _done: None)
    assert keys == CircuitKeys(
        {
            "hiding_kernel_to_rollup": hashlib.sha256(KEY).hexdigest(),
            "private_kernel_init": hashlib.sha256(KEY[::-1]).hexdigest(),
        },
        f"0x{ROOT}",
    )


def test_every_difference_is_named() -> None:
    genuine = TrustedSetup.GENUINE
    same = {name: digests[genuine] for name, digests in V5.circuits.items() if genuine in digests}
    root = V5.vk_tree_roots[genuine]
    assert list(CircuitKeys(same, root).differences(V5)) == []
    name = "private_kernel_init"
    other = {**same, name: "0" * 64, "private_kernel_init_9": "1" * 64}
    del other["private_kernel_inner"]
    assert list(CircuitKeys(other, "0x00").differences(V5)) == [
        "private_kernel_init has another key",
        "private_kernel_init_9 is new",
        "private_kernel_inner is gone",
        "the tree of keys has the root 0x00",
    ]
    without_table = msgspec.structs.replace(V5, circuits={}, vk_tree_roots={})
    assert len(list(CircuitKeys(same, root).differences(without_table))) == len(same) + 1


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"verificationKey": {"bytes": "0g"}}', b'{"verificationKey": {"bytes": 1}}'],
)
def test_an_artifact_without_key_is_refused(content: bytes) -> None:
    with pytest.raises(BadArchiveError):
        read_key(content)


def test_an_empty_tree_is_refused() -> None:
    with pytest.raises(BadArchiveError):
        read_root(b"export const tree = [];")


@pytest.mark.parametrize("missing", ["dest/vk_tree.js", "artifacts"])
def test_a_package_without_keys_is_refused(tmp_path: Path, missing: str) -> None:
    files = {name: content for name, content in FILES.items() if not name.startswith(missing)}
    with pytest.raises(BadArchiveError, match="no keys"):
        CircuitKeys.read(package(tmp_path, files), lambda _done: None)


def test_the_table_of_a_generation_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    name, version = f"{V5.npm_scope}/{PACKAGE}", AztecVersion(5, 9, 0)
    archive = package(tmp_path, FILES).rename(tmp_path / archive_name(name, version))
    recorded = {str(version): {"published": "2026-01-01T00:00:00Z", "integrity": integrity_of(archive)}}
    (tmp_path / record_name(name)).write_text(json.dumps(recorded))
    monkeypatch.setattr(sys, "argv", ["aztec", "circuits", str(version), "--offline-registry", str(tmp_path)])
    assert program.main() == 0
    table = json.loads(capfdbinary.readouterr().out)
    assert table["vk_tree_roots"]["genuine"] == f"0x{ROOT}"
    assert table["circuits"]["private_kernel_init"] == {"genuine": hashlib.sha256(KEY[::-1]).hexdigest()}
    # Keys that the package does not have stay only where they are of the development setup.
    known = {circuit: digests for circuit, digests in V5.circuits.items() if circuit not in table["circuits"]}
    assert not any(TrustedSetup.DEVELOPMENT in digests for digests in known.values())
    assert all(table["circuits"].values())
