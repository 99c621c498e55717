"""Files that were opened and are not proved yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tee_rex.transaction.request import ProvingMode


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """Execution steps, as far as anybody knows yet.

    next_in: the mode in which the file is proved as soon as nothing else runs, as the user has agreed; None
    while it waits for the user.
    """

    path: Path
    next_in: ProvingMode | None = None
