"""The translation catalogues against the code, and the application in Spanish."""

from __future__ import annotations

import ast
import errno
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea

import translations as tools  # tools/translations.py
from support.app_scenes import make_window, scenes
from support.settings_files import settings_in
from tee_rex.bb.pins import BbPins
from tee_rex.doctor import FindingId, examine
from tee_rex.errors import Message, TeeRexError, message
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.settings.paths import Paths
from tee_rex.system.files import disk_errors
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.errors import BUG
from tee_rex_app.model.state import State
from tee_rex_app.text import formats
from tee_rex_app.text.translation import LANGUAGES, SYSTEM, Translations, spoken, tr, translated
from tee_rex_app.ui.dialogs.help_dialog import help_topics
from tee_rex_app.ui.main_window import SMALLEST
from tee_rex_app.ui.theme import Theme

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "resources" / "app" / "translations"
SPANISH_OF_CORE = {
    message.findtext("source") or "": message.findtext("translation") or ""
    for context in ET.parse(FOLDER / "es.ts").iter("context")
    if context.findtext("name") == "core"
    for message in context.iter("message")
}


def fields_of(template: str) -> list[str]:
    return sorted(
        f"{name}:{spec}" if spec else name for _, name, spec, _ in Formatter().parse(template) if name
    )


def messages(language: str) -> Iterator[tuple[str, ET.Element]]:
    for entry in ET.parse(FOLDER / f"{language}.ts").iter("message"):
        yield entry.findtext("source") or "", entry


@pytest.mark.integration
def test_the_catalogues_are_those_of_the_code(tmp_path: Path) -> None:
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"{language}.ts", tmp_path)
    tools.update(tmp_path)
    tools.release(tmp_path)
    for name in [f"{language}.{suffix}" for language in LANGUAGES for suffix in ("ts", "qm")]:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), "run: make translations"


def test_every_text_is_where_the_extractor_finds_it() -> None:
    for path in tools.sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_tr(node.func) and path.name != "translation.py":
                text = node.args[0]
                plain = isinstance(text, ast.Constant) or (isinstance(text, ast.Name) and text.id == "text")
                assert plain, f"{path.name}:{node.lineno} is no plain text"
            if isinstance(node, ast.JoinedStr):
                inner = [one for one in ast.walk(node) if isinstance(one, ast.Call) and _is_tr(one.func)]
                assert not inner, f"{path.name}:{node.lineno}: the extractor does not look into f-strings"


def _is_tr(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "tr"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated_with_its_placeholders(language: str) -> None:
    for source, entry in messages(language):
        translation = entry.find("translation")
        assert translation is not None
        assert translation.get("type") is None, f"not translated: {source!r}"
        forms = [form.text or "" for form in translation] or [translation.text or ""]
        fields, counts = fields_of(source), re.findall("%L?n", source)
        for form in forms:
            assert form
            assert (fields_of(form), re.findall("%L?n", form)) == (fields, counts), source
            assert form.startswith(("!", "✓")) == source.startswith(("!", "✓")), source
            assert form.endswith("…") == source.endswith("…"), source


def test_texts_plurals_and_numbers_are_spanish(spanish: Translations) -> None:
    assert spanish.language == "es"
    assert tr("Settings") == "Ajustes"
    assert tr("TEE enclave") == "Enclave TEE"
    assert [tr("%n circuit(s)", "", n) for n in (1, 11)] == ["1 circuito", "11 circuitos"]
    assert formats.seconds(16_900.0) == "16,9 s"
    assert formats.day_and_time(datetime(2026, 3, 14, 12, 50)) == "14 mar 12:50"  # noqa: DTZ001  # here


def test_english_has_plurals_too(qapp: QApplication) -> None:
    made = Translations(qapp, QLocale("en_US"))
    made.use("en")
    assert [tr("%n circuit(s)", "", n) for n in (1, 11)] == ["1 circuit", "11 circuits"]
    made.stop()


def test_every_template_of_a_message_is_a_plain_text() -> None:
    for path in tools.modules_with_messages():
        for call in tools.message_calls(ast.parse(path.read_text())):
            assert isinstance(call.args[0], ast.Constant), f"{path.name}:{call.lineno}"


def test_messages_are_translated_by_their_templates(spanish: Translations) -> None:
    for template in tools.core_texts():
        fields = {field.partition(":")[0]: number for number, field in enumerate(fields_of(template))}
        assert translated(Message(template, fields)) == SPANISH_OF_CORE[template].format(**fields)


def test_a_message_within_a_message_is_translated_too(spanish: Translations) -> None:
    inner = BUG(exception="KeyError", place="main.py:3").hint_parts.words
    assert (
        translated(message("{place}: {reason}", place="/data", reason=inner)) == f"/data: {translated(inner)}"
    )
    assert translated(inner) != str(inner)
    assert translated(message("{setup}", setup=TrustedSetup.GENUINE)) == "auténtica"


def _full_disk(folder: Path) -> None:
    with disk_errors(folder):
        raise OSError(errno.ENOSPC, "No space left on device")


def _no_toml(folder: Path) -> None:
    (folder / "settings.toml").write_text("=")
    settings_in(folder / "settings.toml")


@pytest.mark.parametrize(
    "act",
    [
        lambda _: ServerUrl.parse("http://prover.example.org"),
        lambda _: ExecutionSteps.from_bytes(b""),
        _full_disk,
        _no_toml,
    ],
)
def test_errors_are_in_spanish_as_they_are_raised(
    spanish: Translations, tmp_path: Path, act: Callable[[Path], object]
) -> None:
    with pytest.raises(TeeRexError) as caught:
        act(tmp_path)
    error = caught.value
    for english in (error.title, error.message_parts, error.hint_parts.words):
        assert translated(english) != str(english)
    told = f"{translated(error.message_parts)} {translated(error.hint_parts.words)}"
    assert all(str(value) in told for value in error.message_parts.fields.values())


async def test_the_findings_of_doctor_are_in_spanish(spanish: Translations, tmp_path: Path) -> None:
    for finding in await examine(Paths(tmp_path, tmp_path), BbPins.shipped()):
        if finding.id not in (FindingId.SYSTEM, FindingId.NODE):  # only names and versions
            assert translated(finding.detail) != str(finding.detail), finding
        if finding.hint.words.template:
            assert translated(finding.hint.words) != str(finding.hint.words), finding


def test_unknown_texts_stay_english(spanish: Translations) -> None:
    assert translated("It ended, years ago.") == "It ended, years ago."
    assert translated(message("An unknown {thing}.", thing="sentence")) == "An unknown sentence."
    assert translated("") == translated(message("")) == ""


@pytest.mark.parametrize(
    ("choice", "system", "language"),
    [
        (SYSTEM, "es_AR", "es"),
        (SYSTEM, "en_GB", "en"),
        (SYSTEM, "de_DE", "en"),
        ("es", "en_US", "es"),
        ("en", "es_ES", "en"),
        ("tlh", "es_ES", "es"),
    ],
)
def test_the_language_is_the_chosen_or_the_systems(choice: str, system: str, language: str) -> None:
    assert spoken(choice, QLocale(system)) == language


SCENES = list(scenes())


@pytest.mark.parametrize(("name", "state"), SCENES, ids=[name for name, _ in SCENES])
def test_spanish_fits_the_smallest_window(
    qapp: QApplication, theme: Theme, spanish: Translations, name: str, state: State
) -> None:
    window = make_window(theme, state)
    window.resize(*SMALLEST)
    window.show()
    qapp.processEvents()
    assert (window.width(), window.height()) == SMALLEST
    for area in window.findChildren(QScrollArea):
        page = area.widget()
        if area.isVisible() and page is not None:
            assert page.width() <= area.viewport().width(), area.accessibleName()
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.minimumSizeHint().width(), button.text()
    window.end()
    window.deleteLater()


def labels_in_help(language: str) -> list[str]:
    """The names of buttons and pages in the help, which are bold."""
    text = "\n".join(topic.text for topic in help_topics(language))
    return re.findall(r"\*\*(.+?)\*\*", text)


def test_the_help_calls_buttons_as_the_window_does() -> None:
    spanish_of: dict[str, set[str]] = {}
    for source, entry in messages("es"):
        spanish_of.setdefault(source, set()).add(entry.findtext("translation") or "")
    pairs = zip(labels_in_help("en"), labels_in_help("es"), strict=True)
    assert [pair for pair in pairs if pair[1] not in spanish_of.get(pair[0], ())] == []
