"""A dapp's proof by Presto's client and ``tee-rex listen`` against the one that it makes in WebAssembly.

Both in Node, with all cores, on the account deployment: what the client waits for from its call to the proof,
against bb in WebAssembly from the steps to the proof, without its start.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import tempfile
from pathlib import Path

from aztec.development_copy import genuine_commitments
from support.listen_process import ListenProcess, listen_process
from support.local_prover import development_crs, real_installation
from support.node_packages import installed, run_node
from support.ports import free_port
from support.presto import PROGRAM
from support.recorded_steps import V4, development_deployment
from support.web_pages import EXAMPLE
from tee_rex.bb.pins import DevelopmentCopy
from tee_rex.crs.development import with_development_setup
from tee_rex.system.threads import usable_cores

_WASM = Path(__file__).with_name("wasm")


async def measure() -> dict[str, float]:
    """Seconds: of the client and of bb alone, of WebAssembly once between two of them; the machine's load."""
    load = os.getloadavg()[0]
    crs = await development_crs()
    with tempfile.TemporaryDirectory() as folder, listen_process() as listener:
        native = [_by_tee_rex(listener), _by_tee_rex(listener)]  # the first leaves a bb that is ready
        g1 = Path(folder, "g1.dat")
        g1.write_bytes(crs.g1)
        wasm = _in_wasm(_development_wasm(Path(folder)), g1, crs.g2)
        native.append(_by_tee_rex(listener))
    client, bb = (statistics.mean(seconds) for seconds in zip(*native[1:], strict=True))
    return {
        "client_first_proof_s": native[0][0],
        "client_s": client,
        "bb_of_it_s": bb,
        "wasm_s": wasm,
        "client_over_wasm": client / wasm,
        "load_before": load,
    }


def _by_tee_rex(listener: ListenProcess) -> tuple[float, float]:
    presto = {"port": listener.named("listening")[0]["http_port"], "httpsPort": free_port()}
    options = {"aztecVersion": "4.1.2", "presto": {**presto, "httpsOnly": False}}
    arguments = (str(installed(EXAMPLE)), json.dumps(options))
    said = json.loads(run_node(PROGRAM, *arguments, data=development_deployment()))
    assert said["kind"] == "native", said
    return said["ms"] / 1000, said["durationMs"] / 1000


def _in_wasm(wasm: Path, g1: Path, g2: bytes) -> float:
    grumpkin = real_installation().paths.data / V4.grumpkin.kept_as  # which the first proof left there
    options = {"wasm": str(wasm), "g1": str(g1), "g2": g2.hex(), "grumpkin": str(grumpkin)}
    arguments = json.dumps({**options, "threads": usable_cores()})
    return float(
        json.loads(run_node(_WASM / "prove.mjs", arguments, data=development_deployment()))["ms"] / 1000
    )


def _development_wasm(folder: Path) -> Path:
    """The package's bb, which checks its own proofs, with the commitments of the development setup."""
    packages = installed(_WASM) / "node_modules"
    packed = packages / "@aztec/bb.js/dest/node/barretenberg_wasm/barretenberg-threads.wasm.gz"
    genuine = gzip.decompress(packed.read_bytes())
    strings = {
        name: (genuine.index(x.encode()), genuine.index(y.encode()))
        for name, (x, y) in genuine_commitments().items()
    }
    ends = {name: (x + 64, y + 64) for name, (x, y) in strings.items()}  # whole, not in instructions
    copy = folder / "development.wasm"
    copy.write_bytes(with_development_setup(genuine, DevelopmentCopy("0" * 64, {}, strings, ends)))
    return copy
