"""Qt Linguist's catalogues of the application: ``make translations``.

    update    reads all texts in the code into resources/app/translations/*.ts
              and the templates of messages into messages.txt beside them
    release   compiles them into the *.qm that ship

Both results are committed, so that neither a wheel nor a frozen build needs Qt's tools. A test holds them
against the code. en.ts holds plurals alone: the texts in the code are English.
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import PySide6

import message_templates  # beside this file
import tee_rex
import tee_rex_app
from tee_rex.errors import TeeRexError
from tee_rex_app.text.core_messages import LIST_NAME

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "app" / "translations"
LANGUAGES = ("en", "es")
_PLURALS_ALONE = ("en",)
_DOCTOR = ("System", "Cores", "Memory", "Disk", "Node", "System libraries")


def sources() -> list[Path]:
    """Every module of the application, in a fixed order."""
    return sorted((ROOT / "app" / "tee_rex_app").rglob("*.py"))


def core_texts() -> list[str]:
    """Titles, hints and messages of all errors, of core and app, and what the doctor tells."""
    for package in (tee_rex, tee_rex_app):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    # The same process may hold errors of others too, such as the server's.
    ours = (e for e in _tree(TeeRexError) if e.__module__.partition(".")[0] in ("tee_rex", "tee_rex_app"))
    texts = {text for error in ours for text in (error.title, error.default_hint) if text}
    return sorted(texts | set(_DOCTOR) | set(filter(message_templates.has_words, messages())))


def messages() -> list[str]:
    """The templates of what errors and the doctor tell, with fields in braces."""
    return message_templates.templates({error.__name__ for error in _tree(TeeRexError)})


def update(folder: Path) -> None:
    """Bring the catalogues in ``folder`` up to date with the code; what is translated stays."""
    with tempfile.TemporaryDirectory() as scratch:
        core = Path(scratch) / "core_texts.py"
        core.write_text("".join(f"translate('core', {text!r})\n" for text in core_texts()))
        _update(folder, [*(str(path.relative_to(ROOT)) for path in sources()), str(core)])
    (folder / LIST_NAME).write_text("".join(f"{line}\n" for line in messages()), "utf-8")


def _update(folder: Path, files: list[str]) -> None:
    for language in LANGUAGES:
        plurals = ["-pluralonly"] if language in _PLURALS_ALONE else []
        _run(
            "lupdate",
            *files,
            *("-ts", str(folder / f"{language}.ts")),
            *("-source-language", "en", "-target-language", language),
            *("-locations", "none", "-no-obsolete", *plurals),
        )


def release(folder: Path) -> None:
    """Compile the catalogues in ``folder``; what is not translated stays English."""
    for language in LANGUAGES:
        _run("lrelease", str(folder / f"{language}.ts"), "-qm", str(folder / f"{language}.qm"))


def _tree(error: type[TeeRexError]) -> Iterator[type[TeeRexError]]:
    yield error
    for one in error.__subclasses__():
        yield from _tree(one)


def _run(tool: str, *arguments: str) -> None:
    suffix = ".exe" if sys.platform == "win32" else ""
    command = [str(Path(PySide6.__file__).parent / f"{tool}{suffix}"), "-silent", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for act in sys.argv[1:] or ("update", "release"):
        {"update": update, "release": release}[act](FOLDER)
