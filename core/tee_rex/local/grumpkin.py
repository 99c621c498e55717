"""The Grumpkin points that bb's ECCVM and IPA proofs need: the same for every transaction and trusted setup.

bb generates them anew at each start (about 0.3 s) unless it is given them. The first bb's are kept, and given
to the next ones only when they are exactly the pinned ones.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from tee_rex.system.files import replacing

POINT_BYTES = 64
GRUMPKIN_POINTS = 2**15
"""The ECCVM circuit of Chonk has a fixed size."""

_SHA256 = "df929cc1d1a35961e41b43d090c45f30b76a745c9b27c36f64e448d83ee11558"
"""Of what bb 4.1.2 generates: 2 MiB, x and y of each point."""


def read_grumpkin_points(file: Path) -> bytes | None:
    """The points, or None when the file is missing, damaged or of another bb."""
    try:
        with file.open("rb") as stream:
            content = stream.read(GRUMPKIN_POINTS * POINT_BYTES + 1)
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == _SHA256 else None


def keep_grumpkin_points(points: bytes, file: Path) -> None:
    """Replace ``file`` whole; a disk that refuses costs the next start its 0.3 s, and nothing else."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file, private=True) as new:
            new.write_bytes(points)
