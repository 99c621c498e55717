"""The catalogues against the code; and the application in Spanish."""

from __future__ import annotations

import ast
import asyncio
import errno
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea

from support.app_scenes import make_window, scenes
from tee_rex.bb.errors import BbMissingError
from tee_rex.bb.pins import BbPins
from tee_rex.doctor import examine
from tee_rex.errors import TeeRexError
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.settings.file import read_settings_file
from tee_rex.system.files import disk_errors
from tee_rex.system.paths import Paths
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex_app.model.state import State
from tee_rex_app.text import labels
from tee_rex_app.text.core_messages import LIST_NAME, MessageTemplates
from tee_rex_app.text.translation import LANGUAGES, SYSTEM, Translations, from_core, spoken, tr
from tee_rex_app.ui.main_window import SMALLEST
from tee_rex_app.ui.theme import Theme

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "resources" / "app" / "translations"
sys.path.insert(0, str(ROOT / "installer"))

import message_templates  # noqa: E402  # tools/message_templates.py
import translations as tools  # noqa: E402  # tools/translations.py


@pytest.fixture
def spanish(qapp: QApplication) -> Iterator[Translations]:
    made = Translations(qapp, QLocale("es_ES"))
    before = QLocale()
    made.use("es")
    yield made
    made.stop()
    QLocale.setDefault(before)


def messages(language: str) -> Iterator[tuple[str, ET.Element]]:
    for message in ET.parse(FOLDER / f"{language}.ts").iter("message"):
        yield message.findtext("source") or "", message


@pytest.mark.integration
def test_the_catalogues_are_those_of_the_code(tmp_path: Path) -> None:
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"{language}.ts", tmp_path)
    tools.update(tmp_path)
    tools.release(tmp_path)
    names = [f"{language}.{suffix}" for language in LANGUAGES for suffix in ("ts", "qm")]
    for name in (*names, LIST_NAME):
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
    for source, message in messages(language):
        translation = message.find("translation")
        assert translation is not None
        assert translation.get("type") is None, f"not translated: {source!r}"
        forms = [form.text or "" for form in translation] or [translation.text or ""]
        placeholders = sorted(re.findall(r"\{\w*\}|%L?n", source))
        for form in forms:
            assert form
            assert sorted(re.findall(r"\{\w*\}|%L?n", form)) == placeholders, source
            assert form.startswith(("!", "✓")) == source.startswith(("!", "✓")), source
            assert form.endswith("…") == source.endswith("…"), source


def test_texts_plurals_and_numbers_are_spanish(spanish: Translations) -> None:
    assert spanish.language == "es"
    assert tr("Settings") == "Ajustes"
    assert labels.tr("TEE enclave") == "Enclave TEE"
    assert from_core("The prover was killed") == "El probador fue detenido"
    assert from_core("") == ""
    assert [tr("%n circuit(s)", "", n) for n in (1, 11)] == ["1 circuito", "11 circuitos"]
    assert labels.seconds(16_900.0) == "16,9 s"
    assert labels.day_and_time(datetime(2026, 3, 14, 12, 50)) == "14 mar 12:50"  # noqa: DTZ001  # here


def test_english_has_plurals_too(qapp: QApplication) -> None:
    made = Translations(qapp, QLocale("en_US"))
    made.use("en")
    assert [tr("%n circuit(s)", "", n) for n in (1, 11)] == ["1 circuit", "11 circuits"]
    made.stop()


TOLD_BY_OTHERS = {
    "reason[:_MAX_REASON_LENGTH]",  # of apt
    "error.message",
    "ended.message",
    "str(error)[:_MAX_REASON_LENGTH] or type(error).__name__",  # of an HTTP library
    "(error.summary or f'npm error {error.code}')[:_MAX_REASON_LENGTH]",
    # names whose values are found where they are given
    "message",
    "reason",
    "hint",
    "_NO_APT",
    "_hint(file)",
    "failure.reason",
}
"""Messages that core passes on as they are."""


def test_every_message_of_an_error_is_one_that_can_be_translated() -> None:
    errors = {error.__name__ for error in tools._tree(TeeRexError)}
    unknown = set()
    for path in message_templates.modules():
        for told in message_templates.messages_in(ast.parse(path.read_text()), errors):
            if not list(message_templates.template_of(told)) and ast.unparse(told) not in TOLD_BY_OTHERS:
                unknown.add(f"{path.name}: {ast.unparse(told)}")
    assert unknown == set(), "tell what happened in a plain text or an f-string"


def test_every_template_is_found_again_in_what_it_makes(spanish: Translations) -> None:
    told_by = {source: message.findtext("translation") or "" for source, message in messages("es")}
    for template in filter(message_templates.has_words, tools.messages()):
        fields = re.findall(r"\{(\w+)\}", template)
        values = {field: f"v{number}" for number, field in enumerate(fields)}
        assert from_core(template.format(**values)) == told_by[template].format(**values)


@given(st.text(max_size=300), st.sampled_from(tools.messages()), st.text(max_size=40))
def test_texts_that_are_not_translated_stay_as_they_are(text: str, template: str, value: str) -> None:
    shipped = MessageTemplates.shipped()
    made = re.sub(r"\{\w+\}", lambda _: value, template)
    for told in (text, made, f"{value} {made}"):
        assert shipped.translated(told, lambda source: source) == told


def test_what_people_meet_most_is_told_in_spanish(spanish: Translations, tmp_path: Path) -> None:
    def told(act: Callable[[], object]) -> str:
        with pytest.raises(TeeRexError) as caught:
            act()
        return from_core(caught.value.message)

    def full() -> None:
        with disk_errors(Path("/data")):
            raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "settings.toml").write_text("=")
    mismatch = "Its measurements are not those of the 2 approved builds (PCR0, PCR1 differ)."
    assert told(lambda: ServerUrl.parse("http://prover.example.org")) == (
        "prover.example.org es otro equipo, y http no va cifrado."
    )
    assert told(full) == "No se puede guardar nada más en /data."
    assert told(lambda: read_settings_file(tmp_path / "settings.toml")) == (
        "El archivo de ajustes no es TOML válido."
    )
    assert told(lambda: ExecutionSteps.from_bytes(b"")) == "La entrada está vacía."
    assert from_core("There is no connection to a.example.") == "No hay conexión con a.example."
    assert from_core("The certificate of a.example is not valid for it.") == (
        "El certificado de a.example no es válido para él."
    )
    lost = BbMissingError("bb 4.1.2 of the genuine setup is not installed.")
    assert (
        from_core(str(lost))
        == "bb no está instalado: bb 4.1.2 de la configuración auténtica no está instalado."
    )
    assert from_core("It used more than 500 MB.") == "Usó más de 500 MB."
    assert from_core(mismatch) == (
        "Sus medidas no son las de las 2 compilaciones aprobadas (difieren PCR0, PCR1)."
    )
    assert from_core("It answered with an error while working on the circuit private_kernel_init.") == (
        "Respondió con un error al trabajar en el circuito private_kernel_init."
    )
    assert from_core("glibc 2.31; This system lacks GLIBC_2.38.") == (
        "glibc 2.31; A este sistema le falta GLIBC_2.38."
    )


@pytest.mark.integration
def test_the_doctor_speaks_spanish(spanish: Translations, tmp_path: Path) -> None:
    findings = asyncio.run(examine(Paths(data=tmp_path, config=tmp_path), BbPins.shipped()))
    assert len(findings) == 12
    for finding in findings:
        if finding.name not in ("System", "Node"):  # versions alone
            assert from_core(finding.detail) != finding.detail, finding
        if finding.hint:
            assert from_core(finding.hint) != finding.hint, finding


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
    window.close()
    window.deleteLater()
