"""Which of our own modules an image holds: those that the guest imports, directly or by others.

What an enclave never runs (command lines, clients, this builder) is not measured, so it can change without
changing PCRs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

import tee_rex
import tee_rex_server

ROOTS: Final = ("tee_rex_server.enclave.init", "tee_rex_server.enclave.server")
RESOURCES: Final = ("pins/bb.json", "pins/crs.json", "pins/protocol-circuits-*.json")
"""Below tee_rex/_resources. Pins of released images cannot be among them: they depend on all of this."""

_LEFT_OUT: Final = ("tee_rex.cli", "tee_rex.remote.backend", "tee_rex_server.cli", "tee_rex_server.image")
"""Never part of an image, whoever imports them."""


def own_files() -> dict[str, bytes]:
    """Path below site-packages, and content, of every source and resource of ours, sorted."""
    folders = {package.__name__: Path(package.__path__[0]) for package in (tee_rex, tee_rex_server)}
    files = {}
    for module in sorted(modules_needed(folders)):
        source = _source(folders, module)
        assert source is not None  # noqa: S101  # it was read to get here
        package = module.partition(".")[0]
        path = source.relative_to(folders[package].parent)
        files[path.as_posix()] = source.read_bytes()
    shipped = folders["tee_rex"] / "_resources"
    for pattern in RESOURCES:
        for path in sorted(shipped.glob(pattern)):
            files[f"tee_rex/_resources/{path.relative_to(shipped).as_posix()}"] = path.read_bytes()
    return dict(sorted(files.items()))


def own_digest() -> str:
    """SHA-256 (64 hex digits) over names and contents of all own files: equal for equal applications."""
    lines = (f"{sha256(content).hexdigest()}  {path}\n" for path, content in own_files().items())
    return sha256("".join(lines).encode()).hexdigest()


def recipe_digest() -> str:
    """SHA-256 (64 hex digits) over all of ours that decides what the release's image is.

    These are the own files, the list of other inputs, and the builder. Checkouts with the same one build the
    same image.
    """
    builder = resources.files("tee_rex_server.image")
    parts = [own_digest()]
    for folder, suffix in ((builder, ".py"), (builder / "pins", ".json")):
        files = sorted(
            (file for file in folder.iterdir() if file.name.endswith(suffix)), key=lambda f: f.name
        )
        parts += [f"{file.name} {sha256(file.read_bytes()).hexdigest()}" for file in files]
    return sha256("\n".join(parts).encode()).hexdigest()


def modules_needed(folders: Mapping[str, Path]) -> set[str]:
    """Every module of ours that the roots import, wherever in their code, except only to check types.

    folders: of our packages by their names.
    """
    needed: set[str] = set()
    to_visit = [*ROOTS]
    while to_visit:
        module = to_visit.pop()
        if module in needed or any(f"{module}.".startswith(f"{left_out}.") for left_out in _LEFT_OUT):
            continue
        source = _source(folders, module)
        if source is None:
            continue  # a name in a module, not a module
        needed.add(module)
        to_visit += _imported(ast.parse(source.read_bytes()), tuple(folders))
        if "." in module:
            to_visit.append(module.rpartition(".")[0])
    return needed


def _imported(tree: ast.AST, packages: tuple[str, ...]) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING"), orelse=others):
                for other in others:
                    yield from _imported(other, packages)
            case ast.Import(names):
                yield from (alias.name for alias in names if alias.name.partition(".")[0] in packages)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                if module.partition(".")[0] in packages:
                    yield module
                    yield from (f"{module}.{alias.name}" for alias in names)
            case _:
                yield from _imported(node, packages)


def _source(folders: Mapping[str, Path], module: str) -> Path | None:
    package, *parts = module.split(".")
    base = folders[package].joinpath(*parts)
    for path in (base / "__init__.py", base.parent / f"{base.name}.py"):
        if path.is_file():
            return path
    return None
