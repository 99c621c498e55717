"""Qt Linguist's catalogues of the application: ``make translations``.

    update    reads all texts in the code into resources/app/translations/*.ts
    release   compiles them into the *.qm that ship

Both results are committed, so that neither a wheel nor a frozen build needs Qt's tools. A test holds them
against the code. en.ts holds plurals alone: the texts in the code are English.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import PySide6

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "app" / "translations"
LANGUAGES = ("en", "es")
_PLURALS_ALONE = ("en",)


def sources() -> list[Path]:
    """Every module of the application, in a fixed order."""
    return sorted((ROOT / "app" / "tee_rex_app").rglob("*.py"))


def update(folder: Path) -> None:
    """Bring the catalogues in ``folder`` up to date with the code; what is translated stays."""
    for language in LANGUAGES:
        plurals = ["-pluralonly"] if language in _PLURALS_ALONE else []
        _run(
            "lupdate",
            *(str(path.relative_to(ROOT)) for path in sources()),
            *("-ts", str(folder / f"{language}.ts")),
            *("-source-language", "en", "-target-language", language),
            *("-locations", "none", "-no-obsolete", *plurals),
        )


def release(folder: Path) -> None:
    """Compile the catalogues in ``folder``; what is not translated stays English."""
    for language in LANGUAGES:
        _run("lrelease", str(folder / f"{language}.ts"), "-qm", str(folder / f"{language}.qm"))


def _run(tool: str, *arguments: str) -> None:
    suffix = ".exe" if sys.platform == "win32" else ""
    command = [str(Path(PySide6.__file__).parent / f"{tool}{suffix}"), "-silent", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for act in sys.argv[1:] or ("update", "release"):
        {"update": update, "release": release}[act](FOLDER)
