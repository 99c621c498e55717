"""Verification keys of Aztec's circuits and contracts under the INSECURE development setup.

The packages on npm contain keys made under the genuine CRS. ``tools/generate_development_keys.py`` makes
those of the development CRS. This module puts them into a private copy of the packages, so that a network and
a wallet that run on it accept only proofs made under that CRS. Class ids and addresses of contracts
depend on keys, so they differ from those of a genuine network.
"""

from __future__ import annotations

import json
import lzma
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tee_rex.errors.catalogue import npm as errors
from tee_rex.system.child_process import run_to_end
from tee_rex.system.files import resource
from tee_rex.system.text import quoted
from tee_rex.system.threads import Checkpoint, in_thread, read_in_thread
from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.versions import AztecVersion

FIELD_BYTES = 32

_SCRIPT_SECONDS = 120.0
_PROTOCOL_CONTRACTS = "protocol-contracts"
_CIRCUITS = "noir-protocol-circuits-types"

_Key = Annotated[bytes, msgspec.Meta(min_length=FIELD_BYTES)]
_Hash = Annotated[bytes, msgspec.Meta(min_length=FIELD_BYTES, max_length=FIELD_BYTES)]


class CircuitKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verification key and its Poseidon2 hash, which is a leaf of the network's tree of keys."""

    key: _Key
    hash: _Hash

    @property
    def fields(self) -> list[str]:
        """The key's fields as 0x and 64 hex digits, as the packages' artifacts spell them."""
        starts = range(0, len(self.key), FIELD_BYTES)
        return [f"0x{self.key[start : start + FIELD_BYTES].hex()}" for start in starts]


class DevelopmentKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All keys of one release.

    circuits: by the artifact's name, e.g. ``private_kernel_init``. contracts: by the artifact's path below
    ``@aztec`` (``accounts/artifacts/SchnorrAccount.json``), then by the private function's name.
    """

    aztec_version: str
    circuits: Mapping[str, CircuitKey]
    contracts: Mapping[str, Mapping[str, _Key]]

    @classmethod
    def shipped(cls, version: AztecVersion) -> DevelopmentKeys:
        """The keys of a version that this release has a local network or a wallet for."""
        packed = resource("devnet", f"development-keys-{version}.msgpack.xz").read_bytes()
        return msgspec.msgpack.decode(lzma.decompress(packed), type=cls)

    def packed(self) -> bytes:
        """The form in which they are shipped: msgpack in xz, 0.1 MB instead of 0.35."""
        return lzma.compress(msgspec.msgpack.encode(self), preset=9 | lzma.PRESET_EXTREME)


async def apply_development_keys(tree: Path, version: AztecVersion, node: Path) -> None:
    """Replace the keys in a private copy of Aztec's packages, and what the packages derive from them.

    tree: a ``node_modules`` folder whose bb.js has a bb that starts here (``place_bb``); packages and
    artifacts that it lacks are skipped. version: of the packages. node: a Node that loads native modules here
    (``Npm.standalone_node``). Takes about a second; safe to repeat. If interrupted, discard the tree. Raises
    UNEXPECTED_PACKAGES, PACKAGE_SCRIPT_FAILED, or OSError from the disk.
    """
    aztec = tree / generation_of(version).npm_scope
    await read_in_thread(_require_release, aztec, str(version))
    await in_thread(partial(_replace_keys, aztec, DevelopmentKeys.shipped(version)))
    await _regenerate_tree_of_keys(aztec / _CIRCUITS, node)
    if (aztec / _PROTOCOL_CONTRACTS).is_dir():
        await _regenerate_protocol_contracts(aztec / _PROTOCOL_CONTRACTS, node)


def _require_release(aztec: Path, expected: str) -> None:
    for package in (_CIRCUITS, _PROTOCOL_CONTRACTS):
        manifest = aztec / package / "package.json"
        if not manifest.exists():
            if package == _CIRCUITS:
                raise errors.PACKAGE_MISSING(folder=str(aztec.parent), package=f"{aztec.name}/{package}")
            continue
        version = json.loads(manifest.read_bytes())["version"]
        if version != expected:
            raise errors.UNEXPECTED_PACKAGES(folder=str(aztec.parent), version=version, expected=expected)


def _replace_keys(aztec: Path, keys: DevelopmentKeys, checkpoint: Checkpoint) -> None:
    done = 0
    for name, circuit in keys.circuits.items():
        file = aztec / _CIRCUITS / "artifacts" / f"{name}.json"
        if file.exists():
            artifact = json.loads(file.read_bytes())
            artifact["verificationKey"] = {
                "bytes": circuit.key.hex(),
                "fields": circuit.fields,
                "hash": f"0x{circuit.hash.hex()}",
            }
            _write(file, artifact)
        checkpoint(done := done + 1)
    for path, functions in keys.contracts.items():
        file = aztec / path
        if file.exists():
            artifact = json.loads(file.read_bytes())
            _replace_function_keys(file, artifact, functions)
            _write(file, artifact)
        checkpoint(done := done + 1)


def _replace_function_keys(file: Path, artifact: Any, functions: Mapping[str, bytes]) -> None:  # noqa: ANN401  # JSON
    import base64

    with_key = {
        function["name"]: function for function in artifact["functions"] if "verification_key" in function
    }
    if with_key.keys() != functions.keys():
        raise errors.OTHER_FUNCTIONS(file=str(file))
    for name, function in with_key.items():
        function["verification_key"] = base64.b64encode(functions[name]).decode()


def _write(file: Path, artifact: object) -> None:
    file.write_text(json.dumps(artifact, separators=(",", ":")))


async def _regenerate_tree_of_keys(package: Path, node: Path) -> None:
    await _run(node, package, package / "dest" / "scripts" / "generate_vk_tree.js")
    generated = package / "dest" / "vk_tree.ts"
    await _strip_types(node, generated, package / "dest" / "vk_tree.js")
    generated.unlink()


async def _regenerate_protocol_contracts(package: Path, node: Path) -> None:
    # The script expects Aztec's repository: it reads ../../noir-projects and writes ./artifacts, ./src.
    with tempfile.TemporaryDirectory(prefix=".protocol-contracts-", dir=package) as temporary:
        root = Path(temporary)
        compiled = root / "noir-projects" / "noir-contracts" / "target"
        here = root / "packages" / _PROTOCOL_CONTRACTS
        compiled.mkdir(parents=True)
        (here / "src").mkdir(parents=True)
        data = package / "dest" / "protocol_contract_data.js"
        names = await _protocol_contract_names(node, data)
        for name in names:
            (compiled / f"x-{name}.json").write_bytes((package / "artifacts" / f"{name}.json").read_bytes())
        (compiled.parent / "protocol_contracts.json").write_text(json.dumps([f"x-{name}" for name in names]))
        await _run(node, here, package / "dest" / "scripts" / "generate_data.js")
        await _strip_types(node, here / "src" / "protocol_contract_data.ts", data)


async def _protocol_contract_names(node: Path, data: Path) -> list[str]:
    """The protocol contracts in Aztec's order, which decides their places in the list that is hashed."""
    program = "console.log(JSON.stringify((await import(process.argv[1])).protocolContractNames))"
    output = await _run(node, data.parent, "--input-type=module", "--eval", program, str(data))
    return msgspec.json.decode(output, type=list[str])


async def _strip_types(node: Path, source: Path, target: Path) -> None:
    program = (
        "import {stripTypeScriptTypes as strip} from 'node:module';"
        "import {readFileSync as read, writeFileSync as write} from 'node:fs';"
        "const [, source, target] = process.argv; write(target, strip(read(source, 'utf8')))"
    )
    quiet = "--disable-warning=ExperimentalWarning"
    await _run(node, source.parent, quiet, "--input-type=module", "--eval", program, str(source), str(target))


async def _run(node: Path, folder: Path, *arguments: str | Path) -> bytes:
    try:
        finished = await run_to_end([node, *arguments], cwd=folder, seconds=_SCRIPT_SECONDS)
    except TimeoutError as error:
        raise errors.PACKAGE_SCRIPT_TIMED_OUT(seconds=_SCRIPT_SECONDS) from error
    if finished.returncode != 0:
        output = quoted(finished.stdout + finished.stderr)
        raise errors.PACKAGE_SCRIPT_FAILED(code=finished.returncode, output=output)
    return finished.stdout
