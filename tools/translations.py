"""Qt Linguist's catalogues of the application: ``make translations``.

    update    collects every text that the app can show into resources/app/translations/*.ts
    release   compiles them into the *.qm files that ship

Both results are committed, so that neither a wheel nor a frozen build needs Qt's tools; a test compares them
with the code. Texts of the app come from its calls of ``tr``. Those of the core library stand in the context
"core": titles, messages and hints of the catalogues of errors, and the templates of ``message("…")``. en.ts
holds plurals alone, since the texts in the code are English.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import PySide6

import tee_rex_app.errors
from tee_rex.errors import catalogue
from tee_rex.errors.catalogue import kinds_of
from tee_rex.transaction.trusted_setup import TrustedSetup

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "app" / "translations"
LANGUAGES = ("en", "es")
_PLURALS_ONLY = ("en",)
_CORE = ROOT / "core" / "tee_rex"
_APP = ROOT / "app" / "tee_rex_app"
_NEVER_IN_THE_APP = ("cli", "extras", "http", "web")
"""Packages of core, and modules of its catalogue, whose messages only the command line or a server shows."""


def sources() -> list[Path]:
    """Every module of the application, in a fixed order."""
    return sorted(_APP.rglob("*.py"))


def core_texts() -> list[str]:
    """Every text of the context "core", in a fixed order."""
    texts = {*_catalogue_texts(), *_message_templates(), *(setup.value for setup in TrustedSetup)}
    return sorted(filter(_has_words, texts))


def _catalogue_texts() -> Iterator[str]:
    names = (module.name for module in pkgutil.iter_modules(catalogue.__path__))
    modules = [
        importlib.import_module(f"{catalogue.__name__}.{name}")
        for name in names
        if name not in _NEVER_IN_THE_APP
    ]
    for module in (*modules, tee_rex_app.errors):
        for _, kind in kinds_of(module):
            yield from (kind.title, kind.message, kind.hint)


def modules_with_messages() -> list[Path]:
    """The modules of core and app whose messages the app can show."""
    core = (path for path in _CORE.rglob("*.py") if path.relative_to(_CORE).parts[0] not in _NEVER_IN_THE_APP)
    return [*core, *sources()]


def _message_templates() -> Iterator[str]:
    for path in modules_with_messages():
        for call in message_calls(ast.parse(path.read_text())):
            if isinstance(template := call.args[0], ast.Constant):
                yield str(template.value)


def message_calls(module: ast.Module) -> Iterator[ast.Call]:
    """Every call of :func:`tee_rex.errors.message` in a module."""
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id="message"), args=[_, *_]):
                yield node


def _has_words(template: str) -> bool:
    """Whether there is anything to translate beside the fields."""
    return any(literal and any(map(str.isalpha, literal)) for literal, *_ in Formatter().parse(template))


def update(folder: Path) -> None:
    """Update the catalogues in ``folder`` from the code; existing translations stay."""
    with tempfile.TemporaryDirectory() as scratch:
        core = Path(scratch) / "core_texts.py"
        core.write_text("".join(f"translate('core', {text!r})\n" for text in core_texts()))
        files = [*(str(path.relative_to(ROOT)) for path in sources()), str(core)]
        for language in LANGUAGES:
            _run(
                "lupdate",
                *files,
                *("-ts", str(folder / f"{language}.ts")),
                *("-source-language", "en", "-target-language", language),
                *("-locations", "none", "-no-obsolete"),
                *(["-pluralonly"] if language in _PLURALS_ONLY else []),
            )


def release(folder: Path) -> None:
    """Compile the catalogues in ``folder``; what has no translation stays English."""
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
