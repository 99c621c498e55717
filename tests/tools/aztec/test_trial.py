from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from aztec.__main__ import ROOT
from aztec.trial import Trial, recording
from support.errors import raises
from support.installed import installed_bb
from support.recorded_steps import V5
from tee_rex.bb.install import ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.crs.development import with_development_setup
from tee_rex.errors.catalogue.proving import BB_REFUSED, BB_SCHEMA_UNKNOWN
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = pytest.mark.integration

VERSION = AztecVersion(5, 0, 0)


@pytest.fixture
def paths() -> Paths:
    return Paths.from_environment(os.environ)


async def test_a_bb_with_other_messages_is_not_taken(tmp_path: Path, paths: Paths) -> None:
    bb_4 = (await installed_bb()).executable.path
    with raises(BB_SCHEMA_UNKNOWN):
        await Trial(AztecVersion(5, 9, 0), bb_4, paths, tmp_path).check_schema()
    await Trial(AztecVersion(4, 9, 0), bb_4, paths, tmp_path).check_schema()


async def test_a_copy_that_lacks_a_site_does_not_prove(tmp_path: Path, paths: Paths) -> None:
    pins = BbPins.shipped()
    bb = (await ensure_bb(paths, pins, VERSION, TrustedSetup.GENUINE)).executable.path
    trial = Trial(VERSION, bb, paths, tmp_path)
    sites, recorded = pins.versions[VERSION].development_bb, recording(ROOT, V5)
    assert sites is not None
    assert recorded is not None
    without_commitments = msgspec.structs.replace(sites, strings={}, immediates={})
    copy = with_development_setup(bb.read_bytes(), without_commitments)
    lacking = msgspec.structs.replace(without_commitments, sha256=hashlib.sha256(copy).hexdigest())
    with raises(BB_REFUSED):
        await trial.prove(lacking, recorded[1])
