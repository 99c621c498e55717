"""Generates ``resources/pins/protocol-circuits-<version>.json``, which identifies trusted setups.

    npm pack @aztec/noir-protocol-circuits-types@4.1.2
    tar xzf aztec-noir-protocol-circuits-types-4.1.2.tgz
    python tools/pin_protocol_circuits.py package verification-keys-4.1.2.json ROOT > \
        resources/pins/protocol-circuits-4.1.2.json

The genuine keys and their tree root come from the npm package. The development keys come from a file with a
map ``protocol``: path of the circuit's artifact -> {bytes: hex}, computed with ``ChonkComputeVk`` under the
development CRS; ROOT is the tree root that a network with those keys announces.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

_VERIFICATION_KEY_BYTES = 4064


def digest_of_key(bytes_hex: str) -> str:
    """The SHA-256 of a verification key in hexadecimal."""
    key = bytes.fromhex(bytes_hex)
    if len(key) != _VERIFICATION_KEY_BYTES:
        raise ValueError(f"a verification key has {len(key)} bytes")
    return hashlib.sha256(key).hexdigest()


def genuine_vk_tree_root(package: Path) -> str:
    """The root of the package's tree of verification keys, which is the last of its nodes."""
    nodes: list[str] = re.findall(r"'([0-9a-f]{64})'", (package / "dest" / "vk_tree.js").read_text())
    return f"0x{nodes[-1]}"


def table(package: Path, development_keys: Path, development_root: str) -> dict[str, Any]:
    """The content of the pins file."""
    version = json.loads((package / "package.json").read_bytes())["version"]
    development = json.loads(development_keys.read_bytes())
    if development["aztec_version"] != version:
        raise ValueError(
            f"the development keys are for {development['aztec_version']}, the package for {version}"
        )
    circuits = {}
    for path, key in sorted(development["protocol"].items()):
        artifact = json.loads((package / "artifacts" / Path(path).name).read_bytes())
        circuits[Path(path).stem] = {
            "genuine": digest_of_key(artifact["verificationKey"]["bytes"]),
            "development": digest_of_key(key["bytes"]),
        }
    return {
        "aztec_version": version,
        "vk_tree_roots": {"genuine": genuine_vk_tree_root(package), "development": development_root},
        "circuits": circuits,
    }


def main() -> None:
    """Write the table to the standard output."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", type=Path, help="the unpacked npm package")
    parser.add_argument("development_keys", type=Path)
    parser.add_argument("development_root", help="0x and 64 hexadecimal digits")
    arguments = parser.parse_args()
    json.dump(
        table(arguments.package, arguments.development_keys, arguments.development_root), sys.stdout, indent=2
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
