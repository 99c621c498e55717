from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tee_rex.aztec.wallet import sources
from tee_rex.aztec.wallet.sources import BridgeSources, bridge_for, shipped_bridges
from tee_rex.system.files import resource
from tee_rex.transaction.generations import generation_of, generations
from tee_rex.transaction.versions import AztecVersion

FILES = {
    "4/package.json": '{"dependencies": {"@aztec/pxe": "4.5.6", "esbuild": "1.0.0"}}',
    "4/src/main.mjs": "main",
    "4/src/node_modules/left-pad.js": "of a developer",
    "6/README.md": "none yet",
    "shared/frames.mjs": "frames",
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a bridge of 4.5.6, and none of 6."""
    for name, content in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    monkeypatch.setattr(sources, "resource", lambda _bridge, *names: tmp_path.joinpath(*names))
    return tmp_path


def test_a_major_version_has_at_most_one_bridge() -> None:
    majors = [bridge.version.major for bridge in shipped_bridges()]

    assert majors == sorted(set(majors))
    for generation in generations():
        found = bridge_for(AztecVersion(generation.number, 99, 0))
        assert (found is not None) == (generation.number in majors)


def test_folders_without_packages_are_no_bridges(small: Path) -> None:
    assert [str(bridge.version) for bridge in sources.shipped_bridges.__wrapped__()] == ["4.5.6"]
    assert (small / "6").is_dir()


def test_the_digest_is_of_a_bridges_own_files_and_the_shared_ones(small: Path) -> None:
    bridge = BridgeSources(AztecVersion(4, 5, 6))
    before = bridge.digest()

    (small / "6" / "README.md").write_text("more")
    (small / "4" / "src" / "node_modules" / "left-pad.js").write_text("newer")
    assert bridge.digest() == before
    for changed in ("4/src/main.mjs", "shared/frames.mjs"):
        (small / changed).write_text("changed")
        assert bridge.digest() != before
        before = bridge.digest()


def test_a_copy_has_what_the_digest_is_of(small: Path, tmp_path: Path) -> None:
    builder = BridgeSources(AztecVersion(4, 5, 6)).copy(tmp_path / "project")

    assert builder == tmp_path / "project" / "4" / "build.mjs"
    copied = {str(file.relative_to(tmp_path / "project")) for file in (tmp_path / "project").rglob("*.*")}
    assert copied == {"4/package.json", "4/src/main.mjs", "shared/frames.mjs"}
    assert (small / "4").is_dir()


@pytest.mark.parametrize("bridge", shipped_bridges(), ids=str)
def test_the_packages_of_a_bridge_are_of_one_version(bridge: BridgeSources) -> None:
    scope = generation_of(bridge.version).npm_scope
    manifest = json.loads((bridge.project / "package.json").read_bytes())
    asked = {version for name, version in manifest["dependencies"].items() if name.startswith(f"{scope}/")}
    assert asked == {str(bridge.version)}

    lock = json.loads((bridge.project / "package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("link")}
    locked = {
        entry["version"]
        for name, entry in packages.items()
        if re.fullmatch(rf"node_modules/{scope}/\w+", name)
    }
    assert locked == {str(bridge.version)}


@pytest.mark.parametrize("bridge", shipped_bridges(), ids=str)
def test_the_lock_file_names_no_registry_and_checks_every_package(bridge: BridgeSources) -> None:
    lock = json.loads((bridge.project / "package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("link")}

    assert len(packages) > 100
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")]


def test_what_bridges_share_imports_nothing_of_aztecs() -> None:
    files = [file for file in resource("bridge", "shared").iterdir() if file.name.endswith(".mjs")]
    imported = [
        name
        for file in files
        for name in re.findall(r'(?:from|import)\s*\(?\s*"([^"]+)"', file.read_text(encoding="utf-8"))
    ]
    assert len(imported) > 5
    assert not [name for name in imported if not name.startswith(("node:", "./"))]
