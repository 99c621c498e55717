"""Translation by Qt's catalogues, and the choice of the language."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from tee_rex.errors import Message
from tee_rex.errors.message import Value
from tee_rex.transaction.trusted_setup import TrustedSetup

LANGUAGES = ("en", "es")
"""The languages of the application; the texts in the code are English."""
SYSTEM = "system"
_PLURALS_ALONE = "en"
_SETUPS = tuple(setup.value for setup in TrustedSetup)
"""Values of fields that are words of their own: the names of the trusted setups."""


def tr(text: str, comment: str = "", n: int = -1) -> str:
    """Translate a text outside any widget. n: the number in texts with ``%n``, which have plural forms.

    The extractor stores these calls in the empty context.
    """
    return QCoreApplication.translate("", text, comment, n)


def translated(text: Message | str) -> str:
    """Translate a text of the core library, which is written in English.

    A message is translated by its template, and so are messages and names of setups in its fields; other
    values stay as they are. A plain text, such as a title, is translated as a whole. Texts that the catalogue
    does not know, such as those of errors in an old history, stay English.
    """
    if isinstance(text, str):
        return QCoreApplication.translate("core", text) if text else ""
    return str(_in_the_users_language(text))


def _in_the_users_language(text: Message) -> Message:
    fields: dict[str, Value] = {}
    for name, value in text.fields.items():
        if isinstance(value, Message):
            fields[name] = _in_the_users_language(value)
        elif isinstance(value, str) and value in _SETUPS:
            fields[name] = translated(value)
        else:
            fields[name] = value
    return Message(translated(text.template), fields)


def spoken(choice: str, system: QLocale) -> str:
    """Return the language to use. choice: one of LANGUAGES, or SYSTEM: the first supported one."""
    if choice in LANGUAGES:
        return choice
    for name in system.uiLanguages():
        language = name.replace("_", "-").partition("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


class Translations:
    """The installed catalogues."""

    def __init__(self, application: QCoreApplication, system: QLocale) -> None:
        self._application = application
        self._system = system
        self._installed: list[QTranslator] = []
        self.language = LANGUAGES[0]

    def use(self, choice: str) -> str:
        """Switch to a language and return it. Existing windows keep their texts."""
        self.stop()
        self.language = spoken(choice, self._system)
        # If the system has the same language, numbers follow the system's region.
        same = self._system.name().partition("_")[0] == self.language
        QLocale.setDefault(self._system if same else QLocale(self.language))
        self._load_shipped()
        if self.language != _PLURALS_ALONE:
            self._load_of_qt()
        return self.language

    def stop(self) -> None:
        """Remove the catalogues: texts are English again."""
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
        """Load the texts of Qt's own file dialogs and message boxes."""
        translator = QTranslator(self._application)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{self.language}", folder):
            self._install(translator)

    def _install(self, translator: QTranslator) -> None:
        self._application.installTranslator(translator)
        self._installed.append(translator)
