"""Everything that proves, in v6: on the stand-in for bb 6 in front of the real bb 5.0.0."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from support import bb6_stand_in
from support.errors import raises
from support.local_prover import development_crs
from support.recorded_steps import V6
from tee_rex.errors.catalogue.proving import BB_CRASHED, BB_REFUSED
from tee_rex.local.backend import LocalBackend, LocalOptions, verify_proof
from tee_rex.local.process import bb_schema
from tee_rex.local.session import BbSession
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.events import CircuitEnded, ProofEvent, ignore_events
from tee_rex.transaction.generations import StepKind
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

WIRE = bb6_stand_in.mock_transaction_of_v6()
STEPS = ExecutionSteps.from_bytes(WIRE)
DEVELOPMENT = TrustedSetup.DEVELOPMENT


def flipped(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("prefix", ["", "Bb"])
async def test_a_session_proves_and_verifies_with_either_form_of_tags(tmp_path: Path, prefix: str) -> None:
    command = await bb6_stand_in.stand_in(tmp_path, prefix)
    session = await BbSession.start(
        command, await development_crs(), threads=2, grumpkin_folder=tmp_path / "points"
    )
    heard: list[ProofEvent] = []
    try:
        proof = (await session.prove(STEPS, heard.append)).proof
        assert (proof.generation, proof.field_count) == (V6, 1221 + len(proof.public_inputs))
        assert {name: len(part) for name, part in proof.parts.items()} == {
            **V6.proof_parts,
            "hiding_oink": 76 + len(proof.public_inputs),
        }
        assert len([event for event in heard if isinstance(event, CircuitEnded)]) == 7
        key = STEPS.final_verification_key
        assert await session.verify(proof, key)
        count = len(proof.content)
        for at in (31, 32 * 60 + 31, count // 2 | 31, count - 1 - 32 * 500, count - 1):
            assert not await session.verify(ChonkProof(flipped(proof.content, at), V6), key), at
        for at in (31, 63, 351, 3679, 3807):
            assert not await session.verify(proof, flipped(key, at)), at
        assert await session.verify(proof, key)
    finally:
        await session.close()
    assert (tmp_path / "points" / V6.grumpkin.kept_as).exists()


async def test_a_key_is_computed_by_the_kind_of_its_circuit(tmp_path: Path) -> None:
    crs = await development_crs()
    session = await BbSession.start(await bb6_stand_in.stand_in(tmp_path), crs, threads=2)
    try:
        for step in (STEPS.steps[0], STEPS.steps[-1]):
            assert step.kind is not None
            key = await session.verification_key(step.inflate_bytecode(), step.kind)
            assert key.content == step.verification_key
    finally:
        await session.close()


@pytest.mark.parametrize("kinds", [(1, 0, 1, 2), (0, 1, 2, 1), (0, 2, 1, 2), (0, 1, 2), (0, 1, 1, 0)])
async def test_kinds_that_our_reader_refuses_bb_refuses_too(tmp_path: Path, kinds: tuple[int, ...]) -> None:
    wanted = map(StepKind, kinds)
    steps = tuple(replace(STEPS.steps[0], kind=kind) for kind in wanted)
    session = await BbSession.start(await bb6_stand_in.stand_in(tmp_path), await development_crs(), threads=1)
    with raises(BB_REFUSED):
        await session.prove(ExecutionSteps(steps, V6), ignore_events)


async def test_a_bb_that_listed_other_names_than_it_takes_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = await bb_schema(await bb6_stand_in.stand_in(tmp_path))

    async def another(_bb: object) -> bytes:
        return listed

    monkeypatch.setattr("tee_rex.local.session.bb_schema", another)
    session = await BbSession.start(
        await bb6_stand_in.stand_in(tmp_path, "Bb"), await development_crs(), threads=1
    )
    with raises(BB_CRASHED) as caught:
        await session.prove(STEPS, ignore_events)
    assert "Unknown type name" in caught.value.diagnostics


async def test_the_backend_proves_and_verifies(tmp_path: Path) -> None:
    installation = await bb6_stand_in.installation(tmp_path, "Bb")
    request = ProofRequest(STEPS, DEVELOPMENT, bb6_stand_in.VERSION)
    backend = LocalBackend(installation, LocalOptions(threads=2))
    result = await backend.prove(request, ignore_events)
    assert result.bb is not None
    assert (str(result.version), str(result.bb.version)) == ("6.1.0", "6.1.0")
    assert result.bb.sha256 == installation.pins.digest(bb6_stand_in.VERSION, DEVELOPMENT, Platform.current())
    again = ChonkProof.from_wire(result.proof.to_wire(), V6)
    key = STEPS.final_verification_key
    assert await verify_proof(installation, again, key, DEVELOPMENT, bb6_stand_in.VERSION, ignore_progress)


COMMAND = """
import sys
from importlib import resources
from pathlib import Path
folder = Path(sys.argv.pop(1))
resources.files = lambda _package: folder
from tee_rex.cli.main import main
sys.argv[0] = "tee-rex"
main()
"""
"""The command line of a release with other resources."""


async def test_a_bb_that_the_user_approved_proves_and_verifies_by_the_command_line(
    tmp_path: Path, nothing_left: Path
) -> None:
    program = bb6_stand_in.compiled(await bb6_stand_in.write_stand_in(tmp_path, "Bb"))
    digest = bb6_stand_in.digest_of(program)
    home = await home_with_points(tmp_path / "home")
    resources = with_development_points_as_genuine(tmp_path / "resources")
    steps, proof = tmp_path / "steps", tmp_path / "proof"
    steps.write_bytes(WIRE)
    folders = {"TEE_REX_HOME": str(home), "TMPDIR": str(nothing_left)}

    def tee_rex(*arguments: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-c", COMMAND, resources, *map(str, arguments)],
            env={**os.environ, **folders},
            capture_output=True,
            check=False,
        )

    refused = tee_rex("prove", steps)
    assert b"BB_NOT_PINNED" in refused.stderr
    installed = tee_rex("bb", "install", "6.1.0", "--sha256", digest, "--from", program)
    assert installed.returncode == 0, installed.stderr.decode()
    assert b"approved by you" in installed.stdout
    done = tee_rex("prove", steps, "--out", proof, "--json")
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    assert (report["aztec_version"], report["verified"]) == ("6.1.0", True)
    assert (report["bb"]["version"], report["bb"]["sha256"]) == ("6.1.0", digest)
    assert tee_rex("verify", proof, "--steps", steps).returncode == 0
    proof.write_bytes(flipped(proof.read_bytes(), 67))
    assert b"PROOF_INVALID" in tee_rex("verify", proof, "--steps", steps).stderr


async def home_with_points(home: Path) -> Path:
    """A data folder whose genuine points are the development ones."""
    points = Paths(home, home).crs_dir(TrustedSetup.GENUINE) / "g1-00.dat"
    points.parent.mkdir(parents=True)
    points.write_bytes((await development_crs()).g1)
    return home


def with_development_points_as_genuine(folder: Path) -> Path:
    """The resources of this release; the circuits of v6 are unknown, and so count as genuine ones."""
    shipped = Path(str(files.resource()))
    shutil.copytree(shipped / "pins", folder / "_resources" / "pins")
    for entry in shipped.iterdir():
        if entry.name != "pins":
            (folder / "_resources" / entry.name).symlink_to(entry.resolve())
    pins = folder / "_resources" / "pins" / "crs.json"
    points = json.loads(pins.read_bytes())
    pins.write_text(json.dumps({**points, "genuine": points["development"]}))
    return folder
