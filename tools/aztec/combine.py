"""Combining what two jobs found out about a version: one that never runs its bb, and one that does.

    python3 -m aztec.combine VERSION DIGESTS TRIAL

DIGESTS and TRIAL are folders that ``aztec digests`` and ``aztec trial`` wrote. The pins of the version are
written to ``resources/versions``. Exit codes are those of ``aztec``.

A bb that nobody has vouched for may have written anything to TRIAL. So its file is only compared: it can
choose between the two files in DIGESTS, and do nothing else. The job that may write to the repository runs
this module, which therefore needs the standard library alone.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DONE, REFUSED, NEEDS_HUMAN = 0, 1, 3
"""Exit codes of a version's steps."""

PROVED, UNPROVED, CODE, REPORT = "proved.json", "unproved.json", "code", "report.md"
"""In DIGESTS: the pins if the trial proves, and if it does not (missing where that cannot be), the exit code,
and the steps as Markdown."""
TRIED: Final = "pins.json"
"""In TRIAL: the pins as they were found there, and whether bb proved; missing if bb cannot be used."""

_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Combined:
    """pins: what to commit; None where there is nothing. code: an exit code. reason: for it, a sentence."""

    pins: bytes | None
    code: int
    reason: str


def combine(digests: Path, trial: Path) -> Combined:
    """Compare both jobs' files; raises OSError, or ValueError for folders of something else."""
    code = int((digests / CODE).read_text())
    if code == REFUSED:
        return Combined(None, REFUSED, "Refused: places disagree about bb.")
    by_name = {
        name: (digests / name).read_bytes() for name in (PROVED, UNPROVED) if (digests / name).exists()
    }
    if not by_name:
        return Combined(None, NEEDS_HUMAN, "There are no pins.")
    if not (trial / TRIED).exists():
        return Combined(None, NEEDS_HUMAN, "The trial has no pins: its log says why bb cannot be used.")
    with (trial / TRIED).open("rb") as file:
        tried = file.read(max(map(len, by_name.values())) + 1)
    for name, pins in by_name.items():
        if tried == pins:
            if name == PROVED:
                needed = "" if code == DONE else f" A human is needed: see {REPORT}."
                return Combined(pins, code, f"The development copy proved.{needed}")
            return Combined(pins, NEEDS_HUMAN, "No development copy proved: the trial's log says why.")
    return Combined(
        None,
        REFUSED,
        "Refused: the trial found other pins, or other places, than the job that never runs bb.",
    )


def combine_and_write(version: str, digests: Path, trial: Path, root: Path = _ROOT) -> int:
    """Write the pins of a version below ``root``, print the reason, and return the exit code."""
    combined = combine(digests, trial)
    if combined.pins is not None:
        (root / "resources" / "versions" / f"{version}.json").write_bytes(combined.pins)
    print(combined.reason)
    return combined.code


if __name__ == "__main__":
    _, version, *folders = sys.argv
    if len(folders) != len(("DIGESTS", "TRIAL")) or not re.fullmatch(r"[0-9]+\.[0-9A-Za-z.-]+", version):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(combine_and_write(version, *map(Path, folders)))
