"""Record the Noir circuits and their witnesses, or check that the recording would be the same.

    PYTHONPATH=tools python -m noir_circuits [--write]

Takes a few seconds; downloads Noir's compiler (10 MB) into a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mock_circuits import recorder
from tee_rex.npm.npm import Npm

_HERE: Final = Path(__file__).parent
RECORDING: Final = recorder.RECORDINGS / "noir-circuits.json"
SECRET: Final = hashlib.sha256(b"witness").digest()[:31]
_INPUTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "square": {"root": "3", "square": "9"},
    "square_plus_one": {"root": "3", "square": "8"},
    "sealed": {"secret": f"0x{SECRET.hex()}"},
    "products": {"seed": "1", "result": "1"},
    "compressions": {"block": list(range(16))},
}


async def record(folder: Path) -> bytes:
    """The recording: JSON, ``{name: {v4, v5, witness}}``, gzip in base64. folder: an empty one to work in."""
    tree, circuits = folder / "tree", folder / "circuits"
    tree.mkdir()
    npm = Npm.bundled()
    await npm.install_locked(recorder.HERE, tree, lambda _done, _total: None)
    for name in _INPUTS:
        recorder.write_package(circuits / name, (_HERE / "circuits" / f"{name}.nr").read_text())
    (circuits / "inputs.json").write_text(json.dumps(_INPUTS))
    for script in (recorder.HERE / "compile.mjs", _HERE / "execute.mjs"):
        _run([npm.node, script, circuits], tree)
    witnesses = json.loads((circuits / "witnesses.json").read_bytes())
    recorded = {}
    for name in _INPUTS:
        bytecode = json.loads((circuits / f"{name}.json").read_bytes())["bytecode"]
        for_bb_4 = base64.b64encode(recorder.for_bb_4(base64.b64decode(bytecode))).decode()
        recorded[name] = {"v4": for_bb_4, "v5": bytecode, "witness": witnesses[name]}
    return f"{json.dumps(recorded, indent=1)}\n".encode()


def _run(argv: Sequence[str | Path], tree: Path) -> None:
    """Raises CalledProcessError."""
    subprocess.run(argv, cwd=tree, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Exit with 1 if the recording differs."""
    parser = argparse.ArgumentParser(
        prog="noir_circuits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the recording instead of comparing it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        content = asyncio.run(record(Path(folder)))
    print(f"{len(content):,} bytes")
    if arguments.write:
        RECORDING.write_bytes(content)
    elif content != RECORDING.read_bytes():
        sys.exit("the recording differs")


if __name__ == "__main__":
    main()
