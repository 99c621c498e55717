"""The part of the installer for Windows that removes what it has installed: ``uninstall_list.py FOLDER``.

Commands for NSIS: every file of FOLDER by its name, then the folders, if they are empty. What a user has put
there stays.
"""

from __future__ import annotations

import sys
from pathlib import Path, PureWindowsPath


def commands(folder: Path) -> list[str]:
    """Of NSIS, to remove what is in a folder from ``$INSTDIR``."""
    inside = sorted(folder.rglob("*"))
    files = [path for path in inside if not path.is_dir()]
    folders = sorted((path for path in inside if path.is_dir()), key=lambda path: -len(path.parts))
    return [
        *(f'Delete "{_installed(path, folder)}"' for path in files),
        *(f'RMDir "{_installed(path, folder)}"' for path in folders),
    ]


def _installed(path: Path, folder: Path) -> str:
    name = str(PureWindowsPath(*path.relative_to(folder).parts))
    return "$INSTDIR\\" + name.replace("$", "$$")


if __name__ == "__main__":
    print("\n".join(commands(Path(sys.argv[1]))))
