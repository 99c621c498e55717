"""A diagnostics archive: texts that the user can read before they are saved."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiagnosticsPart:
    """One file of the archive. title: in the user's language."""

    name: str
    title: str
    content: str


def archive_of(parts: Sequence[DiagnosticsPart]) -> bytes:
    """The parts as one zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part.name, part.content)
    return packed.getvalue()


def text_of(parts: Sequence[DiagnosticsPart]) -> str:
    """The parts as one text, each below its name."""
    return "\n".join(f"=== {part.name} ===\n{part.content.rstrip()}\n" for part in parts)
