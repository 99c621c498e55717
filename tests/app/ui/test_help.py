"""The help: shipped in every language, and opened from the menu."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QWidget

from support.app_window import App, in_app
from tee_rex_app.text.translation import LANGUAGES, Translations
from tee_rex_app.ui.dialogs.help_dialog import HelpDialog, help_topics


@in_app()
async def test_the_menu_opens_it(app: App) -> None:
    entry = next(one for one in app.window.page_bar.menu.actions() if one.text() == "Help")
    entry.trigger()
    (dialog,) = app.window.findChildren(HelpDialog)
    assert dialog.isVisible()
    for row, topic in enumerate(help_topics("en")):
        dialog.list.setCurrentRow(row)
        assert dialog.name.text() == topic.title
        shown = dialog.text.toPlainText()
        assert shown
        assert not re.search(r"[*`|#]", shown), "Markdown is not interpreted"
        assert dialog.text.horizontalScrollBar().maximum() == 0
    dialog.close_button.click()


def test_it_is_in_the_users_language(spanish: Translations, theme: object) -> None:
    del spanish, theme
    window = QWidget()
    dialog = HelpDialog(window)
    assert dialog.list.item(0).text() == "Su primera prueba"
    window.deleteLater()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_topics(language: str) -> None:
    assert len(help_topics(language)) == len(help_topics("en"))
    assert all(topic.title and topic.text for topic in help_topics(language))
