"""Record the transactions of mock circuits, or check that the recorded ones would be the same.

    PYTHONPATH=tools python -m mock_circuits [--write] [NAME …]

Takes half a minute; downloads Noir's compiler (10 MB) into a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Collection
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from mock_circuits.recorder import HERE, Recorder, Recording
from tee_rex.bb.pins import BbPins
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.npm.npm import Npm
from tee_rex.settings.paths import Paths
from tee_rex.transaction.steps import log2_rows
from tee_rex.transaction.versions import AztecVersion

_V4, _V5 = AztecVersion.parse("4.1.2"), AztecVersion.parse("5.0.0")
_RECORDINGS = (
    Recording("v4-2-calls", _V4, 2),
    Recording("v5-2-calls", _V5, 2),
    Recording("v5-6-calls", _V5, 6),
    Recording("v5-12-calls", _V5, 12),
    Recording("v5-2-calls-no-reset", _V5, 2, reset=""),
    Recording("v5-6-calls-no-reset", _V5, 6, reset=""),
    Recording("v5-12-calls-no-reset", _V5, 12, reset=""),
    Recording("v5-2-calls-large-reset", _V5, 2, reset="large_reset"),
    Recording("v5-2-calls-full-reset", _V5, 2, reset="full_reset"),
)


async def record(folder: Path, names: Collection[str], *, write: bool) -> list[str]:
    """The names of recordings that differ from those in the tree, which ``write`` replaces.

    folder: an empty one to work in. names: of the recordings to make; none: all.
    """
    installation = DownloadingInstallation(Paths.from_environment(os.environ), BbPins.shipped())
    tree = folder / "tree"
    tree.mkdir()
    await Npm.bundled().install_locked(HERE, tree, lambda _done, _total: None)
    differing = []
    wanted = [recording for recording in _RECORDINGS if recording.name in names or not names]
    for version, same_version in groupby(wanted, key=lambda recording: recording.version):
        recordings = list(same_version)
        recorder = Recorder(version, installation, folder / str(version), tree)
        await recorder.compile(recordings)
        for name, circuit in recorder.circuits.items():
            key = circuit.key.content
            print(f"{version} {name}: 2^{log2_rows(key)} rows, key {sha256(key).hexdigest()}")
        for recording in recordings:
            content = recorder.record(recording).to_bytes()
            print(f"{recording.name}: {len(content):,} bytes", flush=True)
            if write:
                recording.file.write_bytes(content)
            elif content != recording.file.read_bytes():
                differing.append(recording.name)
    return differing


def main() -> None:
    """Exit with 1 if a recording differs."""
    parser = argparse.ArgumentParser(
        prog="mock_circuits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the recordings instead of comparing them")
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings to make; none: all")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - {recording.name for recording in _RECORDINGS}:
        parser.error(f"no such recording: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        if differing := asyncio.run(record(Path(folder), arguments.names, write=arguments.write)):
            sys.exit(f"these recordings differ: {', '.join(differing)}")


if __name__ == "__main__":
    main()
