"""Pins the PCRs of the enclave image in ``resources/pins/enclave-builds.json``: ``make enclave-pins``.

    python tools/pin_enclave_build.py

Builds the release's image (genuine setup, bb baked in, pinned kernel) twice, in different folders, and stores
its PCRs, which clients expect, if both builds are identical. Entries of other versions stay.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

import msgspec

from tee_rex.attestation.builds import ShippedBuild, parse_builds
from tee_rex_server import __version__
from tee_rex_server.image.guest_modules import recipe_digest
from tee_rex_server.image.report import MeasurementsReport

PINS = Path(__file__).resolve().parent.parent / "resources" / "pins" / "enclave-builds.json"


def release_is_pinned(tags: Collection[str], builds: Collection[ShippedBuild], recipe_sha256: str) -> bool:
    """Whether a commit with these tags ships the pins that it must ship.

    A commit tagged as the release of this version must ship the PCRs of exactly its own image. Between
    releases the pins may be older than the code, as their recipe shows.
    """
    if f"v{__version__}" not in tags:
        return True
    return any(b.version == __version__ and b.recipe_sha256 == recipe_sha256 for b in builds)


def built(folder: Path) -> MeasurementsReport:
    """Build the image into ``folder``."""
    command = [sys.executable, "-m", "tee_rex_server", "image", "build", "--output", str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "0"}, stdout=sys.stderr)
    return msgspec.json.decode((folder / "measurements.json").read_bytes(), type=MeasurementsReport)


def main() -> None:
    """Write the pins into the checkout."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        report, again = built(Path(one)), built(Path(other))
    if report != again:
        raise SystemExit("two builds differ; nothing was pinned")
    pcrs = report.pcrs
    build = ShippedBuild(report.name, report.version, pcrs.pcr0, pcrs.pcr1, pcrs.pcr2, recipe_digest())
    others = [other for other in parse_builds(PINS.read_bytes()) if other.version != build.version]
    PINS.write_bytes(msgspec.json.format(msgspec.json.encode([*others, build]), indent=2) + b"\n")
    sys.stdout.write(f"{build.name} {build.version}: PCR0 {build.pcr0}\n")


if __name__ == "__main__":
    main()
