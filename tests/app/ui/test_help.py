"""The help: shipped in every language, and opened from the menu."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from support.app_window import App, in_app
from tee_rex_app.model.state import Page
from tee_rex_app.text import labels
from tee_rex_app.text.translation import LANGUAGES, Translations
from tee_rex_app.ui.dialogs.help_dialog import WEBSITES, HelpDialog, help_topics
from tee_rex_app.ui.pages.sites_page import SitesPage


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


@in_app()
async def test_the_page_of_sites_shows_developers_the_code(app: App) -> None:
    app.application.intents.open_page(Page.SITES)
    page = app.window.pages[Page.SITES]
    assert isinstance(page, SitesPage)
    assert not [
        one.text() for one in page.findChildren(QLabel) if ".md" in one.text()
    ]  # nobody has that file
    page.code.click()
    (dialog,) = app.window.findChildren(HelpDialog)
    assert dialog.name.text() == "Websites"
    assert "client.prove({" in dialog.text.toPlainText()
    line = dialog.text.document().begin()
    while not line.text().startswith("const client"):
        line = line.next()
    assert line.blockFormat().bottomMargin() == 0  # lines of code are close together
    dialog.close_button.click()


def test_the_keys_of_the_modes_start_no_proof() -> None:
    assert ("Ctrl+1  2  3", "Choose local, remote or TEE mode") in labels.shortcuts()


def test_it_is_in_the_users_language(spanish: Translations, theme: object) -> None:
    del spanish, theme
    window = QWidget()
    dialog = HelpDialog(window)
    assert dialog.list.item(0).text() == "Su primera prueba"
    window.deleteLater()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_topics(language: str) -> None:
    assert len(help_topics(language)) == len(help_topics("en"))
    assert "PrestoClient" in help_topics(language)[WEBSITES].text
    assert all(topic.title and topic.text for topic in help_topics(language))
