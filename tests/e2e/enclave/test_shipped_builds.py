"""The PCRs that clients expect, against the image that this checkout builds with the pinned kernel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from support.nitro_emulator import EMULATED
from tee_rex.attestation.builds import ShippedBuild, shipped_builds
from tee_rex_server.image.guest_modules import recipe_digest
from tee_rex_server.image.report import MeasurementsReport

pytestmark = EMULATED


def test_the_release_image_measures_to_the_pinned_pcrs(tmp_path: Path) -> None:
    """Between releases the list may be behind this checkout; then two builds have to agree at least."""
    reports = []
    for folder in (tmp_path / "one", tmp_path / "other"):
        command = [sys.executable, "-m", "tee_rex_server", "image", "build", "--output", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        content = (folder / "measurements.json").read_bytes()
        reports.append(msgspec.json.decode(content, type=MeasurementsReport))
    assert reports[0] == reports[1]
    recipe, pcrs = recipe_digest(), reports[0].pcrs
    own = ShippedBuild(reports[0].name, reports[0].version, pcrs.pcr0, pcrs.pcr1, pcrs.pcr2, recipe)
    of_this_checkout = [build for build in shipped_builds() if build.recipe_sha256 == recipe]
    assert of_this_checkout in ([], [own])
