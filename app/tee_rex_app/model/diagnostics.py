"""A diagnostics archive: texts that the user can read before they are written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSaveFile


@dataclass(frozen=True, slots=True)
class DiagnosticsPart:
    """One file of the archive. title: in the user's language."""

    name: str
    title: str
    content: str


def save_archive(parts: Sequence[DiagnosticsPart], path: Path) -> bool:
    """Write the parts as one zip, completely or not at all; return whether it worked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part.name, part.content)
    file = QSaveFile(str(path))
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
        return False
    file.write(packed.getvalue())
    return file.commit()
