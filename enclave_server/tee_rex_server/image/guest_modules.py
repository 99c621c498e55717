"""Which of our own modules an enclave image holds, and so measures.

The list is declared, and the import contract "measured code imports only measured code" (tools/contracts.py)
keeps it complete. What an enclave never runs (command lines, clients, downloads, this builder) is not on it,
so it can change without changing PCRs.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

import tee_rex
import tee_rex_server
from tee_rex.transaction.generations import generations

MEASURED: Final = (
    "tee_rex.attestation.cbor",
    "tee_rex.attestation.document",
    "tee_rex.attestation.provers",
    "tee_rex.bb.pins",
    "tee_rex.bb.store",
    "tee_rex.crs.crs",
    "tee_rex.crs.store",
    "tee_rex.errors.catalogue.attestation",
    "tee_rex.errors.catalogue.bb",
    "tee_rex.errors.catalogue.crs",
    "tee_rex.errors.catalogue.files",
    "tee_rex.errors.catalogue.http",
    "tee_rex.errors.catalogue.openpgp",
    "tee_rex.errors.catalogue.proving",
    "tee_rex.errors.catalogue.system",
    "tee_rex.errors.catalogue.transaction",
    "tee_rex.errors.message",
    "tee_rex.errors.report",
    "tee_rex.errors.tree",
    "tee_rex.local.backend",
    "tee_rex.local.connection",
    "tee_rex.local.dialects",
    "tee_rex.local.installation",
    "tee_rex.local.process",
    "tee_rex.local.session",
    "tee_rex.openpgp",
    "tee_rex.settings.paths",
    "tee_rex.system",
    "tee_rex.transaction",
    "tee_rex.web",
    "tee_rex.wire.control",
    "tee_rex.wire.protocol",
    "tee_rex_server.assembly",
    "tee_rex_server.enclave",
    "tee_rex_server.errors.serving",
    "tee_rex_server.http",
    "tee_rex_server.logs",
    "tee_rex_server.proving",
    "tee_rex_server.settings",
    "tee_rex_server.tee",
    "tee_rex_server.vsock",
)
"""Modules, and packages with everything in them; the ``__init__`` of the packages around them come too."""

RESOURCES: Final = (
    "pins/crs.json",
    "versions/default.json",
    "versions/generation-*.json",
    *(f"versions/{generation.default_version}.json" for generation in generations()),
)
"""Below tee_rex/_resources: of versions, those that enclaves serve, so that others change no image.

Pins of released images cannot be among them: they depend on all of this.
"""

_FOLDERS: Final = {package.__name__: Path(package.__path__[0]) for package in (tee_rex, tee_rex_server)}


def is_measured(module: str) -> bool:
    """Whether an image holds the module of this dotted name."""
    return any(
        f"{module}.".startswith(f"{measured}.") or measured.startswith(f"{module}.") for measured in MEASURED
    )


def guest_files() -> dict[str, bytes]:
    """Every source and resource of ours in an image, by its path below site-packages, sorted."""
    files = {
        path.relative_to(_FOLDERS[name].parent).as_posix(): path.read_bytes()
        for name in _FOLDERS
        for path in _sources(name)
    }
    shipped = _FOLDERS["tee_rex"] / "_resources"
    for pattern in RESOURCES:
        for path in shipped.glob(pattern):
            files[f"tee_rex/_resources/{path.relative_to(shipped).as_posix()}"] = path.read_bytes()
    return dict(sorted(files.items()))


def guest_digest() -> str:
    """SHA-256 (64 hex digits) over names and contents of all guest files: equal for equal applications."""
    lines = (f"{sha256(content).hexdigest()}  {path}\n" for path, content in guest_files().items())
    return sha256("".join(lines).encode()).hexdigest()


def recipe_digest() -> str:
    """SHA-256 (64 hex digits) over all of ours that decides what the release's image is.

    These are the guest files, the list of other inputs, and the builder. Checkouts with the same one build
    the same image.
    """
    builder = resources.files("tee_rex_server.image")
    eif_format = resources.files("tee_rex.attestation") / "eif.py"
    parts = [guest_digest(), f"{eif_format.name} {sha256(eif_format.read_bytes()).hexdigest()}"]
    for folder, suffix in ((builder, ".py"), (builder / "pins", ".json")):
        files = sorted(
            (file for file in folder.iterdir() if file.name.endswith(suffix)), key=lambda f: f.name
        )
        parts += [f"{file.name} {sha256(file.read_bytes()).hexdigest()}" for file in files]
    return sha256("\n".join(parts).encode()).hexdigest()


def _sources(package: str) -> Iterator[Path]:
    """The measured source files of one package of ours."""
    folder = _FOLDERS[package]
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if is_measured(".".join(parts).removesuffix(".__init__")):
            yield path
