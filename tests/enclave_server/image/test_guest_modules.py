from __future__ import annotations

from pathlib import Path

from tee_rex_server.image.guest_modules import ROOTS, modules_needed, own_digest, own_files, recipe_digest


def _checkout(folder: Path, sources: dict[str, str]) -> dict[str, Path]:
    for name, source in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return {package: folder / package for package in ("tee_rex", "tee_rex_server")}


def test_imports_are_followed_wherever_they_stand(tmp_path: Path) -> None:
    init, server = (root.replace(".", "/") + ".py" for root in ROOTS)
    folders = _checkout(
        tmp_path,
        {
            "tee_rex/__init__.py": "",
            "tee_rex/a.py": "def f():\n    from tee_rex.lazy import thing\n",
            "tee_rex/lazy.py": "try:\n    import tee_rex.b\nexcept ImportError:\n    pass\n",
            "tee_rex/b.py": "import os, asyncio",
            "tee_rex/typed.py": "",
            "tee_rex/unused.py": "",
            "tee_rex/cli/__init__.py": "import tee_rex.unused",
            "tee_rex_server/__init__.py": "",
            "tee_rex_server/guest/__init__.py": "",
            init: "if TYPE_CHECKING:\n    import tee_rex.typed\nfrom tee_rex import a",
            server: "from tee_rex.cli import x",
        },
    )
    assert modules_needed(folders) == {
        *("tee_rex", "tee_rex.a", "tee_rex.lazy", "tee_rex.b"),
        *("tee_rex_server", "tee_rex_server.enclave", *ROOTS),
    }


def test_the_image_holds_the_server_and_no_more() -> None:
    files = own_files()
    assert {
        "tee_rex_server/guest/init.py",
        "tee_rex_server/http.py",
        "tee_rex_server/control.py",
        "tee_rex/local/backend.py",
        "tee_rex/_resources/pins/bb.json",
        "tee_rex/_resources/pins/crs.json",
    } < set(files)
    unwanted = ("/cli", "/image/", "/proxy", "/aztec/", "/wallet", "enclave-builds", "/samples/", "/app/")
    assert not [path for path in files if any(part in f"/{path}" for part in unwanted)]


def test_the_digests_are_the_same_each_time() -> None:
    assert own_digest() == own_digest()
    assert recipe_digest() == recipe_digest() != own_digest()
