"""The command lines and environments of anvil and Aztec's local network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tee_rex.aztec.networks import LOCAL_CHAIN
from tee_rex.devnet.packages import PreparedPackages

LOOPBACK = "127.0.0.1"

# forge only asks for the compiler's version, because Aztec's contracts on L1 come compiled.
_SOLC = """#!/bin/sh
echo "solc, the solidity compiler commandline interface"
echo "Version: 0.8.30+commit.73712a01.Linux.g++"
"""
# Loaded before Aztec's node, and by its worker threads too, whose standard input is another one.
# It ends Node when its standard input ends, which is with the supervisor; and it makes servers listen on
# 127.0.0.1 only, because Aztec's node has no option for its address and would listen on all of them.
_PRELOADED = """
import { Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.stdin.resume().once('close', () => process.exit(1)).unref();
const listen = Server.prototype.listen;
Server.prototype.listen = function (to, ...rest) {
  const everywhere = typeof to === 'object' && to !== null && to.port !== undefined && !to.host;
  return listen.call(this, everywhere ? { ...to, host: '127.0.0.1' } : to, ...rest);
};
"""


class Program(msgspec.Struct, frozen=True):
    """A program of the network. listens_on: its TCP port; the next program starts once it is open."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str]
    listens_on: int


def network_programs(
    packages: PreparedPackages, scratch: Path, *, node_port: int, l1_port: int
) -> tuple[Program, Program]:
    """Anvil and Aztec's node. scratch: a folder for everything that they write."""
    home, temporary = scratch / "home", scratch / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    solc = scratch / "solc"
    solc.write_text(_SOLC)
    solc.chmod(0o755)
    common = {"HOME": str(home), "TMPDIR": str(temporary), "LANG": "C.UTF-8"}
    anvil = _foundry_program(packages, "anvil")
    forge = _foundry_program(packages, "forge")
    return (
        Program(
            "anvil",
            (str(anvil), "--host", LOOPBACK, "--port", str(l1_port), "--silent"),
            {**common, "PATH": "/usr/bin:/bin"},
            l1_port,
        ),
        Program(
            "aztec",
            (
                str(packages.node),
                f"--import=data:text/javascript;base64,{b64encode(_PRELOADED.encode()).decode()}",
                str(packages.tree / "@aztec" / "aztec" / "dest" / "bin" / "index.js"),
                *("start", "--local-network", "--port", str(node_port)),
            ),
            {**common, **_aztec_environment(forge.parent, solc, l1_port)},
            node_port,
        ),
    )


def _aztec_environment(forge_folder: Path, solc: Path, l1_port: int) -> Mapping[str, str]:
    return {
        "PATH": f"{forge_folder}:/usr/bin:/bin",
        "ETHEREUM_HOSTS": f"http://{LOOPBACK}:{l1_port}",
        "L1_CHAIN_ID": str(LOCAL_CHAIN),
        "TEST_ACCOUNTS": "true",
        # Twice a second, because a developer waits for every block.
        "ARCHIVER_POLLING_INTERVAL_MS": "500",
        "P2P_BLOCK_CHECK_INTERVAL_MS": "500",
        "FOUNDRY_SOLC": str(solc),
        "FOUNDRY_OFFLINE": "true",
        "NODE_BACKEND": "js",  # bcrypto's native module is built by an install script, and none was run
        "NODE_DISABLE_COMPILE_CACHE": "1",
        "NO_COLOR": "1",
    }


def _foundry_program(packages: PreparedPackages, name: str) -> Path:
    return packages.tree / "@foundry-rs" / f"{name}-linux-amd64" / "bin" / name
