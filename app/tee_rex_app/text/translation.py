"""Texts in the user's language: Qt's catalogues, and the choice among them."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from tee_rex.errors import Message

LANGUAGES = ("en", "es")
"""The languages that the application speaks; the texts in the code are English."""
SYSTEM = "system"
_PLURALS_ALONE = "en"


def tr(text: str, comment: str = "", n: int = -1) -> str:
    """A text outside any widget. n: for texts with ``%n``, which have a form for each kind of number.

    The extractor notes the context of a bare ``tr`` as empty, and that of ``wording.tr`` as "wording".
    """
    as_it_is = text if n < 0 else text.replace("%n", str(n))
    told = QCoreApplication.translate("", text, comment, n)
    return told if told != as_it_is else QCoreApplication.translate("wording", text, comment, n)


def translated(text: Message | str) -> str:
    """A text of the core library, which is written in English.

    A message is translated by its template, and so is every message in its fields; their other values stay.
    A plain text is translated as a whole: a title, or the name of a thing. What the catalogue does not know,
    such as an error in an old history, stays English.
    """
    if isinstance(text, str):
        return QCoreApplication.translate("core", text) if text else ""
    if text.template == "{text}":  # an error that has no entry in the catalogue yet
        return translated(str(text))
    fields = {
        name: translated(value) if isinstance(value, Message) else value
        for name, value in text.fields.items()
    }
    return str(Message(translated(text.template), fields))


def spoken(choice: str, system: QLocale) -> str:
    """The language to use. choice: one of LANGUAGES, or SYSTEM: the first of the system's that we speak."""
    if choice in LANGUAGES:
        return choice
    for name in system.uiLanguages():
        language = name.replace("_", "-").partition("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


class Translations:
    """The catalogues that are in use."""

    def __init__(self, application: QCoreApplication, system: QLocale) -> None:
        self._application = application
        self._system = system
        self._installed: list[QTranslator] = []
        self.language = LANGUAGES[0]

    def use(self, choice: str) -> str:
        """Speak a language from now on; windows that exist keep their texts. Returns the language."""
        self.stop()
        self.language = spoken(choice, self._system)
        # Numbers are written as in the country of the system where it speaks the same language.
        same = self._system.name().partition("_")[0] == self.language
        QLocale.setDefault(self._system if same else QLocale(self.language))
        self._load_shipped()
        if self.language != _PLURALS_ALONE:
            self._load_of_qt()
        return self.language

    def stop(self) -> None:
        """Speak as the code does."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self._installed = []

    def _load_shipped(self) -> None:
        folder = resources.files("tee_rex_app") / "resources" / "translations"
        translator = QTranslator(self._application)
        with resources.as_file(folder / f"{self.language}.qm") as catalogue:
            if not translator.load(str(catalogue)):
                raise RuntimeError(f"The shipped translation {self.language} cannot be used.")
        self._install(translator)

    def _load_of_qt(self) -> None:
        """Qt's own texts, of the file dialog and the buttons of messages."""
        translator = QTranslator(self._application)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{self.language}", folder):
            self._install(translator)

    def _install(self, translator: QTranslator) -> None:
        self._application.installTranslator(translator)
        self._installed.append(translator)
