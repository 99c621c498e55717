"""What users install proves the sample: the wheels in an empty environment, and the frozen command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "enclave_server", "app")


def uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=ROOT / ".tools/uv/bin")
    assert found, "make test installs uv"
    return found


def run(*command: object, cwd: Path = ROOT) -> str:
    # Away from the checkout, so that nothing of it is found by chance.
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def proves_the_sample(tee_rex: Path, cwd: Path) -> None:
    report = json.loads(run(tee_rex, "demo", "--json", cwd=cwd))
    assert report["verified"] is True
    assert report["proof"]["fields"] == 3216


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    for package in PACKAGES:
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT / package)
    return folder


def test_wheels_carry_the_resources_and_no_tests(wheels: Path) -> None:
    (core,) = wheels.glob("tee_rex-*.whl")
    names = zipfile.ZipFile(core).namelist()
    assert "tee_rex/_resources/pins/bb.json" in names
    assert "tee_rex/_resources/samples/dev-deploy-account.msgpack" in names
    assert not [name for name in names if "/test_" in name or name.startswith("tests/")]
    assert not [name for name in names if name.endswith((".otf", ".ttf"))]
    (app,) = wheels.glob("tee_rex_app-*.whl")
    assert [name for name in zipfile.ZipFile(app).namelist() if name.endswith((".otf", ".ttf"))]
    assert len(list(wheels.glob("*.whl"))) == len(PACKAGES)


@pytest.mark.timeout(600)
def test_installed_wheels_prove_the_sample(wheels: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run(uv(), "venv", "--quiet", "--python", sys.executable, environment)
    install = (uv(), "pip", "install", "--quiet", "--python", environment / "bin/python")
    run(*install, "--constraints", ROOT / "requirements.lock", *wheels.glob("tee_rex*.whl"))
    proves_the_sample(environment / "bin/tee-rex", tmp_path)


@pytest.mark.timeout(600)
def test_the_frozen_command_line_proves_the_sample(tmp_path: Path) -> None:
    places = ("--distpath", tmp_path / "dist", "--workpath", tmp_path / "build")
    spec = ROOT / "installer" / "tee-rex-cli.spec"
    run(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, spec)
    proves_the_sample(tmp_path / "dist/tee-rex/tee-rex", tmp_path)
