"""Generates or checks ``resources/devnet/development-keys-<version>.msgpack.xz``.

    python tools/generate_development_keys.py TREE [--write FILE] [--only NAME …]

TREE is a folder ``node_modules`` with Aztec's packages (``npm ci`` in resources/devnet). Every verification
key is computed from the bytecode in them by bb under the INSECURE development setup (``ChonkComputeVk``,
``Poseidon2Hash``; 2 to 13 seconds each on a core). Without ``--write`` the result is compared with the
shipped file; ``--only`` takes names of circuits (``private_kernel_init``) and contracts (``SchnorrAccount``).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tee_rex.bb.install import ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.provision import ensure_crs, ensure_development
from tee_rex.devnet.packages import devnet_version
from tee_rex.local.session import BbSession, VerificationKey
from tee_rex.npm.development_keys import CircuitKey, DevelopmentKeys
from tee_rex.settings.paths import Paths
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.steps import log2_rows
from tee_rex.transaction.trusted_setup import TrustedSetup

_CIRCUITS = "noir-protocol-circuits-types/artifacts"
# The circuits that a wallet proves; the rollup's circuits verify proofs recursively, which no wallet does.
_WALLET_CIRCUIT = re.compile(r"(private_kernel_(?!.*simulated)|hiding_kernel_)\w+")
# The contracts of the local network and the token flow, and the protocol's own.
_CONTRACTS = (
    "accounts/artifacts/EcdsaKAccount.json",
    "accounts/artifacts/EcdsaRAccount.json",
    "accounts/artifacts/SchnorrAccount.json",
    "accounts/artifacts/SchnorrSingleKeyAccount.json",
    "accounts/artifacts/SimulatedAccount.json",
    "noir-contracts.js/artifacts/fpc_contract-FPC.json",
    "noir-contracts.js/artifacts/sponsored_fpc_contract-SponsoredFPC.json",
    "noir-contracts.js/artifacts/token_contract-Token.json",
    "protocol-contracts/artifacts/AuthRegistry.json",
    "protocol-contracts/artifacts/ContractClassRegistry.json",
    "protocol-contracts/artifacts/ContractInstanceRegistry.json",
    "protocol-contracts/artifacts/FeeJuice.json",
    "protocol-contracts/artifacts/MultiCallEntrypoint.json",
)


class KeyComputer:
    """A bb that is restarted with more CRS points when a circuit needs them."""

    def __init__(self, bb: BbCommand, paths: Paths) -> None:
        """bb: of the development setup."""
        self._bb = bb
        self._paths = paths
        self._points = MIN_POINTS
        self._session: BbSession | None = None

    async def key(self, bytecode: bytes, points: int) -> VerificationKey:
        """The verification key of a circuit that needs this many points, a power of two."""
        if points > self._points:
            await self.close()
            self._points = points
        if self._session is None:
            crs = await ensure_crs(self._paths, TrustedSetup.DEVELOPMENT, self._points)
            self._session = await BbSession.start(
                self._bb, crs, threads=usable_cores(), grumpkin_folder=self._paths.data
            )
        return await self._session.verification_key(bytecode)

    async def close(self) -> None:
        """End bb."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class KeyGenerator:
    """Computes the keys of a tree of packages. only: the names to compute, empty for all."""

    def __init__(self, aztec: Path, computer: KeyComputer, only: frozenset[str]) -> None:
        """aztec: the folder ``@aztec`` of the packages."""
        self._aztec = aztec
        self._computer = computer
        self._only = only

    async def keys(self) -> DevelopmentKeys:
        """Compute the keys."""
        return DevelopmentKeys(str(devnet_version()), await self._circuits(), await self._contracts())

    async def _circuits(self) -> Mapping[str, CircuitKey]:
        keys = {}
        for file in sorted((self._aztec / _CIRCUITS).glob("*.json")):
            if _WALLET_CIRCUIT.fullmatch(file.stem) and self._wanted(file.stem):
                key = await self._key(json.loads(file.read_bytes()), file.stem)
                keys[file.stem] = CircuitKey(key.content, key.hash)
        return keys

    async def _contracts(self) -> Mapping[str, Mapping[str, bytes]]:
        keys = {}
        for path in _CONTRACTS:
            name = Path(path).stem.rpartition("-")[2]
            if self._wanted(name):
                functions = json.loads((self._aztec / path).read_bytes())["functions"]
                keys[path] = {
                    function["name"]: (await self._key(function, f"{name}:{function['name']}")).content
                    for function in sorted(functions, key=lambda function: str(function["name"]))
                    if "verification_key" in function
                }
        return keys

    def _wanted(self, name: str) -> bool:
        return not self._only or name in self._only

    async def _key(self, circuit: Any, name: str) -> VerificationKey:  # noqa: ANN401  # JSON
        bytecode = gzip.decompress(base64.b64decode(circuit["bytecode"]))
        key = await self._computer.key(bytecode, 1 << log2_rows(_genuine_key(circuit)))
        print(f"{name}: {key.hash.hex()}", flush=True)
        return key


def _genuine_key(circuit: Any) -> bytes:  # noqa: ANN401  # JSON
    """The key in a protocol circuit's or a contract function's artifact."""
    if "verificationKey" in circuit:
        return bytes.fromhex(circuit["verificationKey"]["bytes"])
    return base64.b64decode(circuit["verification_key"])


async def generate(tree: Path, only: frozenset[str]) -> DevelopmentKeys:
    """The keys of the packages in ``tree`` under the development CRS."""
    paths, pins = Paths.from_environment(os.environ), BbPins.shipped()
    setup = TrustedSetup.DEVELOPMENT
    await ensure_development(paths, pins)
    computer = KeyComputer(await ensure_bb(paths, pins, devnet_version(), setup), paths)
    try:
        return await KeyGenerator(tree / "@aztec", computer, only).keys()
    finally:
        await computer.close()


def differences(generated: DevelopmentKeys, shipped: DevelopmentKeys, *, complete: bool) -> list[str]:
    """The names of circuits and contracts with different keys. complete: report missing ones too."""
    names = []
    for ours, theirs in (
        (generated.circuits, shipped.circuits),
        (generated.contracts, shipped.contracts),
    ):
        compared = ours.keys() | theirs.keys() if complete else ours.keys()
        names += [name for name in sorted(compared) if ours.get(name) != theirs.get(name)]
    return names


def main() -> None:
    """Write the file, or compare it and exit with code 1 if it differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path, help="node_modules with Aztec's packages")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="write the keys to FILE instead of comparing them"
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    arguments = parser.parse_args()
    only = frozenset(arguments.only)
    keys = asyncio.run(generate(arguments.tree, only))
    if arguments.write:
        arguments.write.write_bytes(keys.packed())
        return
    count = len(keys.circuits) + len(keys.contracts)
    if only and count != len(only):
        sys.exit(f"only {count} of these names exist")
    if wrong := differences(keys, DevelopmentKeys.shipped(devnet_version()), complete=not only):
        sys.exit(f"these keys differ from the shipped ones: {', '.join(wrong)}")
    print(f"The keys of {count} circuits and contracts match the shipped ones.")


if __name__ == "__main__":
    main()
